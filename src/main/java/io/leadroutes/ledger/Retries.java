package io.leadroutes.ledger;

import java.util.List;
import java.util.function.Predicate;

/** Tries at once what waits for its time, because a person has corrected what was in the way. */
public final class Retries {

  private final Ledger ledger;

  public Retries(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * What waits for a sink.
   *
   * @param paused why it was paused, or null
   * @param trouble why it was left alone otherwise, or null
   * @param deliveries how many are to be sent, and looked up before that
   */
  public record Waiting(String paused, String trouble, int deliveries) {}

  /** A sink that was paused for an account, and why. */
  public record Paused(long account, String sink, String reason) {}

  /**
   * Has paused sinks probed with one lead of each account, because settings are read at a start
   * only: what was corrected shows at once.
   *
   * @param which those to probe
   * @return those that are, by account and sink
   */
  public List<Paused> probePaused(Predicate<Paused> which) {
    return ledger.writer.write(
        h -> {
          List<Paused> paused =
              h
                  .createQuery(
                      "SELECT account_id, sink, paused FROM sink_state WHERE paused IS NOT NULL"
                          + " ORDER BY account_id, sink")
                  .map(
                      (rs, ctx) ->
                          new Paused(
                              rs.getLong("account_id"),
                              rs.getString("sink"),
                              rs.getString("paused")))
                  .stream()
                  .filter(which)
                  .toList();
          for (Paused each : paused) {
            h.createUpdate(
                    """
                    UPDATE sink_state SET not_before = 0
                    WHERE sink = :sink AND account_id = :account
                    """)
                .bind("sink", each.sink())
                .bind("account", each.account())
                .execute();
          }
          return paused;
        });
  }

  /**
   * Has a sink tried now: one lead where it is in trouble, else all that wait for another attempt.
   * What may have arrived keeps the time of its look-up.
   */
  public Waiting retry(Account account, String sink) {
    return ledger.writer.write(
        h -> {
          List<Waiting> trouble =
              h.createQuery(
                      """
                      UPDATE sink_state SET not_before = 0
                      WHERE sink = :sink AND account_id = :account AND failures > 0
                      RETURNING paused, reason
                      """)
                  .bind("sink", sink)
                  .bind("account", account.id())
                  .map((rs, ctx) -> new Waiting(rs.getString("paused"), rs.getString("reason"), 0))
                  .list();
          h.createUpdate(
                  """
                  UPDATE delivery SET due_at = <now>
                  WHERE sink = :sink AND account_id = :account AND state = 'pending'
                    AND due_at > <now>
                  """)
              .bind("sink", sink)
              .bind("account", account.id())
              .execute();
          int deliveries =
              h.createQuery(
                      """
                      SELECT COUNT(*) FROM delivery
                      WHERE sink = :sink AND account_id = :account
                        AND state IN ('pending', 'unknown')
                      """)
                  .bind("sink", sink)
                  .bind("account", account.id())
                  .mapTo(Integer.class)
                  .one();
          return trouble.isEmpty()
              ? new Waiting(null, null, deliveries)
              : new Waiting(trouble.get(0).paused(), trouble.get(0).trouble(), deliveries);
        });
  }
}
