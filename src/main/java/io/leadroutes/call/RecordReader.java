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

  private final String account;
  private final ZoneId zone;
  private final byte[] page;
  private final JsonParser parser;
  private final JsonValues values;
  private final List<Call> calls = new ArrayList<>();
  private final List<SetAside> setAside = new ArrayList<>();

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
  }

  /** Reads the record whose first token the parser stands at. */
  void read() throws IOException {
    int start = tokenStart();
    values.begin();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      values.skip();
      parser.finishToken();
      setAside.add(new SetAside("the record is no object", rawFrom(start)));
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
    Transcript transcript = Transcript.NONE;
    int transcriptStart = -1;
    Map<String, Object> variables = Map.of();
    Evaluation evaluation = Evaluation.NONE;
    BigDecimal carrierCost = null;
    BigDecimal totalCost = null;
    String answeredBy = null;
    String recordingUrl = null;
    Instant createdAt = null;
    boolean createdAtUnreadable = false;
    Instant updatedAt = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "id" -> id = values.whole();
        case "status" -> status = values.text();
        case "type" -> type = values.text();
        case "duration" -> duration = values.wholeInt();
        case "assistant_name" -> assistant = values.text();
        case "campaign_name" -> campaign = values.text();
        case "assistant_phone_number" -> assistantPhone = values.text();
        case "client_phone_number" -> clientPhone = values.text();
        case "transcript" -> {
          boolean large = parser.currentToken() == JsonToken.VALUE_STRING || isArray();
          transcriptStart = large ? tokenStart() : -1;
          transcript = Transcript.of(large ? null : values.text());
          if (large) {
            values.skip();
          }
        }
        case "variables" -> variables = values.named();
        case "evaluation" -> evaluation = new Evaluation(values.named());
        case "carrier_cost" -> carrierCost = values.decimal();
        case "total_cost" -> totalCost = values.decimal();
        case "answered_by" -> answeredBy = values.text();
        case "recording_url" -> recordingUrl = values.text();
        case "created_at" -> {
          createdAt = timestamp();
          createdAtUnreadable = createdAt == null && isText();
        }
        case "updated_at" -> updatedAt = timestamp();
        default -> values.skip();
      }
    }
    RawRecord raw = rawFrom(start);
    if (values.tooDeep()) {
      setAside.add(
          new SetAside(
              "the record is nested deeper than " + JsonValues.MAX_DEPTH + " levels", raw));
    } else if (id == null) {
      setAside.add(new SetAside("id is missing or not a whole number", raw));
    } else if (createdAtUnreadable) {
      setAside.add(new SetAside("created_at is not a timestamp", raw));
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
              transcriptStart < 0 ? transcript : new Transcript(page, transcriptStart, raw.end()),
              variables,
              evaluation,
              carrierCost,
              totalCost,
              answeredBy,
              recordingUrl,
              createdAt,
              updatedAt,
              ContentHash.of(status, evaluation, clientPhone, variables, recordingUrl),
              false,
              raw));
    }
  }

  private int tokenStart() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private RawRecord rawFrom(int start) {
    return new RawRecord(page, start, (int) parser.currentLocation().getByteOffset());
  }

  private boolean isArray() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  private boolean isText() throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING && !parser.getText().isBlank();
  }

  private Instant timestamp() throws IOException {
    if (isText()) {
      return Timestamps.read(parser.getText(), zone);
    }
    values.skip();
    return null;
  }
}
