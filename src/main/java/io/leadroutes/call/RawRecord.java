package io.leadroutes.call;

import java.nio.charset.StandardCharsets;

/**
 * A record's JSON inside the bytes of its page: the page is kept once, and the record's text is cut
 * out only where it is needed. The bytes are shared, not copied; nobody writes to them.
 *
 * @param page the whole page, UTF-8
 * @param start where the record begins
 * @param end behind its last byte
 */
public record RawRecord(byte[] page, int start, int end) {

  /** A record that is a text of its own. */
  public static RawRecord of(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new RawRecord(bytes, 0, bytes.length);
  }

  /** The record's JSON; NUL characters, which no database keeps, are replaced. */
  public String json() {
    return new String(page, start, end - start, StandardCharsets.UTF_8).replace('\0', '\uFFFD');
  }

  /** Prints the size only: the text is personal data. */
  @Override
  public String toString() {
    return "RawRecord[" + (end - start) + " bytes]";
  }
}
