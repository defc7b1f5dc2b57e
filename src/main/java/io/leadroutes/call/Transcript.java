package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What was said in a call: one text, or segments with a sender. It is most of a record and few ask
 * for it, so it stays where it stands in its page and is read when somebody does.
 */
public final class Transcript {

  /** Of a call that has none. */
  public static final Transcript NONE = new Transcript(new byte[0], 0, 0);

  private final byte[] page;
  private final int start;
  private final int end;
  private String text;
  private boolean read;

  /**
   * @param page the page's bytes, shared, not copied
   * @param start where the value begins
   * @param end anywhere behind it
   */
  Transcript(byte[] page, int start, int end) {
    this.page = page;
    this.start = start;
    this.end = end;
  }

  /** A transcript of this text. */
  public static Transcript of(String text) {
    Transcript transcript = new Transcript(new byte[0], 0, 0);
    transcript.text = text;
    transcript.read = true;
    return transcript;
  }

  /**
   * One text; segments become lines that begin with {@code Agent:} or {@code Customer:} where the
   * sender is known. Null when there is none.
   */
  public synchronized String text() {
    if (!read) {
      text = start == end ? null : parse();
      read = true;
    }
    return text;
  }

  private String parse() {
    try {
      return parse(page, start, end - start);
    } catch (JsonProcessingException e) {
      // Bytes that are not UTF-8: replaced, as a page's are.
      byte[] mended =
          new String(page, start, end - start, StandardCharsets.UTF_8)
              .getBytes(StandardCharsets.UTF_8);
      try {
        return parse(mended, 0, mended.length);
      } catch (JsonProcessingException again) {
        throw new IllegalStateException("The transcript was readable with its page.");
      }
    }
  }

  private static String parse(byte[] bytes, int start, int length) throws JsonProcessingException {
    try (JsonParser parser = CallPageReader.JSON.createParser(bytes, start, length)) {
      parser.nextToken();
      return read(parser);
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("Reading bytes in memory failed.", e);
    }
  }

  private static String read(JsonParser parser) throws IOException {
    JsonValues values = new JsonValues(parser);
    values.begin();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return values.text();
    }
    StringBuilder lines = new StringBuilder();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
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
    return lines.isEmpty() ? null : lines.toString();
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
