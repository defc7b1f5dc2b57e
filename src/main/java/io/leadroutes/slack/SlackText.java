package io.leadroutes.slack;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text from a call made harmless for Slack: {@code &}, {@code <} and {@code >} escaped, so that a
 * transcript cannot say {@code <!channel>} ("Formatting text for app surfaces" of Slack's
 * documentation), and cut by the length Slack counts, which is the one after escaping.
 */
final class SlackText {

  private static final char REPLACEMENT = '\uFFFD';

  /** What a reader takes for one sign: an emoji of several, a letter with its accents. */
  private static final Pattern SIGN = Pattern.compile("\\X");

  private static final int MAX_SIGN = 64;

  /** Letters by Unicode's book that show nothing: fillers of Hangul and the empty braille cell. */
  private static final String FILLERS = "\u115F\u1160\u3164\uFFA0\u2800\u17B4\u17B5";

  private SlackText() {}

  /** Whether a reader sees anything: Slack refuses text that is made of spaces of any kind. */
  static boolean isVisible(String text) {
    return text != null && text.codePoints().anyMatch(SlackText::isVisible);
  }

  private static boolean isVisible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.UNASSIGNED,
          Character.SURROGATE ->
          false;
      default -> FILLERS.indexOf(point) < 0;
    };
  }

  /**
   * The text escaped, at most so many characters, never cut inside an entity, a surrogate pair or
   * an emoji; empty when nothing visible is left.
   *
   * @param text may be null
   */
  static String escaped(String text, int most) {
    if (!isVisible(text)) {
      return "";
    }
    String stripped = stripped(text);
    StringBuilder escaped = new StringBuilder(Math.min(most, stripped.length() + 16));
    // The last place that leaves room for the mark of a cut.
    int cut = 0;
    for (int i = 0; i < stripped.length(); ) {
      int point = stripped.codePointAt(i);
      i += Character.charCount(point);
      append(escaped, point);
      if (escaped.length() > most) {
        return cut(stripped, cut);
      }
      if (escaped.length() < most) {
        cut = i;
      }
    }
    return escaped.toString();
  }

  private static String cut(String text, int at) {
    int end = betweenSigns(text, at);
    StringBuilder escaped = new StringBuilder(end + 16);
    text.substring(0, end).codePoints().forEach(point -> append(escaped, point));
    return escaped.append('…').toString();
  }

  /** The end of the last whole sign; where one is too long to be one, the place itself. */
  private static int betweenSigns(String text, int at) {
    int from = Math.max(0, at - MAX_SIGN);
    if (from > 0 && Character.isLowSurrogate(text.charAt(from))) {
      from++;
    }
    Matcher sign = SIGN.matcher(text.substring(from, Math.min(text.length(), at + MAX_SIGN)));
    while (sign.find()) {
      if (from + sign.end() > at) {
        return sign.start() == 0 ? at : from + sign.start();
      }
    }
    return at;
  }

  /** Without outer space, the kinds that do not break included. */
  private static String stripped(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isSpace(char one) {
    return Character.isWhitespace(one) || Character.isSpaceChar(one);
  }

  /** The first so many lines that say something. */
  static String firstLines(String text, int lines) {
    StringBuilder first = new StringBuilder();
    text.lines()
        .filter(SlackText::isVisible)
        .limit(lines)
        .forEach(line -> first.append(first.isEmpty() ? "" : "\n").append(line));
    return first.toString();
  }

  /**
   * A link in Slack's notation.
   *
   * @param url as {@link io.leadroutes.lead.RecordingLink} makes it
   */
  static String link(String url, String label) {
    return "<" + url.replace("&", "&amp;") + "|" + label + ">";
  }

  private static void append(StringBuilder escaped, int point) {
    switch (point) {
      case '&' -> escaped.append("&amp;");
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '\n' -> escaped.append('\n');
      default -> {
        if (Character.isISOControl(point)) {
          escaped.append(' ');
        } else if (point <= Character.MAX_VALUE && Character.isSurrogate((char) point)) {
          escaped.append(REPLACEMENT);
        } else {
          escaped.appendCodePoint(point);
        }
      }
    }
  }
}
