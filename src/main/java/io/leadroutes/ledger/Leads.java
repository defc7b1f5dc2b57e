package io.leadroutes.ledger;

import io.leadroutes.call.ContentHash;
import io.leadroutes.lead.Delivery;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The leads and deliveries that follow from what was decided about calls. */
final class Leads {

  /**
   * The version stands for the content that was a lead last, whatever the call was in between. A
   * hash of another rule says nothing.
   */
  private static final String UPSERT_LEAD =
      """
      INSERT INTO lead (account_id, call_id, version, content_hash, found_at)
      VALUES (:account, :id, 1, :hash, <now>)
      ON CONFLICT (account_id, call_id) DO UPDATE SET
        version = lead.version + CASE
          WHEN lead.content_hash <> excluded.content_hash AND lead.content_hash LIKE :sameRule
          THEN 1 ELSE 0 END,
        content_hash = excluded.content_hash,
        withdrawn_at = NULL
      """;

  /**
   * Raises the wanted version only; state and lease belong to whoever claimed it. What a ledger may
   * have forgotten, because it was restored from a backup, begins as unknown: see {@link Restores}.
   */
  private static final String UPSERT_DELIVERY =
      """
      INSERT INTO delivery (account_id, call_id, sink, state, wanted_version, due_at, recorded_at,
                            attempted_at, place, reason)
      SELECT account_id, call_id, :sink, CASE WHEN since IS NULL THEN 'pending' ELSE 'unknown' END,
        version, <now>, <now>, since, CASE WHEN since IS NULL THEN NULL ELSE :forgotten END,
        CASE WHEN since IS NULL THEN NULL ELSE :restored END
      FROM (
        SELECT account_id, call_id, version, (
          SELECT MIN(restored.since) FROM restored JOIN call ON call.account_id = lead.account_id
            AND call.id = lead.call_id
          WHERE call.created_at IS NULL OR call.created_at < restored.at) AS since
        FROM lead) AS found
      WHERE account_id = :account AND call_id = :id
      ON CONFLICT (account_id, call_id, sink) DO UPDATE SET
        wanted_version = excluded.wanted_version,
        state = CASE WHEN delivery.state <> 'cancelled' THEN delivery.state
          WHEN delivery.look_first = 1 THEN 'unknown' ELSE 'pending' END,
        reason = CASE WHEN delivery.state = 'cancelled' THEN NULL ELSE delivery.reason END,
        dropped = 0
      WHERE (delivery.wanted_version < excluded.wanted_version OR delivery.dropped = 1
          OR (delivery.state = 'cancelled' AND COALESCE(delivery.reason, '') <> :discarded))
        AND (:lifted = 1 OR delivery.state <> 'cancelled' OR COALESCE(delivery.reason, '') <> :leftOut)
      """;

  /** A sink that a backfill leaves out stays left out, whatever happens to the lead later. */
  private static final String LEAVE_OUT =
      """
      INSERT INTO delivery (account_id, call_id, sink, state, wanted_version, due_at, recorded_at,
                            reason)
      VALUES (:account, :id, :sink, 'cancelled', 1, <now>, <now>, :leftOut)
      ON CONFLICT (account_id, call_id, sink) DO NOTHING
      """;

  private static final String LEFT_OUT = "left out by a backfill";

  /**
   * A sink that the rule does not name any more gets nothing that it has not got yet. What is on
   * its way, or may have arrived, is settled first.
   */
  private static final String DROP =
      """
      UPDATE delivery SET dropped = 1,
        reason = CASE WHEN state = 'pending' THEN :dropped ELSE reason END,
        held_at = CASE WHEN state = 'pending' THEN NULL ELSE held_at END,
        state = CASE WHEN state = 'pending' THEN 'cancelled' ELSE state END
      WHERE account_id = :account AND call_id = :id AND sink = :sink AND sent_version = 0
        AND state IN ('pending', 'sending', 'unknown', 'dead') AND dropped = 0
      """;

  private static final String WITHDRAW_LEAD =
      """
      UPDATE lead SET withdrawn_at = <now>
      WHERE account_id = :account AND call_id = :id AND withdrawn_at IS NULL
      """;

  private static final String CANCEL_DELIVERIES =
      """
      UPDATE delivery SET state = 'cancelled', held_at = NULL
      WHERE account_id = :account AND call_id = :id AND state = 'pending' AND sent_version = 0
      """;

  private Leads() {}

  /** A delivery that a lead wants or does not want any more, or that a backfill leaves out. */
  private record Wanted(long call, String sink, boolean lifted) {}

  static void record(Handle h, long account, Look look, List<CallRow> written) {
    List<CallRow> leads = written.stream().filter(row -> row.state() == CallState.LEAD).toList();
    Batch.execute(
        h,
        UPSERT_LEAD,
        leads,
        (batch, row) ->
            batch
                .bind("account", account)
                .bind("id", row.call().id())
                .bind("sameRule", ContentHash.rule(row.call().contentHash()) + "%")
                .bind("hash", row.call().contentHash()));
    List<Wanted> wanted = new ArrayList<>();
    List<Wanted> leftOut = new ArrayList<>();
    List<Wanted> dropped = new ArrayList<>();
    for (CallRow row : leads) {
      boolean lifted = look.lifts(row.call());
      row.verdict().known().stream()
          .filter(sink -> !row.verdict().sinks().contains(sink))
          .sorted()
          .forEach(sink -> dropped.add(new Wanted(row.call().id(), sink, lifted)));
      for (String sink : row.verdict().sinks()) {
        boolean chosen = !lifted || look.sinks().isEmpty() || look.sinks().contains(sink);
        (chosen ? wanted : leftOut).add(new Wanted(row.call().id(), sink, lifted));
      }
    }
    Batch.execute(
        h,
        UPSERT_DELIVERY,
        wanted,
        (batch, delivery) ->
            batch
                .bind("account", account)
                .bind("id", delivery.call())
                .bind("sink", delivery.sink())
                .bind("lifted", delivery.lifted() ? 1 : 0)
                .bind("leftOut", LEFT_OUT)
                .bind("discarded", DeadLetters.DISCARDED)
                .bind("forgotten", Delivery.Earlier.FORGOTTEN)
                .bind("restored", Restores.REASON));
    Batch.execute(
        h,
        LEAVE_OUT,
        leftOut,
        (batch, delivery) ->
            batch
                .bind("account", account)
                .bind("id", delivery.call())
                .bind("sink", delivery.sink())
                .bind("leftOut", LEFT_OUT));
    Batch.execute(
        h,
        DROP,
        dropped,
        (batch, delivery) ->
            batch
                .bind("account", account)
                .bind("id", delivery.call())
                .bind("sink", delivery.sink())
                .bind("dropped", Deliveries.DROPPED));
    List<CallRow> withdrawn =
        written.stream()
            .filter(CallRow::wasLead)
            .filter(row -> row.state() == CallState.REJECTED || row.state() == CallState.OPEN)
            .toList();
    for (String sql : List.of(WITHDRAW_LEAD, CANCEL_DELIVERIES)) {
      Batch.execute(
          h,
          sql,
          withdrawn,
          (batch, row) -> batch.bind("account", account).bind("id", row.call().id()));
    }
  }
}
