package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Deliveries.Settlement;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However many calls, deliveries and passes a ledger holds, what is asked of it often is looked up
 * in an index. {@link LargeLedger} measures how long it takes.
 */
class QueryPlansTest {

  /** Reads a whole table, or walks through one whose rows come with time for nothing but order. */
  private static final Pattern WHOLE =
      Pattern.compile(
          "SCAN (?:call|delivery|lead|pass|request)\\b(?! USING (?:COVERING )?INDEX .*)");

  private static final Pattern WHOLE_INDEX =
      Pattern.compile(
          "S(?:CAN|EARCH) (?:call|delivery|lead|pass|request|old) USING (?:COVERING )?INDEX (\\w+)"
              + "(?: \\(account_id=\\?\\))?");

  /** Hold a part of the rows only, or are read in their order as far as is needed. */
  private static final Set<String> OF_A_PART =
      Set.of(
          "call_failed",
          "call_kept",
          "call_open",
          "call_undated",
          "delivery_cancelled",
          "delivery_changed",
          "delivery_dead",
          "delivery_due",
          "delivery_held",
          "delivery_sending",
          "request_at");

  @TempDir private Path directory;

  private static Named<Consumer<LedgerFixture>> asked(String name, Consumer<LedgerFixture> by) {
    return Named.of(name, by);
  }

  static Stream<Named<Consumer<LedgerFixture>>> questions() {
    return Stream.of(
        asked("dead letters", f -> letters(f).list(all())),
        asked("replay", f -> letters(f).replay(all())),
        asked("watch", f -> Vitals.of(f.ledger, List.of("default"), 1)),
        asked("count of a wide pass", f -> f.calls.count(f.account, new Look.Span(1, 2))),
        asked("window of a pass", f -> f.calls.oldestOpenCall(f.account)),
        asked("retention", f -> f.retention.forget(f.account, 1)),
        asked("start of an account", f -> f.accounts.account("new", "https://x", Instant.EPOCH)),
        asked("end of a pass", f -> f.passes.ended(pass(f, "full"))),
        asked("end of a quick pass", f -> f.passes.ended(pass(f, "quick"))),
        asked("lease", f -> new Leases(f.ledger).hold(List.of(f.account))),
        asked("backfill", f -> new Jobs(f.ledger).next(f.account)),
        asked("cancelled backfill", QueryPlansTest::cancelBackfill),
        asked("page", f -> f.recordLeadsOf(f.account, List.of(f.qualified(7)), "slack")),
        asked("due", f -> f.deliveries.due("slack")),
        asked("changed", f -> f.deliveries.update("slack", Set.of(f.account.id()))),
        asked("take-over", f -> f.deliveries.takeOver("slack", true)),
        asked("take-over of others", f -> f.deliveries.takeOverOthers(Set.of("file"))),
        asked("claim and settlement", QueryPlansTest::deliver));
  }

  private static DeadLetters letters(LedgerFixture fixture) {
    return new DeadLetters(fixture.ledger);
  }

  private static DeadLetters.Selection all() {
    return new DeadLetters.Selection(List.of(), null, null);
  }

  private static PassRow pass(LedgerFixture fixture, String kind) {
    return new PassRow(
        fixture.account, kind, null, null, 1, 1, 1, 0, 0, 1, 0, null, null, null, false);
  }

  private static void cancelBackfill(LedgerFixture fixture) {
    Jobs jobs = new Jobs(fixture.ledger);
    jobs.add(fixture.account, LocalDate.EPOCH, LocalDate.EPOCH, List.of());
    jobs.cancel(fixture.account, ZoneOffset.UTC);
  }

  private static void deliver(LedgerFixture fixture) {
    for (Outcome outcome :
        List.of(Outcome.delivered(), Outcome.refused("no"), Outcome.unknown("cut"))) {
      List<Settlement> settlements =
          fixture.claim("slack", fixture.account, 1, null).deliveries().stream()
              .map(delivery -> new Settlement(delivery, outcome, Duration.ZERO))
              .toList();
      fixture.deliveries.settle("slack", fixture.account, settlements, null, true).join();
    }
  }

  @ParameterizedTest
  @MethodSource("questions")
  void is_answered_by_an_index(Consumer<LedgerFixture> question) {
    try (LedgerFixture fixture = new LedgerFixture(Databases.SQLITE, directory)) {
      fixture.recordLeads(5, "slack", "file");
      fixture.execute("UPDATE delivery SET state = 'dead' WHERE sink = 'file' AND call_id = 1");

      assertThat(plans(fixture, question)).filteredOn(QueryPlansTest::readsAll).isEmpty();
    }
  }

  /** Status counts what was ever delivered; it does so in an index, once. */
  @ParameterizedTest
  @MethodSource("overview")
  void status_reads_one_index_whole(Consumer<LedgerFixture> question) {
    try (LedgerFixture fixture = new LedgerFixture(Databases.SQLITE, directory)) {
      fixture.recordLeads(5, "slack", "file");

      assertThat(plans(fixture, question))
          .filteredOn(QueryPlansTest::readsAll)
          .containsExactly("SCAN delivery USING COVERING INDEX delivery_delivered");
    }
  }

  static Stream<Named<Consumer<LedgerFixture>>> overview() {
    return Stream.of(asked("status", f -> Overview.of(f.ledger)));
  }

  private static boolean readsAll(String plan) {
    Matcher index = WHOLE_INDEX.matcher(plan);
    return WHOLE.matcher(plan).find() || index.matches() && !OF_A_PART.contains(index.group(1));
  }

  /** How SQLite answers the statements of a question, a step each. */
  private static List<String> plans(LedgerFixture fixture, Consumer<LedgerFixture> question) {
    Set<String> statements = new LinkedHashSet<>();
    fixture.ledger.jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logAfterExecution(StatementContext context) {
            statements.add(context.getParsedSql().getSql());
          }
        });
    question.accept(fixture);
    fixture.ledger.jdbi.setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
    assertThat(statements).isNotEmpty();
    return fixture.ledger.jdbi.withHandle(
        h ->
            statements.stream()
                .flatMap(
                    sql ->
                        h
                            .createQuery("EXPLAIN QUERY PLAN " + sql.replace("?", "NULL"))
                            .setTemplateEngine(TemplateEngine.NOP)
                            .map((row, context) -> row.getString("detail"))
                            .stream())
                .toList());
  }
}
