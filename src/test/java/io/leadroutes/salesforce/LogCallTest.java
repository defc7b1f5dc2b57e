package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.sandbox.SalesforceOrg.TaskRecord;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G2: {@code salesforce.log-call}, through the route's own door. */
@Timeout(30)
class LogCallTest {

  private static final String KEY = "ClickSpeak_Call_Id__c";
  private static final String TASKS = "/services/data/v68.0/composite/sobjects/Task";
  private static final String INSERTS = "/services/data/v68.0/composite/sobjects";

  private final SalesforceOrg org = SalesforceOrg.start(0);
  private SinkRoute once;

  @BeforeEach
  void start() {
    org.taskExternalIdField(KEY);
    once = route(Map.of("salesforce.task-external-id-field", KEY));
  }

  @AfterEach
  void stop() {
    once.close();
    org.close();
  }

  @Test
  void a_call_is_logged_as_a_completed_task_on_its_lead() {
    assertThat(send(once, Deliveries.first(1)))
        .containsExactly(Outcome.delivered(org.records().get(0).id()));

    TaskRecord task = org.tasks().get(0);
    assertThat(task.whoId()).isEqualTo(org.record("default-1").orElseThrow().id());
    assertThat(task.fields())
        .containsOnlyKeys(
            KEY,
            "WhoId",
            "Subject",
            "TaskSubtype",
            "Status",
            "ActivityDate",
            "CallDurationInSeconds",
            "CallType",
            "CallObject",
            "Description")
        .containsEntry(KEY, "default-1")
        .containsEntry("Subject", "AI call: qualified_lead")
        .containsEntry("TaskSubtype", "Call")
        .containsEntry("Status", "Completed")
        .containsEntry("ActivityDate", "2026-03-01")
        .containsEntry("CallDurationInSeconds", "95")
        .containsEntry("CallType", "Outbound")
        .containsEntry("CallObject", "default-1")
        .containsEntry("Description", "Agent: Hello\nCustomer: Hi");
  }

  @Test
  void the_day_of_a_call_is_that_of_the_account() {
    try (SinkRoute pacific = route(Map.of("clickspeak.time-zone", "Pacific/Kiritimati"))) {
      send(pacific, Deliveries.first(1));
    }
    try (SinkRoute west = route(Map.of("clickspeak.time-zone", "Etc/GMT+12"))) {
      send(west, Deliveries.first(2));
    }

    assertThat(org.tasks())
        .extracting(task -> task.fields().get("ActivityDate"))
        .containsExactly("2026-03-01", "2026-02-28");
  }

  @Test
  void what_is_not_known_of_a_call_is_left_out() {
    send(once, Deliveries.of(1, Deliveries.bare(1)));

    assertThat(org.tasks().get(0).fields())
        .containsEntry("Subject", "AI call")
        .doesNotContainKey("Description");
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void whatever_a_caller_says_is_logged_as_data(String text) {
    assertThat(send(once, Deliveries.of(1, Deliveries.hostile(1, text))))
        .extracting(Outcome::kind)
        .containsExactly(Kind.DELIVERED);
    assertThat(org.tasks()).hasSize(1);
  }

  @Test
  void two_hundred_leads_and_their_tasks_are_two_requests() {
    assertThat(send(once, firsts(200))).extracting(Outcome::kind).containsOnly(Kind.DELIVERED);

    assertThat(org.records()).hasSize(200);
    assertThat(org.tasks()).extracting(TaskRecord::externalId).doesNotHaveDuplicates().hasSize(200);
    assertThat(org.requestCount() - org.logins()).isEqualTo(2);
  }

  @Test
  void a_task_stays_one_however_often_its_lead_is_sent() {
    send(once, Deliveries.first(1));
    send(once, Deliveries.unknown(1, Deliveries.earlier(0, 60)));
    send(once, Deliveries.update(1, 2, "00Q"));

    assertThat(org.records()).hasSize(1);
    assertThat(org.tasks()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "dropped", "late", "never done"})
  void a_lead_whose_task_has_no_answer_is_unknown_and_ends_with_one_of_each(String fault) {
    org.faults()
        .next(
            (switch (fault) {
                  case "cut" -> Fault.cutBody();
                  case "dropped" -> Fault.dropAfterWork();
                  case "late" -> Fault.delayAfterWork(Duration.ofSeconds(8));
                  default -> Fault.dropBeforeWork();
                })
                .on(TASKS));

    assertThat(send(once, Deliveries.first(1)))
        .extracting(Outcome::kind)
        .containsExactly(Kind.UNKNOWN);
    assertThat(send(once, Deliveries.unknown(1, Deliveries.earlier(0, 60))))
        .extracting(Outcome::kind)
        .containsExactly(Kind.DELIVERED);

    assertThat(org.records()).hasSize(1);
    assertThat(org.tasks()).hasSize(1);
  }

  @Test
  void a_lead_that_has_no_answer_has_no_task_yet() {
    org.faults().next(Fault.dropAfterWork().on("/services/data"));
    assertThat(send(once, Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(org.tasks()).isEmpty();

    send(once, Deliveries.unknown(1, Deliveries.earlier(0, 60)));
    assertThat(org.records()).hasSize(1);
    assertThat(org.tasks()).hasSize(1);
  }

  @Test
  void without_an_external_id_a_call_is_logged_until_its_lead_was_delivered_and_never_again() {
    try (SinkRoute atLeastOnce = route(Map.of())) {
      org.faults().next(Fault.dropBeforeWork().when(request -> request.path().equals(INSERTS)));
      assertThat(send(atLeastOnce, Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.UNKNOWN);
      assertThat(org.tasks()).isEmpty();

      Delivery again = Deliveries.unknown(1, Deliveries.earlier(0, 60));
      String id = send(atLeastOnce, again).get(0).sinkId();
      assertThat(org.tasks()).hasSize(1);
      assertThat(org.tasks().get(0).fields()).doesNotContainKey(KEY);

      assertThat(send(atLeastOnce, Deliveries.update(1, 2, id)))
          .containsExactly(Outcome.delivered(id));
      assertThat(org.tasks()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "REQUIRED_FIELD_MISSING"
      })
  void tasks_that_no_call_may_have_pause_the_sink_and_give_no_lead_up(String code) {
    Delivery converted = Deliveries.update(9, 2, "00Q");
    send(once, Deliveries.first(9));
    org.convert("default-9");
    org.failAllTasks(code);

    List<Outcome> outcomes =
        send(once, Deliveries.first(1), Deliveries.update(2, 2, "00Q"), converted);

    assertThat(outcomes)
        .extracting(Outcome::kind)
        .containsExactly(Kind.REFUSED, Kind.REFUSED, Kind.DEAD_LETTER);
    assertThat(outcomes.get(0).reason())
        .startsWith("The lead is in Salesforce, the Task of its call is refused with " + code);
    assertThat(outcomes.get(0).sinkId()).as("the next attempt changes it").isNotNull();
    org.failAllTasks(null);
    assertThat(send(once, Deliveries.first(1)).get(0).kind()).isEqualTo(Kind.DELIVERED);
    assertThat(org.tasks()).hasSize(2);
  }

  @Test
  void updates_without_a_task_wait_too_where_tasks_are_refused() {
    org.failAllTasks("INSUFFICIENT_ACCESS_OR_READONLY");
    try (SinkRoute atLeastOnce = route(Map.of())) {
      assertThat(send(atLeastOnce, Deliveries.first(1), Deliveries.update(2, 2, "00Q")))
          .extracting(Outcome::kind)
          .containsOnly(Kind.REFUSED);
    }
  }

  @Test
  void a_field_that_is_no_external_id_of_task_is_named() {
    org.taskExternalIdField("Other__c");

    Outcome outcome = send(once, Deliveries.first(1)).get(0);

    assertThat(outcome.kind()).isEqualTo(Kind.PAUSED);
    assertThat(outcome.reason()).contains("salesforce.task-external-id-field");
    assertThat(org.records()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"500,UNKNOWN", "503,UNKNOWN", "429,SINK_DOWN", "403,PAUSED", "400,LATER"})
  void a_request_for_tasks_that_fails_keeps_all_its_leads_waiting(int status, Kind kind) {
    org.faults().next(Fault.status(status).on(TASKS));

    assertThat(send(once, firsts(3))).extracting(Outcome::kind).containsOnly(kind);
  }

  @Test
  void a_request_for_tasks_that_cannot_be_read_keeps_all_its_leads_waiting_with_the_remedy() {
    String unreadable = "[{\"errorCode\":\"JSON_PARSER_ERROR\",\"message\":\"no\"}]";
    org.faults().next(Fault.status(400, unreadable).on(TASKS));

    List<Outcome> outcomes = send(once, firsts(2));

    assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.LATER);
    assertThat(outcomes.get(0).reason()).contains("salesforce.task-external-id-field");
  }

  @Test
  void a_task_that_is_refused_for_itself_costs_its_own_lead_only() {
    org.failTasks("default-2", "FIELD_CUSTOM_VALIDATION_EXCEPTION");
    org.failNextTask("default-3", "UNABLE_TO_LOCK_ROW");

    List<Outcome> outcomes = send(once, firsts(3));

    assertThat(outcomes)
        .extracting(Outcome::kind)
        .containsExactly(Kind.DELIVERED, Kind.REFUSED, Kind.LATER);
    assertThat(outcomes.get(1).reason())
        .startsWith(
            "The lead is in Salesforce, the Task of its call is refused with"
                + " FIELD_CUSTOM_VALIDATION_EXCEPTION: ");
    assertThat(outcomes.get(2).reason())
        .startsWith("The lead is in Salesforce, the Task of its call is not yet.");
  }

  @Test
  void a_lead_that_is_refused_has_no_task() {
    org.failNext("default-2", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "no");

    assertThat(send(once, firsts(3)))
        .extracting(Outcome::kind)
        .containsExactly(Kind.DELIVERED, Kind.REFUSED, Kind.DELIVERED);
    assertThat(org.tasks())
        .extracting(TaskRecord::externalId)
        .containsExactly("default-1", "default-3");
  }

  @Test
  void a_change_of_a_lead_that_was_converted_is_said_and_has_no_task() {
    String id = send(once, Deliveries.first(1)).get(0).sinkId();
    org.convert("default-1");

    Outcome outcome = send(once, Deliveries.update(1, 2, id)).get(0);

    assertThat(outcome.kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(outcome.reason()).contains(id, "converted", "contact");
    assertThat(org.tasks()).hasSize(1);
  }

  @Test
  void a_lead_that_is_converted_between_its_upsert_and_its_task_is_never_said_to_be_delivered() {
    org.failTasks("default-1", "CANNOT_UPDATE_CONVERTED_LEAD");

    Outcome first = send(once, Deliveries.first(1)).get(0);
    assertThat(first.kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(first.reason())
        .isEqualTo(
            "The lead is in Salesforce, the Task of its call is not: refused with"
                + " CANNOT_UPDATE_CONVERTED_LEAD.");
    assertThat(send(once, Deliveries.update(1, 2, "00Q")).get(0).kind())
        .isEqualTo(Kind.DEAD_LETTER);
  }

  @Test
  void a_lead_that_was_converted_while_its_task_was_refused_is_there() {
    org.failAllTasks("INSUFFICIENT_ACCESS_OR_READONLY");
    send(once, Deliveries.first(1));
    org.failAllTasks(null);
    org.convert("default-1");

    assertThat(send(once, Deliveries.unknown(1, Deliveries.earlier(0, 60))).get(0).kind())
        .isEqualTo(Kind.ALREADY_THERE);
  }

  @Test
  void an_account_may_log_its_calls_when_the_others_do_not() {
    Map<String, String> acmeOnly =
        Map.of(
            "clickspeak.accounts", "default, acme",
            "salesforce.log-call", "false",
            "clickspeak.account.acme.salesforce.log-call", "true",
            "clickspeak.account.acme.salesforce.task-external-id-field", KEY);
    try (SinkRoute two = route(acmeOnly)) {
      send(two, Deliveries.first(1));
      send(two, Deliveries.of("acme", 1));
    }

    assertThat(org.records()).hasSize(2);
    assertThat(org.tasks()).extracting(TaskRecord::externalId).containsExactly("acme-1");
  }

  private static Delivery[] firsts(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Deliveries::first).toArray(Delivery[]::new);
  }

  private static List<Outcome> send(SinkRoute route, Delivery... deliveries) {
    Exchange exchange = route.send(List.of(deliveries));
    return SinkRoute.outcomes(exchange);
  }

  private SinkRoute route(Map<String, String> values) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "salesforce.login-url", org.url(),
                "salesforce.client-id", org.clientId(),
                "salesforce.client-secret", org.clientSecret(),
                "salesforce.log-call", "true",
                "sink.timeout", "2s"));
    all.putAll(values);
    return new SinkRoute(SinkRoute.settings(all), new SalesforceSink()::bind, "deliver-salesforce");
  }
}
