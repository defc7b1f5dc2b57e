package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Resends.Resent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G2: what becomes due again, the same on both databases. */
class ResendsTest {

  private static final Instant ALL = Instant.EPOCH;

  @TempDir Path directory;

  private static Resent resend(LedgerFixture fixture, Instant from) {
    return new Resends(fixture.ledger).resend(fixture.account, "slack", from);
  }

  private static List<Delivery> claim(LedgerFixture fixture, String sink) {
    return fixture.claim(sink, fixture.account, 5000, null).deliveries();
  }

  private static void deliver(LedgerFixture fixture, String sink) {
    List<Settlement> settlements =
        claim(fixture, sink).stream()
            .map(d -> new Settlement(d, Outcome.delivered("ts-" + d.id()), Duration.ZERO))
            .toList();
    fixture.deliveries.settle(sink, fixture.account, settlements, null, false).join();
  }

  private static void settle(LedgerFixture fixture, Delivery delivery, Outcome outcome) {
    fixture
        .deliveries
        .settle(
            "slack",
            fixture.account,
            List.of(new Settlement(delivery, outcome, Duration.ofHours(1))),
            null,
            false)
        .join();
  }

  @ParameterizedTest
  @EnumSource
  void a_delivered_lead_is_due_again_with_the_next_version_and_what_the_sink_calls_it(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      settle(fixture, claim(fixture, "slack").get(0), Outcome.later("busy"));
      fixture.execute("UPDATE delivery SET due_at = 0");
      deliver(fixture, "slack");

      assertThat(resend(fixture, ALL)).isEqualTo(new Resent(1, 0));

      assertThat(claim(fixture, "slack"))
          .singleElement()
          .satisfies(
              d -> {
                assertThat(d.version()).isEqualTo(2);
                assertThat(d.sinkId()).isEqualTo("ts-" + d.id());
                assertThat(d.attempt()).isEqualTo(1);
                assertThat(d.lookFirst()).isFalse();
              });
      assertThat(fixture.count("SELECT version FROM lead")).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void other_sinks_and_other_accounts_stay_as_they_are(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Account other = fixture.accounts.account("acme", "https://example.com/api", Instant.EPOCH);
      fixture.recordLeads(2, "slack", "file");
      fixture.recordLeadsOf(other, 2, "slack");
      deliver(fixture, "slack");
      deliver(fixture, "file");
      fixture.execute("UPDATE delivery SET state = 'delivered', sent_version = 1");

      assertThat(resend(fixture, ALL).again()).isEqualTo(2);

      assertThat(fixture.due("file", fixture.account)).isFalse();
      assertThat(fixture.due("slack", other)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_not_delivered_stays_as_it_is(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(6, "slack");
      List<Delivery> claimed = claim(fixture, "slack");
      settle(fixture, claimed.get(0), Outcome.deadLetter("refused"));
      settle(fixture, claimed.get(1), Outcome.unknown("cut"));
      settle(fixture, claimed.get(2), Outcome.later("busy"));
      fixture.execute("UPDATE delivery SET state = 'cancelled' WHERE call_id = 4");
      settle(fixture, claimed.get(4), Outcome.delivered("ts"));

      assertThat(resend(fixture, ALL).again()).isEqualTo(1);

      assertThat(fixture.texts("SELECT state FROM delivery ORDER BY call_id"))
          .containsExactly("dead", "unknown", "pending", "cancelled", "pending", "sending");
      assertThat(fixture.numbers("SELECT call_id FROM delivery WHERE wanted_version = 2"))
          .containsExactly(5L);
      assertThat(fixture.numbers("SELECT call_id FROM lead WHERE version = 2")).containsExactly(5L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void only_calls_created_from_then_on_are_sent_again(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      String evaluation = "{\"outcome\": \"qualified_lead\"}";
      Call before = fixture.call(1, "completed", evaluation, "2026-02-09 23:59:59");
      Call then = fixture.call(2, "completed", evaluation, "2026-02-10 00:00:00");
      fixture.record(
          page(before, then), fixture.lead(before, "slack"), fixture.lead(then, "slack"));
      deliver(fixture, "slack");

      assertThat(resend(fixture, Instant.parse("2026-02-10T00:00:00Z")).again()).isEqualTo(1);

      assertThat(claim(fixture, "slack")).extracting(d -> d.lead().callId()).containsExactly(2L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_that_does_not_say_when_it_was_created_counts_from_when_it_was_found(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      deliver(fixture, "slack");
      fixture.execute("UPDATE call SET created_at = NULL");

      Instant now = Instant.ofEpochMilli(fixture.ledger.now());
      assertThat(resend(fixture, now.plusSeconds(60)).again()).isZero();
      assertThat(resend(fixture, now.minusSeconds(60)).again()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_withdrawn_lead_stays_as_it_was_sent(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      deliver(fixture, "slack");
      Call withdrawn = fixture.call(1, "completed", "{\"outcome\": \"no\"}");
      fixture.record(page(withdrawn), fixture.rejected(withdrawn, "outcome"));

      assertThat(resend(fixture, ALL)).isEqualTo(new Resent(0, 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_whose_data_was_removed_stays_delivered_and_is_counted(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack");
      deliver(fixture, "slack");
      fixture.execute("UPDATE call SET raw = NULL WHERE id = 1");

      assertThat(resend(fixture, ALL)).isEqualTo(new Resent(1, 1));

      assertThat(fixture.text("SELECT state FROM delivery WHERE call_id = 1"))
          .isEqualTo("delivered");
    }
  }

  @ParameterizedTest
  @EnumSource
  void many_leads_are_sent_again_once_each(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1200, "slack");
      deliver(fixture, "slack");

      assertThat(resend(fixture, ALL).again()).isEqualTo(1200);

      assertThat(fixture.count("SELECT COUNT(*) FROM lead WHERE version = 2")).isEqualTo(1200);
      assertThat(claim(fixture, "slack")).hasSize(1200).allMatch(d -> d.version() == 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_second_resend_leaves_what_still_waits_and_sends_the_rest_once_more(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack");
      deliver(fixture, "slack");
      resend(fixture, ALL);
      Delivery first = claim(fixture, "slack").get(0);
      settle(fixture, first, Outcome.delivered(first.sinkId()));

      assertThat(resend(fixture, ALL).again()).isEqualTo(1);

      assertThat(fixture.numbers("SELECT wanted_version FROM delivery ORDER BY call_id"))
          .containsExactly(3L, 2L);
    }
  }
}
