package io.leadroutes.ledger;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The rules by which this process judges calls. While a changed rule has not been through a full
 * pass, what another rule judged waits.
 */
final class Rules {

  static final String JUDGED_BY =
      """
      AND EXISTS (
        SELECT 1 FROM call WHERE call.account_id = delivery.account_id
          AND call.id = delivery.call_id AND call.rule = :rule)
      """;

  private final Ledger ledger;

  /** By the accounts' ids. */
  private final Map<Long, String> rules = new ConcurrentHashMap<>();

  Rules(Ledger ledger) {
    this.ledger = ledger;
  }

  /** As {@link Deliveries#judgedBy}. */
  Map<Account, Integer> judgedBy(Map<Account, String> byAccount) {
    byAccount.forEach((account, rule) -> rules.put(account.id(), rule));
    return ledger.writer.write(
        h -> {
          try (PreparedBatch batch =
              h.prepareBatch(
                  """
                  UPDATE account SET rule = :rule, counted_rule = CASE
                    WHEN counted_rule IS NOT NULL THEN counted_rule
                    WHEN EXISTS (SELECT 1 FROM call WHERE account_id = :account) THEN ''
                    ELSE :rule END
                  WHERE id = :account
                  """)) {
            byAccount.forEach(
                (account, rule) -> batch.bind("rule", rule).bind("account", account.id()).add());
            batch.execute();
          }
          Map<Long, Integer> waiting = waiting(h);
          Map<Account, Integer> held = new HashMap<>();
          byAccount
              .keySet()
              .forEach(account -> held.put(account, waiting.getOrDefault(account.id(), 0)));
          return held;
        });
  }

  /** How many deliveries wait for a full pass by their account's rule. */
  private static Map<Long, Integer> waiting(Handle h) {
    Map<Long, Integer> waiting = new HashMap<>();
    h.createQuery(
            """
            SELECT account.id, COUNT(*) AS deliveries FROM account
              JOIN delivery ON delivery.account_id = account.id
              JOIN call ON call.account_id = delivery.account_id AND call.id = delivery.call_id
            WHERE account.counted_rule <> account.rule
              AND delivery.state IN ('pending', 'unknown')
              AND COALESCE(call.rule, '') <> account.rule
            GROUP BY account.id
            """)
        .map((rs, ctx) -> waiting.put(rs.getLong("id"), rs.getInt("deliveries")))
        .list();
    return waiting;
  }

  /** The rule that must have judged what is sent at present; null for whichever. */
  String required(Handle h, Account account) {
    String rule = rules.get(account.id());
    return rule == null || counts(rule, h, account) ? null : rule;
  }

  private static boolean counts(String rule, Handle h, Account account) {
    return h.createQuery("SELECT 1 FROM account WHERE id = :id AND counted_rule = :rule")
        .bind("id", account.id())
        .bind("rule", rule)
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  /**
   * The same where the rule is known that counts.
   *
   * @param counted the one that was last read to its end
   */
  String required(long account, String counted) {
    String rule = rules.get(account);
    return rule == null || rule.equals(counted) ? null : rule;
  }
}
