package io.leadroutes.slack;

import java.net.URI;

/**
 * Text from a call made harmless for Slack: {@code &}, {@code <} and {@code >} escaped, so that a
 * transcript cannot say {@code <!channel>} ("Formatting text for app surfaces" of Slack's
 * documentation), and cut by the length Slack counts, which is the one after escaping.
 */
final class SlackText {

  private static final char REPLACEMENT = '\uFFFD';
  private static final int URL_LENGTH = 2000;

  private SlackText() {}

  /**
   * The text escaped, at most so many characters, never cut inside an entity or a surrogate pair;
   * empty when nothing visible is left.
   *
   * @param text may be null
   */
  static String escaped(String text, int most) {
    if (text == null || text.isBlank()) {
      return "";
    }
    String stripped = text.strip();
    StringBuilder escaped = new StringBuilder(Math.min(most, stripped.length() + 16));
    // The last length that leaves room for the mark of a cut.
    int cut = 0;
    for (int i = 0; i < stripped.length(); ) {
      int point = stripped.codePointAt(i);
      i += Character.charCount(point);
      append(escaped, point);
      if (escaped.length() > most) {
        escaped.setLength(cut);
        return escaped.append('…').toString();
      }
      if (escaped.length() < most) {
        cut = escaped.length();
      }
    }
    return escaped.toString().isBlank() ? "" : escaped.toString();
  }

  /** The first so many lines that say something. */
  static String firstLines(String text, int lines) {
    StringBuilder first = new StringBuilder();
    text.lines()
        .filter(line -> !line.isBlank())
        .limit(lines)
        .forEach(line -> first.append(first.isEmpty() ? "" : "\n").append(line));
    return first.toString();
  }

  /** A link in Slack's notation, or empty when this is no absolute http or https URL. */
  static String link(String url, String label) {
    if (url == null || url.length() > URL_LENGTH) {
      return "";
    }
    String encoded = url.strip().replace("|", "%7C").replace("<", "%3C").replace(">", "%3E");
    try {
      URI uri = URI.create(encoded);
      boolean http = "https".equalsIgnoreCase(uri.getScheme());
      if ((http || "http".equalsIgnoreCase(uri.getScheme())) && uri.getHost() != null) {
        return "<" + uri.toASCIIString().replace("&", "&amp;") + "|" + label + ">";
      }
    } catch (IllegalArgumentException e) {
      // no URL: answered below, together with URLs of another kind
    }
    return "";
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
