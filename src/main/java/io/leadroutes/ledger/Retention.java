package io.leadroutes.ledger;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Removes what is older than it has to be kept. */
public final class Retention {

  /** What has lost its data is not found again, so each portion begins where the last one ended. */
  private static final String FORGET =
      """
      UPDATE call SET raw = NULL, forgotten_at = <now>
      WHERE account_id = :account AND id IN (
        SELECT id FROM call AS old
        WHERE old.account_id = :account AND old.raw IS NOT NULL
          AND COALESCE(old.created_at, old.observed_at) < <now> - :age
          AND old.observed_at < <now> - :age
          AND NOT EXISTS (
            SELECT 1 FROM delivery WHERE delivery.account_id = old.account_id
              AND delivery.call_id = old.id AND delivery.state IN ('pending', 'sending', 'unknown'))
        ORDER BY COALESCE(old.created_at, old.observed_at) LIMIT :most)
      """;

  private static final List<String> ROWS =
      List.of(
          "DELETE FROM set_aside WHERE account_id = :account AND seen_at < <now> - :age",
          "DELETE FROM pass WHERE account_id = :account AND ended_at < <now> - :age",
          "DELETE FROM job WHERE account_id = :account AND ended_at < <now> - :age");

  private static final int AT_ONCE = 1000;

  private final Ledger ledger;

  public Retention(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Removes the raw data of calls, the records set aside and the passes that are older than so many
   * milliseconds. Keys and states stay; calls with a delivery that is still to be made wait for it.
   *
   * @return how many calls lost their data
   */
  public int forget(Account account, long olderThanMillis) {
    ledger.writer.write(
        h -> {
          for (String sql : ROWS) {
            h.createUpdate(sql)
                .bind("account", account.id())
                .bind("age", olderThanMillis)
                .execute();
          }
          return null;
        });
    int all = 0;
    int some;
    do {
      // In portions, because everybody waits for the writer.
      some = ledger.writer.write(h -> forget(h, account, olderThanMillis));
      all += some;
    } while (some == AT_ONCE);
    return all;
  }

  private static int forget(Handle h, Account account, long age) {
    return h.createUpdate(FORGET)
        .bind("account", account.id())
        .bind("age", age)
        .bind("most", AT_ONCE)
        .execute();
  }
}
