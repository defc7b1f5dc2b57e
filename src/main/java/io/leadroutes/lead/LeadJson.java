package io.leadroutes.lead;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import io.leadroutes.call.PlainText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A lead's version as one JSON object on one line, the same for every sink that takes it whole. A
 * field has the same JSON type in each line, or null: the ids, the version and the seconds are
 * whole numbers, costs are numbers with a fraction, {@code evaluation} and {@code variables} are
 * objects whose values are text, everything else is text.
 */
public final class LeadJson {

  /** Digits of a cost, before and behind the point, beyond which it is none. */
  private static final int MAX_DIGITS = 50;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder().characterEscapes(new LineEnds()).build();

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
      text(json, "deliveredAt", deliveredAt);
      text(json, "name", lead.name());
      text(json, "firstName", lead.firstName());
      text(json, "lastName", lead.lastName());
      text(json, "email", lead.email());
      text(json, "phone", lead.phone());
      text(json, "company", lead.company());
      text(json, "outcome", lead.outcome());
      named(json, "evaluation", lead.evaluation());
      named(json, "variables", lead.variables());
      text(json, "type", lead.type());
      text(json, "status", lead.status());
      text(json, "answeredBy", lead.answeredBy());
      seconds(json, "durationSeconds", lead.durationSeconds());
      text(json, "assistant", lead.assistant());
      text(json, "assistantPhoneNumber", lead.assistantPhoneNumber());
      text(json, "clientPhoneNumber", lead.clientPhoneNumber());
      text(json, "campaign", lead.campaign());
      text(json, "transcript", lead.transcript());
      text(json, "recordingUrl", lead.recordingUrl());
      cost(json, "carrierCost", lead.carrierCost());
      cost(json, "totalCost", lead.totalCost());
      text(json, "webhookResponse", asText(lead.webhookResponse()));
      text(json, "createdAt", lead.createdAt());
      text(json, "updatedAt", lead.updatedAt());
      json.writeEndObject();
    }
  }

  private static void text(JsonGenerator json, String name, Object text) throws IOException {
    json.writeFieldName(name);
    if (text == null) {
      json.writeNull();
    } else {
      json.writeString(wellFormed(text.toString()));
    }
  }

  private static void seconds(JsonGenerator json, String name, Integer seconds) throws IOException {
    json.writeFieldName(name);
    if (seconds == null) {
      json.writeNull();
    } else {
      json.writeNumber(seconds);
    }
  }

  /** With a fraction, also where it is none: a loader takes the first line's type for all. */
  private static void cost(JsonGenerator json, String name, BigDecimal cost) throws IOException {
    json.writeFieldName(name);
    if (cost == null || Math.abs((long) cost.scale()) > MAX_DIGITS) {
      json.writeNull();
    } else {
      json.writeNumber(cost.scale() < 1 ? cost.setScale(1).toPlainString() : cost.toPlainString());
    }
  }

  /** Of names that differ in case alone the first with a value counts: a column has no case. */
  private static void named(JsonGenerator json, String name, Map<String, Object> values)
      throws IOException {
    Map<String, Map.Entry<String, Object>> columns = new LinkedHashMap<>();
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      String column = entry.getKey().toLowerCase(Locale.ROOT);
      Map.Entry<String, Object> before = columns.putIfAbsent(column, entry);
      if (before != null && !hasValue(before.getValue()) && hasValue(entry.getValue())) {
        columns.put(column, entry);
      }
    }
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Object> entry : columns.values()) {
      text(json, wellFormed(entry.getKey()), asText(entry.getValue()));
    }
    json.writeEndObject();
  }

  private static boolean hasValue(Object value) {
    return value != null && !(value instanceof String text && PlainText.isBlank(text));
  }

  /** A value of any JSON type as text: lists and objects as JSON, everything else as it is said. */
  private static String asText(Object value) throws IOException {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (value instanceof BigDecimal number) {
      return Math.abs((long) number.scale()) > MAX_DIGITS
          ? number.toString()
          : number.toPlainString(); // a large exponent would become a million digits
    }
    if (!(value instanceof Map<?, ?> || value instanceof List<?>)) {
      return value.toString();
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, value);
    }
    return text.toString();
  }

  /** Writes a value of any type; what JSON has no type for becomes text. */
  public static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(wellFormed(String.valueOf(entry.getKey())));
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object item : list) {
        write(json, item);
      }
      json.writeEndArray();
    } else if (value instanceof BigDecimal number
        && Math.abs((long) number.scale()) <= MAX_DIGITS) {
      json.writeNumber(number);
    } else if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Double number && Double.isFinite(number)) {
      json.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value == null) {
      json.writeNull();
    } else {
      json.writeString(wellFormed(value.toString()));
    }
  }

  /** Through UTF-8, because the generator refuses a lone surrogate; it becomes a question mark. */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  /** Other programs than JSON's own end a line at these three characters too. */
  private static final class LineEnds extends CharacterEscapes {

    private static final long serialVersionUID = 1L;

    private final int[] ascii = standardAsciiEscapesForJSON();

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii.clone();
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return switch (character) {
        case 0x85 -> new SerializedString("\\u0085");
        case 0x2028 -> new SerializedString("\\u2028");
        case 0x2029 -> new SerializedString("\\u2029");
        default -> null;
      };
    }
  }
}
