package io.leadroutes.call;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The platform's timestamps: {@code 2025-08-04 14:30:00} in a zone it does not tell, and ISO 8601
 * with {@code Z} or an offset, with or without a fraction. Read by hand, because a formatter costs
 * more than the rest of a record's fields together.
 */
final class Timestamps {

  private static final String SHAPE = "dddd-dd-dd dd:dd:dd";

  private Timestamps() {}

  /**
   * The instant a text means; a local time that a change of clocks skips counts as that much later,
   * one that comes twice as the earlier.
   *
   * @param zone of a timestamp that carries none
   * @return null when the text is no timestamp
   */
  static Instant read(String text, ZoneId zone) {
    String stamp = text.strip();
    if (!hasShape(stamp)) {
      return null;
    }
    int end = SHAPE.length();
    int nanos = 0;
    if (end < stamp.length() && stamp.charAt(end) == '.') {
      int scale = 100_000_000;
      int first = ++end;
      for (; end < stamp.length() && isDigit(stamp.charAt(end)); end++, scale /= 10) {
        nanos += (stamp.charAt(end) - '0') * scale;
      }
      if (end == first) {
        return null;
      }
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(stamp, 0, 4),
              number(stamp, 5, 7),
              number(stamp, 8, 10),
              number(stamp, 11, 13),
              number(stamp, 14, 16),
              number(stamp, 17, 19),
              nanos);
      ZoneId own = end == stamp.length() ? zone : ZoneOffset.of(stamp.substring(end));
      return local.atZone(own).toInstant();
    } catch (DateTimeException e) {
      return null; // a 31st of February, or something else than an offset behind the time
    }
  }

  private static boolean hasShape(String text) {
    if (text.length() < SHAPE.length()) {
      return false;
    }
    for (int i = 0; i < SHAPE.length(); i++) {
      char c = text.charAt(i);
      boolean fits =
          switch (SHAPE.charAt(i)) {
            case 'd' -> isDigit(c);
            case ' ' -> c == ' ' || c == 'T';
            default -> c == SHAPE.charAt(i);
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }
}
