package io.leadroutes.ledger;

import java.time.Duration;

/** A length of time as a sentence names it: {@code 3 days}, {@code 40 minutes}. */
public final class TimeSpan {

  private TimeSpan() {}

  /** The length without its sign, in the largest unit of which there is more than one. */
  public static String said(Duration time) {
    Duration length = time.abs();
    if (length.toDays() > 1) {
      return length.toDays() + " days";
    }
    if (length.toMinutes() > 90) {
      return length.toHours() + " hours";
    }
    return length.toSeconds() > 90
        ? length.toMinutes() + " minutes"
        : length.toSeconds() + " seconds";
  }
}
