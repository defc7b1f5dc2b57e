package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.LedgerFixture.Claimed;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G1, G2, G6: clocks that are set, while a process runs and while none does. */
class ClockStepsTest {

  private static final Instant START = Instant.parse("2026-02-01T12:00:00Z");
  private static final List<Requests.Bound> ONE_A_MINUTE =
      List.of(new Requests.Bound(Duration.ofMinutes(1), 1, List.of(), false));

  @TempDir Path directory;

  private final SetClock clock = new SetClock(START);

  private LedgerFixture open() {
    return new LedgerFixture(settings(), clock.process());
  }

  private Settings settings() {
    return Databases.SQLITE.settings(directory, Map.of());
  }

  private static long claimable(LedgerFixture fixture) {
    return fixture.claim("slack", fixture.account, 10, null).deliveries().size();
  }

  private static Deliveries.Settled settled(
      LedgerFixture fixture, Claimed claimed, Outcome outcome, Duration wait) {
    Settlement settlement = new Settlement(claimed.deliveries().get(0), outcome, wait);
    return fixture
        .deliveries
        .settle("slack", fixture.account, List.of(settlement), null, false)
        .join();
  }

  private void record(LedgerFixture fixture, int... ids) {
    clock.pass(Duration.ofMillis(1));
    for (int id : ids) {
      var call = fixture.qualified(id);
      fixture.calls.record(
          fixture.calls.compare(
              fixture.account,
              LedgerFixture.page(call),
              fixture.ledger.now(),
              LedgerFixture.LOOK,
              false),
          List.of(fixture.lead(call, "slack")));
    }
    clock.pass(Duration.ofMillis(1));
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, -3_600, -300, -30, 30, 300, 3_600, 86_400})
  void what_is_on_its_way_stays_claimed_and_is_settled_by_who_sent_it(long seconds) {
    try (LedgerFixture fixture = open()) {
      record(fixture, 1);
      Claimed claimed = fixture.claim("slack", fixture.account, 10, null);

      clock.set(Duration.ofSeconds(seconds));

      assertThat(fixture.deliveries.takeOver("slack", true)).isZero();
      assertThat(claimable(fixture)).isZero();
      assertThat(
              settled(fixture, claimed, Outcome.delivered("sink-id"), Duration.ZERO).deliveries())
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, -3_600, -30, 30, 3_600, 86_400})
  void what_waits_goes_on_waiting_as_long_as_it_had_to(long seconds) {
    try (LedgerFixture fixture = open()) {
      record(fixture, 1);
      Claimed claimed = fixture.claim("slack", fixture.account, 10, null);
      settled(fixture, claimed, Outcome.later("busy"), Duration.ofMinutes(10));
      fixture.ledger.writer.write(h -> 1);
      Requests requests = new Requests(fixture.ledger);
      assertThat(requests.ask(fixture.account, "quick", ONE_A_MINUTE, 1).waitMillis()).isZero();

      clock.set(Duration.ofSeconds(seconds));
      clock.pass(Duration.ofSeconds(50));
      assertThat(requests.ask(fixture.account, "quick", ONE_A_MINUTE, 1).waitMillis()).isPositive();
      clock.pass(Duration.ofSeconds(11));
      assertThat(requests.ask(fixture.account, "quick", ONE_A_MINUTE, 1).waitMillis()).isZero();

      clock.pass(Duration.ofMinutes(8));
      assertThat(claimable(fixture)).isZero();
      clock.pass(Duration.ofMinutes(2));
      assertThat(claimable(fixture)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, -3_600, 3_600, 86_400})
  void the_next_page_counts_and_what_is_written_down_follows_the_clock(long seconds) {
    try (LedgerFixture fixture = open()) {
      record(fixture, 1, 2);

      clock.set(Duration.ofSeconds(seconds));
      fixture.ledger.writer.write(h -> 1);

      var changed =
          fixture.call(1, "completed", "{\"outcome\": \"qualified_lead\", \"company\": \"New\"}");
      clock.pass(Duration.ofMillis(1));
      fixture.calls.record(
          fixture.calls.compare(
              fixture.account,
              LedgerFixture.page(changed),
              fixture.ledger.now(),
              LedgerFixture.LOOK,
              false),
          List.of(fixture.lead(changed, "slack")));
      assertThat(fixture.count("SELECT version FROM lead WHERE call_id = 1")).isEqualTo(2);
      assertThat(Instant.ofEpochMilli(fixture.ledger.now()))
          .isBetween(START.plusSeconds(seconds).minusSeconds(5), START.plusSeconds(seconds + 5));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400 * 400L, -86_400, -3_600, -120})
  void a_start_after_the_clock_was_set_back_waits_no_longer_than_before(long seconds) {
    try (LedgerFixture fixture = open()) {
      record(fixture, 1);
      Requests requests = new Requests(fixture.ledger);
      requests.ask(fixture.account, "quick", ONE_A_MINUTE, 1);
      requests.keepQuiet(fixture.account, Duration.ofSeconds(30));
      Leases leases = new Leases(fixture.ledger);
      leases.hold(List.of(fixture.account));
      leases.hold("slack here");
      fixture.execute(
          "INSERT INTO sink_state (sink, account_id, failures, not_before, since)"
              + " VALUES ('slack', 1, 1, <now> + 20000, <now>)");
      fixture.claim("slack", fixture.account, 10, null);
      clock.pass(Duration.ofSeconds(2));
      fixture.ledger.writer.write(h -> 1);
    }
    clock.set(Duration.ofSeconds(seconds));

    try (LedgerFixture fixture = open()) {
      Leases leases = new Leases(fixture.ledger);
      assertThat(leases.hold(List.of(fixture.account))).isNotEmpty();
      assertThat(leases.hold("slack here")).isTrue();
      clock.pass(Duration.ofSeconds(1));
      record(fixture, 2);
      Requests requests = new Requests(fixture.ledger);
      assertThat(requests.ask(fixture.account, "quick", ONE_A_MINUTE, 1).waitMillis())
          .isBetween(1L, 60_000L);
      clock.pass(Duration.ofSeconds(61));
      assertThat(requests.ask(fixture.account, "quick", ONE_A_MINUTE, 1).waitMillis()).isZero();
      assertThat(fixture.deliveries.takeOver("slack", true)).isLessThanOrEqualTo(1);
      assertThat(claimable(fixture)).isEqualTo(1);
      var evaluatedLate =
          fixture.call(1, "completed", "{\"outcome\": \"qualified_lead\", \"company\": \"New\"}");
      fixture.calls.record(
          fixture.calls.compare(
              fixture.account,
              LedgerFixture.page(evaluatedLate),
              fixture.ledger.now(),
              LedgerFixture.LOOK,
              false),
          List.of(fixture.lead(evaluatedLate, "slack")));
      assertThat(fixture.count("SELECT version FROM lead WHERE call_id = 1")).isEqualTo(2);
    }
  }

  @Test
  void what_nobody_can_have_meant_is_due_at_the_next_start() {
    try (LedgerFixture fixture = open()) {
      record(fixture, 1);
      fixture.execute("UPDATE delivery SET due_at = due_at + 40000000000");
      fixture.execute("UPDATE account SET quiet_until = <now> + 40000000000");
      fixture.execute(
          "INSERT INTO sink_state (sink, account_id, failures, not_before, since)"
              + " VALUES ('slack', 1, 1, <now> + 40000000000, <now>)");
    }
    try (LedgerFixture fixture = open()) {
      assertThat(
              new Requests(fixture.ledger)
                  .ask(fixture.account, "quick", ONE_A_MINUTE, 1)
                  .waitMillis())
          .isZero();
      assertThat(claimable(fixture)).isEqualTo(1);
    }
  }

  @Test
  void a_command_beside_and_the_service_agree_after_the_clock_was_set() {
    try (LedgerFixture fixture = open()) {
      record(fixture, 1);
      for (long hours : new long[] {-3, 5}) {
        clock.set(Duration.ofHours(hours));
        fixture.ledger.writer.write(h -> 1);

        assertThat(fixture.ledger.now()).isCloseTo(clock.process().millis(), within2s());
      }
    }
  }

  private static org.assertj.core.data.Offset<Long> within2s() {
    return org.assertj.core.api.Assertions.within(2_000L);
  }

  /** A server whose clock is an hour behind takes over from one, and the other way round. */
  @ParameterizedTest
  @ValueSource(longs = {-3_600, 3_600})
  void of_two_processes_one_moves_what_waits_when_postgresql_has_another_clock(long seconds) {
    Settings settings = Databases.POSTGRESQL.settings(directory, Map.of());
    try (LedgerFixture one = new LedgerFixture(settings, clock.process());
        LedgerFixture two = new LedgerFixture(settings, clock.process())) {
      one.recordLeads(1, "slack");
      one.ledger.writer.write(h -> h.execute("UPDATE delivery SET due_at = <now> + 60000"));
      two.ledger.writer.write(h -> 1);

      for (int times = 1; times <= 2; times++) {
        Duration passed = Duration.ofSeconds(6);
        clock.pass(passed);
        long ahead = seconds * 1000 + times * passed.toMillis();
        for (LedgerFixture each : List.of(one, two)) {
          each.ledger.jdbi.define("now", "(" + Dialect.POSTGRESQL.now + " + (" + ahead + "))");
          each.ledger.writer.write(h -> 1);
        }
      }

      assertThat(one.numbers("SELECT due_at - <now> FROM delivery").get(0))
          .isBetween(30_000L, 75_000L);
      assertThat(one.numbers("SELECT steps FROM ledger_clock")).containsExactly(1L);
    }
  }
}
