package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What was said in a call: one text, or segments with a sender. It is most of a record and few ask
 * for it, so it stays where it stands in its page and is read when somebody does.
 */
public final class Transcript {

  /** Of a call that has none. */
  public static final Transcript NONE = new Transcript(JsonSlice.NONE);

  private final JsonSlice slice;
  private String text;
  private boolean read;

  Transcript(JsonSlice slice) {
    this.slice = slice;
  }

  /** A transcript of this text. */
  public static Transcript of(String text) {
    Transcript transcript = new Transcript(JsonSlice.NONE);
    transcript.text = text;
    transcript.read = true;
    return transcript;
  }

  /**
   * One text; segments become lines that begin with {@code Agent:} or {@code Customer:} where the
   * sender is known, also where they stand as JSON in a text. Null when there is none.
   */
  public synchronized String text() {
    if (!read) {
      text = slice.read(Transcript::read);
      read = true;
    }
    return text;
  }

  private static String read(JsonParser parser, JsonValues values) throws IOException {
    if (parser.currentToken().isStructStart()) {
      return lines(parser, values);
    }
    String text = values.text();
    String lines =
        text != null && JsonValues.mayBeJson(text)
            ? JsonSlice.readText(
                text, (inner, of) -> inner.currentToken().isStructStart() ? lines(inner, of) : null)
            : null;
    return lines == null ? text : lines;
  }

  /** Segments in an array, or in the object with numeric keys that PHP makes of one. */
  private static String lines(JsonParser parser, JsonValues values) throws IOException {
    boolean array = parser.currentToken() == JsonToken.START_ARRAY;
    StringBuilder lines = new StringBuilder();
    while (!parser.nextToken().isStructEnd()) {
      if (!array) {
        boolean numbered = JsonValues.isPlace(parser.currentName());
        parser.nextToken();
        if (!numbered) {
          values.skip();
          continue;
        }
      }
      segment(parser, values, lines);
    }
    return lines.isEmpty() ? null : lines.toString();
  }

  private static void segment(JsonParser parser, JsonValues values, StringBuilder lines)
      throws IOException {
    String sender = null;
    String text = null;
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "sender" -> sender = values.text();
          case "text" -> text = values.text();
          default -> values.skip();
        }
      }
    } else {
      text = values.text();
    }
    if (text != null && !text.isBlank()) {
      lines.append(lines.isEmpty() ? "" : "\n").append(speaker(sender)).append(oneLine(text));
    }
  }

  private static String speaker(String sender) {
    if ("bot".equalsIgnoreCase(sender)) {
      return "Agent: ";
    }
    return "human".equalsIgnoreCase(sender) ? "Customer: " : "";
  }

  private static String oneLine(String text) {
    return text.strip().replace('\r', ' ').replace('\n', ' ');
  }

  /** Prints nothing of it: it is personal data. */
  @Override
  public String toString() {
    return "Transcript";
  }
}
