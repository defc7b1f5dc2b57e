package io.leadroutes.poll;

import java.time.Duration;

/** A page that was not read. The message is a sentence for the operator, without personal data. */
public class PollException extends Exception {

  private final boolean paused;
  private final Duration retryAfter;

  private PollException(String sentence, boolean paused, Duration retryAfter) {
    super(sentence);
    this.paused = paused;
    this.retryAfter = retryAfter;
  }

  /** Every request would fail the same way until somebody does what the sentence says. */
  static PollException paused(String remedy) {
    return new PollException(remedy, true, null);
  }

  /**
   * It may go better next time.
   *
   * @param retryAfter what the API asked for, or null
   */
  static PollException later(String reason, Duration retryAfter) {
    return new PollException(reason, false, retryAfter);
  }

  boolean paused() {
    return paused;
  }

  Duration retryAfter() {
    return retryAfter;
  }
}
