package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import io.leadroutes.call.RawRecord;
import io.leadroutes.call.SetAside;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Deliveries.Trouble;
import io.leadroutes.ledger.Overview.AccountState;
import io.leadroutes.ledger.Overview.LastPass;
import io.leadroutes.ledger.Overview.SinkState;
import io.leadroutes.watch.Watch;
import io.leadroutes.watch.WatchRules;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is told about a ledger, the same on both databases. */
class OverviewTest {

  @TempDir Path directory;

  private static AccountState account(LedgerFixture fixture) {
    return Overview.of(fixture.ledger).accounts().stream()
        .filter(account -> account.name().equals("default"))
        .findFirst()
        .orElseThrow();
  }

  private static boolean needsPerson(LedgerFixture fixture) {
    WatchRules rules =
        new WatchRules(
            Map.of("default", Set.of("slack", "file")),
            Duration.ofMinutes(1),
            Duration.ofMinutes(15),
            Duration.ofDays(2),
            Duration.ofMinutes(2));
    return !Watch.issues(fixture.ledger, rules).isEmpty();
  }

  private static void settle(LedgerFixture fixture, Outcome outcome, Trouble trouble) {
    List<Delivery> claimed = fixture.claim("slack", fixture.account, 1, null).deliveries();
    fixture
        .deliveries
        .settle(
            "slack",
            fixture.account,
            claimed.stream().map(d -> new Settlement(d, outcome, Duration.ZERO)).toList(),
            trouble,
            false)
        .join();
  }

  private static void passEnded(LedgerFixture fixture, String kind, int requests, String refused) {
    fixture.passes.ended(
        new PassRow(
            fixture.account,
            kind,
            null,
            null,
            1000,
            2,
            requests,
            5,
            6,
            100,
            0,
            null,
            "odd",
            refused,
            false));
  }

  @ParameterizedTest
  @EnumSource
  void a_new_account_needs_nobody(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      AccountState account = account(fixture);

      assertThat(account)
          .isEqualTo(
              new AccountState("default", false, null, 0, 0, List.of(), List.of(), List.of()));
      assertThat(needsPerson(fixture)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_last_pass_of_each_kind_is_told(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      passEnded(fixture, "full", 3, null);
      passEnded(fixture, "quick", 1, null);
      passEnded(fixture, "quick", 4, "the list changed");

      List<LastPass> passes = account(fixture).passes();

      assertThat(passes).extracting(LastPass::kind).containsExactly("quick", "full");
      assertThat(passes.get(0))
          .usingRecursiveComparison()
          .ignoringFields("endedAt")
          .isEqualTo(
              new LastPass(
                  "quick",
                  Instant.ofEpochMilli(1000),
                  null,
                  2,
                  4,
                  5,
                  6,
                  "odd",
                  "the list changed"));
      assertThat(passes.get(1).refused()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void deliveries_are_counted_by_sink_and_state_and_the_oldest_that_waits_is_named(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(4, "slack", "file");
      fixture.recordLeadsOf(
          fixture.accounts.account("acme", "https://example.com/api", Instant.EPOCH), 1, "slack");
      settle(fixture, Outcome.delivered(), null);
      settle(fixture, Outcome.unknown("cut"), null);
      fixture.execute("UPDATE delivery SET recorded_at = 1000 WHERE state = 'delivered'");
      fixture.execute("UPDATE delivery SET recorded_at = 2000 WHERE state = 'unknown'");
      fixture.execute("UPDATE delivery SET state = 'cancelled' WHERE sink = 'file'");

      AccountState account = account(fixture);

      assertThat(account.sinks())
          .containsExactly(
              new SinkState("file", Map.of("cancelled", 4), null, null),
              new SinkState(
                  "slack",
                  Map.of("delivered", 1, "pending", 2, "unknown", 1),
                  Instant.ofEpochMilli(2000),
                  null));
      assertThat(needsPerson(fixture)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_new_version_of_a_delivered_lead_waits_since_it_was_due(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      settle(fixture, Outcome.delivered(), null);
      fixture.execute(
          "UPDATE delivery SET state = 'pending', wanted_version = 2, recorded_at = 1, due_at = 7");

      SinkState sink = account(fixture).sinks().get(0);
      assertThat(sink.oldest()).isEqualTo(Instant.ofEpochMilli(7));
      assertThat(sink.deliveries()).isEqualTo(Map.of("pending", 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_sink_that_is_paused_or_waits_is_told_with_its_reason(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack");
      settle(
          fixture,
          Outcome.sinkDown("no answer", null),
          new Trouble(1, null, "no answer", Duration.ofMillis(1)));
      SinkState waits = account(fixture).sinks().get(0);
      assertThat(waits.trouble().paused()).isFalse();
      assertThat(waits.trouble().reason()).isEqualTo("no answer");
      assertThat(needsPerson(fixture)).isFalse();

      fixture.after();
      fixture.after();
      settle(
          fixture,
          Outcome.paused("set the token"),
          new Trouble(2, "set the token", "set the token", Duration.ofMinutes(5)));

      Overview.Trouble paused = account(fixture).sinks().get(0).trouble();
      assertThat(paused.paused()).isTrue();
      assertThat(paused.reason()).isEqualTo("set the token");
      assertThat(paused.since()).isEqualTo(waits.trouble().since());
      assertThat(paused.nextTry()).isAfter(Overview.of(fixture.ledger).at().plusSeconds(200));
      assertThat(needsPerson(fixture)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_dead_letter_and_a_paused_account_need_a_person(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      settle(fixture, Outcome.deadLetter("refused"), null);
      assertThat(needsPerson(fixture)).isTrue();
      new DeadLetters(fixture.ledger).discard(new DeadLetters.Selection(List.of(), null, null));
      assertThat(needsPerson(fixture)).isFalse();

      fixture.accounts.paused(fixture.account, "set the token");

      assertThat(account(fixture).paused()).isEqualTo("set the token");
      assertThat(needsPerson(fixture)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void changed_leads_that_are_held_because_they_are_refused_need_a_person(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      fixture.execute(
          "UPDATE delivery SET sent_version = 1, wanted_version = 2, held_at = 1, reason = 'ask'");

      AccountState account = account(fixture);

      assertThat(account.sinks().get(0).trouble().reason())
          .isEqualTo("1 changed leads are held, each refused: ask");
      assertThat(needsPerson(fixture)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void open_calls_and_records_set_aside_are_counted_and_backfills_told(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call open = fixture.call(1, "completed", "null");
      fixture.record(page(open), fixture.rejected(open, "evaluated"));
      fixture.execute("UPDATE call SET state = 'open', open_until = 99999999999999");
      fixture.record(
          LedgerFixture.pageWith(new SetAside("no id", RawRecord.of("{\"id\": \"?\"}"))));
      LocalDate day = LocalDate.parse("2026-01-01");
      new Jobs(fixture.ledger).add(fixture.account, day, day.plusDays(30), List.of("slack"));
      new Leases(fixture.ledger).hold(List.of(fixture.account));

      AccountState account = account(fixture);

      assertThat(account.openCalls()).isEqualTo(1);
      assertThat(account.setAside()).isEqualTo(1);
      assertThat(account.polled()).isTrue();
      assertThat(account.backfills())
          .containsExactly(
              new Overview.BackfillState(day, day.plusDays(30), day, List.of("slack"), 0, 0, null));
      assertThat(needsPerson(fixture)).isFalse();
    }
  }
}
