package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A call of the sandbox, in the shape of ClickSpeak's documentation unless told otherwise.
 * Immutable: every method that changes something returns another call. It was created a minute ago
 * unless {@link #createdAt} says otherwise.
 */
public final class SandboxCall {

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final String TRANSCRIPT =
      "Agent: Hello, this is Robin from Orchard Lane. Is this a good moment?\n"
          + "Customer: Yes, go ahead.\n"
          + "Agent: You had asked about a quote. May I ask two questions?\n"
          + "Customer: Sure.";

  private final long id;
  private final Instant createdAt;
  private final long assistantId;
  private final long campaignId;
  private final ObjectNode json;

  private SandboxCall(
      long id, Instant createdAt, long assistantId, long campaignId, ObjectNode json) {
    this.id = id;
    this.createdAt = createdAt;
    this.assistantId = assistantId;
    this.campaignId = campaignId;
    this.json = json;
  }

  /** A completed call whose evaluation says {@code outcome: qualified_lead}. */
  public static SandboxCall qualified(long id) {
    return finished(id).evaluation(evaluation("positive", "qualified_lead", 8.5));
  }

  /** A completed call whose evaluation says {@code outcome: not_interested}. */
  public static SandboxCall rejected(long id) {
    return finished(id).evaluation(evaluation("negative", "not_interested", 2));
  }

  /** A completed call that is not evaluated yet. */
  public static SandboxCall unevaluated(long id) {
    return finished(id).with("evaluation", null);
  }

  /** A call whose phone rings: no duration, transcript, recording or evaluation yet. */
  public static SandboxCall ringing(long id) {
    return finished(id).unfinished("ringing");
  }

  /** A qualified call from a web page: it has no client number and no campaign. */
  public static SandboxCall web(long id) {
    return qualified(id)
        .with("type", "web")
        .with("client_phone_number", null)
        .with("campaign_name", null);
  }

  public long id() {
    return id;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** Returns the value of a field of the record, or null when it is absent. */
  public JsonNode field(String name) {
    return json.get(name);
  }

  /** Returns the record as JSON text. */
  public String json() {
    return json.toString();
  }

  public SandboxCall status(String status) {
    return with("status", status);
  }

  public SandboxCall type(String type) {
    return with("type", type);
  }

  public SandboxCall phone(String number) {
    return with("client_phone_number", number);
  }

  public SandboxCall transcript(String text) {
    return with("transcript", text);
  }

  /** Sets the evaluation as an object, the documented shape. */
  public SandboxCall evaluation(Map<String, ?> variables) {
    return with("evaluation", variables);
  }

  public SandboxCall variables(Map<String, ?> variables) {
    return with("variables", variables);
  }

  public SandboxCall variable(String name, Object value) {
    ObjectNode variables =
        json.get("variables") instanceof ObjectNode present ? present.deepCopy() : Json.object();
    variables.set(name, Json.node(value));
    return with("variables", variables);
  }

  public SandboxCall createdAt(Instant instant) {
    ObjectNode changed = json.deepCopy();
    changed.put("created_at", timestamp(instant));
    return new SandboxCall(id, instant, assistantId, campaignId, changed);
  }

  public SandboxCall updatedAt(Instant instant) {
    return with("updated_at", timestamp(instant));
  }

  /** Sets the ids that {@code assistant_id} and {@code campaign_id} filter by. */
  public SandboxCall belongsTo(long assistant, long campaign) {
    return new SandboxCall(id, createdAt, assistant, campaign, json);
  }

  /** Sets any field to any value that Jackson can write: a text, a number, a map, a list, null. */
  public SandboxCall with(String field, Object value) {
    ObjectNode changed = json.deepCopy();
    changed.set(field, value instanceof JsonNode node ? node : Json.node(value));
    return new SandboxCall(id, createdAt, assistantId, campaignId, changed);
  }

  /** Leaves a field out altogether. */
  public SandboxCall without(String field) {
    ObjectNode changed = json.deepCopy();
    changed.remove(field);
    return new SandboxCall(id, createdAt, assistantId, campaignId, changed);
  }

  /** The same evaluation as an array of {@code {name, type, value, description}}. */
  public SandboxCall evaluationAsArray() {
    ArrayNode array = Json.array();
    if (json.get("evaluation") instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              variable -> {
                ObjectNode entry = array.addObject();
                entry.put("name", variable.getKey());
                entry.put("type", typeOf(variable.getValue()));
                entry.set("value", variable.getValue());
                entry.put("description", "The call's " + variable.getKey().replace('_', ' '));
              });
    }
    return with("evaluation", array);
  }

  /** The same transcript as an array of {@code {text, type, sender, timestamp}}. */
  public SandboxCall transcriptAsSegments() {
    ArrayNode segments = Json.array();
    long millis = createdAt.toEpochMilli() + 4_250;
    for (String line : json.path("transcript").asText("").split("\n")) {
      boolean bot = line.startsWith("Agent: ");
      ObjectNode segment = segments.addObject();
      segment.put("text", line.substring(line.indexOf(": ") + (line.contains(": ") ? 2 : 1)));
      segment.put("type", "transcript");
      segment.put("sender", bot ? "bot" : "human");
      // A decimal, because a double of this size would be written with an exponent.
      segment.put("timestamp", BigDecimal.valueOf(millis, 3));
      millis += 2_500 + line.length() * 60L;
    }
    return with("transcript", segments);
  }

  /** The same call before its end: nothing is known yet that only an ended call has. */
  SandboxCall unfinished(String status) {
    return status(status)
        .with("duration", null)
        .with("transcript", null)
        .with("evaluation", null)
        .with("webhook_response", null)
        .with("carrier_cost", null)
        .with("total_cost", null)
        .with("answered_by", null)
        .with("recording_url", null);
  }

  long assistantId() {
    return assistantId;
  }

  long campaignId() {
    return campaignId;
  }

  byte[] bytes() {
    return Json.bytes(json);
  }

  static String timestamp(Instant instant) {
    return TIMESTAMP.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
  }

  private static SandboxCall finished(long id) {
    Instant created = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    String phone = String.format(Locale.ROOT, "+120255501%02d", Math.floorMod(id, 100));
    ObjectNode json = Json.object();
    json.put("id", id);
    json.put("assistant_name", "Sales Assistant");
    json.put("campaign_name", "Autumn Follow-up");
    json.put("type", "outbound");
    json.put("duration", 45);
    json.put("assistant_phone_number", "+12025550199");
    json.put("client_phone_number", phone);
    json.put("status", "completed");
    json.put("transcript", TRANSCRIPT);
    json.putObject("variables")
        .put("customer_name", "Nora Field")
        .put("email", "nora.field@example.com")
        .put("company", "Fieldstone Bakery");
    json.putNull("evaluation");
    json.putNull("webhook_response");
    json.put("carrier_cost", 0.02);
    json.put("total_cost", 0.025);
    json.put("answered_by", "human");
    json.put("recording_url", "https://recordings.example.com/calls/" + id + ".mp3");
    json.put("created_at", timestamp(created));
    json.put("updated_at", timestamp(created.plusSeconds(50)));
    return new SandboxCall(id, created, 1, 1, json);
  }

  private static Map<String, Object> evaluation(String sentiment, String outcome, double score) {
    Map<String, Object> evaluation = new LinkedHashMap<>();
    evaluation.put("sentiment", sentiment);
    evaluation.put("outcome", outcome);
    evaluation.put("score", score);
    return evaluation;
  }

  private static String typeOf(JsonNode value) {
    if (value.isBoolean()) {
      return "bool";
    }
    return value.isNumber() ? "number" : "string";
  }
}
