package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.ledger.Requests;
import io.leadroutes.ledger.Requests.Bound;
import io.leadroutes.ledger.Requests.Grant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G6: the budget, on both databases. */
class RequestBudgetTest {

  @TempDir Path directory;

  private static RequestBudget budget(LedgerFixture fixture, int perMinute, int perTenSeconds) {
    return new RequestBudget(
        new Requests(fixture.ledger), fixture.account, perMinute, perTenSeconds);
  }

  private static int take(RequestBudget budget, Kind kind) {
    int taken = 0;
    while (budget.ask(kind, Duration.ZERO, 1).waitMillis() == 0) {
      taken++;
    }
    return taken;
  }

  /** As if everything so far had happened earlier. */
  private static void pass(LedgerFixture fixture, Duration time) {
    fixture.execute("UPDATE request SET at = at - " + time.toMillis());
    fixture.execute("UPDATE account SET quiet_until = quiet_until - " + time.toMillis());
  }

  @ParameterizedTest
  @EnumSource
  void no_more_requests_than_the_budget_fit_into_either_window(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 50, 20);

      assertThat(take(budget, Kind.QUICK)).isEqualTo(20);
      pass(fixture, Duration.ofMillis(10_300));
      assertThat(take(budget, Kind.QUICK)).isEqualTo(20);
      pass(fixture, Duration.ofMillis(10_300));
      assertThat(take(budget, Kind.QUICK)).isEqualTo(10);
      pass(fixture, Duration.ofMillis(39_000));
      assertThat(take(budget, Kind.QUICK)).isZero();
      pass(fixture, Duration.ofMillis(1_000));
      assertThat(take(budget, Kind.QUICK)).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_request_that_took_long_counts_from_its_answer_on(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 1000, 2);
      long at = budget.ask(Kind.QUICK, Duration.ZERO, 1).at();
      fixture.after();
      budget.ask(Kind.QUICK, Duration.ZERO, 1);
      pass(fixture, Duration.ofSeconds(8));

      budget.ended(
          new PageRequest.Permit(at - 8_000, System.nanoTime() - Duration.ofSeconds(8).toNanos()));

      pass(fixture, Duration.ofSeconds(3));
      assertThat(take(budget, Kind.QUICK)).isEqualTo(1);
      pass(fixture, Duration.ofMillis(7_300));
      assertThat(take(budget, Kind.QUICK)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_answer_says_when_the_next_request_may_leave(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 2, 2);
      take(budget, Kind.QUICK);

      assertThat(budget.ask(Kind.QUICK, Duration.ZERO, 1).waitMillis()).isBetween(59_000L, 60_300L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoever_comes_after_a_crash_knows_what_was_asked_before(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      take(budget(fixture, 60, 20), Kind.QUICK);

      assertThat(take(budget(fixture, 60, 20), Kind.QUICK)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void full_and_wide_passes_take_half_and_leave_room_with_a_backfill(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 1000, 20);

      assertThat(take(budget, Kind.FULL) + take(budget, Kind.WIDE)).isEqualTo(10);
      assertThat(take(budget, Kind.BACKFILL)).isEqualTo(7);
      assertThat(take(budget, Kind.PREVIEW)).isZero();
      assertThat(take(budget, Kind.QUICK)).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void passes_that_hints_start_take_half_at_most(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 1000, 20);

      assertThat(take(budget, Kind.HINT)).isEqualTo(10);
      assertThat(take(budget, Kind.QUICK)).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lower_kind_lets_a_higher_one_go_first_until_it_has_waited_long(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 1000, 20);
      budget.waits(Kind.QUICK);

      assertThat(budget.ask(Kind.BACKFILL, Duration.ZERO, 1).waitMillis()).isPositive();
      assertThat(budget.ask(Kind.BACKFILL, Duration.ofSeconds(20), 1).waitMillis()).isZero();
      budget.served(Kind.QUICK);
      assertThat(budget.ask(Kind.BACKFILL, Duration.ZERO, 1).waitMillis()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nobody_asks_while_the_api_wants_quiet(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 60, 20);
      budget.keepQuiet(Duration.ofSeconds(30));
      budget.keepQuiet(Duration.ofSeconds(3));

      Grant refused = budget(fixture, 60, 20).ask(Kind.QUICK, Duration.ZERO, 1);
      assertThat(refused.waitMillis()).isBetween(25_000L, 30_000L);
      pass(fixture, Duration.ofSeconds(30));
      assertThat(budget.ask(Kind.QUICK, Duration.ZERO, 1).waitMillis()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_apis_own_limit_counts_where_it_is_lower(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 60, 20);
      budget.observe(Map.of("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "4"));
      assertThat(take(budget, Kind.QUICK)).isEqualTo(5);

      budget.observe(Map.of("X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "99"));
      assertThat(take(budget, Kind.QUICK)).isEqualTo(15);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_limit_that_was_told_once_does_not_hold_for_ever(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      budget(fixture, 60, 20).observe(Map.of("X-RateLimit-Limit", "1"));
      assertThat(take(budget(fixture, 60, 20), Kind.QUICK)).isEqualTo(1);

      fixture.execute(
          "UPDATE account SET rate_limit_until = rate_limit_until - "
              + Requests.TOLD_FOR.toMillis());

      assertThat(take(budget(fixture, 60, 20), Kind.QUICK)).isEqualTo(19);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothing_remaining_means_quiet_until_the_reset(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 60, 20);
      long reset = System.currentTimeMillis() / 1000 + 20;

      budget.observe(
          Map.of("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", String.valueOf(reset)));

      assertThat(budget.ask(Kind.QUICK, Duration.ZERO, 1).waitMillis()).isBetween(15_000L, 20_000L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void headers_that_say_nothing_sensible_change_nothing(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      RequestBudget budget = budget(fixture, 60, 20);

      budget.observe(
          Map.of(
              "X-RateLimit-Limit",
              "-1",
              "X-RateLimit-Remaining",
              "many",
              "X-RateLimit-Reset",
              "99999999999999999999"));

      assertThat(take(budget, Kind.QUICK)).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @EnumSource
  void accounts_have_budgets_of_their_own(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      take(budget(fixture, 60, 20), Kind.QUICK);
      RequestBudget other =
          new RequestBudget(
              new Requests(fixture.ledger),
              fixture.accounts.account("other", "https://x.example/api", java.time.Instant.EPOCH),
              60,
              20);

      assertThat(take(other, Kind.QUICK)).isEqualTo(20);
    }
  }

  @org.junit.jupiter.api.Test
  void even_a_tiny_budget_lets_every_kind_pass() {
    for (Kind kind : Kind.values()) {
      assertThat(RequestBudget.bounds(kind, 1, 1)).extracting(Bound::most).containsOnly(1);
    }
    assertThat(List.of(Kind.values())).hasSize(6);
  }
}
