package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.Deliveries.Claimed;
import io.leadroutes.ledger.LedgerFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettlementsTest {

  private static final DeliveryRules RULES =
      new DeliveryRules(
          Map.of(), List.of(Duration.ofSeconds(10), Duration.ofMinutes(10)), Duration.ofMinutes(5));

  private static Delivery delivery(int attempt) {
    return new Delivery(1, "default", null, 1, attempt, null, null, false, null, 1);
  }

  private static Settlements of(boolean lookup, int failures, boolean paused, Outcome... outcomes) {
    return Settlements.of(
        Collections.nCopies(outcomes.length, delivery(1)),
        List.of(outcomes),
        RULES,
        lookup,
        failures,
        paused,
        () -> 0.5);
  }

  private static Kind kind(Settlements settlements, int index) {
    return settlements.deliveries().get(index).outcome().kind();
  }

  @Test
  void the_wait_of_a_lead_is_a_random_part_of_its_schedule() {
    Settlements first = of(true, 0, false, Outcome.later("busy"));
    assertThat(first.deliveries().get(0).delay()).isEqualTo(Duration.ofSeconds(5));

    Settlements second =
        Settlements.of(
            List.of(delivery(2)), List.of(Outcome.later("busy")), RULES, true, 0, false, () -> 1);
    assertThat(second.deliveries().get(0).delay()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void after_the_schedule_the_lead_is_a_dead_letter() {
    Settlements third =
        Settlements.of(
            List.of(delivery(3)), List.of(Outcome.later("busy")), RULES, true, 0, false, () -> 1);

    assertThat(kind(third, 0)).isEqualTo(Kind.DEAD_LETTER);
  }

  @Test
  void an_outage_doubles_the_wait_of_the_sink_up_to_five_minutes() {
    assertThat(of(true, 0, false, Outcome.sinkDown("x", null)).trouble().delay())
        .isEqualTo(Duration.ofMillis(750));
    assertThat(of(true, 3, false, Outcome.sinkDown("x", null)).trouble().delay())
        .isEqualTo(Duration.ofSeconds(6));
    assertThat(of(true, 60, false, Outcome.sinkDown("x", null)).trouble().delay())
        .isEqualTo(Duration.ofSeconds(225));
  }

  @Test
  void what_the_sink_asked_for_wins_over_the_own_wait() {
    Settlements asked = of(true, 0, false, Outcome.sinkDown("x", Duration.ofSeconds(77)));

    assertThat(asked.trouble().delay()).isEqualTo(Duration.ofSeconds(77));
  }

  @Test
  void probes_of_a_paused_sink_double_to_an_hour() {
    assertThat(of(true, 0, false, Outcome.paused("x")).trouble().delay())
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(of(true, 1, true, Outcome.paused("x")).trouble().delay())
        .isEqualTo(Duration.ofMinutes(10));
    assertThat(of(true, 9, true, Outcome.paused("x")).trouble().delay())
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void a_lead_that_fails_where_others_of_its_request_succeed_pauses_nothing() {
    Settlements settlements = of(true, 0, false, Outcome.delivered(), Outcome.paused("field"));

    assertThat(settlements.trouble()).isNull();
    assertThat(kind(settlements, 1)).isEqualTo(Kind.DEAD_LETTER);
  }

  @Test
  void a_lead_that_was_there_already_says_nothing_about_the_sink() {
    Outcome there = Outcome.alreadyThere("00Q1", null);

    Settlements paused = of(true, 0, false, there, Outcome.paused("allow it"));
    assertThat(paused.trouble().paused()).isEqualTo("allow it");
    assertThat(kind(paused, 1)).isEqualTo(Kind.PAUSED);

    Settlements down = of(true, 0, false, there, Outcome.sinkDown("x", null));
    assertThat(down.trouble()).isNotNull();
    assertThat(kind(down, 1)).isEqualTo(Kind.SINK_DOWN);

    Settlements probe = of(true, 3, true, there);
    assertThat(probe.trouble()).isNull();
    assertThat(probe.well()).isFalse();
    assertThat(of(true, 3, false, there).well()).as("an outage").isTrue();
  }

  @Test
  void any_answer_about_a_lead_ends_the_trouble_of_the_sink() {
    assertThat(of(true, 2, false, Outcome.delivered()).well()).isTrue();
    assertThat(of(true, 2, true, Outcome.deadLetter("bad")).well()).isTrue();
    assertThat(of(true, 0, false, Outcome.delivered()).well()).isFalse();
    assertThat(of(true, 2, false, Outcome.unknown("x")).well()).isFalse();
  }

  @Test
  void an_unknown_outcome_is_looked_up_or_needs_a_person() {
    assertThat(kind(of(true, 0, false, Outcome.unknown("x")), 0)).isEqualTo(Kind.UNKNOWN);
    assertThat(kind(of(false, 0, false, Outcome.unknown("x")), 0)).isEqualTo(Kind.DEAD_LETTER);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINK_DOWN", "UNKNOWN", "PAUSED"})
  void trouble_of_a_sink_that_lasts_a_day_costs_no_lead_an_attempt(
      Outcome.Kind kind, @TempDir Path directory) {
    try (LedgerFixture fixture = new LedgerFixture(Databases.SQLITE, directory)) {
      fixture.recordLeads(20, "slack");
      DeliveryRules rules = DeliveryRules.of(fixture.settings, List.of(fixture.account));
      Outcome outcome = new Outcome(kind, "Nothing goes.", null, null);
      Duration passed = Duration.ZERO;
      while (passed.compareTo(Duration.ofHours(24)) < 0) {
        Claimed claimed = fixture.deliveries.claim("slack", fixture.account, 20, null);
        Settlements settlements =
            Settlements.of(
                claimed.deliveries(),
                Collections.nCopies(claimed.deliveries().size(), outcome),
                rules,
                true,
                claimed.failures(),
                claimed.paused(),
                () -> 0.5);
        fixture
            .deliveries
            .settle(
                "slack",
                fixture.account,
                settlements.deliveries(),
                settlements.trouble(),
                settlements.well())
            .join();
        passed = passed.plus(settlements.trouble().delay());
        fixture.execute("UPDATE sink_state SET not_before = 0");
        fixture.execute("UPDATE delivery SET due_at = 0");
      }

      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'dead'")).isZero();
      assertThat(fixture.count("SELECT MAX(attempts) FROM delivery")).isZero();
    }
  }
}
