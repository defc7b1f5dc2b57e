package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.leadroutes.call.PlainText;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G4, G7: whatever a record of the list holds, it is data, and it costs that record at most. */
class HostileInputTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private static final List<String> TEXTS =
      List.of(
          "{{env:HOME}}",
          "{{sys:user.home}}",
          "{{clickspeak.token}}",
          "{{bean:passes}}",
          "${body}",
          "${exchange}",
          "${sys.user.home}",
          "${env.PATH}",
          "${env:HOME}",
          "${properties:slack.token}",
          "${bean:passes.release}",
          "${jndi:ldap://127.0.0.1:1/a}",
          "$simple{body}",
          "#{systemProperties['user.home']}",
          "#bean:passes",
          "RAW(secret)",
          "<!channel>",
          "<!here> <!everyone> <@U0SANDBOX1> <#C0LEADS001>",
          "<http://evil.example|click>",
          "&lt;!channel&gt; & <b>",
          "=HYPERLINK(\"http://evil.example\")",
          "+cmd|' /C calc'!A0",
          "@SUM(1+1)",
          "../../../../etc/passwd",
          "..\\..\\..\\windows",
          "CON",
          "A\u0000B\u0001\u0007\b\t\f\u001b[31m\u007f\u0085C",
          "\u202Egnp.exe\u200F\u2066\uFEFF",
          "\uD800",
          "x\uDC00\uD800y",
          "A\r\nX-Injected: 1\r\n\r\nGET / HTTP/1.1",
          "a\u2028b\u2029c",
          "'; DROP TABLE call; --",
          "\" OR \"\"=\"",
          "%s%n%00%0d%0a",
          "null",
          "N".repeat(300),
          "\uD83D\uDE00".repeat(150));

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @TempDir Path directory;

  private Arrivals arrivals;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private Service start(Map<String, String> others) {
    Map<String, String> settings = new HashMap<>(arrivals.settings());
    settings.putAll(others);
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(settings), directory);
  }

  /** The same text wherever the API has one, and where it has something else. */
  private static SandboxCall hostile(long id, String text) {
    SandboxCall call =
        SandboxCall.qualified(id)
            .evaluation(
                Map.of("outcome", "qualified_lead", "summary", text, "note", text, text, text))
            .with(
                "variables",
                Map.of("customer_name", text, "email", text, "company", text, text, List.of(text)));
    for (String field :
        List.of(
            "assistant_name",
            "campaign_name",
            "type",
            "status",
            "duration",
            "assistant_phone_number",
            "client_phone_number",
            "transcript",
            "webhook_response",
            "carrier_cost",
            "total_cost",
            "answered_by",
            "recording_url",
            "updated_at")) {
      call = call.with(field, text);
    }
    return call.with(text, text);
  }

  private static SandboxCall inTheOtherShapes(SandboxCall call, String text) {
    return call.evaluationAsArray()
        .with("webhook_response", Map.of(text, List.of(text)))
        .with(
            "transcript",
            List.of(
                Map.of("text", text, "sender", "human", "type", text, "timestamp", text),
                Map.of("text", text, "sender", text)));
  }

  private void put(SandboxCall call) throws IOException {
    // Escaped to ASCII: a lone surrogate has no bytes of its own.
    String json = JSON.writeValueAsString(JSON.readTree(call.json()));
    arrivals.sandbox.clickSpeak().putRaw(call.id(), call.createdAt(), json);
  }

  @Test
  void hostile_text_arrives_as_text_in_every_place_and_nothing_is_evaluated() throws IOException {
    arrivals.sandbox.salesforce().addField("Words__c", 1000);
    for (int i = 0; i < TEXTS.size(); i++) {
      SandboxCall call = hostile(1 + i, TEXTS.get(i));
      put(call);
      put(inTheOtherShapes(hostile(1001 + i, TEXTS.get(i)), TEXTS.get(i)));
    }
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(5000));
    int leads = 2 * TEXTS.size() + 1;
    Map<String, String> settings =
        Map.of(
            "lead.settle",
            "100ms",
            "salesforce.lead.Title",
            "${body.campaign}",
            "salesforce.lead.Words__c",
            "Said: ${body.evaluated('note')} by ${body.assistant}");

    try (Service service = start(settings)) {
      await().atMost(LONG).until(() -> arrivals.all(leads));
    }

    arrivals.assertEachOnce(leads);
    Map<Long, JsonNode> lines = new HashMap<>();
    for (String line : arrivals.lines()) {
      JsonNode json = JSON.readTree(line);
      lines.put(json.path("id").asLong(), json);
    }
    Map<String, Message> messages = new HashMap<>();
    for (Message message : arrivals.sandbox.slack().messages()) {
      messages.put(message.metadata().at("/event_payload/lead").asText(), message);
    }
    for (int i = 0; i < TEXTS.size(); i++) {
      for (long id : List.of(1L + i, 1001L + i)) {
        assertRecord(id, TEXTS.get(i));
        assertMessage(messages.get("default-" + id), TEXTS.get(i));
        assertLine(lines.get(id), TEXTS.get(i), id > 1000);
      }
    }
    assertNothingLeaked(lines, messages);
    assertNoFileElsewhere();
  }

  private void assertRecord(long id, String text) {
    assertThat(arrivals.sandbox.salesforce().record("default-" + id).orElseThrow().fields())
        .as(text)
        .hasEntrySatisfying("Company", company -> assertToldOrUnknown(company, text))
        .containsEntry("Description", said(text))
        .containsEntry("Title", cut(visible(text), 128))
        .containsEntry("Words__c", "Said: " + said(text) + " by " + visible(text))
        .hasEntrySatisfying("LastName", name -> assertToldOrUnknown(name, text))
        // None of the texts is a number or an address.
        .doesNotContainKey("Phone")
        .doesNotContainKey("Email");
  }

  /** A text that stands for no value is left out: {{…}} and null. */
  private static void assertToldOrUnknown(Object value, String text) {
    assertThat(spaced(PlainText.unescaped(readable(text))) + "Unknown")
        .contains(spaced(value.toString()));
  }

  /** Names and companies are words with one space between them. */
  private static String spaced(String text) {
    return text.replaceAll("[\\p{C}\\s\\p{Z}]+", " ").strip();
  }

  /** A value of the evaluation as text. */
  private static String said(String text) {
    return visible(PlainText.strip(PlainText.unescaped(readable(text))));
  }

  /** Slack makes mentions and links of angle brackets only; ours is the one around a recording. */
  private static void assertMessage(Message message, String text) {
    List<String> shown =
        message.blocks().findValues("text").stream()
            .map(part -> part.isTextual() ? part.asText() : part.path("text").asText())
            .toList();
    assertThat(message.text() + shown).as(text).doesNotContain("<", ">");
    assertThat(shown)
        .anyMatch(part -> unescaped(part).equals(said(text).replaceAll("[\r\t]", " ")));
  }

  private static void assertLine(JsonNode line, String text, boolean otherShapes) {
    String readable = readable(text);
    for (String field : List.of("assistant", "campaign", "type", "status", "answeredBy")) {
      assertThat(line.path(field).asText()).isEqualTo(readable);
    }
    assertThat(line.path("recordingUrl").asText()).isEqualTo(readable);
    assertToldOrUnknown(line.path("name").asText("Unknown"), text);
    assertThat(line.path("evaluation").path(readable).asText()).isEqualTo(readable);
    assertThat(list(line.path("variables").path(readable).asText())).isEqualTo(List.of(readable));
    String said = readable.strip().replaceAll("[\r\n]", " ");
    assertThat(line.path("transcript").asText())
        .isEqualTo(otherShapes ? "Customer: " + said + "\n" + said : readable);
    assertThat(line.path("durationSeconds").isNull()).isTrue();
    assertThat(line.path("updatedAt").isNull()).isTrue();
  }

  private static List<?> list(String json) {
    try {
      return JSON.readValue(json, List.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertNothingLeaked(Map<Long, JsonNode> lines, Map<String, Message> messages) {
    String arrived =
        lines + "\n" + messages + "\n" + arrivals.sandbox.salesforce().records().toString();
    assertThat(arrived)
        .doesNotContain(System.getProperty("user.home"))
        .doesNotContain(System.getenv("PATH"))
        .doesNotContain(arrivals.sandbox.clickSpeak().token())
        .doesNotContain(arrivals.sandbox.slack().token())
        .doesNotContain(arrivals.sandbox.salesforce().clientSecret())
        .doesNotContain("Exchange[", "Lead[", "io.leadroutes");
  }

  private void assertNoFileElsewhere() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile).map(directory::relativize).map(Path::toString))
          .allMatch(
              file ->
                  file.matches(
                      // SQLite's own library is unpacked beside the ledger.
                      "ledger\\.db.*|sqlite-[-.0-9a-f]*-libsqlitejdbc\\.so(\\.lck)?|leads/default/leads-\\d{4}-\\d\\d-\\d\\d\\.jsonl"));
    }
  }

  /** NUL and lone surrogates are no text that a database or UTF-8 could keep. */
  private static String readable(String text) {
    StringBuilder readable = new StringBuilder();
    text.codePoints()
        .map(c -> c == 0 || Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(readable::appendCodePoint);
    return readable.toString();
  }

  private static String visible(String text) {
    return readable(text).replaceAll("[\\p{Cc}&&[^\r\n\t]]", " ").strip();
  }

  private static String oneLine(String text) {
    return visible(oneLineOf(readable(text)));
  }

  private static String oneLineOf(String text) {
    return text.replaceAll("[\\p{C}\\s\\p{Z}]+", " ").strip();
  }

  private static String cut(String text, int most) {
    int end = Math.min(most, text.length());
    boolean inPair = end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
    return text.substring(0, inPair ? end - 1 : end).strip();
  }

  private static String unescaped(String text) {
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }
}
