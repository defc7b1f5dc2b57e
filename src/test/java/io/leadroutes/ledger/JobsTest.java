package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Orders of days past, the same on both databases. */
class JobsTest {

  @TempDir Path directory;

  private static Job ordered(LedgerFixture fixture, Jobs jobs) {
    LocalDate day = fixture.qualified(1).createdAt().atZone(ZoneOffset.UTC).toLocalDate();
    return jobs.job(jobs.add(fixture.account, day, day, List.of()));
  }

  @ParameterizedTest
  @EnumSource
  void a_cancelled_backfill_withdraws_what_it_found_and_was_not_sent(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Jobs jobs = new Jobs(fixture.ledger);
      Job job = ordered(fixture, jobs);
      fixture.recordLeads(4, "slack");
      fixture.execute("UPDATE account SET start_at = 4102444800000");
      fixture.execute("UPDATE delivery SET recorded_at = recorded_at - 600000 WHERE call_id = 2");
      fixture.execute(
          "UPDATE delivery SET state = 'delivered', sent_version = 1 WHERE call_id = 3");
      fixture.execute("UPDATE call SET created_at = 4102444800001 WHERE id = 4");

      Jobs.Cancelled cancelled = jobs.cancel(fixture.account, ZoneOffset.UTC);

      assertThat(cancelled.jobs()).extracting(Job::id).containsExactly(job.id());
      assertThat(cancelled.deliveries()).isEqualTo(1);
      assertThat(fixture.texts("SELECT state FROM delivery ORDER BY call_id"))
          .containsExactly("cancelled", "pending", "delivered", "pending");
      assertThat(jobs.next(fixture.account)).isEmpty();
      assertThat(jobs.cancel(fixture.account, ZoneOffset.UTC).jobs()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_slice_that_ends_after_the_cancellation_is_told_so_and_changes_nothing(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Jobs jobs = new Jobs(fixture.ledger);
      Job job = ordered(fixture, jobs);
      assertThat(jobs.progress(job, job.from(), 1, 1, 1, false)).isTrue();
      jobs.cancel(fixture.account, ZoneOffset.UTC);

      assertThat(jobs.progress(job, job.from().plusDays(1), 1, 1, 1, true)).isFalse();
      jobs.waits(job, "an outage");

      assertThat(jobs.job(job.id()).cancelled()).isTrue();
      assertThat(jobs.job(job.id()).calls()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void days_that_are_ordered_again_bring_back_what_was_withdrawn(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Jobs jobs = new Jobs(fixture.ledger);
      Job job = ordered(fixture, jobs);
      fixture.recordLeads(1, "slack");
      fixture.execute("UPDATE account SET start_at = 4102444800000");
      jobs.cancel(fixture.account, ZoneOffset.UTC);
      Call call = fixture.qualified(1);
      Look look =
          new Look(
              LedgerFixture.RULE,
              0,
              LedgerFixture.LOOK.settleMillis(),
              job.span(ZoneOffset.UTC),
              List.of());

      fixture.calls.record(
          fixture.calls.compare(fixture.account, page(call), fixture.after(), look, false),
          List.of(fixture.lead(call, "slack")));

      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("pending");
    }
  }
}
