package io.leadroutes.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Escaping, and the frame of the sandbox's pages for people. */
final class Html {

  private static final String FRAME = file("page.html");

  private Html() {}

  /**
   * Returns a whole page; the texts are escaped here, the content must be HTML already.
   *
   * @param style name of a file beside this page's, with what the content looks like
   */
  static String page(String title, String line, String accent, String style, String content) {
    return String.format(
        Locale.ROOT, FRAME, escape(title), escape(line), accent, file(style), content);
  }

  private static String file(String name) {
    try (InputStream in = Html.class.getResourceAsStream("/sandbox/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  static String number(long number, String label) {
    return "<div><b>" + number + "</b><span class=\"dim\">" + escape(label) + "</span></div>\n";
  }
}
