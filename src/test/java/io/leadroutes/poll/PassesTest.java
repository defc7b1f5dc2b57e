package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.sandbox.ClickSpeak;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1: what the kinds of passes see and do, pass by pass. */
class PassesTest {

  @TempDir Path directory;

  private final ClickSpeak api = ClickSpeak.start(0);
  private PollingRoutes routes;
  private Account account;

  private void start(Map<String, String> others) throws Exception {
    Map<String, String> values = new HashMap<>();
    values.put("clickspeak.token", api.token());
    values.put("clickspeak.per-page", "10");
    values.put("lead.sinks", "file");
    values.put("clickspeak.accounts", "one");
    values.putAll(others);
    routes = new PollingRoutes(directory, api.url(), values, PollingRoutes.READING);
    account = routes.poll("one");
  }

  @AfterEach
  void stop() {
    routes.close();
    api.close();
  }

  private static Instant ago(Duration time) {
    return Instant.now().minus(time);
  }

  /** Walks a pass to its end. */
  private void walk(Passes passes, Kind kind) throws Exception {
    routes.fixture.after();
    routes.walk(passes, account, kind);
  }

  private void walk(Kind kind) throws Exception {
    walk(routes.passes, kind);
  }

  private int count(String from) {
    return routes.fixture.count("SELECT COUNT(*) FROM " + from);
  }

  private Passes restarted(Map<String, String> others, String rule) {
    Settings settings = routes.settings().with(others);
    Passes passes = new Passes(routes.fixture.ledger, routes.calls, settings);
    passes.add(settings, "one", rule);
    return passes;
  }

  @Test
  void nothing_old_is_delivered_by_the_first_start_the_wide_pass_or_a_restart_after_midnight()
      throws Exception {
    api.put(
        SandboxCall.qualified(1).createdAt(ago(Duration.ofDays(20))),
        SandboxCall.qualified(2).createdAt(ago(Duration.ofHours(30))),
        SandboxCall.qualified(3).createdAt(Instant.now()));
    start(Map.of("poll.start", "today"));

    walk(Kind.FULL);
    walk(Kind.WIDE);
    String tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(1).toString();
    Passes afterMidnight = restarted(Map.of("poll.start", tomorrow), LedgerFixture.RULE);
    walk(afterMidnight, Kind.FULL);
    walk(afterMidnight, Kind.WIDE);

    assertThat(routes.fixture.numbers("SELECT call_id FROM lead")).containsExactly(3L);
    assertThat(count("call WHERE state = 'baseline'")).isEqualTo(2);
    assertThat(count("pass WHERE kind = 'wide' AND refused IS NULL")).isEqualTo(2);
  }

  @Test
  void a_late_evaluation_is_found_by_the_wide_pass_long_after() throws Exception {
    api.put(SandboxCall.rejected(1).createdAt(ago(Duration.ofDays(10))));
    start(Map.of());
    walk(Kind.FULL);
    api.put(SandboxCall.qualified(1).createdAt(ago(Duration.ofDays(10))));

    walk(Kind.FULL);
    assertThat(count("lead")).isZero();
    walk(Kind.WIDE);
    assertThat(count("lead")).isEqualTo(1);
  }

  @Test
  void calls_that_come_in_all_the_time_keep_no_pass_from_being_accepted() throws Exception {
    api.population(100, 0, 1);
    start(Map.of());
    long[] next = {9_000_000};
    routes.beforeEachPage(
        request -> api.put(SandboxCall.rejected(next[0]++).createdAt(Instant.now())));

    walk(Kind.FULL);

    assertThat(count("pass WHERE refused IS NULL")).isEqualTo(1);
    assertThat(count("call WHERE id < 9000000")).isEqualTo(100);
  }

  @Test
  void a_call_that_a_delete_with_a_compensating_insert_hides_is_found_by_the_same_pass()
      throws Exception {
    api.population(45, 0, 1);
    start(Map.of());
    boolean[] done = {false};
    routes.beforeEachPage(
        request -> {
          if (request.number() == 3 && !done[0]) {
            done[0] = true;
            // On page 1, read already; the first of page 3 moves to page 2.
            api.remove(100_045);
            api.put(SandboxCall.rejected(50).createdAt(ago(Duration.ofDays(2))));
          }
        });

    walk(Kind.FULL);

    assertThat(count("call WHERE id BETWEEN 100001 AND 100044")).isEqualTo(44);
    assertThat(count("pass WHERE refused IS NULL")).isEqualTo(1);
  }

  @Test
  void a_record_without_id_is_set_aside_once_and_refuses_no_pass() throws Exception {
    api.population(30, 3, 1).putRaw(7, Instant.now(), "{\"status\": \"completed\"}");
    start(Map.of());

    walk(Kind.FULL);
    walk(Kind.FULL);
    walk(Kind.QUICK);

    assertThat(count("pass WHERE refused IS NULL AND remark IS NULL")).isEqualTo(3);
    assertThat(count("set_aside")).isEqualTo(1);
    assertThat(count("lead")).isEqualTo(3);
  }

  @Test
  void a_call_that_rings_for_ever_holds_the_window_for_a_day_only() throws Exception {
    api.put(
        SandboxCall.ringing(1).createdAt(ago(Duration.ofHours(25))),
        SandboxCall.ringing(2).createdAt(ago(Duration.ofHours(2))));
    start(Map.of());

    walk(Kind.FULL);

    assertThat(routes.calls.oldestOpenCall(account))
        .isBetween(
            ago(Duration.ofHours(3)).toEpochMilli(), ago(Duration.ofHours(1)).toEpochMilli());
  }

  @Test
  void a_finished_call_without_evaluation_holds_the_window_until_it_has_settled() throws Exception {
    api.put(SandboxCall.unevaluated(1).createdAt(ago(Duration.ofHours(1))));
    start(Map.of());
    walk(Kind.FULL);
    assertThat(routes.calls.oldestOpenCall(account)).isNotNull();

    routes.fixture.execute("UPDATE call SET open_until = open_until - 900000");
    assertThat(routes.calls.oldestOpenCall(account)).isNull();

    api.put(SandboxCall.qualified(1).createdAt(ago(Duration.ofHours(1))));
    walk(Kind.FULL);
    assertThat(count("lead")).isEqualTo(1);
  }

  @Test
  void after_an_outage_of_five_days_its_calls_are_found() throws Exception {
    start(Map.of());
    walk(Kind.FULL);
    Instant before = ago(Duration.ofDays(5));
    routes.fixture.execute("UPDATE account SET accepted_at = " + before.toEpochMilli());
    api.put(SandboxCall.qualified(1).createdAt(before.minus(Duration.ofHours(20))));

    walk(restarted(Map.of(), LedgerFixture.RULE), Kind.FULL);

    assertThat(count("lead")).isEqualTo(1);
  }

  @Test
  void a_rule_that_was_corrected_counts_for_the_calls_of_the_look_back() throws Exception {
    api.put(
        SandboxCall.rejected(1).createdAt(ago(Duration.ofHours(5))),
        SandboxCall.rejected(2).createdAt(ago(Duration.ofHours(60))));
    start(Map.of());
    walk(Kind.FULL);

    walk(restarted(Map.of(), "rule-2"), Kind.FULL);

    assertThat(routes.fixture.numbers("SELECT id FROM call WHERE rule = 'rule-2'"))
        .containsExactly(1L);
  }

  @Test
  void data_older_than_the_retention_is_removed_and_comes_not_back() throws Exception {
    api.put(SandboxCall.qualified(1).createdAt(ago(Duration.ofDays(5))));
    start(Map.of("ledger.retention", "1d"));
    walk(Kind.FULL);
    routes.fixture.execute("UPDATE delivery SET state = 'delivered', sent_version = 1");
    routes.fixture.execute("UPDATE call SET observed_at = observed_at - 172800000");

    walk(Kind.WIDE);
    api.put(SandboxCall.rejected(1).createdAt(ago(Duration.ofDays(5))));
    walk(Kind.WIDE);

    assertThat(count("call WHERE raw IS NULL AND forgotten_at IS NOT NULL AND state = 'lead'"))
        .isEqualTo(1);
  }

  @Test
  void quick_passes_begin_only_when_a_full_one_has_proved_the_list_newest_first() throws Exception {
    api.population(30, 0, 1);
    start(Map.of("poll.period", "1ms"));
    List<Round> first = routes.passes.due();
    assertThat(first).extracting(Round::kind).containsExactly(Kind.FULL);
    routes.passes.refuse(first.get(0), PollException.failed("no"));
    routes.passes.wantHeads();

    assertThat(routes.passes.due()).noneMatch(round -> round.kind() == Kind.QUICK);
  }
}
