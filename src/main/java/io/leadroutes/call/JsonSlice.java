package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * One value of a record, left where it stands in its page until somebody asks: a page is kept once,
 * and few ask.
 *
 * @param page the page's bytes, shared, not copied
 * @param start where the value begins
 * @param end anywhere behind it
 */
record JsonSlice(byte[] page, int start, int end) {

  /** Of a record that has no such value. */
  static final JsonSlice NONE = new JsonSlice(new byte[0], 0, 0);

  /** The same, known to end no later than there. */
  JsonSlice upTo(int latest) {
    return this == NONE ? NONE : new JsonSlice(page, start, Math.min(end, latest));
  }

  interface Reading<T> {
    T read(JsonParser parser, JsonValues values) throws IOException;
  }

  /**
   * Reads the value, the parser stands at its first token; null where there is none, or one that is
   * larger than anybody reads.
   */
  <T> T read(Reading<T> reading) {
    if (start == end) {
      return null;
    }
    try {
      return read(page, start, end - start, reading);
    } catch (StreamConstraintsException e) {
      return null;
    } catch (JsonProcessingException e) {
      // Bytes that are not UTF-8: replaced, as a page's are.
      byte[] mended = WellFormed.of(page, start, end - start);
      try {
        return mended == null ? null : read(mended, 0, mended.length, reading);
      } catch (StreamConstraintsException tooLong) {
        return null;
      } catch (JsonProcessingException again) {
        throw new IllegalStateException("The value was readable with its page.");
      }
    }
  }

  /** Reads JSON that stands in a text; null where it is none. */
  static <T> T readText(String text, Reading<T> reading) {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    try (JsonParser parser = CallPageReader.JSON.createParser(json)) {
      T result = begin(parser, reading);
      return parser.nextToken() == null ? result : null;
    } catch (JsonProcessingException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("Reading bytes in memory failed.", e);
    }
  }

  private static <T> T read(byte[] bytes, int start, int length, Reading<T> reading)
      throws JsonProcessingException {
    try (JsonParser parser = CallPageReader.JSON.createParser(bytes, start, length)) {
      return begin(parser, reading);
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("Reading bytes in memory failed.", e);
    }
  }

  private static <T> T begin(JsonParser parser, Reading<T> reading) throws IOException {
    if (parser.nextToken() == null) {
      return null;
    }
    JsonValues values = new JsonValues(parser);
    values.begin();
    return reading.read(parser, values);
  }

  /** Prints the size only: the text is personal data. */
  @Override
  public String toString() {
    return "JsonSlice[" + (end - start) + " bytes]";
  }
}
