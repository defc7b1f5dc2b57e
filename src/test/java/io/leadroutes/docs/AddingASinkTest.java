package io.leadroutes.docs;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.leadroutes.cli.Service;
import io.leadroutes.flow.Arrivals;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/adding-a-sink.md tells, with the very blocks that stand there. */
@Timeout(120)
class AddingASinkTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Path PAGE = Path.of("docs/adding-a-sink.md");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As Power Automate writes its addresses, but for the order of the parameters. */
  private static final String ADDRESS =
      "/workflows/0a1b/triggers/manual/paths/invoke"
          + "?api-version=2016-06-01&sig=aB-_c0123456789&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0";

  @TempDir Path directory;

  private final WireMockServer teams =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
  private Arrivals arrivals;
  private String sink;

  @BeforeEach
  void open() {
    teams.start();
    arrivals = new Arrivals(directory);
  }

  @AfterEach
  void close() {
    arrivals.close();
    teams.stop();
  }

  /** The page's only block with this in it. */
  private static String block(String part) throws IOException {
    List<String> blocks =
        Pattern.compile("(?ms)^```\\w+\\n(.*?)^```$")
            .matcher(Files.readString(PAGE))
            .results()
            .map(block -> block.group(1))
            .filter(block -> block.contains(part))
            .toList();
    assertThat(blocks).as(part).hasSize(1);
    return blocks.get(0);
  }

  private Service start() throws IOException {
    return start("teams", "teams.url=\n");
  }

  /** As an operator does it: two files, and the secrets in the environment. */
  private Service start(String name, String keys) throws IOException {
    sink = name;
    Files.createDirectories(directory.resolve("routes"));
    Files.writeString(
        directory.resolve("routes/deliver-" + sink + ".camel.yaml"), block("d: deliver-" + sink));
    Files.writeString(
        directory.resolve("application.properties"),
        "lead.sinks=salesforce, slack, file, " + sink + "\n" + keys);
    Map<String, String> others = new HashMap<>(arrivals.settings());
    others.remove("lead.sinks");
    others.put("sink.probe", "1s");
    String address = "http://127.0.0.1:" + teams.port();
    Map<String, String> environment =
        Map.of(
            "TEAMS_URL",
            address + ADDRESS,
            "PARTNER_URL",
            address,
            "PARTNER_TOKEN",
            "s3cret",
            "DESK_URL",
            address,
            "DESK_KEY",
            "k3y");
    Settings settings = Settings.load(directory, environment, new Properties()).with(others);
    return Service.start(settings, directory);
  }

  /** The first request gets this, all others 202. */
  private void firstAnswer(ResponseDefinitionBuilder answer) {
    teams.stubFor(
        post(anyUrl())
            .inScenario("first")
            .whenScenarioStateIs(Scenario.STARTED)
            .willReturn(answer)
            .willSetStateTo("well"));
    teams.stubFor(
        post(anyUrl())
            .inScenario("first")
            .whenScenarioStateIs("well")
            .willReturn(aResponse().withStatus(202)));
  }

  private List<LoggedRequest> posts() {
    return teams.findAll(postRequestedFor(anyUrl()));
  }

  private String query(String sql) {
    String url = "jdbc:sqlite:" + directory.resolve("ledger.db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String state() {
    return query("SELECT state FROM delivery WHERE sink = '" + sink + "'");
  }

  private String paused() {
    return query("SELECT paused FROM sink_state WHERE sink = '" + sink + "'");
  }

  private static JsonNode json(LoggedRequest request) throws IOException {
    return JSON.readTree(new String(request.getBody(), StandardCharsets.UTF_8));
  }

  @Test
  void a_partner_gets_all_of_a_lead_by_seven_lines() throws IOException {
    firstAnswer(aResponse().withStatus(201));
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = start("partner", block("partner.token="))) {
      await().atMost(LONG).until(() -> "delivered".equals(state()));
    }

    assertThat(posts()).hasSize(1);
    assertThat(posts().get(0).getUrl()).isEqualTo("/leads");
    assertThat(posts().get(0).getHeader("Authorization")).isEqualTo("Bearer s3cret");
    assertThat(json(posts().get(0)).path("id").asLong()).isEqualTo(1);
    assertThat(json(posts().get(0)).path("transcript").asText()).isNotEmpty();
  }

  @Test
  void a_route_of_ones_own_believes_only_the_answer_it_demands() throws IOException {
    firstAnswer(okJson("{\"result\": {\"status\": \"created\"}}"));
    teams.stubFor(
        post(anyUrl())
            .inScenario("first")
            .whenScenarioStateIs("well")
            .willReturn(okJson("{\"result\": {\"status\": \"refused\"}}")));
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = start("desk", "desk.url=\ndesk.key=\n")) {
      await().atMost(LONG).until(() -> "delivered".equals(state()));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));
      await().atMost(LONG).until(() -> paused() != null);
    }

    assertThat(posts().get(0).getUrl()).isEqualTo("/tickets");
    assertThat(posts().get(0).getHeader("X-Api-Key")).isEqualTo("k3y");
    assertThat(json(posts().get(0)).path("subject").asText()).startsWith("Call ");
    assertThat(paused()).contains("check-answer");
  }

  @Test
  void a_lead_is_one_card_whatever_the_caller_is_called() throws IOException {
    String name = "Zoë \"Q\" [x](https://evil.example) ${body} {{teams.url}} \ud83d\ude00";
    firstAnswer(aResponse().withStatus(202));
    arrivals
        .sandbox
        .clickSpeak()
        .put(
            SandboxCall.qualified(1).evaluation(Map.of("outcome", "qualified_lead", "name", name)));
    try (Service service = start()) {
      await().atMost(LONG).until(() -> "delivered".equals(state()));
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.awaitTwoMorePasses();
    }

    assertThat(posts()).hasSize(1);
    LoggedRequest request = posts().get(0);
    assertThat(request.getUrl()).isEqualTo(ADDRESS);
    assertThat(request.getHeader("Content-Type")).startsWith("application/json");
    JsonNode card = json(request).at("/attachments/0/content");
    assertThat(card.path("type").asText()).isEqualTo("AdaptiveCard");
    assertThat(card.at("/body/1/inlines/0/text").asText()).startsWith(name + " · ");
  }

  @Test
  void an_answer_429_is_waited_out_and_the_card_comes_once() throws IOException {
    firstAnswer(aResponse().withStatus(429).withHeader("Retry-After", "1"));
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = start()) {
      await().atMost(LONG).until(() -> "delivered".equals(state()));
    }
    assertThat(posts()).hasSize(2);
    assertThat(
            Duration.between(
                posts().get(0).getLoggedDate().toInstant(),
                posts().get(1).getLoggedDate().toInstant()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void an_answer_500_is_a_dead_letter_that_may_have_been_delivered_and_is_not_sent_again()
      throws IOException {
    firstAnswer(aResponse().withStatus(500));
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = start()) {
      await().atMost(LONG).until(() -> "dead".equals(state()));
      arrivals.awaitTwoMorePasses();
    }
    assertThat(query("SELECT reason FROM delivery WHERE sink = 'teams'"))
        .startsWith("may have been delivered");
    assertThat(posts()).hasSize(1);
  }

  @Test
  void an_answer_401_pauses_until_the_address_is_right() throws IOException {
    firstAnswer(aResponse().withStatus(401));
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = start()) {
      await().atMost(LONG).until(() -> paused() != null);
      assertThat(paused()).contains("HTTP 401");
      await().atMost(LONG).until(() -> "delivered".equals(state()));
      assertThat(paused()).isNull();
    }
    assertThat(posts()).hasSize(2);
  }
}
