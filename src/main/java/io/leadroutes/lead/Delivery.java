package io.leadroutes.lead;

import java.time.Instant;

/**
 * One lead for one sink, claimed for one attempt.
 *
 * @param id the ledger's number of the delivery
 * @param account name of the account
 * @param lead null while it is claimed and not read yet, or cannot be read
 * @param version version of the lead that is sent
 * @param attempt 1 for the first attempt; waits while a sink is down do not count
 * @param sinkId what the sink called it when an earlier version was delivered, or null
 * @param memo what the sink noted when it delivered an earlier version, or null
 * @param lookFirst an earlier attempt may have arrived: look there before anything is sent again
 * @param earlier what is known of that attempt, null unless {@code lookFirst}
 * @param claim number of this claim; settling names it, so that a lapsed claim settles nothing
 */
public record Delivery(
    long id,
    String account,
    Lead lead,
    int version,
    int attempt,
    String sinkId,
    String memo,
    boolean lookFirst,
    Earlier earlier,
    long claim) {

  /**
   * An attempt whose outcome is unknown. Times are the database's.
   *
   * @param attemptedAt when it was claimed
   * @param now when the present claim was made
   * @param looks how many look-ups found nothing so far
   * @param place what the sink noted before that attempt, else where it went, as {@code slack
   *     C0123456789}; null where the sink has no places; or {@link #FORGOTTEN}
   */
  public record Earlier(Instant attemptedAt, Instant now, int looks, String place) {

    /** Instead of a place: the ledger was restored from a backup and lost what was noted since. */
    public static final String FORGOTTEN = "forgotten";

    /**
     * Whether nothing is known but that something may have been sent from {@code attemptedAt} on,
     * also under another id of the delivery.
     */
    public boolean forgotten() {
      return FORGOTTEN.equals(place);
    }
  }

  /** The same delivery with a lead that was read since. */
  public Delivery with(Lead read) {
    return new Delivery(
        id, account, read, version, attempt, sinkId, memo, lookFirst, earlier, claim);
  }

  /** By its key alone: Camel keeps what it knows of a body under the body's hash. */
  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }

  /** Prints ids only. */
  @Override
  public String toString() {
    String whose = lead == null ? "" : " of " + lead;
    return "Delivery[" + id + whose + " version " + version + " attempt " + attempt + "]";
  }
}
