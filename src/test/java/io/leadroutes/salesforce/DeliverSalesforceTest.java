package io.leadroutes.salesforce;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.patchRequestedFor;
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
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G2: {@code deliver-salesforce}, through its own door. */
@Timeout(30)
class DeliverSalesforceTest {

  private static final String LOGIN = "/services/oauth2/token";
  private static final String UPSERT =
      "/services/data/v68.0/composite/sobjects/Lead/ClickSpeak_Call_Id__c";
  private static final String ACME_UPSERT =
      "/services/data/v67.0/composite/sobjects/Lead/Acme_Id__c";
  private static final String CREATED =
      "{\"id\":\"00Q%015d\",\"success\":true,\"created\":true,\"errors\":[],\"added_later\":1}";

  @RegisterExtension
  static final WireMockExtension SALESFORCE =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  private SinkRoute route;

  @BeforeEach
  void start() {
    login(okJson(token("first")));
    route = route(Map.of());
  }

  @AfterEach
  void stop() {
    route.close();
  }

  @Test
  void a_batch_is_one_upsert_by_external_id() throws IOException {
    answer(okJson(created(2)));

    List<Outcome> outcomes = deliver(Deliveries.first(1), Deliveries.first(2));

    assertThat(outcomes)
        .containsExactly(
            Outcome.delivered("00Q000000000000001"), Outcome.delivered("00Q000000000000002"));
    SALESFORCE.verify(
        postRequestedFor(urlEqualTo(LOGIN))
            .withFormParam("grant_type", equalTo("client_credentials"))
            .withFormParam("client_id", equalTo("id"))
            .withFormParam("client_secret", equalTo("secret")));
    SALESFORCE.verify(
        1,
        patchRequestedFor(urlEqualTo(UPSERT))
            .withHeader("Authorization", equalTo("Bearer first"))
            .withHeader("Sforce-Duplicate-Rule-Header", equalTo("allowSave=true")));
    JsonNode sent = sent();
    assertThat(sent.path("allOrNone").asBoolean(true)).isFalse();
    assertThat(sent.path("records")).hasSize(2);
    assertThat(sent.at("/records/0/attributes/type").asText()).isEqualTo("Lead");
    assertThat(sent.at("/records/0/ClickSpeak_Call_Id__c").asText()).isEqualTo("default-1");
    assertThat(sent.at("/records/0/LastName").asText()).isEqualTo("Lovelace");
    assertThat(sent.at("/records/0/LeadSource").asText()).isEqualTo("AI Call");
  }

  @Test
  void duplicate_rules_are_obeyed_when_duplicates_are_not_allowed() {
    answer(okJson(created(1)));
    try (SinkRoute strict = route(Map.of("salesforce.allow-duplicates", "false"))) {
      strict.send(List.of(Deliveries.first(1)));
    }
    SALESFORCE.verify(
        patchRequestedFor(urlEqualTo(UPSERT)).withoutHeader("Sforce-Duplicate-Rule-Header"));
  }

  @Test
  void each_account_is_upserted_as_its_own_settings_say() throws IOException {
    SALESFORCE.stubFor(
        post(LOGIN)
            .withFormParam("client_id", equalTo("acme-id"))
            .willReturn(okJson(token("acme"))));
    SALESFORCE.stubFor(patch(ACME_UPSERT).willReturn(okJson(created(1))));
    answer(okJson(created(1)));
    try (SinkRoute two =
        route(
            Map.of(
                "clickspeak.accounts", "default, acme",
                "clickspeak.account.acme.salesforce.client-id", "acme-id",
                "clickspeak.account.acme.salesforce.client-secret", "acme-secret",
                "clickspeak.account.acme.salesforce.api-version", "67.0",
                "clickspeak.account.acme.salesforce.external-id-field", "Acme_Id__c",
                "clickspeak.account.acme.salesforce.allow-duplicates", "false",
                "clickspeak.account.acme.salesforce.lead.Rating", "Hot",
                "clickspeak.account.acme.salesforce.lead.LeadSource", ""))) {
      assertThat(outcomes(two.send(List.of(Deliveries.first(1)))).get(0).kind())
          .isEqualTo(Kind.DELIVERED);
      assertThat(outcomes(two.send(List.of(Deliveries.of("acme", 1)))).get(0).kind())
          .isEqualTo(Kind.DELIVERED);
    }

    SALESFORCE.verify(
        1,
        patchRequestedFor(urlEqualTo(UPSERT))
            .withHeader("Authorization", equalTo("Bearer first"))
            .withHeader("Sforce-Duplicate-Rule-Header", equalTo("allowSave=true")));
    SALESFORCE.verify(
        1,
        patchRequestedFor(urlEqualTo(ACME_UPSERT))
            .withHeader("Authorization", equalTo("Bearer acme"))
            .withoutHeader("Sforce-Duplicate-Rule-Header"));
    JsonNode acme = sentTo(ACME_UPSERT).at("/records/0");
    assertThat(acme.path("Acme_Id__c").asText()).isEqualTo("acme-1");
    assertThat(acme.path("Rating").asText()).isEqualTo("Hot");
    assertThat(acme.has("LeadSource")).isFalse();
    JsonNode other = sent().at("/records/0");
    assertThat(other.path("ClickSpeak_Call_Id__c").asText()).isEqualTo("default-1");
    assertThat(other.path("LeadSource").asText()).isEqualTo("AI Call");
    assertThat(other.has("Rating")).isFalse();
  }

  @Test
  void accounts_with_the_same_login_share_a_session() {
    answer(okJson(created(1)));
    try (SinkRoute two =
        route(
            Map.of(
                "clickspeak.accounts", "default, acme",
                "clickspeak.account.acme.salesforce.login-url", SALESFORCE.baseUrl() + "/",
                "clickspeak.account.acme.salesforce.lead.Rating", "Hot"))) {
      two.send(List.of(Deliveries.first(1)));
      two.send(List.of(Deliveries.of("acme", 1)));
    }

    SALESFORCE.verify(1, postRequestedFor(urlEqualTo(LOGIN)));
    SALESFORCE.verify(2, patchRequestedFor(urlEqualTo(UPSERT)));
  }

  @Test
  void an_account_whose_leads_do_not_go_to_salesforce_needs_no_settings_of_it() {
    Settings slackOnly =
        settings(
            Map.of(
                "clickspeak.accounts", "default, acme",
                "clickspeak.account.default.salesforce.client-id", "id",
                "clickspeak.account.acme.lead.sinks", "slack",
                "salesforce.client-id", ""));

    assertThatCode(() -> new SalesforceSink().bind(new DefaultCamelContext(), slackOnly))
        .doesNotThrowAnyException();
  }

  @Test
  void one_external_id_is_sent_once_and_counts_for_both_deliveries() throws IOException {
    answer(okJson(created(1)));

    assertThat(deliver(Deliveries.first(1), Deliveries.first(1)))
        .hasSize(2)
        .containsOnly(Outcome.delivered("00Q000000000000001"));
    assertThat(sent().path("records")).hasSize(1);
  }

  @Test
  void each_record_has_its_own_outcome_in_order() {
    answer(
        okJson(
            "["
                + CREATED.formatted(1)
                + ","
                + refused("REQUIRED_FIELD_MISSING", "secret@example.org", "Company")
                + ","
                + refused("UNABLE_TO_LOCK_ROW", "", "")
                + ","
                + refused("INVALID_FIELD", "No such column 'X__c' on sobject of type Lead", "")
                + ","
                + refused("DUPLICATE_VALUE", "ClickSpeak_Call_Id__c duplicates value", "")
                + ","
                + refused("DUPLICATE_VALUE", "Other__c duplicates value", "Other__c")
                + "]"));

    List<Outcome> outcomes =
        deliver(LongStream.rangeClosed(1, 6).mapToObj(Deliveries::first).toArray(Delivery[]::new));

    assertThat(outcomes)
        .extracting(Outcome::kind)
        .containsExactly(
            Kind.DELIVERED, Kind.REFUSED, Kind.LATER, Kind.REFUSED, Kind.UNKNOWN, Kind.DEAD_LETTER);
    assertThat(outcomes.get(1).reason())
        .isEqualTo(
            "Salesforce refuses with REQUIRED_FIELD_MISSING (Company): salesforce.lead.Company"
                + " yields nothing for it: correct it, or make Company optional.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CANNOT_UPDATE_CONVERTED_LEAD", "ENTITY_IS_DELETED"})
  void a_lead_that_an_earlier_attempt_brought_and_a_salesperson_moved_on_is_delivered(String code) {
    answer(okJson("[" + refused(code, "", "") + "]"));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(deliver(Deliveries.unknown(1, Deliveries.earlier(0, 60))))
        .containsExactly(Outcome.alreadyThere(null, null));
    assertThat(deliver(Deliveries.update(1, 2, "00Q7")).get(0))
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Kind.DEAD_LETTER);
              assertThat(change.reason()).contains("00Q7", code);
            });
    // It was recorded as delivered before without an id, after an unknown outcome.
    assertThat(deliver(Deliveries.update(1, 2, null)).get(0).kind()).isEqualTo(Kind.DEAD_LETTER);
  }

  /** The version after the one that was delivered with this memo. */
  private static Delivery next(long id, String memo) {
    return new Delivery(id, "default", Deliveries.lead(id), 2, 1, "00Q7", memo, false, null, 7);
  }

  private String memoOfADelivered() {
    answer(okJson(created(1)));
    List<?> outcomes = route.send(List.of(Deliveries.first(1))).getMessage().getBody(List.class);
    return ((Outcome) outcomes.get(0)).memo();
  }

  @Test
  void a_version_that_changes_no_field_needs_no_request_and_proves_nothing() {
    String memo = memoOfADelivered();
    SALESFORCE.resetRequests();

    assertThat(deliver(next(1, memo)).get(0).kind()).isEqualTo(Kind.ALREADY_THERE);
    SALESFORCE.verify(0, patchRequestedFor(urlEqualTo(UPSERT)));
  }

  @Test
  void an_update_that_is_refused_for_want_of_a_name_is_of_a_record_that_is_gone() {
    String memo = memoOfADelivered().replaceFirst("Phone=\\S+", "Phone=other");

    answer(okJson("[" + refused("REQUIRED_FIELD_MISSING", "", "Region__c") + "]"));
    assertThat(deliver(next(1, memo)).get(0).kind()).isEqualTo(Kind.REFUSED);
    answer(okJson("[" + refused("REQUIRED_FIELD_MISSING", "", "LastName") + "]"));
    assertThat(deliver(next(1, memo)).get(0).reason()).startsWith("Lead 00Q7 was deleted");
    assertThat(deliver(next(1, null)).get(0).kind()).isEqualTo(Kind.REFUSED);
  }

  @Test
  void an_expired_session_is_logged_in_again_once() {
    answer(okJson(created(1)));
    SALESFORCE.stubFor(
        patch(UPSERT)
            .withHeader("Authorization", equalTo("Bearer first"))
            .willReturn(
                aResponse()
                    .withStatus(401)
                    .withBody("[{\"errorCode\":\"INVALID_SESSION_ID\",\"message\":\"expired\"}]")));
    deliverAnything();
    login(okJson(token("second")));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.DELIVERED);
  }

  @Test
  void a_session_that_is_refused_after_a_fresh_login_pauses_the_sink() {
    answer(
        aResponse()
            .withStatus(401)
            .withBody("[{\"errorCode\":\"INVALID_SESSION_ID\",\"message\":\"expired\"}]"));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.PAUSED);
    SALESFORCE.verify(1, patchRequestedFor(urlEqualTo(UPSERT)));
    SALESFORCE.verify(1, postRequestedFor(urlEqualTo(LOGIN)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|{\"error\":\"invalid_client\",\"error_description\":\"secret\"}|PAUSED",
        "400|{\"error\":\"invalid_grant\",\"error_description\":\"no user\"}|PAUSED",
        "400|{\"error\":\"invalid_client_id\",\"error_description\":\"x\"}|PAUSED",
        "401||PAUSED",
        "403||PAUSED",
        "404||PAUSED",
        "302||PAUSED",
        "500||SINK_DOWN",
        "503||SINK_DOWN"
      })
  void a_login_that_is_refused_pauses_and_one_that_breaks_waits(
      int status, String body, Kind kind) {
    login(aResponse().withStatus(status).withBody(body == null ? "" : body));

    Outcome outcome = deliver(Deliveries.first(1)).get(0);

    assertThat(outcome.kind()).isEqualTo(kind);
    assertThat(outcome.reason()).doesNotContain("secret.");
    SALESFORCE.verify(0, patchRequestedFor(urlEqualTo(UPSERT)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403|REQUEST_LIMIT_EXCEEDED|PAUSED",
        "403|API_DISABLED_FOR_ORG|PAUSED",
        "403|some_code|PAUSED",
        "404|NOT_FOUND|PAUSED",
        "410|UNSUPPORTED_API_VERSION|PAUSED",
        "410||PAUSED",
        "400|INVALID_FIELD|PAUSED",
        "400|JSON_PARSER_ERROR|REFUSED",
        "400|SOME_DAY_ADDED|LATER",
        "400|STRING_TOO_LONG|REFUSED",
        "300||DEAD_LETTER",
        "302||PAUSED",
        "408||SINK_DOWN",
        "420||SINK_DOWN",
        "429||SINK_DOWN",
        "500|UNKNOWN_EXCEPTION|LATER",
        "500||UNKNOWN",
        "502||UNKNOWN",
        "503|SERVER_UNAVAILABLE|SINK_DOWN",
        "503|html|UNKNOWN"
      })
  void the_failure_of_a_whole_request_has_its_class(int status, String code, Kind kind) {
    String body =
        code == null
            ? ""
            : code.equals("html")
                ? "<html>down</html>"
                : "[{\"errorCode\":\"" + code + "\",\"message\":\"ada@example.org\"}]";
    answer(aResponse().withStatus(status).withBody(body).withHeader("Location", LOGIN));

    Outcome outcome = deliver(Deliveries.first(1)).get(0);

    assertThat(outcome.kind()).isEqualTo(kind);
    assertThat(outcome.reason()).doesNotContain("ada@example.org");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[{\"id\":\"0", "''", "<html>", "[]", "{\"ok\":true}", "[{\"success\":true},{}]"})
  void an_answer_that_cannot_be_read_is_an_unknown_outcome(String body) {
    answer(aResponse().withStatus(200).withBody(body));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void an_answer_that_breaks_off_is_an_unknown_outcome(Fault fault) {
    answer(aResponse().withFault(fault));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void an_answer_that_does_not_come_in_time_is_an_unknown_outcome() {
    answer(okJson(created(1)).withFixedDelay(8000));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void a_login_that_does_not_come_in_time_sends_nothing() {
    login(okJson(token("first")).withFixedDelay(8000));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.SINK_DOWN);
    SALESFORCE.verify(0, patchRequestedFor(urlEqualTo(UPSERT)));
  }

  @ParameterizedTest
  @CsvSource({"400,PAUSED", "401,PAUSED", "503,SINK_DOWN"})
  void a_session_that_cannot_be_renewed_has_the_class_of_the_login(int status, Kind kind) {
    answer(okJson(created(1)));
    deliverAnything();
    answer(aResponse().withStatus(401).withBody("[]"));
    login(aResponse().withStatus(status).withBody("{\"error\":\"invalid_grant\"}"));

    assertThat(deliver(Deliveries.first(1)).get(0).kind()).isEqualTo(kind);
  }

  @Test
  void a_refused_connection_waits() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (SinkRoute closed = route(Map.of("salesforce.login-url", "http://localhost:" + port))) {
      assertThat(outcomes(closed.send(List.of(Deliveries.first(1)))).get(0).kind())
          .isEqualTo(Kind.SINK_DOWN);
    }
  }

  @Test
  void a_host_that_has_no_address_waits() {
    try (SinkRoute nowhere =
        route(Map.of("salesforce.login-url", "https://no-such-host.invalid"))) {
      assertThat(outcomes(nowhere.send(List.of(Deliveries.first(1)))).get(0).kind())
          .isEqualTo(Kind.SINK_DOWN);
    }
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void whatever_a_caller_says_is_sent_as_data(String text) throws IOException {
    answer(okJson(created(1)));

    List<Outcome> outcomes = deliver(Deliveries.of(1, Deliveries.hostile(1, text)));

    assertThat(outcomes).containsExactly(Outcome.delivered("00Q000000000000001"));
    JsonNode record = sent().path("records").path(0);
    assertThat(record.path("LastName").asText()).isNotBlank().hasSizeLessThanOrEqualTo(80);
    assertThat(record.path("Company").asText()).isNotBlank().hasSizeLessThanOrEqualTo(255);
    assertThat(record.path("Description").asText()).hasSizeLessThanOrEqualTo(32000);
    assertThat(record.has("Email")).isFalse();
    if (text.startsWith("${") || text.startsWith("{{") || text.startsWith("=")) {
      assertThat(record.path("Description").asText()).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "salesforce.login-url||salesforce.login-url is not set",
        "salesforce.client-id||salesforce.client-id is not set",
        "salesforce.client-secret||salesforce.client-secret is not set",
        "salesforce.api-version|v68|salesforce.api-version=v68 is not a version",
        "salesforce.external-id-field|a/b|salesforce.external-id-field=a/b is not the name",
        "salesforce.lead.Company|${body.nothing}|salesforce.lead.Company=${body.nothing} is not a",
        "salesforce.lead.Company|${body.company|salesforce.lead.Company=${body.company is not a",
        "salesforce.lead.a-b|x|salesforce.lead.a-b is not the name of a field",
        "salesforce.lead.company|x|are the same field",
        "salesforce.lead.Id|x|salesforce.lead.Id cannot be mapped",
        "salesforce.lead.ClickSpeak_Call_Id__c|x|cannot be mapped",
        "clickspeak.account.default.salesforce.client-id||account.default.salesforce.client-id is",
        "clickspeak.account.default.salesforce.api-version|v1|default.salesforce.api-version=v1 is",
        "clickspeak.account.default.salesforce.external-id-field|a/b|default.salesforce.external-id",
        "clickspeak.account.default.salesforce.lead.X|${body.x}|default.salesforce.lead.X=${body.x}"
      })
  void a_wrong_setting_stops_the_start_with_a_sentence(String key, String value, String sentence) {
    Settings wrong = settings(Map.of(key, value == null ? "" : value));

    assertThatThrownBy(() -> new SalesforceSink().bind(new DefaultCamelContext(), wrong))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(sentence);
  }

  private void deliverAnything() {
    deliver(Deliveries.first(1));
  }

  private List<Outcome> deliver(Delivery... deliveries) {
    return outcomes(route.send(List.of(deliveries)));
  }

  private static List<Outcome> outcomes(Exchange exchange) {
    return SinkRoute.outcomes(exchange);
  }

  private static JsonNode sent() throws IOException {
    return sentTo(UPSERT);
  }

  private static JsonNode sentTo(String path) throws IOException {
    return new ObjectMapper()
        .readTree(SALESFORCE.findAll(patchRequestedFor(urlEqualTo(path))).get(0).getBody());
  }

  private static void login(ResponseDefinitionBuilder answer) {
    SALESFORCE.stubFor(post(LOGIN).willReturn(answer));
  }

  private static void answer(ResponseDefinitionBuilder answer) {
    SALESFORCE.stubFor(
        patch(UPSERT)
            .withHeader("Content-Type", containing("application/json"))
            .willReturn(answer));
  }

  private static String token(String token) {
    return ("{\"access_token\":\"%s\",\"instance_url\":\"%s\",\"token_type\":\"Bearer\","
            + "\"id\":\"https://login.salesforce.com/id/00D000000000000AAA/005000000000000AAA\"}")
        .formatted(token, SALESFORCE.baseUrl());
  }

  private static String created(int records) {
    return LongStream.rangeClosed(1, records)
        .mapToObj(CREATED::formatted)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String refused(String code, String message, String field) {
    return ("{\"success\":false,\"errors\":[{\"statusCode\":\"%s\",\"message\":\"%s\","
            + "\"fields\":[%s]}]}")
        .formatted(code, message, field.isEmpty() ? "" : "\"" + field + "\"");
  }

  private static SinkRoute route(Map<String, String> values) {
    return new SinkRoute(settings(values), new SalesforceSink()::bind, "deliver-salesforce");
  }

  private static Settings settings(Map<String, String> values) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "salesforce.login-url", SALESFORCE.baseUrl(),
                "salesforce.client-id", "id",
                "salesforce.client-secret", "secret",
                "sink.timeout", "2s"));
    all.putAll(values);
    return SinkRoute.settings(all);
  }
}
