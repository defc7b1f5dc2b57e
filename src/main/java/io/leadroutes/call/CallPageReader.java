package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * Reads answers of ClickSpeak's "List calls" in one pass over their bytes, in every shape that
 * ClickSpeak documents or that other brands of its platform send. What cannot be read is a field
 * that is not known, and costs the record only where that is its id or its evaluation: it is set
 * aside when it is no object, has no id, or its evaluation is nested too deep. May be used by
 * several threads.
 */
public final class CallPageReader {

  /** Nesting beyond this is no page; beyond {@link JsonValues#MAX_DEPTH} it costs one record. */
  private static final int MAX_PAGE_DEPTH = 10_000;

  /**
   * Characters of a text that is kept; what is passed over has no limit. A larger call is not
   * delivered.
   */
  private static final int MAX_TEXT = 8 * 1024 * 1024;

  /** Characters of a name, and digits of a number. */
  private static final int MAX_NAME = 1024 * 1024;

  // What is read takes several times its bytes, so that the cap on a page's size is not enough.
  // Names are not interned: they are other people's data.
  static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_PAGE_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(MAX_NAME)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .build();

  private final String account;
  private final ZoneId zone;

  /**
   * @param account name of the account whose calls are read
   * @param zone of timestamps that carry none
   */
  public CallPageReader(String account, ZoneId zone) {
    this.account = account;
    this.zone = zone;
  }

  /**
   * Reads one page, in whatever envelope it comes. Where it leaves a number out: the current and
   * the last page are 0, the calls a page as many as the page has, the total -1.
   *
   * @param body the answer, UTF-8; malformed bytes are replaced
   * @throws UnreadablePageException when it is not a page of calls
   */
  public CallPage read(byte[] body) {
    byte[] page = startsWithMark(body) ? Arrays.copyOfRange(body, 3, body.length) : body;
    refuseWebPage(page);
    return parse(page, this::page);
  }

  /**
   * Reads one record, as {@link RawRecord#json} gave it.
   *
   * @throws UnreadablePageException when it is not a record that can be read
   */
  public Call readCall(String rawJson) {
    return parse(rawJson.getBytes(StandardCharsets.UTF_8), this::call);
  }

  private interface Reading<T> {
    T read(byte[] json, JsonParser parser) throws IOException;
  }

  /** Reads, and where malformed bytes stand in the way, replaces them and reads once more. */
  private static <T> T parse(byte[] json, Reading<T> reading) {
    try {
      return parseWellFormed(json, reading);
    } catch (JsonProcessingException e) {
      byte[] mended = WellFormed.of(json, 0, json.length);
      if (mended == null || Arrays.equals(json, mended)) {
        throw unreadable(e);
      }
      try {
        return parseWellFormed(mended, reading);
      } catch (JsonProcessingException again) {
        throw unreadable(again);
      }
    }
  }

  private static <T> T parseWellFormed(byte[] json, Reading<T> reading)
      throws JsonProcessingException {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() == null) {
        throw UnreadablePageException.broken("is empty");
      }
      T result = reading.read(json, parser);
      if (parser.nextToken() != null) {
        throw UnreadablePageException.broken("goes on behind its end");
      }
      return result;
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("Reading bytes in memory failed.", e);
    }
  }

  /** Jackson's messages quote what they stumble over, so none of them is passed on. */
  private static UnreadablePageException unreadable(JsonProcessingException e) {
    if (e instanceof JsonEOFException) {
      return UnreadablePageException.broken("is cut off");
    }
    if (e instanceof StreamConstraintsException) {
      return UnreadablePageException.brokenAt(
          "is nested deeper than "
              + MAX_PAGE_DEPTH
              + " levels, or has a text of more than "
              + MAX_TEXT / (1024 * 1024)
              + " MiB");
    }
    return UnreadablePageException.brokenAt(
        "is not JSON at byte " + e.getLocation().getByteOffset());
  }

  private Call call(byte[] json, JsonParser parser) throws IOException {
    RecordReader records = new RecordReader(account, zone, json, parser);
    records.read();
    if (records.calls().isEmpty()) {
      throw UnreadablePageException.broken("is not a call: " + records.setAside().get(0).reason());
    }
    return records.calls().get(0);
  }

  private CallPage page(byte[] json, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw UnreadablePageException.broken("is not an object");
    }
    return new Envelope(parser, new RecordReader(account, zone, json, parser)).read(account);
  }

  /** Whether the byte order mark of UTF-8 stands in front. */
  private static boolean startsWithMark(byte[] body) {
    return body.length >= 3
        && body[0] == (byte) 0xEF
        && body[1] == (byte) 0xBB
        && body[2] == (byte) 0xBF;
  }

  private static void refuseWebPage(byte[] page) {
    int first = 0;
    while (first < page.length && Character.isWhitespace(page[first])) {
      first++;
    }
    if (first < page.length && page[first] == '<') {
      throw UnreadablePageException.webPage();
    }
  }
}
