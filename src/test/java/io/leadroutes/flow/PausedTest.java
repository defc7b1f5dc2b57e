package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Overview;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G5: what is paused says so where somebody looks, and holds nothing else. */
class PausedTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void a_paused_sink_is_in_the_health_detail_with_its_remedy_and_the_service_stays_ready() {
    try (Arrivals arrivals = new Arrivals(directory)) {
      Map<String, String> settings = arrivals.settings();
      settings.put("sink.probe", "500ms");
      arrivals
          .sandbox
          .slack()
          .faults()
          .always(Fault.status(200, "{\"ok\":false,\"error\":\"not_in_channel\"}"));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      try (Service service =
          Service.start(
              Settings.load(directory, Map.of(), new Properties()).with(settings), directory)) {
        String port = settings.get("console.port");
        await().atMost(LONG).until(() -> health(port).body().contains("slack for account default"));
        assertThat(health(port).statusCode()).isEqualTo(200);
        assertThat(health(port).body()).contains("invite it to the channel");
        await().atMost(LONG).until(() -> arrivals.salesforce() == 1);

        arrivals.sandbox.slack().faults().clear();

        await().atMost(LONG).until(() -> arrivals.all(1));
        await().atMost(LONG).until(() -> !health(port).body().contains("slack for account"));
      }
    }
  }

  /**
   * The remedy is "correct and restart": an hour until the next probe would look like a failure.
   */
  @Test
  void a_restart_probes_what_was_paused_at_once_and_says_so() {
    try (Arrivals arrivals = new Arrivals(directory)) {
      Settings settings = settings(arrivals);
      arrivals.sandbox.slack().faults().always(NOT_IN_CHANNEL);
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      try (Service service = Service.start(settings, directory)) {
        await().atMost(LONG).until(() -> isPaused(settings));
      }
      arrivals.sandbox.slack().faults().clear();

      try (Service service = Service.start(settings, directory)) {
        await().atMost(LONG).until(() -> arrivals.all(1));
        assertThat(service.notes())
            .anyMatch(
                note ->
                    note.startsWith(
                        "slack for account default was paused and is tried at once with one"
                            + " lead."));
      }
    }
  }

  @Test
  void retry_tries_a_paused_sink_now_beside_the_running_service() {
    try (Arrivals arrivals = new Arrivals(directory)) {
      Settings settings = settings(arrivals);
      arrivals.sandbox.slack().faults().always(NOT_IN_CHANNEL);
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));
      try (Service service = Service.start(settings, directory)) {
        await().atMost(LONG).until(() -> isPaused(settings));
        arrivals.sandbox.slack().faults().clear();

        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
        assertThat(commands.run("retry", "--sink", "slack")).isZero();

        assertThat(commands.out())
            .contains("slack is tried now with one lead; 2 are waiting. It is paused: ")
            .contains("invite it to the channel");
        await().atMost(LONG).until(() -> arrivals.all(2));
      }
      CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
      assertThat(commands.run("retry", "--sink", "slack")).isZero();
      assertThat(commands.out()).contains("Account default: nothing is waiting for slack.");
      assertThat(commands.run("retry", "--sink", "slak")).isEqualTo(2);
    }
  }

  /** A rule that was corrected to keep wrong leads out must not post them first. */
  @Test
  void a_changed_rule_counts_before_anything_that_waits_is_sent() throws IOException {
    try (Arrivals arrivals = new Arrivals(directory)) {
      Settings settings = settings(arrivals);
      arrivals.sandbox.slack().faults().always(NOT_IN_CHANNEL);
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));
      try (Service service = Service.start(settings, directory)) {
        await().atMost(LONG).until(() -> isPaused(settings));
        await().atMost(LONG).until(() -> arrivals.salesforce() == 2);
      }
      arrivals.sandbox.slack().faults().clear();
      arrivals.sandbox.clickSpeak().faults().always(Fault.status(503, "busy"));
      Path routes = Files.createDirectories(directory.resolve("routes"));
      Files.writeString(
          routes.resolve("judge-call.camel.yaml"),
          """
          - route:
              id: judge-call
              from:
                uri: direct:judge-call
                steps:
                  - bean: {ref: judge, method: judge}
                  - choice:
                      when:
                        - expression: {simple: {expression: "${body.call.id} == 1"}}
                          steps:
                            - setBody: {expression: {simple: {expression: "${body.sinks('salesforce, file')}"}}}
          """);

      try (Service service = Service.start(settings, directory)) {
        assertThat(service.notes())
            .contains(
                "The rule of account default has changed: 2 waiting deliveries will be sent once"
                    + " the account has been read to its end by the new rule.");
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(3));
        arrivals.sandbox.clickSpeak().faults().clear();
        await().atMost(LONG).until(() -> arrivals.slack() == 2 && arrivals.salesforce() == 3);
        arrivals.awaitTwoMorePasses();
      }
      assertThat(arrivals.slack()).isEqualTo(2);
    }
  }

  private static final Fault NOT_IN_CHANNEL =
      Fault.status(200, "{\"ok\":false,\"error\":\"not_in_channel\"}");

  /** Probes a paused sink in an hour at the earliest. */
  private Settings settings(Arrivals arrivals) {
    Map<String, String> settings = arrivals.settings();
    settings.put("sink.probe", "1h");
    return Settings.load(directory, Map.of(), new Properties()).with(settings);
  }

  private static boolean isPaused(Settings settings) {
    try (Ledger ledger = Ledger.openBeside(settings)) {
      return Overview.of(ledger).accounts().stream()
          .flatMap(account -> account.sinks().stream())
          .anyMatch(sink -> sink.trouble() != null && sink.trouble().paused());
    }
  }

  private static HttpResponse<String> health(String port) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/observe/health/ready"))
                  .build(),
              BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
