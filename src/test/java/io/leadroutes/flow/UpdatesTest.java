package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G2: a lead that changes after it was delivered. */
class UpdatesTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private Arrivals arrivals;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private Service start() {
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(arrivals.settings()), directory);
  }

  /** The lead of call 1, as it is after somebody corrected its company. */
  private void listed(String company) {
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1).variable("company", company));
  }

  private String record(String field) {
    return String.valueOf(
        arrivals.sandbox.salesforce().record("default-1").orElseThrow().fields().get(field));
  }

  private Message message() {
    return arrivals.sandbox.slack().messages().get(0);
  }

  private List<Integer> versionsInTheFile() {
    return arrivals.lines().stream()
        .map(
            line -> {
              try {
                return JSON.readTree(line).path("version").asInt();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }

  private void assertOneOfEach() {
    assertThat(arrivals.sandbox.salesforce().creates()).isEqualTo(1);
    assertThat(arrivals.sandbox.slack().posts()).isEqualTo(1);
    assertThat(arrivals.sandbox.slack().messages()).hasSize(1);
  }

  @Test
  void its_record_is_updated_its_message_edited_and_the_file_gets_a_line() {
    listed("Blue Door");
    try (Service service = start()) {
      await().atMost(LONG).until(() -> arrivals.all(1));

      listed("Blue Door Books");

      await().atMost(LONG).until(() -> record("Company").equals("Blue Door Books"));
      await().atMost(LONG).until(() -> message().edits() == 1 && arrivals.lines().size() == 2);
      arrivals.awaitTwoMorePasses();
      assertThat(message().blocks().toString()).contains("Blue Door Books");
      assertThat(versionsInTheFile()).containsExactly(1, 2);
      assertThat(arrivals.sandbox.salesforce().upsertRequests()).isEqualTo(2);
      assertThat(message().edits()).isEqualTo(1);
      assertOneOfEach();
    }
  }

  @Test
  void several_changes_while_slack_is_down_become_one_edit() {
    listed("Blue Door");
    try (Service service = start()) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.sandbox.slack().stop();
      for (String company : List.of("Blue Door B", "Blue Door Bo", "Blue Door Books")) {
        int lines = arrivals.lines().size();
        listed(company);
        await().atMost(LONG).until(() -> arrivals.lines().size() > lines);
      }

      arrivals.sandbox.slack().restart();

      await().atMost(LONG).until(() -> message().edits() > 0);
      arrivals.awaitTwoMorePasses();
      assertThat(message().edits()).isEqualTo(1);
      assertThat(message().blocks().toString()).contains("Blue Door Books");
      assertOneOfEach();
    }
  }

  @Test
  void only_fields_whose_value_changed_are_sent_so_that_a_salespersons_corrections_stay() {
    listed("Blue Door");
    try (Service service = start()) {
      await().atMost(LONG).until(() -> arrivals.all(1));

      listed("Blue Door Books");

      await().atMost(LONG).until(() -> record("Company").equals("Blue Door Books"));
      List<Map<String, Object>> writes = arrivals.sandbox.salesforce().writes("default-1");
      assertThat(writes).hasSize(2);
      assertThat(writes.get(0)).containsKeys("LastName", "Phone", "Company", "LeadSource");
      assertThat(writes.get(1)).containsOnlyKeys("Company");
    }
  }

  @Test
  void a_change_that_no_field_shows_asks_salesforce_nothing() {
    listed("Blue Door");
    try (Service service = start()) {
      await().atMost(LONG).until(() -> arrivals.all(1));

      arrivals
          .sandbox
          .clickSpeak()
          .put(
              SandboxCall.qualified(1)
                  .variable("company", "Blue Door")
                  .variable("shoe_size", "42"));

      await().atMost(LONG).until(() -> arrivals.lines().size() == 2);
      arrivals.awaitTwoMorePasses();
      assertThat(arrivals.sandbox.salesforce().upsertRequests()).isEqualTo(1);
    }
  }
}
