package io.leadroutes.ledger;

import io.leadroutes.ledger.Deliveries.Due;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Finds what is due, for all accounts of a sink in one question. */
final class DueDeliveries {

  /** Word for word as in the index, so that each look is one into it. */
  private static final String FIRST =
      """
      (SELECT MIN(due_at) FROM delivery
       WHERE sink = :sink AND account_id = account.id AND state IN ('pending', 'unknown')
         AND CASE WHEN sent_version > 0 THEN 1 ELSE 0 END =
      """;

  private static final String DUE =
      "SELECT * FROM (SELECT account.id, account.counted_rule, <now> AS now, "
          + FIRST
          + " 0) AS first_new, "
          + FIRST
          + " 1) AS first_changed, sink_state.not_before, CASE WHEN "
          + SinkState.PROBED
          + """
           THEN 1 ELSE 0 END AS probed
          FROM account
          LEFT JOIN sink_state ON sink_state.account_id = account.id AND sink_state.sink = :sink)
          AS waiting WHERE first_new IS NOT NULL OR first_changed IS NOT NULL
          """;

  private static final String JUDGED =
      "SELECT 1 FROM delivery WHERE sink = :sink AND account_id = :account"
          + " AND state IN ('pending', 'unknown')"
          + " AND CASE WHEN sent_version > 0 THEN 1 ELSE 0 END IN (0, 1) AND due_at <= <now> "
          + Rules.JUDGED_BY
          + " LIMIT 1";

  private static final String CHANGED =
      """
      SELECT DISTINCT account_id FROM delivery
      WHERE sink = :sink AND state = 'delivered' AND wanted_version > sent_version
      """;

  /** What is not a lead any more, and what has no data any more, stays as it was delivered. */
  private static final String UPDATE =
      """
      UPDATE delivery SET state = 'pending', attempts = 0, due_at = <now>
      WHERE sink = :sink AND account_id IN (<accounts>) AND state = 'delivered'
        AND wanted_version > sent_version AND EXISTS (
          SELECT 1 FROM lead JOIN call
            ON call.account_id = lead.account_id AND call.id = lead.call_id
          WHERE lead.account_id = delivery.account_id AND lead.call_id = delivery.call_id
            AND lead.withdrawn_at IS NULL AND call.raw IS NOT NULL)
      """;

  private final Ledger ledger;
  private final Rules rules;

  DueDeliveries(Ledger ledger, Rules rules) {
    this.ledger = ledger;
    this.rules = rules;
  }

  /**
   * An account that has something waiting.
   *
   * @param in milliseconds until something is due, 0 or less for now
   * @param rule that must have judged it, null for whichever
   */
  private record Waiting(long account, long in, boolean probed, String rule) {}

  /** As {@link Deliveries#due}. */
  Due due(String sink) {
    return ledger.jdbi.withHandle(
        h -> {
          Set<Long> accounts = new HashSet<>();
          long next = Long.MAX_VALUE;
          for (Waiting waiting : waiting(h, sink)) {
            if (waiting.in() > 0) {
              next = Math.min(next, waiting.in());
            } else if (!waiting.probed() && isJudged(h, sink, waiting)) {
              accounts.add(waiting.account());
            }
          }
          return new Due(accounts, next == Long.MAX_VALUE ? null : Duration.ofMillis(next));
        });
  }

  private List<Waiting> waiting(Handle h, String sink) {
    return h.createQuery(DUE)
        .bind("sink", sink)
        .map(
            (rs, ctx) -> {
              long changed = rs.getLong("first_changed");
              long first = rs.wasNull() ? Long.MAX_VALUE : changed;
              long fresh = rs.getLong("first_new");
              first = rs.wasNull() ? first : Math.min(first, fresh);
              // Null, which reads as 0, where there was no trouble yet.
              long due = Math.max(first, rs.getLong("not_before"));
              long id = rs.getLong("id");
              return new Waiting(
                  id,
                  due - rs.getLong("now"),
                  rs.getInt("probed") == 1,
                  rules.required(id, rs.getString("counted_rule")));
            })
        .list();
  }

  private static boolean isJudged(Handle h, String sink, Waiting waiting) {
    return waiting.rule() == null
        || h.createQuery(JUDGED)
            .bind("sink", sink)
            .bind("account", waiting.account())
            .bind("rule", waiting.rule())
            .mapTo(Integer.class)
            .findFirst()
            .isPresent();
  }

  /** As {@link Deliveries#update}. */
  int update(String sink, Set<Long> accounts) {
    List<Long> changed = new ArrayList<>(changed(sink));
    changed.retainAll(accounts);
    return changed.isEmpty()
        ? 0
        : ledger.writer.write(
            h -> h.createUpdate(UPDATE).bind("sink", sink).bindList("accounts", changed).execute());
  }

  private List<Long> changed(String sink) {
    return ledger.jdbi.withHandle(
        h -> h.createQuery(CHANGED).bind("sink", sink).mapTo(Long.class).list());
  }
}
