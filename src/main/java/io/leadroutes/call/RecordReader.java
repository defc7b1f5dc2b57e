package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the records of one page, each into a call or, where that cannot be, aside. */
final class RecordReader {

  /** Records of a page, however few were asked for. */
  private static final int MAX_RECORDS = 20_000;

  /** Values of a page that are kept: each takes many times its bytes. */
  private static final int MAX_VALUES = 300_000;

  private static final String TOO_DEEP =
      "the record is nested deeper than " + JsonValues.MAX_DEPTH + " levels";
  private static final String TOO_MANY =
      "its evaluation has more than " + JsonValues.MAX_VALUES + " values";

  private static final int MIB = 1024 * 1024;

  /**
   * A larger record is not written to the ledger, and no lead: that takes several times its bytes.
   */
  private static final int LARGEST = 8 * MIB;

  /** What is kept of a record that is set aside. */
  private static final int MAX_SET_ASIDE = MIB;

  private static final String TOO_LARGE = "the record is larger than " + LARGEST / MIB + " MiB";

  private final String account;
  private final ZoneId zone;
  private final byte[] page;
  private final JsonParser parser;
  private final JsonValues values;
  private final List<Call> calls = new ArrayList<>();
  private final List<SetAside> setAside = new ArrayList<>();
  private int kept;

  RecordReader(String account, ZoneId zone, byte[] page, JsonParser parser) {
    this.account = account;
    this.zone = zone;
    this.page = page;
    this.parser = parser;
    this.values = new JsonValues(parser);
  }

  List<Call> calls() {
    return calls;
  }

  List<SetAside> setAside() {
    return setAside;
  }

  /** Forgets what was read, because the page has its array of records a second time. */
  void clear() {
    calls.clear();
    setAside.clear();
    kept = 0;
  }

  /**
   * Reads the record whose first token the parser stands at.
   *
   * @throws UnreadablePageException when the page has more than there is room for in memory
   */
  void read() throws IOException {
    if (calls.size() + setAside.size() == MAX_RECORDS || kept > MAX_VALUES) {
      throw UnreadablePageException.brokenAt(
          "has more than "
              + MAX_RECORDS
              + " records, or more than "
              + MAX_VALUES
              + " values of evaluations and variables");
    }
    int start = tokenStart();
    values.begin();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      values.skip();
      parser.finishToken();
      setAside("the record is no object", rawFrom(start));
      return;
    }
    Long id = null;
    String status = null;
    String type = null;
    Integer duration = null;
    String assistant = null;
    String campaign = null;
    String assistantPhone = null;
    String clientPhone = null;
    JsonSlice transcript = JsonSlice.NONE;
    JsonSlice webhook = JsonSlice.NONE;
    String unreadable = null;
    Map<String, Object> variables = Map.of();
    Evaluation evaluation = Evaluation.NONE;
    BigDecimal carrierCost = null;
    BigDecimal totalCost = null;
    String answeredBy = null;
    String recordingUrl = null;
    Instant createdAt = null;
    Instant updatedAt = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "id" -> id = values.whole();
        case "status" -> status = values.text();
        case "type" -> type = values.text();
        case "duration" -> duration = values.seconds();
        case "assistant_name" -> assistant = values.text();
        case "campaign_name" -> campaign = values.text();
        case "assistant_phone_number" -> assistantPhone = values.text();
        case "client_phone_number" -> clientPhone = values.text();
        case "transcript" -> transcript = slice();
        case "webhook_response" -> webhook = slice();
        case "variables" -> variables = values.named();
        case "evaluation" -> evaluation = new Evaluation(values.namedOrText("evaluation"));
        case "carrier_cost" -> carrierCost = values.decimal();
        case "total_cost" -> totalCost = values.decimal();
        case "answered_by" -> answeredBy = values.text();
        case "recording_url" -> recordingUrl = values.text();
        case "created_at" -> createdAt = values.timestamp(zone);
        case "updated_at" -> updatedAt = values.timestamp(zone);
        default -> values.skip();
      }
      if ((values.tooDeep() || values.tooMany())
          && (field.equals("id") || field.equals("evaluation"))) {
        unreadable = values.tooDeep() ? TOO_DEEP : TOO_MANY;
      }
      // Of any other field the rest is unknown, and that is all.
      kept += values.kept();
      values.forgetSize();
    }
    RawRecord raw = rawFrom(start);
    if (raw.end() - raw.start() > LARGEST) {
      setAside(TOO_LARGE, raw);
    } else if (unreadable != null) {
      setAside(unreadable, raw);
    } else if (id == null) {
      setAside("id is missing or not a whole number", raw);
    } else {
      calls.add(
          new Call(
              account,
              id,
              status,
              type,
              duration,
              assistant,
              campaign,
              assistantPhone,
              clientPhone,
              new Transcript(transcript.upTo(raw.end())),
              variables,
              evaluation,
              carrierCost,
              totalCost,
              answeredBy,
              recordingUrl,
              createdAt,
              updatedAt,
              ContentHash.of(
                  status, evaluation, clientPhone, variables, recordingUrl, values.reshaped()),
              false,
              raw,
              new WebhookResponse(webhook.upTo(raw.end()))));
    }
  }

  private void setAside(String reason, RawRecord raw) {
    int end = Math.min(raw.end(), raw.start() + MAX_SET_ASIDE);
    setAside.add(new SetAside(reason, new RawRecord(page, raw.start(), end)));
  }

  private int tokenStart() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private RawRecord rawFrom(int start) {
    return new RawRecord(page, start, (int) parser.currentLocation().getByteOffset());
  }

  /** Passes over a value that is read when somebody asks for it. */
  private JsonSlice slice() throws IOException {
    int start = tokenStart();
    boolean number = parser.currentToken().isNumeric();
    values.skip();
    if (values.tooDeep()) {
      return JsonSlice.NONE;
    }
    // Where a text ends is known only to who reads it whole; what is behind it is not looked at. A
    // number has no end of its own.
    int end = number ? (int) parser.currentLocation().getByteOffset() : page.length;
    return new JsonSlice(page, start, end);
  }
}
