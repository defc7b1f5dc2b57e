package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.Deliveries.Ending;
import io.leadroutes.ledger.Deliveries.Refusal;
import io.leadroutes.ledger.Deliveries.Settled;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Deliveries.Standing;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.ledger.LedgerFixture.Claimed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettlementsTest {

  private static final DeliveryRules RULES =
      new DeliveryRules(
          Map.of(), List.of(Duration.ofSeconds(10), Duration.ofMinutes(10)), Duration.ofMinutes(5));

  /** The first of the exchange is refused, and another lead arrived meanwhile. */
  private static final Standing OTHERS_ARRIVED =
      new Standing(Map.of(1L, new Refusal(false, true, Duration.ZERO)), 0, 0);

  private static Delivery delivery(long id, int attempt) {
    return new Delivery(id, "default", null, 1, attempt, null, null, false, null, 1);
  }

  private static Ending of(boolean lookup, int failures, boolean paused, Outcome... outcomes) {
    return of(lookup, failures, paused, Standing.NONE, outcomes);
  }

  private static Ending of(
      boolean lookup, int failures, boolean paused, Standing standing, Outcome... outcomes) {
    return Settlements.of(
        IntStream.rangeClosed(1, outcomes.length).mapToObj(id -> delivery(id, 1)).toList(),
        List.of(outcomes),
        RULES,
        lookup,
        failures,
        paused,
        standing,
        () -> 0.5);
  }

  private static Ending later(int attempt, double random) {
    return Settlements.of(
        List.of(delivery(1, attempt)),
        List.of(Outcome.later("busy")),
        RULES,
        true,
        0,
        false,
        OTHERS_ARRIVED,
        () -> random);
  }

  private static Kind kind(Ending settlements, int index) {
    return settlements.deliveries().get(index).outcome().kind();
  }

  @Test
  void the_wait_of_a_lead_is_a_random_part_of_its_schedule() {
    assertThat(later(1, 0.5).deliveries().get(0).delay()).isEqualTo(Duration.ofSeconds(5));
    assertThat(later(2, 1).deliveries().get(0).delay()).isEqualTo(Duration.ofMinutes(10));
  }

  /** Each at a time of its own, 400 leads made 180 requests a minute. */
  @Test
  void leads_of_one_request_that_fail_alike_come_again_in_one_request() {
    PrimitiveIterator.OfDouble numbers = new Random(1).doubles().iterator();

    Ending ending =
        Settlements.of(
            List.of(delivery(1, 2), delivery(2, 2), delivery(3, 2)),
            List.of(Outcome.later("busy"), Outcome.later("busy"), Outcome.later("busy")),
            RULES,
            true,
            0,
            false,
            OTHERS_ARRIVED,
            numbers::nextDouble);

    assertThat(ending.deliveries())
        .extracting(Settlement::delay)
        .containsOnly(ending.deliveries().get(0).delay());
  }

  @Test
  void after_the_schedule_the_lead_is_a_dead_letter() {
    assertThat(kind(later(3, 1), 0)).isEqualTo(Kind.DEAD_LETTER);
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
    Ending asked = of(true, 0, false, Outcome.sinkDown("x", Duration.ofSeconds(77)));

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
    Ending settlements = of(true, 0, false, Outcome.delivered(), Outcome.refused("field"));

    assertThat(settlements.trouble()).isNull();
    assertThat(kind(settlements, 1)).isEqualTo(Kind.DEAD_LETTER);
  }

  @Test
  void what_is_certain_to_concern_all_pauses_though_others_of_the_request_succeeded() {
    Ending settlements = of(true, 0, false, Outcome.delivered(), Outcome.paused("storage"));

    assertThat(settlements.trouble().paused()).isEqualTo("storage");
    assertThat(kind(settlements, 1)).isEqualTo(Kind.PAUSED);
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "LATER"})
  void a_lone_refusal_is_held_and_the_next_lead_is_tried_at_once(Kind kind) {
    Ending lone = of(true, 0, false, new Outcome(kind, "field", null, null));

    assertThat(kind(lone, 0)).isEqualTo(Kind.REFUSED);
    assertThat(lone.deliveries().get(0).delay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(lone.trouble().paused()).isNull();
    assertThat(lone.trouble().reason()).isEqualTo("field");
    assertThat(lone.trouble().delay()).isZero();
    assertThat(lone.well()).isFalse();
  }

  @Test
  void a_lone_lead_that_is_refused_again_and_again_pauses_the_sink_and_holds_no_other() {
    Ending third = of(true, 2, false, Outcome.refused("field"));

    assertThat(third.trouble().paused()).isEqualTo("field");
    assertThat(third.trouble().delay()).isZero();
    assertThat(kind(third, 0)).isEqualTo(Kind.REFUSED);
  }

  @Test
  void several_leads_refused_in_a_row_pause_the_sink_and_burn_none() {
    Standing two = new Standing(Map.of(), 2, 0);
    Ending alone = of(true, 0, false, two, Outcome.refused("field"));
    assertThat(alone.trouble().paused()).isEqualTo("field");
    assertThat(alone.trouble().delay()).isEqualTo(Duration.ofMinutes(5));

    Ending batch =
        of(true, 0, false, Outcome.later("x"), Outcome.refused("field"), Outcome.refused("field"));
    assertThat(batch.trouble().paused()).isEqualTo("field");
    assertThat(batch.deliveries())
        .extracting(s -> s.outcome().kind())
        .containsOnly(Kind.REFUSED)
        .hasSize(3);
  }

  @Test
  void a_probe_that_is_refused_as_well_leaves_the_sink_paused() {
    Ending probe = of(true, 4, true, new Standing(Map.of(), 9, 0), Outcome.refused("field"));

    assertThat(probe.trouble().paused()).isEqualTo("field");
    assertThat(probe.trouble().delay()).as("never doubled").isEqualTo(Duration.ofMinutes(5));
    assertThat(probe.well()).isFalse();
  }

  @Test
  void a_changed_lead_that_is_refused_waits_by_itself_whatever_becomes_of_new_ones() {
    Standing changed =
        new Standing(Map.of(1L, new Refusal(true, false, Duration.ofMinutes(7))), 0, 0);
    Ending alone = of(true, 0, false, changed, Outcome.refused("owner"));
    assertThat(alone.trouble()).isNull();
    assertThat(kind(alone, 0)).isEqualTo(Kind.REFUSED);
    assertThat(alone.deliveries().get(0).delay()).isEqualTo(Duration.ofMinutes(7));

    Ending besideNew = of(true, 0, false, changed, Outcome.refused("owner"), Outcome.delivered());
    assertThat(kind(besideNew, 0)).isEqualTo(Kind.REFUSED);

    Standing days = new Standing(Map.of(1L, new Refusal(true, false, Duration.ofDays(3))), 0, 0);
    assertThat(kind(of(true, 0, false, days, Outcome.refused("owner")), 0))
        .isEqualTo(Kind.DEAD_LETTER);
  }

  @Test
  void a_change_that_was_taken_does_not_show_that_a_new_lead_is_to_blame() {
    Standing second = new Standing(Map.of(2L, new Refusal(true, false, Duration.ZERO)), 0, 0);

    Ending mixed = of(true, 0, false, second, Outcome.refused("field"), Outcome.delivered());

    assertThat(kind(mixed, 0)).isEqualTo(Kind.REFUSED);
    assertThat(mixed.trouble().reason()).isEqualTo("field");
  }

  @Test
  void a_lead_that_was_there_already_says_nothing_about_the_sink() {
    Outcome there = Outcome.alreadyThere("00Q1", null);

    Ending paused = of(true, 0, false, there, Outcome.paused("allow it"));
    assertThat(paused.trouble().paused()).isEqualTo("allow it");
    assertThat(kind(paused, 1)).isEqualTo(Kind.PAUSED);

    Ending down = of(true, 0, false, there, Outcome.sinkDown("x", null));
    assertThat(down.trouble()).isNotNull();
    assertThat(kind(down, 1)).isEqualTo(Kind.SINK_DOWN);

    Ending probe = of(true, 3, true, there);
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
  @EnumSource(names = {"SINK_DOWN", "UNKNOWN", "PAUSED", "REFUSED", "LATER"})
  void trouble_of_a_sink_that_lasts_a_day_costs_no_lead_an_attempt(
      Outcome.Kind kind, @TempDir Path directory) {
    try (LedgerFixture fixture = new LedgerFixture(Databases.SQLITE, directory)) {
      fixture.recordLeads(20, "slack");
      DeliveryRules rules = DeliveryRules.of(fixture.settings, List.of(fixture.account));
      Outcome outcome = new Outcome(kind, "Nothing goes.", null, null);
      Duration passed = Duration.ZERO;
      while (passed.compareTo(Duration.ofHours(24)) < 0) {
        Claimed claimed = fixture.claim("slack", fixture.account, 20, null);
        Settled settled =
            fixture
                .deliveries
                .settle(
                    "slack",
                    fixture.account,
                    claimed.deliveries(),
                    Duration.ZERO,
                    standing ->
                        Settlements.of(
                            claimed.deliveries(),
                            Collections.nCopies(claimed.deliveries().size(), outcome),
                            rules,
                            true,
                            claimed.failures(),
                            claimed.paused(),
                            standing,
                            () -> 0.5))
                .join();
        passed = passed.plus(settled.ending().trouble().delay()).plusSeconds(60);
        fixture.execute("UPDATE sink_state SET not_before = 0");
        fixture.execute("UPDATE delivery SET due_at = 0");
      }

      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'dead'")).isZero();
      assertThat(fixture.count("SELECT MAX(attempts) FROM delivery")).isZero();
    }
  }
}
