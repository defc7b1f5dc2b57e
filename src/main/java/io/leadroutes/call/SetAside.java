package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * A record of a page that could not be read.
 *
 * @param reason what is wrong with it, without personal data
 * @param raw its text as it came, of a very large one the beginning
 */
public record SetAside(String reason, RawRecord raw) {

  /** What follows a web address as its query is often a signature that changes by itself. */
  private static final Pattern QUERY = Pattern.compile("(https?:[^\\s\"?]*)\\?[^\\s\"]*");

  private static final int MAX_ID = 200;

  /**
   * What it is known by when it is listed again: its reason and its id, or else its text without
   * what changes by itself. Personal data, so only a hash of it is kept.
   */
  public String identity() {
    String id = id();
    return reason
        + (id != null ? " id " + id : " text " + QUERY.matcher(raw.json()).replaceAll("$1"));
  }

  /** Its id as it stands there, whatever it is; null where it has none. */
  private String id() {
    int length = raw.end() - raw.start();
    try (JsonParser parser = CallPageReader.JSON.createParser(raw.page(), raw.start(), length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isId = parser.currentName().equals("id");
        JsonToken value = parser.nextToken();
        if (isId && value.isScalarValue() && value != JsonToken.VALUE_NULL) {
          String id = parser.getText();
          return id.isBlank() || id.length() > MAX_ID ? null : id;
        }
        parser.skipChildren();
      }
      return null;
    } catch (IOException e) {
      // Not even that can be read: its text tells it from others.
      return null;
    }
  }
}
