package io.leadroutes.ledger;

import io.leadroutes.ledger.Overview.BackfillState;
import io.leadroutes.ledger.Overview.LastPass;
import io.leadroutes.ledger.Overview.Trouble;
import java.time.Instant;
import org.jdbi.v3.core.mapper.Nested;

/** What questions find that is put together before it is told; public, so that Jdbi may make it. */
final class Rows {

  private Rows() {}

  /** An account, for the overview. */
  public record AccountRow(
      long id, String name, boolean polled, String paused, int openCalls, int setAside) {}

  /** The last pass of a kind. */
  public record PassOf(long accountId, @Nested LastPass pass) {}

  /** A sink that waits, or whose changed leads do. */
  public record TroubleOf(long accountId, String sink, @Nested Trouble trouble) {}

  /** A backfill that is not done. */
  public record BackfillOf(long accountId, @Nested BackfillState backfill) {}

  /** The trouble of a sink as a whole, if it is in one. */
  public record SinkTrouble(
      long accountId,
      String sink,
      int failures,
      String paused,
      String trouble,
      Instant troubleSince) {

    static final SinkTrouble WELL = new SinkTrouble(0, null, 0, null, null, null);
  }

  /** Changed leads of a sink that were refused and wait. */
  public record Held(long accountId, String sink, int deliveries, Instant since, String reason) {

    static final Held NOTHING = new Held(0, null, 0, null, null);
  }

  /** What a sink where something waits was told, and when something last arrived there. */
  public record Waiting(long accountId, String sink, String reason, Instant lastArrival) {

    static final Waiting NONE = new Waiting(0, null, null, null);
  }

  /** How many calls a filter rejected. */
  public record Rejected(String filter, int calls) {}

  /**
   * How many deliveries of an account a sink has in one state.
   *
   * @param arrived how many of them have arrived before, in an earlier version
   * @param oldest since when the oldest of them waits: a new version since it was due first,
   *     because nothing else tells when it was wanted
   * @param retried how many failed by themselves more than twice
   */
  public record DeliveryCount(
      long accountId,
      String sink,
      String state,
      int deliveries,
      int arrived,
      Instant oldest,
      int retried) {}
}
