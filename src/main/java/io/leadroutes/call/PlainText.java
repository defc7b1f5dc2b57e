package io.leadroutes.call;

import org.apache.commons.text.StringEscapeUtils;

/**
 * Text as people mean it. What nobody sees is no text: besides white space that is the no-break
 * spaces, which Java's own {@code strip} keeps, zero-width characters, marks of direction, and the
 * letters that fonts show as blank.
 */
public final class PlainText {

  /** A text that was escaped more often was meant to show how escaping looks. */
  private static final int MAX_ESCAPES = 3;

  private PlainText() {}

  /** The text without what nobody sees around it; empty where nothing is left. */
  public static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && unseen(text.charAt(start))) {
      start++;
    }
    while (end > start && unseen(text.charAt(end - 1))) {
      end--;
    }
    for (int i = start; i < end; i++) {
      if (!selects(text.charAt(i))) {
        return text.substring(start, end);
      }
    }
    return "";
  }

  /** Whether a text has nothing that anybody sees; null has not. */
  public static boolean isBlank(String text) {
    return text == null || strip(text).isEmpty();
  }

  /** The text with its HTML entities decoded, also where they were escaped twice. */
  public static String unescaped(String text) {
    String plain = text;
    for (int i = 0; i < MAX_ESCAPES && plain.indexOf('&') >= 0; i++) {
      String next = StringEscapeUtils.unescapeHtml4(plain);
      if (next.equals(plain)) {
        break;
      }
      plain = JsonValues.clean(next);
    }
    return plain;
  }

  private static boolean unseen(char c) {
    if (c < 0x7F) {
      return c <= ' ';
    }
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c)
        || c == 0xAD
        || c == 0x34F
        || c == 0x61C
        || c == 0x115F
        || c == 0x1160
        || c == 0x180E
        || (c >= 0x200B && c <= 0x200F)
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2060 && c <= 0x206F)
        || c == 0x2800
        || c == 0x3164
        || c == 0xFEFF
        || c == 0xFFA0;
  }

  /** It chooses how the character before it looks, so it is text behind one only. */
  private static boolean selects(char c) {
    return (c >= 0xFE00 && c <= 0xFE0F) || unseen(c);
  }
}
