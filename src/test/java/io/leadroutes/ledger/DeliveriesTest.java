package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.call.Call;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Deliveries.Ending;
import io.leadroutes.ledger.Deliveries.Portion;
import io.leadroutes.ledger.Deliveries.Refusal;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Deliveries.Standing;
import io.leadroutes.ledger.Deliveries.Trouble;
import io.leadroutes.ledger.LedgerFixture.Claimed;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G2, G3, G4: claiming and settling deliveries, the same on both databases. */
class DeliveriesTest {

  @TempDir Path directory;

  private static Claimed claim(LedgerFixture fixture, int most) {
    return fixture.claim("slack", fixture.account, most, null);
  }

  private static int settle(LedgerFixture fixture, Delivery delivery, Outcome outcome) {
    return settle(fixture, delivery, outcome, Duration.ZERO);
  }

  private static int settle(
      LedgerFixture fixture, Delivery delivery, Outcome outcome, Duration delay) {
    return fixture
        .deliveries
        .settle(
            "slack",
            fixture.account,
            List.of(new Settlement(delivery, outcome, delay)),
            null,
            false)
        .join()
        .deliveries();
  }

  private static String state(LedgerFixture fixture) {
    return fixture.text("SELECT state FROM delivery");
  }

  @ParameterizedTest
  @EnumSource
  void a_claim_takes_what_is_due_marks_it_sending_and_carries_the_lead(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(3, "slack");
      assertThat(fixture.due("slack", fixture.account)).isTrue();

      List<Delivery> claimed = claim(fixture, 2).deliveries();

      assertThat(claimed).extracting(d -> d.lead().key()).containsExactly("default-1", "default-2");
      assertThat(claimed).allMatch(d -> d.attempt() == 1 && d.version() == 1 && !d.lookFirst());
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'"))
          .isEqualTo(2);
      assertThat(claim(fixture, 5).deliveries()).hasSize(1);
      assertThat(fixture.due("slack", fixture.account)).isFalse();
    }
  }

  /** Where it knows of one row only, PostgreSQL looks for the due ones again for each row. */
  @ParameterizedTest
  @EnumSource
  void a_claim_keeps_its_limit_whatever_the_database_expects(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      fixture.execute("ANALYZE");
      fixture.recordLeads(60, "slack");

      assertThat(claim(fixture, 1).deliveries()).hasSize(1);
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'"))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void claims_side_by_side_never_share_a_delivery(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(200, "slack");

      List<CompletableFuture<Claimed>> claims =
          IntStream.range(0, 50)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> claim(fixture, 7)))
              .toList();
      Set<Long> ids = new HashSet<>();
      claims.forEach(c -> c.join().deliveries().forEach(d -> assertThat(ids.add(d.id())).isTrue()));

      assertThat(ids).hasSize(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_delivered_one_keeps_what_the_sink_calls_it_and_is_never_claimed_again(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery delivery = claim(fixture, 1).deliveries().get(0);

      assertThat(settle(fixture, delivery, Outcome.delivered("1716.01"))).isEqualTo(1);

      assertThat(state(fixture)).isEqualTo("delivered");
      assertThat(fixture.text("SELECT sink_id FROM delivery")).isEqualTo("1716.01");
      assertThat(fixture.count("SELECT sent_version FROM delivery")).isEqualTo(1);
      assertThat(claim(fixture, 1).isEmpty()).isTrue();
    }
  }

  private static Instant lastConfirmed(LedgerFixture fixture, String sink) {
    Long last =
        fixture
            .numbers("SELECT MAX(delivered_at) FROM delivery WHERE sink = '" + sink + "'")
            .get(0);
    return last == null ? null : Instant.ofEpochMilli(last);
  }

  @ParameterizedTest
  @EnumSource
  void the_ledger_knows_when_a_sink_last_confirmed_a_delivery(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack", "file");
      assertThat(lastConfirmed(fixture, "slack")).isNull();
      List<Delivery> claimed = claim(fixture, 2).deliveries();
      settle(fixture, claimed.get(0), Outcome.deadLetter("refused"));
      assertThat(lastConfirmed(fixture, "slack")).isNull();

      settle(fixture, claimed.get(1), Outcome.delivered());

      assertThat(lastConfirmed(fixture, "slack"))
          .isBeforeOrEqualTo(Instant.ofEpochMilli(fixture.ledger.now()))
          .isAfter(Instant.ofEpochMilli(fixture.ledger.now() - 60_000));
      assertThat(lastConfirmed(fixture, "file")).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void who_lost_the_claim_settles_nothing(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery first = claim(fixture, 1).deliveries().get(0);
      fixture.execute("UPDATE delivery SET lease_until = 0");
      assertThat(fixture.deliveries.takeOver("slack", true)).isEqualTo(1);
      Delivery second = claim(fixture, 1).deliveries().get(0);

      assertThat(settle(fixture, first, Outcome.deadLetter("too late"))).isZero();
      assertThatThrownBy(() -> fixture.deliveries.note(List.of(first), "here"))
          .isInstanceOf(LedgerException.class);

      assertThat(second.claim()).isGreaterThan(first.claim());
      assertThat(state(fixture)).isEqualTo("sending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lapsed_claim_is_looked_up_with_what_was_noted_before_it(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery first = claim(fixture, 1).deliveries().get(0);
      fixture.deliveries.note(List.of(first), "leads.jsonl@42");
      fixture.execute("UPDATE delivery SET lease_until = 0");
      fixture.deliveries.takeOver("slack", true);

      Delivery second = claim(fixture, 1).deliveries().get(0);

      assertThat(second.lookFirst()).isTrue();
      assertThat(second.earlier().place()).isEqualTo("leads.jsonl@42");
      assertThat(second.earlier().looks()).isZero();
      assertThat(second.earlier().attemptedAt()).isBeforeOrEqualTo(second.earlier().now());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lapsed_claim_knows_where_it_went_whatever_the_settings_say_now(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      fixture.claim("slack", fixture.account, 1, "slack C1");
      fixture.execute("UPDATE delivery SET lease_until = 0");
      fixture.deliveries.takeOver("slack", true);

      Claimed again = fixture.claim("slack", fixture.account, 1, "slack C2");

      assertThat(again.deliveries().get(0).earlier().place()).isEqualTo("slack C1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lapsed_claim_of_a_sink_without_look_up_needs_a_person(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      claim(fixture, 1);
      fixture.execute("UPDATE delivery SET lease_until = 0");

      fixture.deliveries.takeOver("slack", false);

      assertThat(state(fixture)).isEqualTo("dead");
      assertThat(fixture.text("SELECT reason FROM delivery")).contains("may have been delivered");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_unknown_outcome_stays_unknown_over_failed_look_ups_until_one_says_not_there(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      settle(fixture, claim(fixture, 1).deliveries().get(0), Outcome.unknown("cut"));
      settle(fixture, claim(fixture, 1).deliveries().get(0), Outcome.sinkDown("down", null));
      assertThat(state(fixture)).isEqualTo("unknown");
      settle(
          fixture, claim(fixture, 1).deliveries().get(0), Outcome.lookAgain(Duration.ofMillis(1)));
      Delivery second = claimWhenDue(fixture);
      assertThat(second.earlier().looks()).isEqualTo(1);

      settle(fixture, second, Outcome.notThere());
      Delivery sendsAgain = claim(fixture, 1).deliveries().get(0);

      assertThat(sendsAgain.lookFirst()).isFalse();
      assertThat(sendsAgain.attempt()).isEqualTo(1);
    }
  }

  private static Delivery claimWhenDue(LedgerFixture fixture) {
    Claimed claimed = claim(fixture, 1);
    while (claimed.isEmpty()) {
      claimed = claim(fixture, 1);
    }
    return claimed.deliveries().get(0);
  }

  @ParameterizedTest
  @EnumSource
  void only_a_failure_of_the_lead_itself_counts_as_an_attempt(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      settle(fixture, claim(fixture, 1).deliveries().get(0), Outcome.sinkDown("down", null));
      settle(fixture, claim(fixture, 1).deliveries().get(0), Outcome.paused("correct it"));
      assertThat(fixture.count("SELECT attempts FROM delivery")).isZero();

      settle(fixture, claim(fixture, 1).deliveries().get(0), Outcome.later("busy record"));

      assertThat(claim(fixture, 1).deliveries().get(0).attempt()).isEqualTo(2);
    }
  }

  private static Standing standing(LedgerFixture fixture, Delivery refused, Outcome outcome) {
    return fixture
        .deliveries
        .settle(
            "slack",
            fixture.account,
            List.of(refused),
            Duration.ofMillis(1),
            standing ->
                new Ending(
                    List.of(new Settlement(refused, outcome, Duration.ofHours(1))), null, false))
        .join()
        .standing();
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_lead_is_held_until_another_one_of_its_kind_arrived(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(3, "slack");
      List<Delivery> claimed = claim(fixture, 3).deliveries();
      settle(fixture, claimed.get(0), Outcome.delivered("ts"));
      fixture.execute("UPDATE delivery SET first_at = first_at - 1000");
      assertThat(standing(fixture, claimed.get(1), Outcome.refused("x")).of(claimed.get(1)))
          .extracting(Refusal::othersArrived, Refusal::changed)
          .containsExactly(false, false);
      assertThat(claim(fixture, 3).isEmpty()).as("it is held").isTrue();

      fixture.execute("UPDATE delivery SET wanted_version = 2 WHERE state = 'delivered'");
      fixture.deliveries.update("slack", Set.of(fixture.account.id()));
      settle(fixture, claim(fixture, 1).deliveries().get(0), Outcome.delivered("ts"));
      assertThat(claim(fixture, 3).isEmpty()).as("a change tells nothing of new ones").isTrue();
      settle(fixture, claimed.get(2), Outcome.delivered("ts"));

      Delivery again = claim(fixture, 1).deliveries().get(0);
      assertThat(again.id()).isEqualTo(claimed.get(1).id());
      assertThat(again.attempt()).isEqualTo(1);
      Standing standing = standing(fixture, again, Outcome.deadLetter("x"));
      assertThat(standing.of(again).othersArrived()).isTrue();
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE held_at IS NOT NULL")).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_delivery_that_comes_later_is_not_due_before_its_time(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");

      settle(
          fixture,
          claim(fixture, 1).deliveries().get(0),
          Outcome.later("busy"),
          Duration.ofMinutes(5));

      assertThat(state(fixture)).isEqualTo("pending");
      assertThat(fixture.due("slack", fixture.account)).isFalse();
      assertThat(claim(fixture, 1).isEmpty()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_sink_with_trouble_is_left_alone_then_probed_with_one_then_well_again(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(5, "slack");
      Delivery first = claim(fixture, 1).deliveries().get(0);
      Settlement back = new Settlement(first, Outcome.paused("correct it"), Duration.ZERO);
      Trouble trouble = new Trouble(1, "correct it", "correct it", Duration.ofHours(1));
      fixture.deliveries.settle("slack", fixture.account, List.of(back), trouble, false).join();
      assertThat(fixture.due("slack", fixture.account)).isFalse();
      assertThat(claim(fixture, 5).isEmpty()).isTrue();

      fixture.execute("UPDATE sink_state SET not_before = 0");
      Claimed probe = claim(fixture, 5);
      assertThat(probe.deliveries()).hasSize(1);
      assertThat(probe.deliveries().get(0).id()).isNotEqualTo(first.id());
      assertThat(probe.paused()).isTrue();

      Settlement done =
          new Settlement(probe.deliveries().get(0), Outcome.delivered(), Duration.ZERO);
      fixture.deliveries.settle("slack", fixture.account, List.of(done), null, true).join();
      assertThat(claim(fixture, 5).deliveries()).hasSize(4);
    }
  }

  /** The sink has failed as a whole, and the time to try it again has come. */
  private static void fail(LedgerFixture fixture) {
    Delivery first = claim(fixture, 1).deliveries().get(0);
    Settlement back = new Settlement(first, Outcome.paused("correct it"), Duration.ZERO);
    Trouble trouble = new Trouble(1, "correct it", "correct it", Duration.ZERO);
    fixture.deliveries.settle("slack", fixture.account, List.of(back), trouble, false).join();
  }

  @ParameterizedTest
  @EnumSource
  void of_several_processes_one_probes_a_sink_in_trouble(Databases database) {
    Settings settings = database.settings(directory, Map.of());
    try (LedgerFixture fixture = new LedgerFixture(settings);
        Ledger another = Ledger.openBeside(settings)) {
      fixture.recordLeads(50, "slack");
      fail(fixture);
      Deliveries other = new Deliveries(another, (account, raw) -> null);

      List<CompletableFuture<Claimed>> claims =
          IntStream.range(0, 20)
              .mapToObj(i -> i % 2 == 0 ? fixture.deliveries : other)
              .map(
                  deliveries ->
                      CompletableFuture.supplyAsync(
                          () -> LedgerFixture.claim(deliveries, "slack", fixture.account, 5, null)))
              .toList();

      assertThat(claims.stream().filter(claim -> !claim.join().isEmpty())).hasSize(1);
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'"))
          .isEqualTo(1);
      assertThat(other.due("slack").accounts()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_probe_that_ends_without_a_word_of_the_sink_makes_room_for_the_next(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(5, "slack");
      fail(fixture);

      fixture.deliveries.release(claim(fixture, 5).deliveries()).join();
      Claimed afterAStop = claim(fixture, 5);
      fixture.execute("UPDATE delivery SET lease_until = 0 WHERE state = 'sending'");
      Claimed afterADeath = claim(fixture, 5);
      settle(fixture, afterADeath.deliveries().get(0), Outcome.deadLetter("unreadable"));
      Claimed afterADeadLetter = claim(fixture, 5);

      assertThat(List.of(afterAStop, afterADeath, afterADeadLetter))
          .allMatch(claimed -> claimed.deliveries().size() == 1 && claimed.failures() == 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void trouble_of_one_sink_holds_no_other(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack", "file");
      Delivery slack = claim(fixture, 1).deliveries().get(0);
      fixture
          .deliveries
          .settle(
              "slack",
              fixture.account,
              List.of(new Settlement(slack, Outcome.sinkDown("down", null), Duration.ZERO)),
              new Trouble(1, null, "down", Duration.ofHours(1)),
              false)
          .join();

      assertThat(fixture.claim("file", fixture.account, 1, null).deliveries()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_claimed_and_not_sent_is_handed_back(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack");

      fixture.deliveries.release(claim(fixture, 2).deliveries()).join();

      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'pending'"))
          .isEqualTo(2);
      assertThat(claim(fixture, 2).deliveries()).allMatch(d -> !d.lookFirst());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_renewed_claim_does_not_lapse(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery delivery = claim(fixture, 1).deliveries().get(0);
      fixture.execute("UPDATE delivery SET lease_until = 0");

      assertThat(fixture.deliveries.renew(List.of(delivery)).join()).containsExactly(delivery.id());

      assertThat(fixture.deliveries.takeOver("slack", true)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_claim_that_was_taken_over_cannot_be_renewed(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery delivery = claim(fixture, 1).deliveries().get(0);
      fixture.execute("UPDATE delivery SET lease_until = 0");
      fixture.deliveries.takeOver("slack", true);

      assertThat(fixture.deliveries.renew(List.of(delivery)).join()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_withdrawn_while_it_was_on_its_way_back_is_not_sent(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery delivery = claim(fixture, 1).deliveries().get(0);
      Call withdrawn = fixture.call(1, "completed", "{\"outcome\": \"no\"}");
      fixture.record(page(withdrawn), fixture.rejected(withdrawn, "outcome"));

      settle(fixture, delivery, Outcome.later("busy"));

      assertThat(state(fixture)).isEqualTo("cancelled");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_delivery_whose_call_cannot_be_read_any_more_keeps_no_other_from_being_sent(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(3, "slack");
      fixture.execute("UPDATE call SET raw = 'broken' WHERE id = 1");
      fixture.execute("UPDATE call SET raw = NULL WHERE id = 2");

      Claimed claimed = claim(fixture, 3);

      assertThat(claimed.deliveries()).extracting(d -> d.lead().callId()).containsExactly(3L);
      assertThat(claimed.unreadable()).hasSize(2);
    }
  }

  /** The lead changes, so that its next version is wanted. */
  private static void change(LedgerFixture fixture, long id, String phone) {
    Call changed =
        fixture.call(
            id, "completed", "{\"outcome\": \"qualified_lead\", \"phone\": \"" + phone + "\"}");
    fixture.record(page(changed), fixture.lead(changed, "slack"));
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_that_changed_after_its_delivery_is_due_again_and_several_changes_become_one(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack");
      claim(fixture, 2)
          .deliveries()
          .forEach(delivery -> settle(fixture, delivery, Outcome.delivered("17.01")));
      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isZero();
      change(fixture, 1, "1");
      change(fixture, 1, "2");

      assertThat(claim(fixture, 2).isEmpty()).as("a sink that takes no updates").isTrue();
      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isEqualTo(1);

      List<Delivery> again = claim(fixture, 2).deliveries();
      assertThat(again).hasSize(1);
      assertThat(again.get(0).version()).isEqualTo(3);
      assertThat(again.get(0).sinkId()).isEqualTo("17.01");
      settle(fixture, again.get(0), Outcome.delivered());
      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_change_during_the_first_delivery_follows_it(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery first = claim(fixture, 1).deliveries().get(0);
      change(fixture, 1, "1");
      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isZero();
      assertThat(claim(fixture, 1).isEmpty()).isTrue();

      settle(fixture, first, Outcome.delivered("17.01"));

      assertThat(fixture.count("SELECT sent_version FROM delivery")).isEqualTo(1);
      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isEqualTo(1);
      assertThat(claim(fixture, 1).deliveries().get(0).version()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_unknown_first_version_is_resolved_before_the_second_is_sent(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Delivery first = claim(fixture, 1).deliveries().get(0);
      settle(fixture, first, Outcome.unknown("cut"));
      change(fixture, 1, "1");

      Delivery looking = claim(fixture, 1).deliveries().get(0);
      assertThat(looking.lookFirst()).isTrue();
      assertThat(looking.version()).isEqualTo(1);
      settle(fixture, looking, Outcome.delivered("17.01"));

      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isEqualTo(1);
      Delivery update = claim(fixture, 1).deliveries().get(0);
      assertThat(update.version()).isEqualTo(2);
      assertThat(update.lookFirst()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_no_lead_any_more_is_not_updated(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      settle(fixture, claim(fixture, 1).deliveries().get(0), Outcome.delivered("17.01"));
      change(fixture, 1, "1");
      Call withdrawn = fixture.call(1, "completed", "{\"outcome\": \"none\"}");
      fixture.record(page(withdrawn), fixture.rejected(withdrawn, "outcome"));

      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isZero();
      assertThat(state(fixture)).isEqualTo("delivered");
    }
  }

  /** So many leads that slack got, that changed since, and that are due again. */
  private static void recordChanged(LedgerFixture fixture, int count) {
    fixture.recordLeads(count, "slack");
    claim(fixture, count).deliveries().forEach(d -> settle(fixture, d, Outcome.delivered()));
    for (int id = 1; id <= count; id++) {
      change(fixture, id, "+1555000" + id);
    }
    assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isEqualTo(count);
  }

  private static List<Call> calls(LedgerFixture fixture, int from, int to) {
    return LongStream.rangeClosed(from, to).mapToObj(fixture::qualified).toList();
  }

  private static List<Long> claimed(LedgerFixture fixture, Portion portion) {
    Claimed claimed = fixture.claim("slack", fixture.account, portion);
    return claimed.deliveries().stream().map(d -> d.lead().callId()).toList();
  }

  private static Portion portion(int most, int changed) {
    return new Portion(most, Long.MAX_VALUE, 0, changed, null);
  }

  @ParameterizedTest
  @EnumSource
  void new_leads_go_before_those_that_changed_though_these_waited_longer(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      recordChanged(fixture, 20);
      fixture.recordLeadsOf(fixture.account, calls(fixture, 101, 103), "slack");

      assertThat(claimed(fixture, portion(2, 0))).containsExactly(101L, 102L);
      assertThat(claimed(fixture, portion(3, 0))).containsExactly(103L, 1L, 2L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_place_that_is_kept_for_a_lead_that_changed_goes_to_one_while_new_leads_wait(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      recordChanged(fixture, 5);
      fixture.recordLeadsOf(fixture.account, calls(fixture, 101, 103), "slack");

      assertThat(claimed(fixture, portion(2, 1))).containsExactly(1L, 101L);
      assertThat(claimed(fixture, portion(10, 1))).containsExactly(2L, 102L, 103L, 3L, 4L, 5L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_that_changes_again_while_its_update_waits_is_sent_once_as_it_is_then(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      recordChanged(fixture, 1);
      for (int i = 0; i < 5; i++) {
        change(fixture, 1, "+1555111" + i);
        fixture.deliveries.update("slack", Set.of(fixture.account.id()));
      }

      List<Delivery> claimed = claim(fixture, 10).deliveries();

      assertThat(claimed).hasSize(1);
      assertThat(claimed.get(0).version()).isEqualTo(7);
      assertThat(claimed.get(0).lead().phone()).isEqualTo("+15551114");
      settle(fixture, claimed.get(0), Outcome.delivered());
      assertThat(fixture.deliveries.update("slack", Set.of(fixture.account.id()))).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_probe_is_another_lead_each_time_new_or_changed(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      recordChanged(fixture, 2);
      fixture.recordLeadsOf(fixture.account, calls(fixture, 101, 101), "slack");
      fail(fixture);

      Set<Long> probes = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        Delivery probe = claim(fixture, 5).deliveries().get(0);
        probes.add(probe.lead().callId());
        settle(fixture, probe, Outcome.paused("correct it"), Duration.ofMillis(i));
      }

      assertThat(probes).containsExactlyInAnyOrder(1L, 2L, 101L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_claim_takes_as_many_bytes_as_it_may_and_leaves_the_rest_due(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(10, "slack");
      long bytes = fixture.numbers("SELECT MAX(OCTET_LENGTH(raw)) FROM call").get(0);

      Deliveries.Claimed some =
          fixture.deliveries.claim(
              "slack", fixture.account, new Portion(10, 3 * bytes, 0, 0, null));
      Deliveries.Claimed none =
          fixture.deliveries.claim("slack", fixture.account, new Portion(10, 1, 0, 0, null));
      Deliveries.Claimed alone =
          fixture.deliveries.claim("slack", fixture.account, new Portion(10, 1, bytes, 0, null));

      assertThat(some.claims()).hasSize(3).allMatch(claim -> claim.bytes() <= bytes);
      assertThat(some.more()).isTrue();
      assertThat(none.claims()).isEmpty();
      assertThat(none.more()).as("it waits for room").isTrue();
      assertThat(alone.claims()).hasSize(1);
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'pending'"))
          .isEqualTo(6);
    }
  }
}
