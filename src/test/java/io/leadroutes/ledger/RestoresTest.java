package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.call.Call;
import io.leadroutes.lead.Delivery;
import io.leadroutes.ledger.Restores.Restored;
import io.leadroutes.settings.SettingsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G2: what a restored ledger holds for unknown, the same on both databases. */
class RestoresTest {

  private static final Instant SINCE = Instant.parse("2026-02-01T00:00:00Z");
  private static final String EVALUATION = "{\"outcome\": \"qualified_lead\"}";

  @TempDir Path directory;

  private static Restored restored(LedgerFixture fixture) {
    return new Restores(fixture.ledger).restored(SINCE);
  }

  private static List<Delivery> claim(LedgerFixture fixture) {
    return fixture.claim("slack", fixture.account, 100, null).deliveries();
  }

  private static void assertForgotten(Delivery delivery) {
    assertThat(delivery.lookFirst()).isTrue();
    assertThat(delivery.earlier().forgotten()).isTrue();
    assertThat(delivery.earlier().attemptedAt()).isEqualTo(SINCE);
    assertThat(delivery.earlier().looks()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void what_was_not_delivered_yet_is_unknown_since_then(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(6, "slack");
      List<String> states =
          List.of("pending", "sending", "unknown", "delivered", "dead", "cancelled");
      for (int call = 1; call <= 6; call++) {
        fixture.execute(
            "UPDATE delivery SET looks = 1, state = '%s', lease_until = 0 WHERE call_id = %d"
                .formatted(states.get(call - 1), call));
      }

      assertThat(restored(fixture)).isEqualTo(new Restored(SINCE, 3));

      assertThat(fixture.texts("SELECT state FROM delivery ORDER BY call_id"))
          .containsExactly("unknown", "unknown", "unknown", "delivered", "dead", "cancelled");
      assertThat(claim(fixture)).hasSize(3).allSatisfy(RestoresTest::assertForgotten);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_attempt_that_was_unknown_before_is_looked_for_from_its_own_time_on(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Instant before = SINCE.minusSeconds(3600);
      fixture.execute(
          "UPDATE delivery SET state = 'unknown', attempted_at = " + before.toEpochMilli());

      restored(fixture);

      assertThat(claim(fixture).get(0).earlier().attemptedAt()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_recorded_later_of_a_call_from_before_starts_as_unknown(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      restored(fixture);

      fixture.recordLeads(2, "slack");

      assertThat(claim(fixture)).hasSize(2).allSatisfy(RestoresTest::assertForgotten);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_made_after_the_restore_is_simply_sent(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      restored(fixture);
      Call later = fixture.call(1, "completed", EVALUATION, "2999-01-01 00:00:00");

      fixture.record(page(later), fixture.lead(later, "slack"));

      assertThat(claim(fixture)).singleElement().matches(delivery -> !delivery.lookFirst());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_that_does_not_say_when_it_was_made_may_have_been_there(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      restored(fixture);
      Call undated = fixture.call(1, "completed", EVALUATION, "");
      Account known = fixture.account;
      Account read =
          new Account(known.id(), known.name(), known.leadKey(), known.startAt(), 1L, null);

      fixture.calls.record(
          fixture.calls.compare(read, page(undated), fixture.after(), LedgerFixture.LOOK, false),
          List.of(fixture.lead(undated, "slack")));

      assertThat(claim(fixture)).singleElement().satisfies(RestoresTest::assertForgotten);
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_cancelled_and_is_wanted_again_is_looked_for_first(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      Call withdrawn = fixture.call(1, "completed", "{\"outcome\": \"no\"}");
      fixture.record(page(withdrawn), fixture.rejected(withdrawn, "outcome"));
      restored(fixture);
      assertThat(claim(fixture)).isEmpty();

      fixture.recordLeads(1, "slack");

      assertThat(claim(fixture)).singleElement().satisfies(RestoresTest::assertForgotten);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_backup_is_not_younger_than_the_last_that_it_knows(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      long last = SINCE.minusSeconds(86_400).toEpochMilli();
      fixture.execute("UPDATE call SET observed_at = " + last);
      fixture.execute("UPDATE delivery SET recorded_at = " + (last - 1));

      assertThat(restored(fixture).since()).isEqualTo(Instant.ofEpochMilli(last));
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_two_restores_the_earlier_counts_for_calls_from_before_it(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      restored(fixture);
      new Restores(fixture.ledger).restored(SINCE.plusSeconds(86_400));

      fixture.recordLeads(1, "slack");

      assertThat(claim(fixture)).singleElement().satisfies(RestoresTest::assertForgotten);
    }
  }

  @ParameterizedTest
  @EnumSource
  void it_is_refused_while_a_service_polls(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");
      new Leases(fixture.ledger).hold(List.of(fixture.account));

      assertThatThrownBy(() -> restored(fixture))
          .isInstanceOf(SettingsException.class)
          .hasMessageStartingWith("Account 'default' is polled by a running service: stop it");
      assertThat(fixture.count("SELECT COUNT(*) FROM restored")).isZero();
      assertThat(claim(fixture)).singleElement().matches(delivery -> !delivery.lookFirst());
    }
  }
}
