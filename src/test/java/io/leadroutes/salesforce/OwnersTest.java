package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.Request;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.settings.SettingsException;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A lead that a salesperson works with stays with them, whatever becomes of its call. */
@Timeout(30)
class OwnersTest {

  private static final String RULE = "01Q5e000000SANDEAO";

  private final SalesforceOrg org = SalesforceOrg.start(0);
  private SinkRoute route;

  @BeforeEach
  void start() {
    org.assignTo("by rule");
    route = route(Map.of());
  }

  @AfterEach
  void stop() {
    route.close();
    org.close();
  }

  private SinkRoute route(Map<String, String> own) {
    return new SinkRoute(
        SinkRoute.settings(values(own)), new SalesforceSink()::bind, "deliver-salesforce");
  }

  private Map<String, String> values(Map<String, String> own) {
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "salesforce.login-url", org.url(),
                "salesforce.client-id", org.clientId(),
                "salesforce.client-secret", org.clientSecret()));
    values.putAll(own);
    return values;
  }

  private List<Outcome> send(Delivery... deliveries) {
    return SinkRoute.outcomes(route.send(List.of(deliveries)));
  }

  private List<Request> writes() {
    return org.requests().stream().filter(r -> r.path().contains("/composite/")).toList();
  }

  @Test
  void a_new_lead_is_assigned_by_the_orgs_rule_and_a_change_leaves_it_to_its_salesperson() {
    String id = send(Deliveries.first(1)).get(0).sinkId();
    assertThat(org.owner("default-1")).isEqualTo("by rule");
    org.own("default-1", "Grace");

    send(Deliveries.update(1, 2, id));

    assertThat(org.owner("default-1")).isEqualTo("Grace");
    assertThat(org.autoAssigns("default-1")).containsExactly("", "FALSE");
  }

  @ParameterizedTest
  @CsvSource({"none,FALSE", "None,FALSE", RULE + "," + RULE})
  void new_leads_say_what_the_setting_says(String rule, String said) {
    try (SinkRoute own = route(Map.of("salesforce.assignment-rule", rule))) {
      own.send(List.of(Deliveries.first(1), Deliveries.update(2, 2, "00Q2")));
    }

    assertThat(org.autoAssigns("default-1")).containsExactly(said);
    assertThat(org.autoAssigns("default-2")).containsExactly("FALSE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "true", "01Q", "00Q5e000000SANDEAO", "${sys.x}"})
  void what_is_no_rule_stops_the_start(String rule) {
    var wrong = SinkRoute.settings(values(Map.of("salesforce.assignment-rule", rule)));

    assertThatThrownBy(() -> new SalesforceSink().bind(new DefaultCamelContext(), wrong))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("salesforce.assignment-rule=" + rule + " is no assignment rule");
  }

  @Test
  void new_leads_and_changes_of_a_batch_go_in_requests_of_their_own() {
    List<Outcome> outcomes =
        send(
            Deliveries.first(1),
            Deliveries.update(2, 2, "00Q2"),
            Deliveries.first(3),
            Deliveries.update(4, 2, "00Q4"));

    assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.DELIVERED);
    assertThat(writes()).hasSize(2);
    assertThat(org.autoAssigns("default-1")).containsExactly("");
    assertThat(org.autoAssigns("default-3")).containsExactly("");
    assertThat(org.autoAssigns("default-4")).containsExactly("FALSE");
  }

  @Test
  void after_a_lost_answer_it_is_asked_which_leads_are_there_and_those_are_changed() {
    org.faults().next(Fault.dropAfterWork().on("/services/data"));
    assertThat(send(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
    org.own("default-1", "Grace");

    List<Outcome> outcomes =
        send(
            Deliveries.unknown(1, Deliveries.earlier(0, 60)),
            Deliveries.unknown(2, Deliveries.earlier(0, 60)));

    assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.DELIVERED);
    assertThat(org.owner("default-1")).isEqualTo("Grace");
    assertThat(org.owner("default-2")).as("it was never there").isEqualTo("by rule");
    assertThat(org.autoAssigns("default-1")).containsExactly("", "FALSE");
    assertThat(org.autoAssigns("default-2")).containsExactly("");
    assertThat(org.requests().stream().filter(r -> r.path().contains("/query"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503})
  void an_answer_that_a_server_broke_over_is_a_lost_one(int status) {
    org.faults().next(Fault.statusAfterWork(status).on("/services/data"));

    assertThat(send(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void a_lead_that_another_request_makes_just_now_is_asked_for_first() {
    org.failNext("default-1", "DUPLICATE_VALUE", "ClickSpeak_Call_Id__c duplicates value");

    assertThat(send(Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void an_org_that_does_not_say_which_leads_are_there_has_them_all_with_their_owners() {
    org.faults()
        .always(
            Fault.status(400, "[{\"errorCode\":\"X\"}]").when(r -> r.path().contains("/query")));

    Outcome outcome = send(Deliveries.unknown(1, Deliveries.earlier(0, 60))).get(0);

    assertThat(outcome.kind()).isEqualTo(Kind.DELIVERED);
    assertThat(org.autoAssigns("default-1")).containsExactly("FALSE");
  }

  @Test
  void while_it_cannot_be_asked_nothing_is_sent() {
    org.faults().next(Fault.status(503).when(r -> r.path().contains("/query")));

    assertThat(send(Deliveries.unknown(1, Deliveries.earlier(0, 60))).get(0).kind())
        .isNotIn(Kind.DELIVERED, Kind.DEAD_LETTER);
    assertThat(writes()).isEmpty();
  }

  @Test
  void what_stands_in_for_a_name_or_a_company_never_takes_the_place_of_one() {
    String id = send(Deliveries.first(1)).get(0).sinkId();
    Lead bare =
        Deliveries.lead(1, "Ada", null, null, null, "+44 20 7946 0001", null, null, null, Map.of());
    Delivery update = new Delivery(1, "default", bare, 2, 1, id, null, false, null, 7);

    send(update);

    assertThat(org.writes("default-1").get(1))
        .doesNotContainKeys("LastName", "Company")
        .containsEntry("Phone", "+44 20 7946 0001");
    assertThat(org.record("default-1").orElseThrow().fields())
        .containsEntry("Company", "Engines Ltd");
  }

  @Test
  void every_request_says_which_program_sent_it() {
    send(Deliveries.first(1), Deliveries.update(2, 2, "00Q2"));

    assertThat(writes())
        .extracting(request -> request.header("Sforce-Call-Options"))
        .containsOnly("client=LeadRoutes");
  }
}
