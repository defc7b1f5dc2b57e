package io.leadroutes.poll;

import java.time.Duration;

/** A page that was not read. The message is a sentence for the operator, without personal data. */
public class PollException extends Exception {

  enum Kind {
    /** Every request would fail the same way until somebody does what the sentence says. */
    PAUSED,
    /** The API asks to wait; nothing is wrong with the page. */
    BUSY,
    /** A server's failure, which one record of the page may cause. */
    SERVER_ERROR,
    /** No answer, or one that cannot be read: it may go better next time. */
    FAILED,
    /** An answer that is broken at one place, which one record of the page may cause. */
    UNREADABLE,
    /** The answer is over the cap: it will be next time too. */
    TOO_LARGE,
    /** Nothing is wrong: the service stopped, or the pass has ended. */
    STOPPED
  }

  private final Kind kind;
  private final Duration retryAfter;

  private PollException(String sentence, Kind kind, Duration retryAfter) {
    super(sentence);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  static PollException of(Kind kind, String sentence) {
    return new PollException(sentence, kind, null);
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
    return new PollException(reason, Kind.BUSY, retryAfter);
  }

  static PollException failed(String reason) {
    return of(Kind.FAILED, reason);
  }

  /** The service stopped before the pass came to its end. */
  static PollException stopped() {
    return of(Kind.STOPPED, "The service stopped before the end of the list.");
  }

  Kind kind() {
    return kind;
  }

  boolean paused() {
    return kind == Kind.PAUSED;
  }

  boolean isStop() {
    return kind == Kind.STOPPED;
  }

  Duration retryAfter() {
    return retryAfter;
  }

  /** The one in a chain of causes, or null. */
  static PollException in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PollException known) {
        return known;
      }
    }
    return null;
  }
}
