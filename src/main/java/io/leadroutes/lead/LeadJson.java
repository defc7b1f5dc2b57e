package io.leadroutes.lead;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A lead's version as one JSON object on one line, the same for every sink that takes it whole. */
public final class LeadJson {

  /** A number whose exponent is larger is written as text, or it would become a million digits. */
  private static final int PLAIN_SCALE = 50;

  private static final JsonFactory JSON = new JsonFactory();

  private LeadJson() {}

  /**
   * Writes the object and leaves the stream open.
   *
   * @param deliveredAt when this version is handed to the sink
   * @throws IOException of the stream
   */
  public static void write(OutputStream out, Delivery delivery, Instant deliveredAt)
      throws IOException {
    Lead lead = delivery.lead();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false);
      json.writeStartObject();
      json.writeNumberField("id", lead.callId());
      text(json, "account", delivery.account());
      json.writeNumberField("version", delivery.version());
      text(json, "deliveredAt", deliveredAt.toString());
      text(json, "name", lead.name());
      text(json, "firstName", lead.firstName());
      text(json, "lastName", lead.lastName());
      text(json, "email", lead.email());
      text(json, "phone", lead.phone());
      text(json, "company", lead.company());
      text(json, "outcome", lead.outcome());
      value(json, "evaluation", lead.evaluation());
      value(json, "variables", lead.variables());
      text(json, "type", lead.type());
      text(json, "status", lead.status());
      text(json, "answeredBy", lead.answeredBy());
      value(json, "durationSeconds", lead.durationSeconds());
      text(json, "assistant", lead.assistant());
      text(json, "campaign", lead.campaign());
      text(json, "transcript", lead.transcript());
      text(json, "recordingUrl", lead.recordingUrl());
      value(json, "totalCost", lead.totalCost());
      value(json, "createdAt", lead.createdAt());
      value(json, "updatedAt", lead.updatedAt());
      json.writeEndObject();
    }
  }

  private static void text(JsonGenerator json, String name, String text) throws IOException {
    json.writeFieldName(name);
    text(json, text);
  }

  /** Through UTF-8, because the generator refuses a lone surrogate; it becomes a question mark. */
  private static void text(JsonGenerator json, String text) throws IOException {
    if (text == null) {
      json.writeNull();
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    json.writeUTF8String(utf8, 0, utf8.length);
  }

  private static void value(JsonGenerator json, String name, Object value) throws IOException {
    json.writeFieldName(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    value(json, value);
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        value(json, String.valueOf(entry.getKey()), entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object item : list) {
        value(json, item);
      }
      json.writeEndArray();
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof BigDecimal number
        && Math.abs((long) number.scale()) <= PLAIN_SCALE) {
      json.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else {
      text(json, value == null ? null : value.toString());
    }
  }
}
