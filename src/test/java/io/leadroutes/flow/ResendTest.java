package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** G2: a mapping was corrected, and its leads are delivered again without coming twice. */
class ResendTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The company stands in another variable than the defaults expect. */
  private static final Map<String, String> CORRECTED = Map.of("lead.contact.company", "shop");

  @TempDir Path directory;

  private Arrivals arrivals;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1).variable("shop", "Blue Door Books"));
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private Settings settings(Map<String, String> others) {
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.putAll(others);
    return Settings.load(directory, Map.of(), new Properties()).with(values);
  }

  private void deliverOnce(Map<String, String> others) {
    try (Service service = Service.start(settings(others), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));
    }
  }

  private CommandLineOfTests commands(Map<String, String> others) {
    return new CommandLineOfTests(settings(others), directory);
  }

  private static String yesterday() {
    return LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
  }

  private List<JsonNode> lines() {
    return arrivals.lines().stream()
        .map(
            line -> {
              try {
                return JSON.readTree(line);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }

  private String company() {
    return String.valueOf(
        arrivals.sandbox.salesforce().record("default-1").orElseThrow().fields().get("Company"));
  }

  private Message message() {
    return arrivals.sandbox.slack().messages().get(0);
  }

  @Test
  void a_corrected_mapping_reaches_the_record_the_message_and_the_file_of_each_lead() {
    deliverOnce(Map.of());
    assertThat(company()).isEqualTo("Fieldstone Bakery");

    try (Service corrected = Service.start(settings(CORRECTED), directory)) {
      CommandLineOfTests commands = commands(CORRECTED);
      for (String sink : List.of("file", "salesforce", "slack")) {
        assertThat(commands.run("resend", "--sink", sink, "--from", yesterday())).isZero();
        assertThat(commands.out())
            .contains("Account default: 1 leads will be sent to " + sink + " again.");
      }

      await().atMost(LONG).until(() -> lines().size() == 2 && message().edits() == 1);
      await().atMost(LONG).until(() -> company().equals("Blue Door Books"));
      assertThat(lines()).extracting(line -> line.path("version").asInt()).containsExactly(1, 2);
      assertThat(lines().get(1).path("company").asText()).isEqualTo("Blue Door Books");
      assertThat(message().blocks().toString()).contains("Blue Door Books");
      assertThat(arrivals.sandbox.slack().messages()).hasSize(1);
      assertThat(arrivals.sandbox.slack().posts()).isEqualTo(1);
      assertThat(arrivals.sandbox.salesforce().records()).hasSize(1);
      assertThat(arrivals.sandbox.salesforce().creates()).isEqualTo(1);
    }
  }

  @Test
  void a_resend_without_a_service_is_sent_by_the_next_one() {
    deliverOnce(Map.of());

    commands(CORRECTED).run("resend", "--sink", "slack", "--from", yesterday());
    assertThat(message().edits()).isZero();

    try (Service corrected = Service.start(settings(CORRECTED), directory)) {
      await().atMost(LONG).until(() -> message().edits() == 1);
    }
  }

  @Test
  void a_message_that_somebody_deleted_is_not_posted_again_and_holds_no_other_lead() {
    try (Service service = Service.start(settings(Map.of()), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.sandbox.slack().clear();

      commands(Map.of()).run("resend", "--sink", "slack", "--from", yesterday());
      await().atMost(LONG).until(() -> arrivals.sandbox.slack().requestCount() == 2);
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));

      await().atMost(LONG).until(() -> arrivals.slack() == 1 && arrivals.salesforce() == 2);
      assertThat(arrivals.sandbox.slack().posts()).isEqualTo(2);
      assertThat(message().metadata().at("/event_payload/lead").asText()).isEqualTo("default-2");
    }
  }

  @Test
  void a_day_begins_in_the_time_zone_of_the_account() {
    LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(3);
    arrivals.sandbox.clickSpeak().clear();
    arrivals
        .sandbox
        .clickSpeak()
        .put(SandboxCall.qualified(1).createdAt(day.atTime(0, 30).toInstant(ZoneOffset.UTC)));
    Map<String, String> berlin = Map.of("clickspeak.time-zone", "Europe/Berlin");
    deliverOnce(berlin);
    CommandLineOfTests commands = commands(berlin);

    commands.run("resend", "--sink", "file", "--from", day.plusDays(1).toString());
    assertThat(commands.out()).contains("0 leads will be sent to file again.");

    commands.run("resend", "--sink", "file", "--from", day.toString());
    assertThat(commands.out()).contains("1 leads will be sent to file again.");
  }

  @Test
  void accounts_are_counted_one_by_one_and_may_be_chosen() {
    Map<String, String> two =
        Map.of(
            "clickspeak.accounts", "default, acme",
            "lead.sinks", "file",
            "clickspeak.account.acme.lead.sinks", "file, salesforce");
    try (Service service = Service.start(settings(two), directory)) {
      await().atMost(LONG).until(() -> arrivals.lines().size() == 2 && arrivals.salesforce() == 1);
    }

    CommandLineOfTests all = commands(two);
    assertThat(all.run("resend", "--sink", "file", "--from", yesterday())).isZero();
    assertThat(all.out())
        .contains("Account default: 1 leads will be sent to file again.")
        .contains("Account acme: 1 leads will be sent to file again.");

    CommandLineOfTests one = commands(two);
    assertThat(one.run("resend", "--sink", "salesforce", "--from", yesterday())).isZero();
    assertThat(one.out()).contains("Account acme: 1 leads").doesNotContain("default");
    assertThat(
            one.run(
                "resend", "--sink", "salesforce", "--from", yesterday(), "--account", "default"))
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resend --sink teams --from 2026-01-31 | --sink=teams is not in lead.sinks: name one of"
            + " file, salesforce, slack.",
        "resend --sink slack --from yesterday | --from=yesterday is not a day: write one such as"
            + " 2026-01-31.",
        "resend --sink slack --from +999999999-01-01 | --from=+999999999-01-01 is not a day",
        "resend --sink slack --from 2026-01-31 --account acme | --account=acme is not in"
            + " clickspeak.accounts",
        "resend --from 2026-01-31 | Missing required option: '--sink=<sink>'",
      })
  void a_mistake_is_one_sentence_with_its_remedy(String command, String sentence) {
    CommandLineOfTests commands = commands(Map.of());

    assertThat(commands.run(command.split(" "))).isEqualTo(2);
    assertThat(commands.err()).contains(sentence);
  }
}
