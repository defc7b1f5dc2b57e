package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G2, G3, G4: the whole way, from the timer to the three sinks. */
class MainJobTest {

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

  private Service start(Map<String, String> others) {
    Map<String, String> settings = new HashMap<>(arrivals.settings());
    settings.putAll(others);
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(settings), directory);
  }

  @Test
  void a_thousand_calls_bring_two_hundred_leads_once_over_passes_and_restarts() throws IOException {
    arrivals.sandbox.clickSpeak().population(1000, 200, 1);
    try (Service service = start(Map.of())) {
      await().atMost(LONG).until(() -> arrivals.all(200));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(200);
    }
    long upserts = arrivals.sandbox.salesforce().upsertRequests();
    try (Service restarted = start(Map.of())) {
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(200);
      assertThat(arrivals.sandbox.salesforce().upsertRequests()).isEqualTo(upserts);
    }
  }

  @Test
  void a_call_that_is_evaluated_late_becomes_a_lead_then() throws IOException {
    arrivals.sandbox.clickSpeak().put(SandboxCall.ringing(1), SandboxCall.unevaluated(2));
    try (Service service = start(Map.of())) {
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(0);

      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1), SandboxCall.qualified(2));

      await().atMost(LONG).until(() -> arrivals.all(2));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(2);
    }
  }

  @Test
  void with_five_thousand_calls_a_lead_is_in_slack_and_salesforce_within_a_period_and_a_second() {
    Duration period = Duration.ofSeconds(2);
    arrivals.sandbox.clickSpeak().population(5000, 0, 1);
    try (Service service = start(Map.of("poll.period", "2s"))) {
      // The first full pass proves the order; from then on one or two requests are enough.
      await().atMost(LONG).until(() -> arrivals.passes() >= 3);
      List<Duration> took = new ArrayList<>();
      for (int lead = 1; lead <= 5; lead++) {
        Instant shown = Instant.now();
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(9_000_000 + lead));
        int leads = lead;
        await()
            .pollInterval(Duration.ofMillis(10))
            .atMost(LONG)
            .until(() -> arrivals.slack() == leads && arrivals.salesforce() == leads);
        took.add(Duration.between(shown, Instant.now()));
      }
      // One of five may meet a moment when the machine does something else.
      assertThat(took.stream().sorted().skip(3).findFirst().orElseThrow())
          .as("all but the slowest of %s", took)
          .isLessThan(period.plusSeconds(1));
    }
  }

  @Test
  void one_bad_record_costs_that_record_only() throws IOException {
    arrivals
        .sandbox
        .clickSpeak()
        .put(SandboxCall.qualified(1), SandboxCall.qualified(3))
        .putRaw(2, Instant.now(), "{\"id\": \"none\", \"status\": 17}");
    try (Service service = start(Map.of())) {
      await().atMost(LONG).until(() -> arrivals.all(2));
      arrivals.assertEachOnce(2);
    }
  }

  @Test
  void a_sink_that_is_down_holds_no_other_and_catches_up() throws IOException {
    arrivals.sandbox.clickSpeak().population(50, 10, 1);
    arrivals.sandbox.slack().stop();
    try (Service service = start(Map.of())) {
      await()
          .atMost(LONG)
          .until(() -> arrivals.salesforce() == 10 && arrivals.lines().size() == 10);
      assertThat(arrivals.slack()).isZero();

      arrivals.sandbox.slack().restart();

      await().atMost(LONG).until(() -> arrivals.all(10));
      arrivals.assertEachOnce(10);
    }
  }

  @Test
  void the_list_being_down_holds_back_nothing_once_it_answers_again() throws IOException {
    arrivals.sandbox.clickSpeak().population(50, 10, 1);
    arrivals.sandbox.clickSpeak().stop();
    try (Service service = start(Map.of())) {
      arrivals.sandbox.clickSpeak().restart();

      await().atMost(LONG).until(() -> arrivals.all(10));
      arrivals.assertEachOnce(10);
    }
  }

  @Test
  void calls_from_before_the_start_are_never_delivered() throws IOException {
    arrivals
        .sandbox
        .clickSpeak()
        .put(
            SandboxCall.qualified(1).createdAt(Instant.now().minus(Duration.ofHours(30))),
            SandboxCall.qualified(2));
    try (Service service = start(Map.of("poll.start", "today"))) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(1);
    }
  }
}
