package io.leadroutes.poll;

import java.time.Duration;

/** A page that was not read. The message is a sentence for the operator, without personal data. */
public class PollException extends Exception {

  private enum Kind {
    PAUSED,
    LATER,
    STOPPED
  }

  private final Kind kind;
  private final Duration retryAfter;

  private PollException(String sentence, Kind kind, Duration retryAfter) {
    super(sentence);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  /** Every request would fail the same way until somebody does what the sentence says. */
  static PollException paused(String remedy) {
    return new PollException(remedy, Kind.PAUSED, null);
  }

  /**
   * It may go better next time.
   *
   * @param retryAfter what the API asked for, or null
   */
  static PollException later(String reason, Duration retryAfter) {
    return new PollException(reason, Kind.LATER, retryAfter);
  }

  /** Nothing is wrong: the service stopped before the pass came to its end. */
  static PollException stopped() {
    return new PollException("The service stopped before the end of the list.", Kind.STOPPED, null);
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
}
