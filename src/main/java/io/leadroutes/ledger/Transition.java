package io.leadroutes.ledger;

import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.ledger.Deliveries.Settlement;
import java.time.Duration;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * From the outcome of an attempt to the columns of its delivery.
 *
 * @param to where the delivery goes
 * @param arrived whether the sink has the claimed version
 * @param proves whether that shows that the settings are right
 * @param held what becomes of the moment since which it is held
 * @param attempts how many more count
 * @param looks what becomes of the number of its look-ups
 * @param keepsPlace whether a look-up still has to know where it went
 * @param keepsReason whether what was said before still holds
 * @param delay until it is due again, where it is to come again
 */
record Transition(
    To to,
    boolean arrived,
    boolean proves,
    Held held,
    int attempts,
    Looks looks,
    boolean keepsPlace,
    boolean keepsReason,
    Duration delay) {

  /** Where a delivery goes. */
  enum To {
    DELIVERED,
    PENDING,
    UNKNOWN,
    DEAD,
    /**
     * To what it was before the claim: an attempt whose outcome is unknown stays unknown. So does
     * what the sink has though all is not done.
     */
    BACK,
    /** What the sink has of it stays there, as its version before. */
    LEFT
  }

  private enum Held {
    KEEPS,
    ENDS,
    /** Since the attempt began, where it was not held before. */
    BEGINS
  }

  private enum Looks {
    KEEP,
    NONE,
    ONE_MORE
  }

  /** Matches only while the claim is still ours. */
  static final String OURS = " WHERE id = :id AND claim = :claim AND state = 'sending'";

  /** All of them in one statement, so that the deliveries of many exchanges are one batch. */
  static final String SETTLE =
      """
      UPDATE delivery SET
        state = CASE :to
          WHEN 'BACK' THEN CASE WHEN look_first = 1 OR :there = 1 THEN 'unknown' ELSE 'pending' END
          WHEN 'LEFT' THEN CASE WHEN sent_version > 0 THEN 'delivered' ELSE 'cancelled' END
          ELSE LOWER(:to) END,
        sent_version = CASE WHEN :arrived = 1 OR (:to = 'LEFT' AND sent_version > 0)
          THEN claimed_version ELSE sent_version END,
        delivered_at = CASE WHEN :arrived = 1 THEN <now> ELSE delivered_at END,
        first_at = CASE WHEN :proves = 1 AND sent_version = 0 THEN <now> ELSE first_at END,
        changed_at = CASE WHEN :proves = 1 AND sent_version > 0 THEN <now> ELSE changed_at END,
        sink_id = CASE WHEN :arrived = 1 THEN COALESCE(:sinkId, sink_id) ELSE sink_id END,
        memo = CASE WHEN :arrived = 1 THEN :memo ELSE memo END,
        held_at = CASE :held WHEN 'KEEPS' THEN held_at
          WHEN 'BEGINS' THEN COALESCE(held_at, <now> - :since) END,
        attempts = CASE WHEN :to = 'LEFT' THEN 0 ELSE attempts + :attempts END,
        looks = CASE :looks WHEN 'KEEP' THEN looks WHEN 'ONE_MORE' THEN looks + 1 ELSE 0 END,
        look_first = CASE WHEN :to = 'DEAD' AND :there = 1 THEN 1 ELSE look_first END,
        place = CASE WHEN :keepsPlace = 1 THEN place END,
        reason = CASE WHEN :keepsReason = 1 THEN reason ELSE :reason END,
        due_at = CASE WHEN :to IN ('DELIVERED', 'DEAD', 'LEFT') THEN due_at ELSE <now> + :wait END,
        lease_until = NULL
      """
          + OURS;

  /** What an outcome does. */
  static Transition of(Settlement settlement) {
    Kind kind = settlement.outcome().kind();
    Duration delay = settlement.delay();
    return switch (kind) {
      case DELIVERED, ALREADY_THERE -> arrived(settlement);
      case LATER -> again(To.BACK, Held.ENDS, 1, Looks.KEEP, delay);
      case SINK_DOWN, PAUSED, LOOKING -> again(To.BACK, Held.KEEPS, 0, Looks.KEEP, delay);
      case REFUSED -> again(To.BACK, Held.BEGINS, 0, Looks.KEEP, delay);
      case UNKNOWN -> again(To.UNKNOWN, Held.KEEPS, 0, Looks.NONE, delay);
      case LOOK_AGAIN ->
          new Transition(
              To.UNKNOWN, false, false, Held.KEEPS, 0, Looks.ONE_MORE, true, true, delay);
      case NOT_THERE ->
          new Transition(
              To.PENDING, false, false, Held.KEEPS, 0, Looks.NONE, false, true, Duration.ZERO);
      case SKIPPED ->
          new Transition(To.LEFT, false, false, Held.ENDS, 0, Looks.NONE, false, false, delay);
      case DEAD_LETTER ->
          new Transition(To.DEAD, false, false, Held.ENDS, 1, Looks.KEEP, true, false, delay);
    };
  }

  private static Transition again(To to, Held held, int attempts, Looks looks, Duration delay) {
    return new Transition(to, false, false, held, attempts, looks, true, false, delay);
  }

  /** What was found by a look-up arrived when other settings may have been in force. */
  private static Transition arrived(Settlement settlement) {
    boolean proves =
        settlement.outcome().kind() == Kind.DELIVERED && !settlement.delivery().lookFirst();
    return new Transition(
        To.DELIVERED, true, proves, Held.ENDS, 0, Looks.KEEP, false, false, Duration.ZERO);
  }

  /**
   * Adds a delivery to a batch of {@link #SETTLE}.
   *
   * @param since how long ago its exchange began
   */
  static void add(PreparedBatch batch, Settlement settlement, Duration since) {
    Transition made = of(settlement);
    batch
        .bind("id", settlement.delivery().id())
        .bind("claim", settlement.delivery().claim())
        .bind("to", made.to.name())
        .bind("arrived", made.arrived ? 1 : 0)
        .bind("proves", made.proves ? 1 : 0)
        .bind("sinkId", settlement.outcome().sinkId())
        .bind("memo", settlement.outcome().memo())
        .bind("held", made.held.name())
        .bind("since", since.toMillis())
        .bind("attempts", made.attempts)
        .bind("looks", made.looks.name())
        .bind("there", settlement.outcome().sinkId() == null ? 0 : 1)
        .bind("keepsPlace", made.keepsPlace ? 1 : 0)
        .bind("keepsReason", made.keepsReason ? 1 : 0)
        .bind("reason", made.arrived ? null : settlement.outcome().reason())
        .bind("wait", made.delay.toMillis())
        .add();
  }
}
