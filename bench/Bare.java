import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The yardstick: what a program costs that makes the same requests with the same content and does
 * nothing else. It remembers nothing: a second run delivers everything once more, and a failure
 * ends it.
 *
 * <p>Settings come from the environment variables that the service reads. Ends when all is sent.
 */
final class Bare {

  private static final int FETCHERS = 4;
  private static final int SLACK_CONNECTIONS = 16;
  private static final int SALESFORCE_CONNECTIONS = 2;
  private static final int RECORDS = 200;
  private static final JsonFactory JSON = new JsonFactory();
  private static final Lead LAST = new Lead();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String account = env("CLICKSPEAK_ACCOUNTS");
  private final LinkedBlockingQueue<Lead> toSalesforce = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Lead> toSlack = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Lead> toFile = new LinkedBlockingQueue<>();
  private String session;

  /** A call, as far as a sink needs it. */
  private static final class Lead {
    long id;
    String type;
    String status;
    String answeredBy;
    long duration;
    String assistant;
    String campaign;
    String phone;
    String transcript;
    String recordingUrl;
    String totalCost;
    String createdAt;
    String updatedAt;
    Map<String, String> variables = Map.of();
    Map<String, String> evaluation = Map.of();

    String value(String name) {
      String value = evaluation.get(name);
      return value != null ? value : variables.get(name);
    }

    String name() {
      return value("customer_name");
    }

    String summary() {
      String summary = evaluation.get("summary");
      return summary != null ? summary : transcript;
    }
  }

  public static void main(String[] args) throws Exception {
    new Bare().run();
    System.exit(0);
  }

  private static String env(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not set.");
    }
    return value;
  }

  private void run() throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    List<Future<Void>> sinks = new ArrayList<>();
    for (int i = 0; i < SALESFORCE_CONNECTIONS; i++) {
      sinks.add(pool.submit(task(this::sendToSalesforce)));
    }
    for (int i = 0; i < SLACK_CONNECTIONS; i++) {
      sinks.add(pool.submit(task(this::sendToSlack)));
    }
    sinks.add(pool.submit(task(this::writeFile)));
    int last = fetch(1);
    AtomicInteger next = new AtomicInteger(2);
    List<Future<Void>> fetchers = new ArrayList<>();
    for (int i = 0; i < FETCHERS; i++) {
      fetchers.add(
          pool.submit(
              task(
                  () -> {
                    for (int page = next.getAndIncrement();
                        page <= last;
                        page = next.getAndIncrement()) {
                      fetch(page);
                    }
                  })));
    }
    await(fetchers);
    for (LinkedBlockingQueue<Lead> queue : List.of(toSalesforce, toSlack, toFile)) {
      queue.add(LAST);
    }
    await(sinks);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Callable<Void> task(Work work) {
    return () -> {
      work.run();
      return null;
    };
  }

  private static void await(List<Future<Void>> tasks)
      throws InterruptedException, ExecutionException {
    for (Future<Void> task : tasks) {
      task.get();
    }
  }

  // --- Reading -----------------------------------------------------------------------------

  private int fetch(int page) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    env("CLICKSPEAK_BASE_URL") + "/user/calls?per_page=100&page=" + page))
            .header("Accept", "application/json")
            .header("Authorization", "Bearer " + env("CLICKSPEAK_TOKEN"))
            .build();
    return read(send(request, 200));
  }

  private byte[] send(HttpRequest request, int expected) throws IOException, InterruptedException {
    var answer = http.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() != expected) {
      throw new IOException(request.uri().getPath() + " answered " + answer.statusCode());
    }
    return answer.body();
  }

  /** Reads a page, passes its leads on, and returns the number of the last page. */
  private int read(byte[] page) throws IOException {
    int last = 1;
    try (JsonParser json = JSON.createParser(page)) {
      json.nextToken();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        json.nextToken();
        if (field.equals("data")) {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            Lead call = readCall(json);
            if (qualified(call)) {
              toSalesforce.add(call);
              toSlack.add(call);
              toFile.add(call);
            }
          }
        } else if (field.equals("last_page")) {
          last = json.getIntValue();
        } else {
          json.skipChildren();
        }
      }
    }
    return last;
  }

  private static boolean qualified(Lead call) {
    String outcome = call.evaluation.get("outcome");
    return outcome != null
        && outcome.strip().toLowerCase(Locale.ROOT).equals("qualified_lead")
        && call.status != null
        && !call.status.equals("in-progress");
  }

  private static Lead readCall(JsonParser json) throws IOException {
    Lead call = new Lead();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "id" -> call.id = json.getLongValue();
        case "type" -> call.type = text(json);
        case "status" -> call.status = text(json);
        case "answered_by" -> call.answeredBy = text(json);
        case "duration" -> call.duration = json.getValueAsLong();
        case "assistant_name" -> call.assistant = text(json);
        case "campaign_name" -> call.campaign = text(json);
        case "client_phone_number" -> call.phone = text(json);
        case "transcript" -> call.transcript = transcript(json);
        case "recording_url" -> call.recordingUrl = text(json);
        case "total_cost" -> call.totalCost = text(json);
        case "created_at" -> call.createdAt = text(json);
        case "updated_at" -> call.updatedAt = text(json);
        case "variables" -> call.variables = named(json);
        case "evaluation" -> call.evaluation = named(json);
        default -> json.skipChildren();
      }
    }
    return call;
  }

  private static String text(JsonParser json) throws IOException {
    if (json.currentToken().isStructStart()) {
      json.skipChildren();
      return null;
    }
    return json.currentToken() == JsonToken.VALUE_NULL ? null : json.getText();
  }

  private static Map<String, String> named(JsonParser json) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        values.put(name, text(json));
      }
    } else if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        String name = null;
        String value = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String field = json.currentName();
          json.nextToken();
          switch (field) {
            case "name" -> name = text(json);
            case "value" -> value = text(json);
            default -> json.skipChildren();
          }
        }
        values.put(name, value);
      }
    }
    return values;
  }

  private static String transcript(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return text(json);
    }
    StringBuilder lines = new StringBuilder();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String sender = "";
      String text = "";
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "sender" -> sender = text(json);
          case "text" -> text = text(json);
          default -> json.skipChildren();
        }
      }
      lines.append(lines.isEmpty() ? "" : "\n");
      lines.append("bot".equals(sender) ? "Agent: " : "Customer: ").append(text);
    }
    return lines.toString();
  }

  // --- Salesforce --------------------------------------------------------------------------

  private void sendToSalesforce() throws IOException, InterruptedException {
    List<Lead> batch = new ArrayList<>();
    boolean last = false;
    while (!last) {
      Lead lead = toSalesforce.take();
      last = lead == LAST;
      if (last) {
        toSalesforce.add(LAST);
      } else {
        batch.add(lead);
      }
      if (batch.size() == RECORDS || (last && !batch.isEmpty())) {
        upsert(batch);
        batch.clear();
      }
    }
  }

  private synchronized String login() throws IOException, InterruptedException {
    if (session == null) {
      String form =
          "grant_type=client_credentials&client_id="
              + URLEncoder.encode(env("SALESFORCE_CLIENT_ID"), StandardCharsets.UTF_8)
              + "&client_secret="
              + URLEncoder.encode(env("SALESFORCE_CLIENT_SECRET"), StandardCharsets.UTF_8);
      var request =
          HttpRequest.newBuilder(
                  URI.create(env("SALESFORCE_LOGIN_URL") + "/services/oauth2/token"))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(form))
              .build();
      try (JsonParser json = JSON.createParser(send(request, 200))) {
        json.nextToken();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String field = json.currentName();
          json.nextToken();
          if (field.equals("access_token")) {
            session = json.getText();
          }
        }
      }
    }
    return session;
  }

  private void upsert(List<Lead> batch) throws IOException, InterruptedException {
    var body = new ByteArrayOutputStream(1 << 16);
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeBooleanField("allOrNone", false);
      json.writeArrayFieldStart("records");
      for (Lead lead : batch) {
        String name = lead.name() == null ? "" : lead.name();
        int space = name.lastIndexOf(' ');
        json.writeStartObject();
        json.writeObjectFieldStart("attributes");
        json.writeStringField("type", "Lead");
        json.writeEndObject();
        json.writeStringField("ClickSpeak_Call_Id__c", account + "-" + lead.id);
        if (space > 0) {
          json.writeStringField("FirstName", name.substring(0, space));
        }
        json.writeStringField("LastName", name.isEmpty() ? "Unknown" : name.substring(space + 1));
        String company = lead.value("company");
        json.writeStringField("Company", company == null ? "Unknown" : company);
        optional(json, "Phone", lead.phone);
        optional(json, "Email", lead.value("email"));
        json.writeStringField("LeadSource", "AI Call");
        optional(json, "Description", lead.summary());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    env("SALESFORCE_LOGIN_URL")
                        + "/services/data/v68.0/composite/sobjects/Lead/ClickSpeak_Call_Id__c"))
            .header("Authorization", "Bearer " + login())
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofByteArray(body.toByteArray()))
            .build();
    int successes = 0;
    try (JsonParser json = JSON.createParser(send(request, 200))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.currentName().equals("success")) {
          successes += json.nextToken() == JsonToken.VALUE_TRUE ? 1 : 0;
        }
      }
    }
    if (successes < batch.size()) {
      throw new IOException("Salesforce refused records.");
    }
  }

  private static void optional(JsonGenerator json, String field, String value) throws IOException {
    if (value != null && !value.isEmpty()) {
      json.writeStringField(field, value);
    }
  }

  // --- Slack -------------------------------------------------------------------------------

  private void sendToSlack() throws IOException, InterruptedException {
    for (Lead lead = toSlack.take(); lead != LAST; lead = toSlack.take()) {
      var request =
          HttpRequest.newBuilder(URI.create(env("SLACK_API_URL") + "/chat.postMessage"))
              .header("Authorization", "Bearer " + env("SLACK_TOKEN"))
              .header("Content-Type", "application/json; charset=utf-8")
              .POST(BodyPublishers.ofByteArray(message(lead)))
              .build();
      boolean ok = false;
      try (JsonParser json = JSON.createParser(send(request, 200))) {
        json.nextToken();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String field = json.currentName();
          ok |= json.nextToken() == JsonToken.VALUE_TRUE && field.equals("ok");
          json.skipChildren();
        }
      }
      if (!ok) {
        throw new IOException("Slack refused a message.");
      }
    }
    toSlack.add(LAST);
  }

  private byte[] message(Lead lead) throws IOException {
    var body = new ByteArrayOutputStream(2048);
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartObject();
      json.writeStringField("channel", env("SLACK_CHANNEL"));
      json.writeStringField(
          "text", "New lead: " + escaped(lead.name()) + ", " + escaped(lead.value("company")));
      json.writeBooleanField("unfurl_links", false);
      json.writeBooleanField("unfurl_media", false);
      json.writeArrayFieldStart("blocks");
      json.writeStartObject();
      json.writeStringField("type", "header");
      json.writeObjectFieldStart("text");
      json.writeStringField("type", "plain_text");
      json.writeStringField("text", escaped(lead.name()));
      json.writeBooleanField("emoji", false);
      json.writeEndObject();
      json.writeEndObject();
      json.writeStartObject();
      json.writeStringField("type", "section");
      json.writeArrayFieldStart("fields");
      field(json, "Company", lead.value("company"));
      field(json, "Phone", lead.phone);
      field(json, "E-mail", lead.value("email"));
      field(json, "Outcome", lead.value("outcome"));
      field(json, "Score", lead.value("score"));
      json.writeEndArray();
      json.writeEndObject();
      section(json, escaped(lead.summary()));
      if (lead.recordingUrl != null && lead.recordingUrl.startsWith("http")) {
        section(json, "<" + lead.recordingUrl.replace("&", "&amp;") + "|Recording>");
      }
      json.writeEndArray();
      json.writeObjectFieldStart("metadata");
      json.writeStringField("event_type", "lead_delivery");
      json.writeObjectFieldStart("event_payload");
      json.writeStringField("lead", account + "-" + lead.id);
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    }
    return body.toByteArray();
  }

  private static void field(JsonGenerator json, String label, String value) throws IOException {
    if (value != null && !value.isEmpty()) {
      text(json, "*" + label + "*\n" + escaped(value));
    }
  }

  private static void section(JsonGenerator json, String text) throws IOException {
    if (!text.isEmpty()) {
      json.writeStartObject();
      json.writeStringField("type", "section");
      json.writeFieldName("text");
      text(json, text);
      json.writeEndObject();
    }
  }

  private static void text(JsonGenerator json, String text) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "mrkdwn");
    json.writeStringField("text", text);
    json.writeBooleanField("verbatim", true);
    json.writeEndObject();
  }

  private static String escaped(String text) {
    if (text == null) {
      return "";
    }
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return escaped.length() > 3000 ? escaped.substring(0, 3000) : escaped;
  }

  // --- File --------------------------------------------------------------------------------

  private void writeFile() throws IOException, InterruptedException {
    Path folder = Path.of("data/leads", account);
    Files.createDirectories(folder);
    String now = Instant.now().toString();
    try (var file =
            new FileOutputStream(
                folder.resolve("leads-" + now.substring(0, 10) + ".jsonl").toFile(), true);
        var out = new BufferedOutputStream(file, 1 << 16)) {
      for (Lead lead = toFile.take(); lead != LAST; lead = toFile.take()) {
        line(out, lead, now);
      }
      out.flush();
      file.getChannel().force(true);
    }
  }

  private void line(BufferedOutputStream out, Lead lead, String now) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false);
      json.configure(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM, false);
      json.writeStartObject();
      json.writeNumberField("id", lead.id);
      json.writeStringField("account", account);
      json.writeNumberField("version", 1);
      json.writeStringField("deliveredAt", now);
      json.writeStringField("name", lead.name());
      json.writeStringField("email", lead.value("email"));
      json.writeStringField("phone", lead.phone);
      json.writeStringField("company", lead.value("company"));
      json.writeStringField("outcome", lead.value("outcome"));
      values(json, "evaluation", lead.evaluation);
      values(json, "variables", lead.variables);
      json.writeStringField("type", lead.type);
      json.writeStringField("status", lead.status);
      json.writeStringField("answeredBy", lead.answeredBy);
      json.writeNumberField("durationSeconds", lead.duration);
      json.writeStringField("assistant", lead.assistant);
      json.writeStringField("campaign", lead.campaign);
      json.writeStringField("transcript", lead.transcript);
      json.writeStringField("recordingUrl", lead.recordingUrl);
      json.writeStringField("totalCost", lead.totalCost);
      json.writeStringField("createdAt", lead.createdAt);
      json.writeStringField("updatedAt", lead.updatedAt);
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void values(JsonGenerator json, String name, Map<String, String> values)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> value : values.entrySet()) {
      json.writeStringField(value.getKey(), value.getValue());
    }
    json.writeEndObject();
  }
}
