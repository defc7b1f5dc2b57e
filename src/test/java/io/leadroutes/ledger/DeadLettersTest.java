package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.call.Call;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.DeadLetters.DeadLetter;
import io.leadroutes.ledger.DeadLetters.Replayed;
import io.leadroutes.ledger.DeadLetters.Selection;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.settings.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of dead letters, the same on both databases. */
class DeadLettersTest {

  private static final Selection ALL = new Selection(List.of(), null, null);

  @TempDir Path directory;

  private static DeadLetters deadLetters(LedgerFixture fixture) {
    return new DeadLetters(fixture.ledger);
  }

  private static Selection ids(Long... ids) {
    return new Selection(List.of(ids), null, null);
  }

  private static List<Delivery> claim(LedgerFixture fixture, String sink) {
    return fixture.claim(sink, fixture.account, 5000, null).deliveries();
  }

  private static void settle(LedgerFixture fixture, List<Delivery> deliveries, Outcome outcome) {
    fixture
        .deliveries
        .settle(
            "slack",
            fixture.account,
            deliveries.stream().map(d -> new Settlement(d, outcome, Duration.ZERO)).toList(),
            null,
            false)
        .join();
  }

  private static void bury(LedgerFixture fixture, String sink, String reason) {
    settle(fixture, claim(fixture, sink), Outcome.deadLetter(reason));
  }

  @ParameterizedTest
  @EnumSource
  void they_are_listed_with_their_reason_and_without_the_leads_data(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2, "slack");
      Delivery first = claim(fixture, "slack").get(0);
      settle(fixture, List.of(first), Outcome.deadLetter("refused"));

      assertThat(deadLetters(fixture).list(ALL))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter)
                    .usingRecursiveComparison()
                    .ignoringFields("attemptedAt")
                    .isEqualTo(
                        new DeadLetter(
                            first.id(),
                            "default",
                            first.lead().callId(),
                            "slack",
                            1,
                            1,
                            null,
                            "refused"));
                assertThat(letter.attemptedAt())
                    .isBetween(
                        Instant.ofEpochMilli(fixture.ledger.now()).minusSeconds(60),
                        Instant.ofEpochMilli(fixture.ledger.now()));
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_replayed_one_is_due_again_as_if_it_were_new(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      bury(fixture, "slack", "refused");

      assertThat(deadLetters(fixture).replay(ALL)).isEqualTo(new Replayed(1, 0));

      assertThat(deadLetters(fixture).list(ALL)).isEmpty();
      assertThat(claim(fixture, "slack"))
          .singleElement()
          .matches(delivery -> delivery.attempt() == 1 && !delivery.lookFirst());
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_a_look_up_ended_is_looked_up_again_since_its_attempt(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      settle(fixture, claim(fixture, "slack"), Outcome.unknown("cut"));
      fixture.execute("UPDATE delivery SET attempted_at = 5000, place = 'there'");
      settle(fixture, claim(fixture, "slack"), Outcome.lookAgain(Duration.ZERO));
      bury(fixture, "slack", "It may have been posted: too many messages.");

      deadLetters(fixture).replay(ALL);

      assertThat(claim(fixture, "slack"))
          .singleElement()
          .satisfies(
              delivery -> {
                assertThat(delivery.attempt()).isEqualTo(1);
                assertThat(delivery.lookFirst()).isTrue();
                assertThat(delivery.earlier().attemptedAt()).isEqualTo(Instant.ofEpochMilli(5000));
                assertThat(delivery.earlier().looks()).isZero();
                assertThat(delivery.earlier().place()).isEqualTo("there");
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_may_have_been_delivered_is_looked_up_where_the_sink_can(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      bury(fixture, "slack", "may have been delivered: no answer");

      deadLetters(fixture).replay(ALL);

      assertThat(claim(fixture, "slack")).singleElement().matches(Delivery::lookFirst);
    }
  }

  @ParameterizedTest
  @EnumSource
  void only_the_chosen_ones_are_replayed(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Account other = fixture.accounts.account("acme", "https://example.com/api", Instant.EPOCH);
      fixture.recordLeads(3, "slack", "file");
      fixture.recordLeadsOf(other, 1, "slack");
      fixture.execute("UPDATE delivery SET state = 'dead', reason = 'refused'");
      List<DeadLetter> slack =
          deadLetters(fixture).list(new Selection(List.of(), "slack", "default"));
      assertThat(slack).hasSize(3).allMatch(letter -> letter.sink().equals("slack"));

      assertThat(deadLetters(fixture).replay(ids(slack.get(1).id())).again()).isEqualTo(1);
      assertThat(claim(fixture, "slack"))
          .extracting(Delivery::id)
          .containsExactly(slack.get(1).id());

      assertThat(deadLetters(fixture).replay(new Selection(List.of(), "file", null)).again())
          .isEqualTo(3);
      assertThat(deadLetters(fixture).discard(new Selection(List.of(), null, "acme"))).isEqualTo(1);
      assertThat(deadLetters(fixture).list(ALL))
          .extracting(DeadLetter::id)
          .containsExactly(slack.get(0).id(), slack.get(2).id());
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_id_that_is_no_dead_letter_is_named_and_nothing_happens(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      bury(fixture, "slack", "refused");
      long id = deadLetters(fixture).list(ALL).get(0).id();

      assertThatThrownBy(() -> deadLetters(fixture).replay(ids(id, 4711L)))
          .isInstanceOf(SettingsException.class)
          .hasMessageStartingWith("4711 is not the id of such a dead letter");
      assertThatThrownBy(() -> deadLetters(fixture).discard(ids(id, 4711L)))
          .isInstanceOf(SettingsException.class);
      assertThatThrownBy(() -> deadLetters(fixture).list(new Selection(List.of(), null, "acme")))
          .hasMessage("The ledger knows no account 'acme': name one of default.");
      assertThat(deadLetters(fixture).list(ALL)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withdrawn_leads_and_those_without_data_stay_as_they_are(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(3, "slack");
      bury(fixture, "slack", "refused");
      Call withdrawn = fixture.call(1, "completed", "{\"outcome\": \"no\"}");
      fixture.record(page(withdrawn), fixture.rejected(withdrawn, "outcome"));
      fixture.execute("UPDATE call SET raw = NULL WHERE id = 2");

      assertThat(deadLetters(fixture).replay(ALL)).isEqualTo(new Replayed(1, 2));

      assertThat(fixture.texts("SELECT state FROM delivery ORDER BY call_id"))
          .containsExactly("dead", "dead", "pending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_discarded_one_comes_back_with_a_new_version_only(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      bury(fixture, "slack", "refused");

      assertThat(deadLetters(fixture).discard(ALL)).isEqualTo(1);

      assertThat(deadLetters(fixture).list(ALL)).isEmpty();
      Call same = fixture.qualified(1);
      fixture.calls.record(
          fixture.calls.compare(
              fixture.account, page(same), fixture.after(), Look.live("rule-2", 0, 0), false),
          List.of(fixture.lead(same, "slack")));
      assertThat(claim(fixture, "slack")).isEmpty();
      assertThat(deadLetters(fixture).replay(ALL).again()).isZero();

      Call changed =
          fixture.call(1, "completed", "{\"outcome\": \"qualified_lead\", \"score\": 9}");
      fixture.record(page(changed), fixture.lead(changed, "slack"));
      assertThat(claim(fixture, "slack"))
          .singleElement()
          .matches(d -> d.version() == 2 && d.attempt() == 1 && !d.lookFirst());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_discarded_one_that_may_have_been_delivered_comes_back_to_be_looked_up(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      bury(fixture, "slack", "may have been delivered: no answer");
      deadLetters(fixture).discard(ALL);

      Call changed =
          fixture.call(1, "completed", "{\"outcome\": \"qualified_lead\", \"score\": 9}");
      fixture.record(page(changed), fixture.lead(changed, "slack"));

      assertThat(claim(fixture, "slack")).singleElement().matches(Delivery::lookFirst);
    }
  }

  @ParameterizedTest
  @EnumSource
  void many_are_replayed_once_each(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1200, "slack", "file");
      fixture.execute("UPDATE delivery SET state = 'dead'");

      assertThat(deadLetters(fixture).replay(ALL)).isEqualTo(new Replayed(2400, 0));

      assertThat(claim(fixture, "slack")).hasSize(1200);
      assertThat(claim(fixture, "file")).hasSize(1200);
    }
  }
}
