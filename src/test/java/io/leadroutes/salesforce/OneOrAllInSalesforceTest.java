package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.call.Call;
import io.leadroutes.ledger.Account;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.sinks.SinkOnLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an org refuses, from the ledger to the org: whose fault it is, and what becomes of it. */
@Timeout(60)
class OneOrAllInSalesforceTest {

  @TempDir Path directory;

  private final SalesforceOrg org = SalesforceOrg.start(0);
  private SinkOnLedger sink;
  private Account account;

  @BeforeEach
  void open() {
    sink =
        new SinkOnLedger(
            "salesforce",
            directory,
            Map.of(
                "salesforce.login-url", org.url(),
                "salesforce.client-id", org.clientId(),
                "salesforce.client-secret", org.clientSecret(),
                "sink.probe", "1h",
                "retry.schedule", "5s, 30s"),
            (context, own) -> new SalesforceSink().bind(context, own.settings()),
            List.of("default"));
    account = sink.accounts.get(0);
  }

  @AfterEach
  void close() {
    sink.close();
    org.close();
  }

  private void record(long from, long to) {
    sink.record(
        account,
        LongStream.rangeClosed(from, to).mapToObj(sink.fixture::qualified).toArray(Call[]::new));
  }

  private void awaitCount(String condition, int count) {
    await()
        .atMost(Duration.ofSeconds(25))
        .untilAsserted(
            () ->
                assertThat(sink.fixture.count("SELECT COUNT(*) FROM delivery WHERE " + condition))
                    .as(condition)
                    .isEqualTo(count));
  }

  private String awaitPaused() {
    await()
        .atMost(Duration.ofSeconds(25))
        .until(
            () ->
                sink.fixture.count("SELECT COUNT(*) FROM sink_state WHERE paused IS NOT NULL")
                    == 1);
    return sink.fixture.text("SELECT paused FROM sink_state");
  }

  private void repair() {
    sink.fixture.execute("UPDATE sink_state SET not_before = 0");
    sink.fixture.execute("UPDATE delivery SET due_at = 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST|LeadSource|salesforce.lead.LeadSource",
        "REQUIRED_FIELD_MISSING|Region__c|map Region__c in salesforce.lead.Region__c",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION|Phone|a rule of the org",
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY|Phone|trigger",
        "CANNOT_EXECUTE_FLOW_TRIGGER|Phone|flow",
        "STRING_TOO_LONG|LeadSource|salesforce.lead.LeadSource",
        "INACTIVE_OWNER_OR_USER|OwnerId|assignment rule",
        "SOME_DAY_ADDED|Phone|SOME_DAY_ADDED",
        "STORAGE_LIMIT_EXCEEDED|Phone|free storage"
      })
  void what_every_lead_is_refused_for_pauses_the_sink_with_field_and_remedy_and_burns_none(
      String code, String field, String remedy) {
    org.failAllLeads(code, field);
    record(1, 5);

    assertThat(awaitPaused()).contains(code, remedy);
    assertThat(sink.fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'dead'")).isZero();
    assertThat(sink.fixture.count("SELECT MAX(attempts) FROM delivery")).isZero();
    org.takeAllLeads();
    repair();
    awaitCount("state = 'delivered'", 5);
  }

  @ParameterizedTest
  @CsvSource({"INACTIVE_OWNER_OR_USER,owner", "STRING_TOO_LONG,correct"})
  void a_lead_that_is_refused_alone_holds_no_other_and_is_then_its_own_fault(
      String code, String named) {
    org.failAlways("default-1", code, "inactive user");
    record(1, 1);
    awaitCount("held_at IS NOT NULL", 1);

    record(2, 11);

    awaitCount("state = 'delivered'", 10);
    awaitCount("state = 'dead'", 1);
    assertThat(sink.fixture.text("SELECT reason FROM delivery WHERE state = 'dead'"))
        .contains(code, named);
  }

  @Test
  void a_change_that_is_refused_alone_holds_no_new_lead() {
    record(1, 1);
    awaitCount("state = 'delivered'", 1);
    org.failAlways("default-1", "INSUFFICIENT_ACCESS_OR_READONLY", "no");
    sink.fixture.execute("UPDATE delivery SET wanted_version = 2, memo = NULL");
    awaitCount("held_at IS NOT NULL", 1);

    record(2, 11);

    awaitCount("state = 'delivered'", 10);
    assertThat(sink.fixture.text("SELECT reason FROM delivery WHERE call_id = 1"))
        .contains("owner", "sharing");
    org.heal("default-1");
    repair();
    awaitCount("state = 'delivered'", 11);
  }

  @Test
  void a_limit_that_is_reached_within_a_batch_keeps_the_rest_waiting_and_gives_none_up() {
    org.storage(3);
    record(1, 8);

    assertThat(awaitPaused()).contains("STORAGE_LIMIT_EXCEEDED", "free storage");
    awaitCount("state = 'delivered'", 3);
    awaitCount("state = 'pending'", 5);
    org.storage(100);
    repair();
    awaitCount("state = 'delivered'", 8);
  }
}
