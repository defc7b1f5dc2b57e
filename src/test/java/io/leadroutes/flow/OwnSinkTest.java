package io.leadroutes.flow;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a route of one's own may do wrong, and what is told of it. */
@Timeout(120)
class OwnSinkTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String HEAD =
      """
      - route:
          id: deliver-partner
          description: Hands each lead to a partner.
          from:
            uri: leads:partner
            steps:
      """;
  private static final String SEND =
      """
      - setBody: {expression: {simple: {expression: "${body.lead.key}"}}}
      - to:
          id: post-to-partner
          uri: "{{partner.url}}/leads"
          parameters: {httpMethod: POST}
      """;

  @TempDir Path directory;

  private final WireMockServer partner =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
  private Arrivals arrivals;

  @BeforeEach
  void open() {
    partner.start();
    answer(okJson("{\"ok\":true}"));
    arrivals = new Arrivals(directory);
  }

  @AfterEach
  void close() {
    arrivals.close();
    partner.stop();
  }

  @Test
  void an_enrichment_that_fails_is_no_delivery_that_may_have_arrived() throws Exception {
    partner.stubFor(get("/owner").willReturn(aResponse().withStatus(500)));
    try (Service service =
        start(
            """
            - setVariable: {name: delivery, expression: {simple: {expression: "${body}"}}}
            - enrich:
                id: find-owner
                expression:
                  constant: {expression: "{{partner.url}}/owner?httpMethod=GET"}
            - setBody: {expression: {simple: {expression: "${variable.delivery}"}}}
            """
                + SEND,
            2)) {
      await().atMost(LONG).until(() -> told().contains("find-owner"));

      assertThat(told()).contains("HTTP 500", "Nothing was sent before");
      assertThat(count("dead")).isZero();
      partner.stubFor(get("/owner").willReturn(okJson("{}")));
      await().atMost(LONG).until(() -> count("delivered") == 2);
      assertThat(posts()).isEqualTo(2);
    }
  }

  @Test
  void a_mistake_in_the_route_names_its_step_and_burns_no_lead() throws Exception {
    try (Service service =
        start(
            "- setBody: {expression: {simple: {expression: \"${body.lead.name.firstNam}\"}}}\n"
                + SEND,
            6)) {
      await().atMost(LONG).until(() -> paused().contains("firstNam"));

      assertThat(paused()).contains("deliver-partner.camel.yaml", "line");
      assertThat(count("dead")).isZero();
      assertThat(posts()).isZero();
    }
  }

  @Test
  void an_answer_that_the_route_does_not_accept_is_not_delivered() throws Exception {
    answer(okJson("{\"ok\":false}"));
    try (Service service =
        start(
            SEND
                + """
                - validate:
                    id: check-answer
                    expression: {method: {ref: answer, method: "has(${body}, 'ok', 'true')"}}
                """,
            6)) {
      await().atMost(LONG).until(() -> paused().contains("check-answer"));
      assertThat(count("delivered") + count("dead")).isZero();

      answer(okJson("{\"ok\":true}"));
      await().atMost(LONG).until(() -> count("delivered") == 6);
    }
  }

  @Test
  void what_fails_after_the_lead_was_sent_may_have_arrived() throws Exception {
    try (Service service =
        start(
            SEND + "- setBody: {expression: {simple: {expression: \"${body.noSuchThing}\"}}}\n",
            1)) {
      await().atMost(LONG).until(() -> count("dead") == 1);

      assertThat(told()).contains("may have been delivered", "post-to-partner", "noSuchThing");
      assertThat(posts()).isEqualTo(1);
    }
  }

  @Test
  void a_lead_that_a_filter_kept_back_is_not_delivered() throws Exception {
    try (Service service =
        start(
            """
            - filter:
                expression: {simple: {expression: "${body.lead.callId} != 2"}}
                steps:
            """
                + SEND.indent(6),
            3)) {
      await().atMost(LONG).until(() -> told().contains("without sending"));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(4));
      await().atMost(LONG).until(() -> count("delivered") == 3 && count("dead") == 1);

      assertThat(told()).contains("Outcome.skipped");
      assertThat(posts()).isEqualTo(3);
    }
  }

  @Test
  void a_lead_that_the_route_leaves_out_on_purpose_says_so_and_needs_nobody() throws Exception {
    try (Service service =
        start(
            """
            - choice:
                when:
                  - expression: {simple: {expression: "${body.lead.callId} == 1"}}
                    steps:
            """
                + SEND.indent(10)
                + """
                    otherwise:
                      steps:
                        - bean:
                            beanType: io.leadroutes.lead.Outcome
                            method: "skipped('not in the territory')"
                """,
            3)) {
      await().atMost(LONG).until(() -> count("delivered") == 1 && count("cancelled") == 2);

      assertThat(told()).contains("not in the territory");
      assertThat(posts()).isEqualTo(1);
    }
  }

  private void answer(ResponseDefinitionBuilder answer) {
    partner.stubFor(post("/leads").willReturn(answer));
  }

  private int posts() {
    return partner.findAll(postRequestedFor(urlEqualTo("/leads"))).size();
  }

  /** A route with these steps, and so many leads. */
  private Service start(String steps, int leads) throws IOException {
    Files.createDirectories(directory.resolve("routes"));
    Files.writeString(
        directory.resolve("routes/deliver-partner.camel.yaml"), HEAD + (steps).indent(8));
    for (int id = 1; id <= leads; id++) {
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id));
    }
    Map<String, String> values = arrivals.settings();
    values.put("lead.sinks", "partner");
    values.put("partner.url", "http://127.0.0.1:" + partner.port());
    values.put("sink.probe", "1s");
    values.put("retry.schedule", "100ms, 100ms");
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(values), directory);
  }

  private int count(String state) {
    return Integer.parseInt(query("SELECT COUNT(*) FROM delivery WHERE state = '" + state + "'"));
  }

  /** What is told of the deliveries. */
  private String told() {
    return query(
        "SELECT COALESCE(GROUP_CONCAT(reason), '') || (SELECT COALESCE(MAX(reason), '')"
            + " FROM sink_state) FROM delivery");
  }

  private String paused() {
    return query("SELECT COALESCE(MAX(paused), '') FROM sink_state");
  }

  private String query(String sql) {
    String url = "jdbc:sqlite:" + directory.resolve("ledger.db");
    try (var connection = DriverManager.getConnection(url);
        var row = connection.createStatement().executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
