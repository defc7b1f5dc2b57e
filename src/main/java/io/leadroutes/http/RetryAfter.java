package io.leadroutes.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** How long a server asks to be left alone (RFC 9110, 10.2.3), clamped to 1 s … 24 h. */
public final class RetryAfter {

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  private RetryAfter() {}

  /** The value of a Retry-After header, whatever its case; null when there is none. */
  public static Duration in(Map<String, ?> headers) {
    return headers.entrySet().stream()
        .filter(header -> "Retry-After".equalsIgnoreCase(header.getKey()))
        .map(header -> of(String.valueOf(header.getValue())))
        .findFirst()
        .orElse(null);
  }

  /**
   * Reads a value: seconds, or an HTTP date.
   *
   * @return null when there is none or it cannot be read
   */
  public static Duration of(String value) {
    if (value == null) {
      return null;
    }
    String text = value.strip();
    try {
      if (text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
        return clamp(Duration.ofMillis((long) Math.ceil(Double.parseDouble(text) * 1000)));
      }
      return clamp(
          Duration.between(
              Instant.now(), ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)));
    } catch (DateTimeException e) {
      // An unreadable wish is no wish; the own backoff applies.
      return null;
    }
  }

  private static Duration clamp(Duration wish) {
    if (wish.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return wish.compareTo(LONGEST) > 0 ? LONGEST : wish;
  }
}
