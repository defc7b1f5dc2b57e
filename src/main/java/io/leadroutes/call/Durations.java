package io.leadroutes.call;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a call lasted: documented as whole seconds, seen with fractions and as text. */
final class Durations {

  private static final Pattern CLOCK =
      Pattern.compile("(?:(\\d{1,4}):)?(\\d{1,4}):(\\d{2})(?:[.,]\\d+)?");
  private static final Pattern SECONDS =
      Pattern.compile("(\\d{1,9})(?:[.,]\\d{1,2}|\\.\\d+)?\\s*(?:s|secs?|seconds?)?\\.?");

  private Durations() {}

  /** Whole seconds, rounded down; null for less than none and for more than anybody speaks. */
  static Integer seconds(BigDecimal number) {
    if (number == null || number.signum() < 0) {
      return null;
    }
    try {
      return number.setScale(0, RoundingMode.DOWN).intValueExact();
    } catch (ArithmeticException e) {
      return null;
    }
  }

  /** The same of {@code 83.4}, {@code 1:23}, {@code 0:01:23}, {@code 83 s} or {@code PT1M23S}. */
  static Integer seconds(String text) {
    String duration = text.strip();
    BigDecimal number = JsonValues.number(duration);
    if (number != null) {
      return seconds(number);
    }
    Matcher clock = CLOCK.matcher(duration);
    if (clock.matches()) {
      long hours = clock.group(1) == null ? 0 : Long.parseLong(clock.group(1));
      long seconds = Long.parseLong(clock.group(3));
      return (int) (hours * 3600 + Long.parseLong(clock.group(2)) * 60 + seconds);
    }
    Matcher seconds = SECONDS.matcher(duration);
    if (seconds.matches()) {
      return Integer.valueOf(seconds.group(1));
    }
    try {
      return duration.startsWith("P")
          ? seconds(BigDecimal.valueOf(Duration.parse(duration).toSeconds()))
          : null;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
