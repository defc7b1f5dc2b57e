package io.leadroutes.call;

/**
 * A record's JSON inside the text of its page: the page is kept once, and the record's text is cut
 * out only where it is needed.
 *
 * @param page text of the whole page
 * @param start where the record begins
 * @param end behind its last character
 */
public record RawRecord(String page, int start, int end) {

  /** A record that is a text of its own. */
  public static RawRecord of(String json) {
    return new RawRecord(json, 0, json.length());
  }

  /** The record's JSON; NUL characters, which no database keeps, are replaced. */
  public String json() {
    return page.substring(start, end).replace('\0', '\uFFFD');
  }

  /** Prints the size only: the text is personal data. */
  @Override
  public String toString() {
    return "RawRecord[" + (end - start) + " characters]";
  }
}
