package io.leadroutes.ledger;

import org.jdbi.v3.core.Handle;

/**
 * How a sink stands for an account.
 *
 * @param failures how often in a row it failed as a whole
 * @param paused whether only a person can help
 * @param waits whether it is left alone at present
 */
record SinkState(int failures, boolean paused, boolean waits) {

  /** A delivery is on its way to find out whether it is well again, whichever process sends it. */
  static final String PROBED =
      """
      EXISTS (
        SELECT 1 FROM delivery p
        WHERE p.id = sink_state.probe AND p.state = 'sending' AND p.lease_until >= <now>)
      """;

  static SinkState of(Handle h, String sink, Account account) {
    return h.createQuery(
            "SELECT failures, paused IS NOT NULL AS paused, (not_before > <now> OR "
                + PROBED
                + ") AS waits FROM sink_state WHERE sink = :sink AND account_id = :account")
        .bind("sink", sink)
        .bind("account", account.id())
        .map(
            (rs, ctx) ->
                new SinkState(
                    rs.getInt("failures"), rs.getBoolean("paused"), rs.getBoolean("waits")))
        .findOne()
        .orElse(new SinkState(0, false, false));
  }
}
