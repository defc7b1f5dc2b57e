package io.leadroutes.poll;

import io.leadroutes.log.Causes;
import java.time.Duration;
import java.util.Set;

/** A page that was not read. The message is a sentence for the operator, without personal data. */
public class PollException extends Exception {

  enum Kind {
    /** Every request would fail the same way until somebody does what the sentence says. */
    PAUSED,
    /** The clock is wrong that says on which day an account begins. */
    CLOCK,
    /** The API asks to wait; nothing is wrong with the page. */
    BUSY,
    /** The API is away as a whole, or what stands before it answers in its place. */
    OUTAGE,
    /** A server's failure, which one record of the page may cause. */
    SERVER_ERROR,
    /** No answer, or one that cannot be read: it may go better next time. */
    FAILED,
    /** An answer that is broken at one place, which one record of the page may cause. */
    UNREADABLE,
    /** The answer is over the cap: it will be next time too. */
    TOO_LARGE,
    /** Nothing is wrong: the service stopped. */
    STOPPED,
    /**
     * Nothing is wrong: the request waited for so long that it needs a place in the budget anew.
     */
    UNASKED
  }

  /** What says that a page cannot be had as it was asked for, rather than that something broke. */
  private static final Set<Integer> REFUSALS = Set.of(400, 404, 410, 416, 422);

  private final Kind kind;
  private final Duration retryAfter;
  private final int status;
  private final Long clockAhead;

  private PollException(
      String sentence, Kind kind, Duration retryAfter, int status, Long clockAhead) {
    super(sentence);
    this.kind = kind;
    this.retryAfter = retryAfter;
    this.status = status;
    this.clockAhead = clockAhead;
  }

  static PollException of(Kind kind, String sentence) {
    return new PollException(sentence, kind, null, 0, null);
  }

  /**
   * The same failure, with what the answer that told it says besides.
   *
   * @param ahead by how many milliseconds the ledger's clock is ahead of the API's, or null
   */
  PollException answered(int httpStatus, Long ahead) {
    return new PollException(getMessage(), kind, retryAfter, httpStatus, ahead);
  }

  static PollException paused(String remedy) {
    return of(Kind.PAUSED, remedy);
  }

  /**
   * The API asks to wait.
   *
   * @param retryAfter how long, or null where it does not say
   */
  static PollException busy(String reason, Duration retryAfter) {
    return new PollException(reason, Kind.BUSY, retryAfter, 0, null);
  }

  static PollException failed(String reason) {
    return of(Kind.FAILED, reason);
  }

  /** The service stopped before the pass came to its end. */
  static PollException stopped() {
    return of(Kind.STOPPED, "The service stopped before the end of the list.");
  }

  /** The request was not made. */
  static PollException unasked() {
    return of(Kind.UNASKED, "The request waited for too long after it was noted.");
  }

  Kind kind() {
    return kind;
  }

  boolean paused() {
    return kind == Kind.PAUSED;
  }

  /** Whether the API refuses the page that was asked for: it is past the end, or the days are. */
  boolean isRefusal() {
    return REFUSALS.contains(status);
  }

  /** Whether an answer came that is no page, so that the page may be one that there is not. */
  boolean isAnswerWithoutPage() {
    return isRefusal()
        || kind == Kind.UNREADABLE
        || (kind == Kind.SERVER_ERROR && status != 502 && status != 503 && status != 504)
        || (kind == Kind.FAILED && status == 200);
  }

  /** The status of the answer that told it, or 0. */
  int status() {
    return status;
  }

  /** By how many milliseconds the ledger's clock is ahead of the API's, or null. */
  Long clockAhead() {
    return clockAhead;
  }

  boolean isStop() {
    return kind == Kind.STOPPED;
  }

  Duration retryAfter() {
    return retryAfter;
  }

  /** The one in a chain of causes, or null. */
  static PollException in(Throwable failure) {
    for (Throwable cause : Causes.of(failure).toList()) {
      if (cause instanceof PollException known) {
        return known;
      }
    }
    return null;
  }
}
