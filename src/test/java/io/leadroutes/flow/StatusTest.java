package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the status tells beside a running service. */
class StatusTest {

  private static final Duration LONG = Duration.ofSeconds(60);

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

  private Settings settings(Databases database) {
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.remove("ledger.url");
    return database.settings(directory, values);
  }

  private static JsonNode json(CommandLineOfTests commands) {
    try {
      return new ObjectMapper().readTree(commands.out());
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + commands.out(), e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void while_all_is_well_the_exit_code_is_0_and_json_has_the_documented_fields(Databases database) {
    Settings settings = settings(database);
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1), SandboxCall.ringing(2));
    try (Service service = Service.start(settings, directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.awaitTwoMorePasses();
      CommandLineOfTests commands = new CommandLineOfTests(settings, directory);

      assertThat(commands.run("status", "--json")).as(commands.err()).isZero();

      JsonNode root = json(commands);
      assertThat(root.fieldNames())
          .toIterable()
          .containsExactly("at", "needsPerson", "issues", "accounts");
      assertThat(Instant.parse(root.path("at").asText())).isBefore(Instant.now().plusSeconds(60));
      assertThat(root.path("needsPerson").asBoolean()).isFalse();
      JsonNode account = root.path("accounts").path(0);
      assertThat(account.fieldNames())
          .toIterable()
          .containsExactly(
              "name", "polled", "paused", "openCalls", "setAside", "passes", "sinks", "backfills");
      assertThat(account.path("name").asText()).isEqualTo("default");
      assertThat(account.path("polled").asBoolean()).isTrue();
      assertThat(account.path("openCalls").asInt()).isEqualTo(1);
      assertThat(account.path("passes").path(0).fieldNames())
          .toIterable()
          .containsExactly(
              "kind",
              "startedAt",
              "endedAt",
              "pages",
              "requests",
              "newCalls",
              "changedCalls",
              "accepted",
              "reason");
      JsonNode sink = account.path("sinks").path(0);
      assertThat(sink.fieldNames())
          .toIterable()
          .containsExactly("sink", "deliveries", "oldestWaitsSince", "trouble");
      assertThat(sink.path("sink").asText()).isEqualTo("file");
      assertThat(sink.path("deliveries").toString())
          .isEqualTo(
              "{\"pending\":0,\"sending\":0,\"unknown\":0,\"delivered\":1,\"dead\":0,"
                  + "\"cancelled\":0}");
    }
  }

  @Test
  void a_paused_sink_is_told_with_its_remedy_and_the_exit_code_is_1() {
    Settings settings = settings(Databases.SQLITE);
    arrivals.sandbox.slack().token("another");
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = Service.start(settings, directory)) {
      CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
      await().atMost(LONG).until(() -> commands.run("status") == 1);

      assertThat(commands.out())
          .contains("Account default: polled; 0 open calls, 0 records set aside")
          .contains("slack is paused since 2")
          .contains("slack.token")
          .contains("Next try in ")
          .contains("Something needs a person")
          .doesNotContain("Fieldstone Bakery");
    }
  }

  @Test
  void what_an_account_left_behind_that_the_settings_no_more_name_needs_nobody() {
    Settings settings = settings(Databases.SQLITE);
    arrivals.sandbox.slack().token("another");
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
    try (Service service = Service.start(settings, directory)) {
      await().atMost(LONG).until(() -> commands.run("status") == 1);
    }

    CommandLineOfTests others =
        new CommandLineOfTests(settings.with(Map.of("clickspeak.accounts", "acme")), directory);
    assertThat(others.run("status")).isZero();
    assertThat(others.out()).contains("Account default: not in clickspeak.accounts;");
  }

  @Test
  void an_empty_ledger_is_said_to_be_empty() {
    Settings settings = settings(Databases.SQLITE);
    Ledger.open(settings).close();
    CommandLineOfTests commands = new CommandLineOfTests(settings, directory);

    assertThat(commands.run("status")).isZero();
    assertThat(commands.out()).startsWith("The ledger knows no account yet: start the service");
  }
}
