package io.leadroutes.lead;

import java.time.Duration;

/**
 * How an attempt to deliver ended. A route that starts with {@code leads:} may end with one (or
 * with a list of them, in the order of its deliveries); any other body means delivered, where a
 * step that sends was made without a failure.
 *
 * @param reason a sentence for the operator, without personal data; empty for delivered
 * @param retryAfter how long the sink asked to be left alone, or null
 * @param sinkId what the sink calls the lead, or null; where it is not delivered, that the sink has
 *     it though all is not done, so that the next attempt looks first
 * @param memo what the sink wants to know of this version when the next one comes, or null; no
 *     personal data
 */
public record Outcome(Kind kind, String reason, Duration retryAfter, String sinkId, String memo) {

  public Outcome(Kind kind, String reason, Duration retryAfter, String sinkId) {
    this(kind, reason, retryAfter, sinkId, null);
  }

  /** What the ledger does with it. */
  public enum Kind {
    /** The sink confirmed it. */
    DELIVERED,
    /** The sink has it, or wants nothing more of it; that says nothing about other leads. */
    ALREADY_THERE,
    /**
     * Not done, for a reason that may pass: it comes again by {@code retry.schedule}. Where no
     * other lead arrives meanwhile it is held, as below.
     */
    LATER,
    /**
     * Not done, for what may be this lead or the settings. It is held until another lead arrives,
     * and given up if it is refused again then; while none arrives the sink is paused, and none is
     * given up.
     */
    REFUSED,
    /** Not done, because of the sink: the sink waits as a whole, no attempt is counted. */
    SINK_DOWN,
    /** It may have been done: it is looked up before anything is sent again. */
    UNKNOWN,
    /** A look-up found nothing, but too early to believe it: another look-up follows. */
    LOOK_AGAIN,
    /**
     * Nothing is known so far: the look-up goes on later, or its turn has not come. It costs
     * neither the lead nor others anything.
     */
    LOOKING,
    /** Look-ups prove that the earlier attempt did not arrive: it is sent again. */
    NOT_THERE,
    /** Left out on purpose: it is not sent, and not tried again unless the lead changes. */
    SKIPPED,
    /** Only a person can help, whatever becomes of other leads. */
    DEAD_LETTER,
    /** Every lead would fail the same way until the configuration is corrected, this is certain. */
    PAUSED
  }

  public static Outcome delivered() {
    return delivered(null);
  }

  /** Delivered, with the id the sink gave it. */
  public static Outcome delivered(String sinkId) {
    return new Outcome(Kind.DELIVERED, "", null, sinkId);
  }

  /**
   * Delivered, with the id the sink gave it.
   *
   * @param memo is {@link Delivery#memo()} of the next version
   */
  public static Outcome delivered(String sinkId, String memo) {
    return new Outcome(Kind.DELIVERED, "", null, sinkId, memo);
  }

  /**
   * Nothing had to be sent.
   *
   * @param sinkId as of {@link #delivered(String, String)}
   */
  public static Outcome alreadyThere(String sinkId, String memo) {
    return new Outcome(Kind.ALREADY_THERE, "", null, sinkId, memo);
  }

  /** Whether the ledger counts it as delivered. */
  public boolean arrived() {
    return kind == Kind.DELIVERED || kind == Kind.ALREADY_THERE;
  }

  public static Outcome later(String reason) {
    return new Outcome(Kind.LATER, reason, null, null);
  }

  /**
   * @param retryAfter what the sink asked for, or null
   */
  public static Outcome sinkDown(String reason, Duration retryAfter) {
    return new Outcome(Kind.SINK_DOWN, reason, retryAfter, null);
  }

  public static Outcome unknown(String reason) {
    return new Outcome(Kind.UNKNOWN, reason, null, null);
  }

  /**
   * @param after when to look again
   */
  public static Outcome lookAgain(Duration after) {
    return new Outcome(Kind.LOOK_AGAIN, "not found there yet", after, null);
  }

  /**
   * The look-up goes on, at no cost for other leads.
   *
   * @param reason why it has not come to its end
   * @param after when to go on
   */
  public static Outcome looking(String reason, Duration after) {
    return new Outcome(Kind.LOOKING, reason, after, null);
  }

  /**
   * It was not sent, because its turn has not come.
   *
   * @param reason what comes first
   * @param after when its turn comes
   */
  public static Outcome notYet(String reason, Duration after) {
    return new Outcome(Kind.LOOKING, reason, after, null);
  }

  /**
   * The route leaves the lead out.
   *
   * @param reason for whoever asks why it did not arrive
   */
  public static Outcome skipped(String reason) {
    return new Outcome(Kind.SKIPPED, reason, null, null);
  }

  public static Outcome notThere() {
    return new Outcome(Kind.NOT_THERE, "", null, null);
  }

  /**
   * @param remedy a sentence that says what was refused and what to correct, whether it is the lead
   *     or the settings
   */
  public static Outcome refused(String remedy) {
    return new Outcome(Kind.REFUSED, remedy, null, null);
  }

  public static Outcome deadLetter(String reason) {
    return new Outcome(Kind.DEAD_LETTER, reason, null, null);
  }

  /**
   * @param remedy a sentence that says what to correct
   */
  public static Outcome paused(String remedy) {
    return new Outcome(Kind.PAUSED, remedy, null, null);
  }
}
