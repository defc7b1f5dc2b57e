package io.leadroutes.ledger;

import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/**
 * A ledger as it is after a quarter of a year, and how long the questions take that are asked of
 * it. By hand: {@code LargeLedger jdbc:sqlite:/path/of/a/new/file 1 1000000}.
 */
public final class LargeLedger {

  private static final int DAYS = 90;
  private static final String ROWS =
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
      """;

  private LargeLedger() {}

  /**
   * Fills a new ledger.
   *
   * @param calls of all accounts together; a third of them are leads, each with three deliveries
   * @param passes of each account, quick but for each 15th
   */
  static void fill(Ledger ledger, int accounts, int calls, int passes) {
    Accounts recorded = new Accounts(ledger);
    for (int i = 1; i <= accounts; i++) {
      Account account = recorded.account("a" + i, "https://example.com/api", Instant.EPOCH);
      ledger.jdbi.useTransaction(
          h -> {
            insert(
                h,
                account,
                calls / accounts,
                """
                INSERT INTO call (account_id, id, status, created_at, version, content_hash,
                  judged_hash, rule, state, rejected_by, observed_at, changed_at, raw)
                """
                    + ROWS
                    + """
                    SELECT :account, i, 'completed', <now> - (:rows - i) * :span / :rows, 1,
                      'v1-00000000000000000000000000000000' || i, 'v1-0000000000000000' || i, 'rule',
                      CASE WHEN i % 3 = 0 THEN 'lead' ELSE 'rejected' END,
                      CASE WHEN i % 3 = 0 THEN NULL ELSE 'outcome' END,
                      <now> - (:rows - i) * :span / :rows, <now> - (:rows - i) * :span / :rows,
                      CASE WHEN i % 3 = 0 THEN '{"id": 1, "transcript": "' || :pad || '"}' END
                    FROM n
                    """);
            insert(
                h,
                account,
                calls / accounts,
                """
                INSERT INTO lead (account_id, call_id, version, content_hash, found_at)
                SELECT account_id, id, 1, content_hash, observed_at FROM call
                WHERE account_id = :account AND state = 'lead'
                """);
            for (String sink : List.of("salesforce", "slack", "file")) {
              h.createUpdate(
                      """
                      INSERT INTO delivery (account_id, call_id, sink, state, wanted_version,
                        sent_version, attempts, due_at, claim, claimed_version, attempted_at, sink_id,
                        reason, recorded_at, delivered_at)
                      SELECT account_id, call_id, :sink,
                        CASE WHEN call_id % 30000 = 0 THEN 'dead' WHEN call_id % 3000 = 0
                          THEN 'pending' WHEN call_id % 300 = 0 THEN 'cancelled' ELSE 'delivered' END,
                        1, CASE WHEN call_id % 300 = 0 THEN 0 ELSE 1 END, 0, found_at, 1, 1, found_at,
                        '00Q00000000000' || call_id, NULL, found_at,
                        CASE WHEN call_id % 300 = 0 THEN NULL ELSE found_at END
                      FROM lead WHERE account_id = :account
                      """)
                  .bind("account", account.id())
                  .bind("sink", sink)
                  .execute();
            }
            insert(
                h,
                account,
                passes,
                """
                INSERT INTO pass (account_id, kind, date_from, started_at, ended_at, pages, requests,
                  new_calls, changed)
                """
                    + ROWS
                    + """
                    SELECT :account, CASE WHEN i % 15 = 0 THEN 'full' ELSE 'quick' END, '2026-01-01',
                      <now> - (:rows - i) * :span / :rows, <now> - (:rows - i) * :span / :rows, 1, 1, 1, 0
                    FROM n
                    """);
          });
    }
  }

  private static void insert(Handle h, Account account, int rows, String sql) {
    h.createUpdate(sql)
        .bind("account", account.id())
        .bind("rows", rows)
        .bind("span", Duration.ofDays(DAYS).toMillis())
        .bind("pad", "x".repeat(1000))
        .execute();
  }

  public static void main(String... args) {
    int accounts = Integer.parseInt(args[1]);
    int calls = Integer.parseInt(args[2]);
    Settings settings =
        Settings.load(Path.of("/"), System.getenv(), new Properties())
            .with(Map.of("ledger.url", args[0]));
    timed("open", () -> Ledger.open(settings).close());
    try (Ledger ledger = Ledger.open(settings)) {
      if (ledger.jdbi.withHandle(
              h -> h.createQuery("SELECT COUNT(*) FROM account").mapTo(Integer.class).one())
          == 0) {
        timed("fill", () -> fill(ledger, accounts, calls, DAYS * 1536));
      }
      List<String> names = IntStream.rangeClosed(1, accounts).mapToObj(i -> "a" + i).toList();
      Account account = new Accounts(ledger).account("a1", "https://example.com/api", null);
      for (int i = 0; i < 3; i++) {
        timed("Overview", () -> Overview.of(ledger));
        timed("Vitals", () -> Vitals.of(ledger, names, Duration.ofDays(2).toMillis()));
        timed(
            "dead-letters list",
            () -> new DeadLetters(ledger).list(new DeadLetters.Selection(List.of(), null, null)));
        timed(
            "Calls.count",
            () ->
                new Calls(ledger)
                    .count(
                        account,
                        new Look.Span(
                            ledger.now() - Duration.ofDays(30).toMillis(), ledger.now())));
        timed("oldestOpenCall", () -> new Calls(ledger).oldestOpenCall(account));
        timed(
            "forget",
            () -> new Retention(ledger).forget(account, Duration.ofDays(DAYS + 1).toMillis()));
      }
    }
  }

  private static void timed(String what, Runnable run) {
    long began = System.nanoTime();
    run.run();
    System.out.printf(Locale.ROOT, "%-20s %6d ms%n", what, (System.nanoTime() - began) / 1_000_000);
  }
}
