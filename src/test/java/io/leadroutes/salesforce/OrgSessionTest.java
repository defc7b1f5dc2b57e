package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Log-ins, whatever they are answered with, and where a session's token goes. */
@Timeout(30)
class OrgSessionTest {

  private static final String TOKEN = "/services/oauth2/token";

  private final SalesforceOrg org = SalesforceOrg.start(0);
  private SinkRoute route;

  @BeforeEach
  void start() {
    route =
        new SinkRoute(
            SinkRoute.settings(
                Map.of(
                    "salesforce.login-url", org.url(),
                    "salesforce.client-id", org.clientId(),
                    "salesforce.client-secret", org.clientSecret())),
            new SalesforceSink()::bind,
            "deliver-salesforce");
  }

  @AfterEach
  void stop() {
    route.close();
    org.close();
  }

  private List<Outcome> send(Delivery... deliveries) {
    return SinkRoute.outcomes(route.send(List.of(deliveries)));
  }

  private long logIns() {
    return org.requests().stream().filter(r -> r.path().equals(TOKEN)).count();
  }

  private static Delivery[] many() {
    return LongStream.rangeClosed(1, 27).mapToObj(Deliveries::first).toArray(Delivery[]::new);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|<html>Welcome to our community</html>|My Domain",
        "200|{\"message\":\"hello\"}|My Domain",
        "200|[]|My Domain",
        "200|''|My Domain",
        "404|<html>no</html>|My Domain",
        "302|''|My Domain",
        "400|{\"error\":\"unknown_error\"}|unknown_error",
        "400|{\"error\":\"app_not_found\"}|app_not_found",
        "400|{\"error\":\"OAUTH_APP_ACCESS_DENIED\"}|OAUTH_APP_ACCESS_DENIED",
        "401|{\"error\":\"some_day_added\"}|some_day_added",
        "400|{\"error\":\"ada@example.org\"}|HTTP 400",
        "400|<html>|HTTP 400",
        "403|''|salesforce.client-id"
      })
  void a_log_in_that_is_refused_or_answered_with_nonsense_pauses_once_for_the_whole_batch(
      int status, String body, String named) {
    org.faults().always(Fault.status(status, body).on(TOKEN));

    List<Outcome> outcomes = send(many());

    assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.PAUSED);
    assertThat(outcomes.get(0).reason())
        .contains("salesforce.login-url", named)
        .doesNotContain("ada@example.org", "<html>");
    assertThat(logIns()).isEqualTo(1);
    assertThat(org.requestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "429", "408"})
  void a_log_in_that_breaks_waits_and_is_asked_for_once(int status) {
    org.faults().always(Fault.status(status).on(TOKEN));

    assertThat(send(many())).extracting(Outcome::kind).containsOnly(Kind.SINK_DOWN);
    assertThat(logIns()).isEqualTo(1);
  }

  @Test
  void whoever_waited_for_a_refused_log_in_does_not_ask_again() {
    org.faults().always(Fault.status(400, "{\"error\":\"invalid_grant\"}").on(TOKEN));

    send(Deliveries.first(1));
    send(Deliveries.first(2));

    assertThat(logIns()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"id", "instance_url", "signature"})
  void an_answer_without_what_is_not_needed_is_as_good(String member) {
    org.loginAnswers(Map.of(member, ""));

    assertThat(send(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.DELIVERED);
  }

  @Test
  void a_token_goes_to_no_host_that_only_the_answer_names() {
    try (SalesforceOrg stranger = SalesforceOrg.start(0)) {
      org.loginAnswers(Map.of("instance_url", "http://stranger.example:" + stranger.port()));

      Outcome outcome = send(Deliveries.first(1)).get(0);

      assertThat(outcome.kind()).isEqualTo(Kind.PAUSED);
      assertThat(outcome.reason()).contains("salesforce.login-url");
      assertThat(stranger.requestCount()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://acme.my.salesforce.com, https://acme.my.salesforce.com, true",
    "https://acme.my.salesforce.com, https://eu45.salesforce.com, true",
    "https://acme.my.salesforce.com, https://acme--x.sandbox.my.salesforce.com, true",
    "https://crm.example.org, https://crm.example.org:8443, true",
    "https://acme.my.salesforce.com, http://acme.my.salesforce.com, false",
    "https://acme.my.salesforce.com, https://salesforce.com.evil.example, false",
    "https://acme.my.salesforce.com, https://evilsalesforce.com, false",
    "https://acme.my.salesforce.com, https://x@evil.example, false",
    "https://acme.my.salesforce.com, https://acme.my.salesforce.com@evil.example, false",
    "https://acme.my.salesforce.com, //acme.my.salesforce.com, false",
    "https://acme.my.salesforce.com, not an address, false",
    "http://127.0.0.1:80, http://localhost:81, true",
    "http://127.0.0.1:80, http://10.0.0.1:81, false"
  })
  void a_token_goes_to_salesforce_or_the_configured_host(
      String configured, String named, boolean may) {
    assertThat(OrgSession.mayHaveToken(named, configured)).isEqualTo(may);
  }

  @Test
  void an_org_that_moved_is_found_by_a_new_log_in_at_the_configured_address() {
    SalesforceOrg moved = SalesforceOrg.start(0);
    org.loginAnswers(Map.of("instance_url", moved.url()));
    try {
      moved.faults().always(Fault.status(404).on("/services/data"));
      assertThat(send(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.PAUSED);
      org.loginAnswers(Map.of());
      assertThat(send(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.DELIVERED);

      org.expireTokens();
      org.loginAnswers(Map.of("instance_url", moved.url()));
      moved.faults().clear();
      moved.faults().always(Fault.dropBeforeWork());
      send(Deliveries.first(2));
      org.loginAnswers(Map.of());
      assertThat(send(Deliveries.first(2)).get(0).kind()).isEqualTo(Kind.DELIVERED);
    } finally {
      moved.close();
    }
  }

  @Test
  void no_address_ever_holds_the_token() {
    send(Deliveries.first(1));
    org.expireTokens();
    send(Deliveries.first(2));
    route.close();

    assertThat(org.requests())
        .allSatisfy(
            request ->
                assertThat(request.path() + request.query()).doesNotContain("sandbox.session"));
    assertThat(org.requests()).noneMatch(request -> request.path().endsWith("/revoke"));
  }
}
