package io.leadroutes.lead;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A link that a browser can follow, made of what a call has as its recording's address: the list of
 * calls gives paths of the platform's own storage too, and addresses with signs that no URL has
 * (RFC 3986).
 */
public final class RecordingLink {

  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i)(https?)://([^/?#]*)(.*)", Pattern.DOTALL);
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "([A-Za-z0-9._~!$&'()*+,;=:%-]+@)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");

  /** {@code storage/1.mp3}, and not {@code recordings.example.org/1.mp3}. */
  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_-]+/.*", Pattern.DOTALL);

  private static final String IN_URLS = "-._~:/?#@!$&'()*+,;=";

  private RecordingLink() {}

  /**
   * The link.
   *
   * @param address as the call has it, may be null
   * @param baseUrl of the account's API: a path is one of that host
   * @return null when this is no address of a web server
   */
  public static String of(String address, String baseUrl) {
    if (address == null || address.isBlank()) {
      return null;
    }
    String text = address.strip();
    Matcher base = ABSOLUTE.matcher(baseUrl);
    if (base.matches()) {
      if (text.startsWith("//")) {
        text = base.group(1) + ":" + text;
      } else if (text.startsWith("/")) {
        text = base.group(1) + "://" + base.group(2) + text;
      } else if (PATH.matcher(text).matches()) {
        text = base.group(1) + "://" + base.group(2) + "/" + text;
      }
    }
    Matcher url = ABSOLUTE.matcher(text);
    if (!url.matches()) {
      return null;
    }
    String authority = ascii(url.group(2));
    return AUTHORITY.matcher(authority).matches()
        ? url.group(1).toLowerCase(Locale.ROOT) + "://" + authority + encoded(url.group(3))
        : null;
  }

  private static String ascii(String authority) {
    if (authority.chars().allMatch(c -> c < 0x80)) {
      return authority;
    }
    try {
      return IDN.toASCII(authority);
    } catch (IllegalArgumentException e) {
      // No name of a host: the pattern refuses it.
      return authority;
    }
  }

  /** What is encoded already stays as it is. */
  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (point == '%' && isHex(text, i + 1) && isHex(text, i + 2)) {
        encoded.append('%');
      } else if (point < 0x80 && (isAlphanumeric(point) || IN_URLS.indexOf(point) >= 0)) {
        encoded.append((char) point);
      } else {
        for (byte one : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
          encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(one));
        }
      }
      i += Character.charCount(point);
    }
    return encoded.toString();
  }

  private static boolean isAlphanumeric(int point) {
    return point >= '0' && point <= '9' || (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
  }

  private static boolean isHex(String text, int at) {
    return at < text.length() && HexFormat.isHexDigit(text.charAt(at));
  }
}
