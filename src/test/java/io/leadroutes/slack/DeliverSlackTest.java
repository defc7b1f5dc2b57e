package io.leadroutes.slack;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** G6, G7: {@code deliver-slack}, through its own door. */
class DeliverSlackTest {

  private static final String POST = "/api/chat.postMessage";

  @RegisterExtension
  static final WireMockExtension SLACK =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  private SinkRoute route;

  @BeforeEach
  void start() {
    route = route(Map.of());
  }

  @AfterEach
  void stop() {
    route.close();
  }

  @Test
  void a_lead_is_posted_with_its_metadata_and_keeps_the_ts_slack_gave_it() throws IOException {
    answer(okJson("{\"ok\":true,\"ts\":\"1503435956.000247\"}"));

    Outcome outcome = deliver();

    assertThat(outcome).isEqualTo(Outcome.delivered("1503435956.000247", "C0LEADS"));
    SLACK.verify(
        postRequestedFor(urlEqualTo(POST))
            .withHeader("Authorization", equalTo("Bearer xoxb-test"))
            .withHeader("Content-Type", containing("application/json")));
    JsonNode sent =
        new ObjectMapper().readTree(SLACK.getAllServeEvents().get(0).getRequest().getBody());
    assertThat(sent.path("channel").asText()).isEqualTo("C0LEADS");
    assertThat(sent.path("metadata").path("event_payload").toString())
        .isEqualTo("{\"delivery\":\"1\",\"lead\":\"default-1\"}");
  }

  @Test
  void the_token_and_slacks_headers_do_not_leave_the_route() {
    answer(okJson("{\"ok\":true,\"ts\":\"1.2\"}").withHeader("X-Secret", "1"));

    assertThat(route.send(Deliveries.first(1)).getMessage().getHeaders())
        .doesNotContainKeys("Authorization", "X-Secret");
  }

  @Test
  void an_account_posts_with_its_own_token_and_channel() throws IOException {
    answer(okJson("{\"ok\":true,\"ts\":\"1.2\"}"));
    try (SinkRoute own =
        route(
            Map.of(
                "clickspeak.account.default.slack.token", "xoxb-own",
                "clickspeak.account.default.slack.channel", "C0OWN"))) {
      own.send(Deliveries.first(1));
    }
    SLACK.verify(
        postRequestedFor(urlEqualTo(POST)).withHeader("Authorization", equalTo("Bearer xoxb-own")));
    assertThat(SLACK.getAllServeEvents().get(0).getRequest().getBodyAsString()).contains("C0OWN");
  }

  @Test
  void an_account_whose_leads_do_not_go_to_slack_needs_no_settings_of_it() {
    Settings fileOnly =
        settings(
            Map.of(
                "clickspeak.accounts", "default, acme",
                "clickspeak.account.default.slack.token", "xoxb-own",
                "clickspeak.account.acme.lead.sinks", "file",
                "slack.token", ""));

    assertThatCode(() -> new SlackSink().bind(new DefaultCamelContext(), fileOnly))
        .doesNotThrowAnyException();
  }

  @Test
  void a_route_that_forgets_the_edit_posts_no_lead_twice() {
    SlackPost slackPost =
        new SlackPost(
            new SlackWorkspaces(new DefaultCamelContext(), settings(Map.of())),
            new SlackMemory(System::nanoTime),
            null);
    Delivery posted =
        new Delivery(
            1, "default", Deliveries.lead(1), 2, 1, "1503435956.000247", null, false, null, 8);

    assertThatThrownBy(() -> slackPost.request(posted, new HashMap<>()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("edit-slack");
  }

  @Test
  void a_rate_limit_waits_as_long_as_slack_asks_and_is_not_repeated_by_the_client() {
    answer(aResponse().withStatus(429).withHeader("Retry-After", "30"));

    Outcome outcome = deliver();

    assertThat(outcome.kind()).isEqualTo(Kind.SINK_DOWN);
    assertThat(outcome.retryAfter()).isEqualTo(Duration.ofSeconds(30));
    SLACK.verify(1, postRequestedFor(urlEqualTo(POST)));
  }

  @ParameterizedTest
  @CsvSource({"0,1", "999999999,86400"})
  void a_wait_that_slack_cannot_mean_is_clamped(String asked, long seconds) {
    answer(aResponse().withStatus(429).withHeader("Retry-After", asked));

    assertThat(deliver().retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "500,UNKNOWN", "502,UNKNOWN", "503,UNKNOWN", "504,UNKNOWN", "408,UNKNOWN", "204,UNKNOWN",
    "302,PAUSED", "401,PAUSED", "403,PAUSED", "404,PAUSED", "410,PAUSED", "413,REFUSED"
  })
  void a_status_says_whether_the_message_may_be_there(int status, Kind kind) {
    answer(aResponse().withStatus(status).withHeader("Location", "http://localhost:1/"));

    assertThat(deliver().kind()).isEqualTo(kind);
    SLACK.verify(1, postRequestedFor(urlEqualTo(POST)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"ok\":true,\"ts\":\"1.|UNKNOWN",
        "{\"ok\":true}|UNKNOWN",
        "''|UNKNOWN",
        "[]|UNKNOWN",
        "ok|UNKNOWN",
        "{\"ok\":false,\"error\":\"channel_not_found\"}|PAUSED",
        "{\"ok\":false,\"error\":\"invalid_blocks\"}|REFUSED",
        "{\"ok\":false,\"error\":\"internal_error\"}|UNKNOWN",
        "{\"ok\":false,\"error\":\"some_day_added\"}|LATER",
        "{\"ok\":false}|LATER",
        "{\"ok\":false,\"error\":\"message_limit_exceeded\"}|PAUSED",
        "{\"ok\":false,\"error\":\"team_added_to_org\"}|PAUSED",
        "<!DOCTYPE html><title>Sign in</title>|UNKNOWN"
      })
  void an_answer_of_200_says_in_its_body_what_happened(String body, Kind kind) {
    answer(aResponse().withStatus(200).withBody(body));

    assertThat(deliver().kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|  <html>Sign in to the guest network</html>|a web page",
        "200|''|an empty body",
        "200|[]|no JSON object",
        "200|{\"ok\":true,\"ts\":\"1.|JSON that breaks off",
        "200|{\"hello\":1}|JSON without ok",
        "403|<html>blocked</html>|slack.api-url answered HTTP 403 with a web page",
        "400|<html>blocked</html>|slack.api-url answered HTTP 400 with a web page",
        "200|{\"ok\":false}|did not say why"
      })
  void an_answer_that_is_none_of_slacks_is_named(int status, String body, String named) {
    answer(aResponse().withStatus(status).withBody(body));

    assertThat(deliver().reason()).contains(named);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void a_broken_answer_never_counts_as_delivered_or_refused(Fault fault) {
    answer(aResponse().withFault(fault));

    Exchange exchange = route.send(Deliveries.first(1));

    // Either the component gets the exception and calls it unknown, or the route does.
    if (exchange.getException() == null) {
      assertThat(exchange.getMessage().getBody(Outcome.class).kind()).isEqualTo(Kind.UNKNOWN);
    }
    SLACK.verify(1, postRequestedFor(urlEqualTo(POST)));
  }

  @Test
  void an_answer_that_does_not_come_in_time_is_an_exception_of_the_exchange() {
    answer(okJson("{\"ok\":true}").withFixedDelay(5000));

    assertThat(route.send(Deliveries.first(1)).getException())
        .isInstanceOf(SocketTimeoutException.class);
    SLACK.verify(1, postRequestedFor(urlEqualTo(POST)));
  }

  @Test
  void a_refused_connection_is_an_exception_of_the_exchange() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (SinkRoute closed = route(Map.of("slack.api-url", "http://localhost:" + port))) {
      assertThat(closed.send(Deliveries.first(1)).getException())
          .isInstanceOf(ConnectException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void whatever_a_caller_says_is_posted_as_text(String text) {
    answer(okJson("{\"ok\":true,\"ts\":\"1.2\"}"));

    Object outcome =
        route.send(Deliveries.of(1, Deliveries.hostile(1, text))).getMessage().getBody();

    assertThat(outcome).isEqualTo(Outcome.delivered("1.2", "C0LEADS"));
    assertThat(SLACK.getAllServeEvents().get(0).getRequest().getUrl()).isEqualTo(POST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "slack.token||slack.token is not set",
        "slack.channel||slack.channel is not set",
        "slack.channel|#sales|is not the id of a channel",
        "slack.token|xoxb \u00e4|slack.token holds a character",
        "slack.api-url|https://slack.com/api/|ends with a slash",
        "slack.api-url|slack|is not a URL",
        "slack.per-second|fast|slack.per-second=fast is not a number",
        "clickspeak.account.default.slack.per-second|-1|account.default.slack.per-second=-1 is not",
        "clickspeak.account.default.slack.look-again|2|account.default.slack.look-again=2 is not a",
        "clickspeak.account.default.slack.channel|#a|account.default.slack.channel=#a is not the id"
      })
  void a_wrong_setting_stops_the_start_with_a_sentence(String key, String value, String sentence) {
    Settings wrong = settings(Map.of(key, value == null ? "" : value));

    assertThatThrownBy(() -> new SlackSink().bind(new DefaultCamelContext(), wrong))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(sentence)
        .hasMessageNotContaining("xoxb");
  }

  private Outcome deliver() {
    Exchange exchange = route.send(Deliveries.first(1));
    assertThat(exchange.getException()).isNull();
    return exchange.getMessage().getBody(Outcome.class);
  }

  private static void answer(ResponseDefinitionBuilder answer) {
    SLACK.stubFor(post(POST).willReturn(answer));
  }

  private static SinkRoute route(Map<String, String> values) {
    return new SinkRoute(
        settings(values),
        new SlackSink()::bind,
        "deliver-slack",
        "edit-slack",
        "look-up-slack",
        "read-history-page");
  }

  private static Settings settings(Map<String, String> values) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "slack.api-url", SLACK.baseUrl() + "/api",
                "slack.token", "xoxb-test",
                "slack.channel", "C0LEADS",
                "sink.timeout", "1500ms"));
    all.putAll(values);
    return SinkRoute.settings(all);
  }
}
