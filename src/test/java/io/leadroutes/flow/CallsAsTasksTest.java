package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.sandbox.SalesforceOrg.TaskRecord;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G2, G4: calls logged in Salesforce by the whole service, and a lead that must not pause it. */
class CallsAsTasksTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String KEY = "ClickSpeak_Call_Id__c";
  private static final String TASKS = "/services/data/v68.0/composite/sobjects/Task";

  @TempDir Path directory;

  private Arrivals arrivals;
  private SalesforceOrg org;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
    org = arrivals.sandbox.salesforce();
    org.taskExternalIdField(KEY);
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private Settings settings(Map<String, String> others) {
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.put("sink.timeout", "1500ms");
    values.putAll(others);
    return Settings.load(directory, Map.of(), new Properties()).with(values);
  }

  private Settings logging() {
    return settings(
        Map.of("salesforce.log-call", "true", "salesforce.task-external-id-field", KEY));
  }

  private void calls(int from, int to) {
    for (int id = from; id <= to; id++) {
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id));
    }
  }

  private long deliveries(String state) throws SQLException {
    String url = "jdbc:sqlite:" + directory.resolve("ledger.db");
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FROM delivery WHERE sink = 'salesforce' AND state = '"
                    + state
                    + "'")) {
      return rows.getLong(1);
    }
  }

  @Test
  void lost_answers_end_with_one_lead_and_one_task_a_call() throws IOException, SQLException {
    calls(1, 20);
    org.faults().next(Fault.dropAfterWork().on(TASKS));
    org.faults().next(Fault.delayAfterWork(Duration.ofSeconds(4)).on(TASKS));

    try (Service service = Service.start(logging(), directory)) {
      await().atMost(LONG).until(() -> deliveries("delivered") == 20);
      await().atMost(LONG).until(() -> arrivals.all(20));
    }

    arrivals.assertEachOnce(20);
    assertThat(org.tasks()).extracting(TaskRecord::externalId).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void a_lead_that_is_sent_again_keeps_its_one_task_and_a_converted_one_is_said() throws Exception {
    calls(1, 2);
    try (Service service = Service.start(logging(), directory)) {
      await().atMost(LONG).until(() -> deliveries("delivered") == 2);
      org.convert("default-2");
      String day = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();

      CommandLineOfTests commands = new CommandLineOfTests(logging(), directory);
      assertThat(commands.run("resend", "--sink", "salesforce", "--from", day)).isZero();

      await().atMost(LONG).until(() -> org.writes("default-1").size() == 2);
      await().atMost(LONG).until(() -> deliveries("delivered") == 1 && deliveries("dead") == 1);
    }

    assertThat(org.tasks()).hasSize(2);
    assertThat(org.creates()).isEqualTo(2);
  }

  @Test
  void a_permission_that_is_missing_pauses_the_sink_and_costs_no_lead_when_it_is_given()
      throws Exception {
    calls(1, 5);
    org.failAllTasks("INSUFFICIENT_ACCESS_OR_READONLY");
    Settings probing = logging().with(Map.of("sink.probe", "500ms"));

    try (Service service = Service.start(probing, directory)) {
      await().atMost(LONG).until(() -> org.count() == 5);
      assertThat(deliveries("dead")).isZero();
      assertThat(deliveries("delivered")).isZero();
      org.failAllTasks(null);

      await().atMost(LONG).until(() -> deliveries("delivered") == 5);
    }

    assertThat(org.tasks()).hasSize(5);
  }

  @Test
  void a_lead_that_salesforce_cannot_read_is_a_dead_letter_and_pauses_no_other() throws Exception {
    org.addNumberField("Score__c");
    Settings mapped = settings(Map.of("salesforce.lead.Score__c", "${body.variable('points')}"));
    for (int id = 1; id <= 30; id++) {
      Object points = id == 7 ? "many" : id;
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id).variable("points", points));
    }

    try (Service service = Service.start(mapped, directory)) {
      await().atMost(LONG).until(() -> deliveries("delivered") == 29 && deliveries("dead") == 1);

      // One that comes alone holds no other, which then shows whose fault it was.
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(31).variable("points", "many"));
      await().atMost(LONG).until(() -> deliveries("pending") == 1);
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(32).variable("points", 32));
      await().atMost(LONG).until(() -> deliveries("delivered") == 30 && deliveries("dead") == 2);
    }

    assertThat(org.record("default-7")).isEmpty();
    assertThat(org.record("default-31")).isEmpty();
  }
}
