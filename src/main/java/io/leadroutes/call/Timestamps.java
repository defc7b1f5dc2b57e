package io.leadroutes.call;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The platform's timestamps: {@code 2025-08-04 14:30:00} in a zone it does not tell, and ISO 8601
 * with {@code Z} or an offset, with or without a fraction. Those are read by hand, because a
 * formatter costs more than the rest of a record's fields together. Others of the kind follow:
 * without seconds or without a time, with {@code UTC}, a space or the name of a zone behind it,
 * with AM or PM, seconds or milliseconds since 1970, and the form of e-mail and HTTP (RFC 9110).
 */
final class Timestamps {

  private static final String SHAPE = "dddd-dd-dd dd:dd:dd";

  private static final Pattern OTHER =
      Pattern.compile(
          "(\\d{4})([-/.]?)(\\d{2})\\2(\\d{2})(?:["
              + " Tt]+(\\d{1,2}):?(\\d{2})(?::?(\\d{2})(?:[.,](\\d+))?)?\\s*([AaPp]\\.?[Mm]\\.?)?)?"
              + "\\s*(\\S*)");
  private static final Pattern NUMBER = Pattern.compile("\\d{9,19}(\\.\\d*)?");

  /** Before there was any such call: what a zero in a database becomes. */
  private static final int FIRST_YEAR = 2000;

  private Timestamps() {}

  /**
   * The instant a text means; a local time that a change of clocks skips counts as that much later,
   * one that comes twice as the earlier, a day alone as its beginning.
   *
   * @param zone of a timestamp that carries none
   * @return null when the text is no timestamp, or one of a time without such calls
   */
  static Instant read(String text, ZoneId zone) {
    String stamp = text.strip();
    try {
      Instant instant = hasShape(stamp) ? usual(stamp, zone) : null;
      return plausible(instant == null ? other(stamp, zone) : instant);
    } catch (DateTimeException e) {
      return null; // a 31st of February, or something else than a zone behind the time
    }
  }

  /** The instant that so many seconds, milli-, micro- or nanoseconds since 1970 mean, or null. */
  static Instant sinceEpoch(BigDecimal number) {
    if (number == null) {
      return null;
    }
    int digits = number.precision() - number.scale();
    int unit =
        switch (digits) {
          case 9, 10 -> 0;
          case 12, 13 -> 3;
          case 15, 16 -> 6;
          case 18, 19 -> 9;
          default -> -1;
        };
    if (unit < 0 || number.signum() < 0) {
      return null;
    }
    BigDecimal seconds = number.movePointLeft(unit);
    long whole = seconds.longValue();
    long nanos =
        seconds
            .subtract(BigDecimal.valueOf(whole))
            .movePointRight(9)
            .setScale(0, RoundingMode.DOWN)
            .longValue();
    return plausible(Instant.ofEpochSecond(whole, nanos));
  }

  private static Instant plausible(Instant instant) {
    return instant == null || instant.atZone(ZoneId.of("UTC")).getYear() < FIRST_YEAR
        ? null
        : instant;
  }

  private static Instant usual(String stamp, ZoneId zone) {
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
    if (end < stamp.length() && " ,AaPp".indexOf(stamp.charAt(end)) >= 0) {
      return null; // one of the others
    }
    LocalDateTime local =
        LocalDateTime.of(
            number(stamp, 0, 4),
            number(stamp, 5, 7),
            number(stamp, 8, 10),
            number(stamp, 11, 13),
            number(stamp, 14, 16),
            number(stamp, 17, 19),
            nanos);
    return local.atZone(end == stamp.length() ? zone : zone(stamp.substring(end))).toInstant();
  }

  private static Instant other(String stamp, ZoneId zone) {
    if (NUMBER.matcher(stamp).matches()) {
      return sinceEpoch(new BigDecimal(stamp));
    }
    Matcher match = OTHER.matcher(stamp);
    if (match.matches()) {
      boolean timed = match.group(5) != null;
      String behind = match.group(10);
      if (!timed && !behind.isEmpty()) {
        return null;
      }
      return LocalDateTime.of(
              number(match, 1),
              number(match, 3),
              number(match, 4),
              timed ? hour(number(match, 5), match.group(9)) : 0,
              timed ? number(match, 6) : 0,
              match.group(7) == null ? 0 : number(match, 7),
              nanos(match.group(8)))
          .atZone(behind.isEmpty() ? zone : zone(behind))
          .toInstant();
    }
    return stamp.isEmpty() || !Character.isLetterOrDigit(stamp.charAt(stamp.length() - 1))
        ? null
        : ZonedDateTime.parse(stamp, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  private static int hour(int hour, String half) {
    if (half == null) {
      return hour;
    }
    if (hour < 1 || hour > 12) {
      throw new DateTimeException("no hour of half a day");
    }
    return hour % 12 + (Character.toUpperCase(half.charAt(0)) == 'P' ? 12 : 0);
  }

  private static int nanos(String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "000000000").substring(0, 9));
  }

  /** {@code Z}, {@code UTC}, {@code +01:00}, {@code Europe/Paris}, {@code +01:00[Europe/Paris]}. */
  private static ZoneId zone(String text) {
    int bracket = text.indexOf('[');
    String zone = bracket > 0 && text.endsWith("]") ? text.substring(0, bracket) : text;
    return ZoneId.of(zone.equals("z") ? "Z" : zone);
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

  private static int number(Matcher match, int group) {
    return Integer.parseInt(match.group(group));
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }
}
