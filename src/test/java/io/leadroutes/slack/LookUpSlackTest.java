package io.leadroutes.slack;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.notMatching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * G2: {@code look-up-slack} and {@code read-history-page}, through the door of {@code
 * deliver-slack}.
 */
class LookUpSlackTest {

  private static final String POST = "/api/chat.postMessage";
  private static final String HISTORY = "/api/conversations.history";
  private static final String EMPTY = "{\"ok\":true,\"messages\":[],\"has_more\":false}";

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

  private static SinkRoute route(Map<String, String> others) {
    Map<String, String> settings = new HashMap<>(others);
    settings.put("slack.api-url", SLACK.baseUrl() + "/api");
    settings.put("slack.token", "xoxb-test");
    settings.put("slack.channel", "C0LEADS");
    settings.put("slack.look-again", "2m");
    settings.put("sink.timeout", "1500ms");
    return new SinkRoute(
        SinkRoute.settings(settings),
        new SlackSink()::bind,
        "deliver-slack",
        "edit-slack",
        "look-up-slack",
        "read-history-page");
  }

  /** Whatever a look-up finds, it never posts. */
  @AfterEach
  void nothing_was_posted() {
    route.close();
    SLACK.verify(0, postRequestedFor(urlEqualTo(POST)));
  }

  @Test
  void a_message_with_both_ids_is_the_delivery() {
    history(okJson(page(message("5", "default-1") + "," + message("1", "default-1"), "")));

    assertThat(lookUp(0, 1)).isEqualTo(Outcome.delivered("1.000001", "C0LEADS"));
    SLACK.verify(
        postRequestedFor(urlEqualTo(HISTORY))
            .withHeader("Authorization", equalTo("Bearer xoxb-test"))
            .withFormParam("channel", equalTo("C0LEADS"))
            .withFormParam("oldest", equalTo("1772355600.123456"))
            .withFormParam("inclusive", equalTo("true"))
            .withFormParam("include_all_metadata", equalTo("true")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "mr-IN", "tr-TR", "th-TH-u-nu-thai"})
  void a_machine_of_any_language_asks_in_digits_that_slack_reads(String language) {
    history(okJson(page(message("1", "default-1"), "")));
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      assertThat(lookUp(0, 1)).isEqualTo(Outcome.delivered("1.000001", "C0LEADS"));
    } finally {
      Locale.setDefault(before);
    }
    SLACK.verify(
        postRequestedFor(urlEqualTo(HISTORY))
            .withFormParam("oldest", matching("[0-9]{10}\\.[0-9]{6}")));
  }

  @ParameterizedTest
  @CsvSource({"2,default-1", "1,default-2", "1,acme-1"})
  void a_message_with_one_of_the_ids_is_another_delivery(String delivery, String lead) {
    history(okJson(page(message(delivery, lead), "")));

    assertThat(lookUp(1, 120)).isEqualTo(Outcome.notThere());
  }

  @Test
  void a_restored_ledger_knows_the_message_by_the_lead_alone() {
    history(okJson(page(message("8", "default-2") + "," + message("7", "default-1"), "")));

    assertThat(lookUp(Deliveries.noted(Delivery.Earlier.FORGOTTEN)))
        .isEqualTo(Outcome.delivered("1.000001", "C0LEADS"));
  }

  @Test
  void the_message_is_looked_for_in_the_channel_that_it_went_to_whatever_the_settings_say_now() {
    history(okJson(page(message("1", "default-1"), "")));

    assertThat(lookUp(Deliveries.noted("slack C0FORMER")))
        .isEqualTo(Outcome.alreadyThere("1.000001", "C0FORMER"));
    SLACK.verify(
        postRequestedFor(urlEqualTo(HISTORY)).withFormParam("channel", equalTo("C0FORMER")));
  }

  @Test
  void a_former_channel_that_cannot_be_read_any_more_needs_a_person_and_pauses_nothing() {
    history(okJson("{\"ok\":false,\"error\":\"channel_not_found\"}"));

    Outcome outcome = lookUp(Deliveries.noted("slack C0FORMER"));
    assertThat(outcome.kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(outcome.reason()).contains("may have been posted", "C0FORMER", "channel_not_found");
    assertThat(lookUp(Deliveries.noted("slack C0LEADS")).kind()).isEqualTo(Kind.PAUSED);

    history(okJson("{\"ok\":false,\"error\":\"invalid_auth\"}"));
    assertThat(lookUp(Deliveries.noted("slack C0FORMER")).kind())
        .as("what concerns all leads")
        .isEqualTo(Kind.PAUSED);
  }

  @Test
  void a_message_without_a_name_could_never_be_edited_and_is_looked_for_again() {
    history(okJson(page(message("1", "default-1").replace("\"ts\":\"1.000001\",", ""), "")));

    assertThat(lookUp(1, 120).kind()).isEqualTo(Kind.SINK_DOWN);
  }

  @Test
  void all_pages_are_read() {
    SLACK.stubFor(
        post(HISTORY)
            .withRequestBody(notMatching(".*cursor=\\w.*"))
            .willReturn(okJson(page("", "next+1="))));
    SLACK.stubFor(
        post(HISTORY)
            .withFormParam("cursor", equalTo("next+1="))
            .willReturn(okJson(page(message("9", "default-9"), "last"))));
    SLACK.stubFor(
        post(HISTORY)
            .withFormParam("cursor", equalTo("last"))
            .willReturn(okJson(page(message("1", "default-1"), ""))));

    assertThat(lookUp(0, 1)).isEqualTo(Outcome.delivered("1.000001", "C0LEADS"));
    SLACK.verify(3, postRequestedFor(urlEqualTo(HISTORY)));
  }

  @Test
  void not_there_is_believed_from_the_second_look_after_look_again() {
    history(okJson(EMPTY));

    assertThat(lookUp(1, 120)).isEqualTo(Outcome.notThere());
  }

  @Test
  void an_account_has_its_own_look_again() {
    history(okJson(EMPTY));
    route.close();
    route = route(Map.of("clickspeak.account.default.slack.look-again", "10m"));

    assertThat(lookUp(1, 120)).isEqualTo(Outcome.lookAgain(Duration.ofMinutes(8)));
    assertThat(lookUp(1, 600)).isEqualTo(Outcome.notThere());
  }

  @ParameterizedTest
  @CsvSource({"0,0,120", "0,119,1", "0,500,1", "1,119,1", "1,10,110"})
  void an_earlier_or_first_look_that_finds_nothing_is_followed_by_another(
      int looks, int seconds, int wait) {
    history(okJson(EMPTY));

    assertThat(lookUp(looks, seconds)).isEqualTo(Outcome.lookAgain(Duration.ofSeconds(wait)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing_scope",
        "not_in_channel",
        "channel_not_found",
        "invalid_auth",
        "channel_is_limited_access"
      })
  void a_refused_look_up_pauses_the_sink(String code) {
    history(okJson("{\"ok\":false,\"error\":\"" + code + "\"}"));

    assertThat(lookUp(1, 500).kind()).isEqualTo(Kind.PAUSED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500|",
        "503|{\"ok\":false,\"error\":\"service_unavailable\"}",
        "200|",
        "200|{\"ok\":true,\"messages\":[",
        "200|{\"ok\":true}",
        "200|{\"ok\":true,\"messages\":[],\"has_more\":true}",
        "200|{\"ok\":false}",
        "200|{\"ok\":false,\"error\":\"internal_error\"}"
      })
  void a_look_up_that_fails_tells_nothing(int status, String body) {
    history(aResponse().withStatus(status).withBody(body == null ? "" : body));

    assertThat(lookUp(1, 500).kind()).isEqualTo(Kind.SINK_DOWN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "302|",
        "404|",
        "400|<html>blocked</html>",
        "403|<html>blocked</html>",
        "200|<html>Sign in to the guest network</html>"
      })
  void where_somebody_else_answers_than_slack_the_sink_is_paused(int status, String body) {
    history(aResponse().withStatus(status).withBody(body == null ? "" : body));

    Outcome outcome = lookUp(1, 500);
    assertThat(outcome.kind()).isEqualTo(Kind.PAUSED);
    assertThat(outcome.reason()).contains("slack.api-url", "HTTP " + status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"invalid_ts_oldest", "invalid_ts_latest", "invalid_arguments"})
  void what_slack_refuses_to_look_up_for_one_lead_is_no_trouble_of_the_sink(String code) {
    history(okJson("{\"ok\":false,\"error\":\"" + code + "\"}"));

    Outcome outcome = lookUp(1, 500);
    assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
    assertThat(outcome.reason()).contains("may have been posted", code);
  }

  @Test
  void a_code_that_nobody_knows_is_this_leads_until_it_hits_all() {
    history(okJson("{\"ok\":false,\"error\":\"some_day_added\"}"));

    Outcome outcome = lookUp(1, 500);
    assertThat(outcome.kind()).isEqualTo(Kind.LATER);
    assertThat(outcome.reason()).contains("may have been posted", "some_day_added");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"429|", "200|{\"ok\":false,\"error\":\"ratelimited\"}"})
  void a_rate_limit_of_the_look_up_concerns_look_ups_alone_and_waits_as_slack_asks(
      int status, String body) {
    history(
        aResponse()
            .withStatus(status)
            .withHeader("Retry-After", "7")
            .withBody(body == null ? "" : body));

    Outcome outcome = lookUp(1, 500);
    assertThat(outcome.kind()).isEqualTo(Kind.LOOKING);
    assertThat(outcome.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    SLACK.verify(1, postRequestedFor(urlEqualTo(HISTORY)));

    assertThat(lookUp(1, 500).kind()).isEqualTo(Kind.LOOKING);
    SLACK.verify(1, postRequestedFor(urlEqualTo(HISTORY)));
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void a_look_up_that_breaks_off_tells_nothing(Fault fault) {
    history(aResponse().withFault(fault));

    assertThat(lookUp(1, 500).kind()).isEqualTo(Kind.SINK_DOWN);
  }

  @Test
  void a_look_up_that_takes_too_long_tells_nothing() {
    history(okJson(EMPTY).withFixedDelay(5000));

    assertThat(lookUp(1, 500).kind()).isEqualTo(Kind.SINK_DOWN);
  }

  @Test
  void a_history_without_end_gives_others_their_turn_and_is_left_to_a_person_at_last() {
    history(okJson(page("", "again")));

    assertThat(lookUp(1, 500).kind()).isEqualTo(Kind.LOOKING);
    SLACK.verify(25, postRequestedFor(urlEqualTo(HISTORY)).withRequestBody(containing("cursor")));
    Outcome outcome;
    do {
      outcome = lookUp(1, 500);
    } while (outcome.kind() == Kind.LOOKING);
    assertThat(outcome.kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(SLACK.findAll(postRequestedFor(urlEqualTo(HISTORY)))).hasSizeLessThanOrEqualTo(2000);
  }

  private Outcome lookUp(int looks, int seconds) {
    return lookUp(Deliveries.earlier(looks, seconds));
  }

  private Outcome lookUp(Delivery.Earlier earlier) {
    Delivery delivery = Deliveries.unknown(1, earlier);
    Exchange exchange = route.send(delivery);
    assertThat(exchange.getException()).isNull();
    return exchange.getMessage().getBody(Outcome.class);
  }

  private static void history(ResponseDefinitionBuilder answer) {
    SLACK.stubFor(post(HISTORY).willReturn(answer));
  }

  private static String page(String messages, String cursor) {
    return "{\"ok\":true,\"messages\":[{\"ts\":\"9.0\",\"text\":\"chat\"}"
        + (messages.isEmpty() ? "" : "," + messages)
        + "],\"has_more\":"
        + !cursor.isEmpty()
        + ",\"response_metadata\":{\"next_cursor\":\""
        + cursor
        + "\"}}";
  }

  private static String message(String delivery, String lead) {
    return ("{\"ts\":\"1.000001\",\"metadata\":{\"event_type\":\"lead_delivery\","
            + "\"event_payload\":{\"delivery\":\"%s\",\"lead\":\"%s\"}}}")
        .formatted(delivery, lead);
  }
}
