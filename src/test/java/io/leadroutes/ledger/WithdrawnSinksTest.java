package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import io.leadroutes.judge.Verdict;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Deliveries.Settlement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rule that changed counts for what waits, and a sink that is gone leaves nothing behind. */
class WithdrawnSinksTest {

  private static final String NEW_RULE = "rule-2";

  @TempDir Path directory;

  /** The calls are judged again, by the new rule. */
  private static void judgeAgain(LedgerFixture fixture, Verdict... verdicts) {
    Look look = Look.live(NEW_RULE, 0, LedgerFixture.LOOK.settleMillis());
    Call[] calls = List.of(verdicts).stream().map(Verdict::call).toArray(Call[]::new);
    fixture.calls.record(
        fixture.calls.compare(fixture.account, page(calls), fixture.after(), look, false),
        List.of(verdicts));
  }

  private static String state(LedgerFixture fixture, String sink) {
    return fixture.text("SELECT state FROM delivery WHERE sink = '" + sink + "'");
  }

  private static void settle(LedgerFixture fixture, Delivery delivery, Outcome outcome) {
    fixture
        .deliveries
        .settle(
            "slack",
            fixture.account,
            List.of(new Settlement(delivery, outcome, Duration.ZERO)),
            null,
            false)
        .join();
  }

  private static List<Delivery> claim(LedgerFixture fixture) {
    return fixture.claim("slack", fixture.account, 10, null).deliveries();
  }

  @ParameterizedTest
  @EnumSource
  void what_waits_for_a_sink_that_the_rule_drops_is_withdrawn_and_comes_back_with_it(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack", "file");
      Verdict all = fixture.lead(fixture.qualified(1), "slack", "file");

      judgeAgain(fixture, all.sinks("file"));

      assertThat(state(fixture, "slack")).isEqualTo("cancelled");
      assertThat(state(fixture, "file")).isEqualTo("pending");
      assertThat(claim(fixture)).isEmpty();

      fixture.record(page(all.call()), all);

      assertThat(state(fixture, "slack")).isEqualTo("pending");
      assertThat(claim(fixture)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_delivered_stays_and_what_may_have_been_is_looked_up_but_not_sent_again(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(3, "slack", "file");
      List<Delivery> claimed = claim(fixture);
      settle(fixture, claimed.get(0), Outcome.delivered());
      settle(fixture, claimed.get(1), Outcome.unknown("no answer"));

      judgeAgain(
          fixture,
          fixture.lead(fixture.qualified(1), "slack", "file").sinks("file"),
          fixture.lead(fixture.qualified(2), "slack", "file").sinks("file"),
          fixture.lead(fixture.qualified(3), "slack", "file").sinks("file"));
      fixture.deliveries.release(List.of(claimed.get(2))).join();
      settle(fixture, claim(fixture).get(0), Outcome.notThere());

      assertThat(fixture.texts("SELECT state FROM delivery WHERE sink = 'slack' ORDER BY call_id"))
          .containsExactly("delivered", "cancelled", "cancelled");
      assertThat(claim(fixture)).isEmpty();
    }
  }

  /** It would be taken for refused ever since, while others arrived: a dead letter at once. */
  @ParameterizedTest
  @EnumSource
  void a_refusal_from_before_it_was_withdrawn_says_nothing_when_it_comes_back(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack", "file");
      Verdict one = fixture.lead(fixture.qualified(1), "slack", "file");
      Verdict two = fixture.lead(fixture.qualified(2), "slack", "file");
      List<Delivery> claimed = claim(fixture);
      settle(fixture, claimed.get(0), Outcome.refused("a rule of the org"));

      judgeAgain(fixture, one.sinks("file"), two.sinks("file"));
      settle(fixture, claimed.get(1), Outcome.refused("a rule of the org"));
      fixture.record(page(one.call(), two.call()), one, two);

      assertThat(
              fixture.texts("SELECT state FROM delivery WHERE sink = 'slack' AND held_at IS NULL"))
          .containsExactly("pending", "pending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_waits_for_a_sink_that_left_the_settings_goes_on_waiting(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack", "file");

      judgeAgain(fixture, fixture.lead(fixture.qualified(1), "file"));

      assertThat(state(fixture, "slack")).isEqualTo("pending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_dead_letter_of_a_sink_that_the_rule_drops_is_not_replayed(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack", "file");
      settle(fixture, claim(fixture).get(0), Outcome.deadLetter("refused"));
      judgeAgain(fixture, fixture.lead(fixture.qualified(1), "slack", "file").sinks("file"));

      DeadLetters.Replayed replayed =
          new DeadLetters(fixture.ledger)
              .replay(new DeadLetters.Selection(List.of(), "slack", null));

      assertThat(replayed).isEqualTo(new DeadLetters.Replayed(0, 1));
      assertThat(state(fixture, "slack")).isEqualTo("dead");
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_another_rule_judged_waits_until_the_account_was_read_by_the_new_one(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      assertThat(judgedBy(fixture, LedgerFixture.RULE)).isZero();
      fixture.recordLeads(3, "slack");
      assertThat(fixture.due("slack", fixture.account)).isTrue();

      assertThat(judgedBy(fixture, NEW_RULE)).isEqualTo(3);

      assertThat(fixture.due("slack", fixture.account)).isFalse();
      assertThat(claim(fixture)).isEmpty();

      judgeAgain(
          fixture,
          fixture.lead(fixture.qualified(1), "slack"),
          fixture.rejected(fixture.qualified(2), "german-number"));
      assertThat(claim(fixture)).extracting(d -> d.lead().callId()).containsExactly(1L);

      fixture.accounts.counts(fixture.account, NEW_RULE);
      // The third is older than the look-back: its verdict stands.
      assertThat(claim(fixture)).extracting(d -> d.lead().callId()).containsExactly(3L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_rule_that_is_as_it_was_holds_nothing(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack");
      // As a ledger of before is, which does not know yet by which rule it was read.
      assertThat(judgedBy(fixture, LedgerFixture.RULE)).isZero();
      assertThat(claim(fixture)).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_on_its_way_to_a_sink_that_left_the_settings_becomes_a_dead_letter(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack", "kafka");
      fixture.claim("kafka", fixture.account, 1, null);
      claim(fixture);
      assertThat(fixture.deliveries.takeOverOthers(Set.of("slack"))).as("leased").isZero();

      fixture.execute("UPDATE delivery SET lease_until = 0 WHERE state = 'sending'");

      assertThat(fixture.deliveries.takeOver("file", true)).isZero();
      assertThat(fixture.deliveries.takeOverOthers(Set.of("slack"))).isEqualTo(1);
      assertThat(fixture.text("SELECT reason FROM delivery WHERE state = 'dead'"))
          .startsWith("may have been delivered")
          .contains("kafka is not in lead.sinks any more");
      assertThat(fixture.deliveries.takeOver("slack", true)).isEqualTo(2);
    }
  }

  /** Returns how many deliveries wait. */
  private static int judgedBy(LedgerFixture fixture, String rule) {
    return fixture.deliveries.judgedBy(Map.of(fixture.account, rule)).get(fixture.account);
  }
}
