package io.leadroutes.http;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How long a server asks to be left alone (RFC 9110, 10.2.3), clamped to 1 s … 24 h. */
public final class RetryAfter {

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  /** Of a body; what asks to wait is short. */
  private static final int MAX_BYTES = 4000;

  /** Numbers above are no spans but times since 1970, in seconds or milliseconds. */
  private static final double FIRST_SECOND = 1e9;

  private static final double FIRST_MILLISECOND = 1e12;

  private static final Pattern NUMBER =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([a-z]{0,12})\\.?");

  private static final Pattern KEY =
      Pattern.compile(
          "\"(retry[_-]?(?:after|in)|wait)[_-]?(ms|millis(?:econds)?|s|sec(?:ond)?s?)?\"\\s*:"
              + "\\s*(?:\"([^\"]{1,60})\"|(\\d{1,15}(?:\\.\\d{1,9})?))",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern TEXT =
      Pattern.compile(
          "\\b(?:in|after|wait|for)\\s+(?:about\\s+|another\\s+)?(\\d{1,9}(?:\\.\\d{1,9})?\\s*"
              + "(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h))\\b",
          Pattern.CASE_INSENSITIVE);

  private RetryAfter() {}

  /** The value of a Retry-After header, whatever its case; null when there is none. */
  public static Duration in(Map<String, ?> headers) {
    return of(header(headers, "Retry-After"));
  }

  private static String header(Map<String, ?> headers, String name) {
    return headers.entrySet().stream()
        .filter(header -> name.equalsIgnoreCase(header.getKey()))
        .map(header -> String.valueOf(header.getValue()))
        .findFirst()
        .orElse(null);
  }

  /**
   * The same where a server may say it in some other way too: in {@code retry-after-ms}, in a
   * property of a JSON body as a number or a text, in a sentence of the body, or by the time at
   * which a rate limit is reset.
   *
   * @return null when it does not say
   */
  public static Duration asked(Map<String, ?> headers, byte[] body) {
    String text = new String(body, 0, Math.min(body.length, MAX_BYTES), StandardCharsets.UTF_8);
    String millis = header(headers, "Retry-After-Ms");
    return Stream.<Supplier<Duration>>of(
            () -> in(headers),
            () -> millis == null ? null : of(millis + "ms"),
            () -> inJson(text),
            () -> inText(text),
            () -> of(header(headers, "X-RateLimit-Reset")),
            () -> of(header(headers, "RateLimit-Reset")))
        .map(Supplier::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static Duration inJson(String text) {
    Matcher key = KEY.matcher(text);
    while (key.find()) {
      String value = key.group(3) == null ? key.group(4) : key.group(3);
      boolean millis =
          key.group(2) != null && key.group(2).toLowerCase(Locale.ROOT).startsWith("m");
      Duration wish = of(millis && value.matches("[\\d.]+") ? value + "ms" : value);
      if (wish != null) {
        return wish;
      }
    }
    return null;
  }

  private static Duration inText(String text) {
    Matcher wish = TEXT.matcher(text);
    return wish.find() ? of(wish.group(1)) : null;
  }

  /**
   * Reads a value: seconds, a number with its unit, a time since 1970, or a date.
   *
   * @return null when there is none or it cannot be read
   */
  public static Duration of(String value) {
    if (value == null) {
      return null;
    }
    String text = value.strip();
    Matcher number = NUMBER.matcher(text.toLowerCase(Locale.ROOT));
    try {
      if (number.matches()) {
        return number(Double.parseDouble(number.group(1)), number.group(2));
      }
      return clamp(Duration.between(Instant.now(), date(text)));
    } catch (DateTimeException | ArithmeticException e) {
      // An unreadable wish is no wish; the own backoff applies.
      return null;
    }
  }

  private static Duration number(double number, String unit) {
    double seconds =
        switch (unit) {
          case "", "s", "sec", "secs", "second", "seconds" -> number;
          case "ms", "milli", "millis", "millisecond", "milliseconds" -> number / 1000;
          case "m", "min", "mins", "minute", "minutes" -> number * 60;
          case "h", "hr", "hrs", "hour", "hours" -> number * 3600;
          default -> -1;
        };
    if (seconds < 0) {
      return null;
    }
    if (unit.isEmpty() && number >= FIRST_SECOND) {
      double since1970 = number >= FIRST_MILLISECOND ? number : number * 1000;
      return clamp(Duration.between(Instant.now(), Instant.ofEpochMilli((long) since1970)));
    }
    return clamp(Duration.ofMillis((long) Math.ceil(Math.min(seconds, 1e9) * 1000)));
  }

  private static Instant date(String text) {
    return text.length() > 10 && Character.isDigit(text.charAt(0)) && text.charAt(4) == '-'
        ? DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from)
        : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  private static Duration clamp(Duration wish) {
    if (wish.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return wish.compareTo(LONGEST) > 0 ? LONGEST : wish;
  }
}
