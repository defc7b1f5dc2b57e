package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.ledger.Databases;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G1, G2: the real jar, killed at random moments and started again. More kills with {@code
 * -Dcrash.kills=500}, the same ones with {@code -Dcrash.seed=…}.
 */
class CrashIT {

  private static final Duration LONG = Duration.ofSeconds(180);
  private static final int CALLS = 2000;
  private static final int LEADS = 400;
  private static final int KILLS = Integer.getInteger("crash.kills", 20);
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());

  @TempDir Path directory;

  private final Random random = new Random(SEED);
  private final List<Process> processes = new ArrayList<>();
  private Arrivals arrivals;
  private Map<String, String> settings;

  @BeforeEach
  void openSandbox() {
    System.out.println("Repeat with -Dcrash.seed=" + SEED);
    arrivals = new Arrivals(directory);
    settings = arrivals.settings();
    // Slow enough that a kill meets deliveries on their way, in each of its intervals.
    settings.put("slack.per-second", String.valueOf(LEADS / 10.0 / Math.max(1, KILLS / 20)));
    settings.put("sink.timeout", "500ms");
    settings.put("ledger.lease", "4s");
    // Lead and Task are two requests: a kill may come between them.
    arrivals.sandbox.salesforce().taskExternalIdField("ClickSpeak_Call_Id__c");
    settings.put("salesforce.log-call", "true");
    settings.put("salesforce.task-external-id-field", "ClickSpeak_Call_Id__c");
  }

  @AfterEach
  void stopAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    arrivals.close();
  }

  private void listManyCalls() {
    arrivals.sandbox.clickSpeak().population(CALLS, LEADS, 1);
  }

  private void shareOneLedger() {
    Map<String, String> values = new HashMap<>(settings);
    values.remove("ledger.url");
    Settings shared = Databases.POSTGRESQL.settings(directory, values);
    for (String key : List.of("ledger.url", "ledger.user", "ledger.password")) {
      settings.put(key, shared.text(key));
    }
  }

  private Process start(String... options) throws IOException {
    settings.put("console.port", String.valueOf(Arrivals.freePort()));
    Process process = Jar.start(List.of(options), directory, settings, "run");
    processes.add(process);
    return process;
  }

  private void kill(Process process) throws InterruptedException, IOException {
    assertThat(process.isAlive()).as(Jar.log(directory)).isTrue();
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    processes.remove(process);
  }

  /** While it starts, reads, delivers, or looks up what the one before left behind. */
  private void awaitRandomMoment() {
    long end = System.nanoTime() + Duration.ofMillis(random.nextInt(3500)).toNanos();
    await()
        .pollInterval(Duration.ofMillis(1 + random.nextInt(7)))
        .atMost(LONG)
        .until(() -> System.nanoTime() - end >= 0);
  }

  private void awaitAll(int leads) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(
                        List.of(arrivals.salesforce(), arrivals.slack(), arrivals.lines().size()))
                    .as("in Salesforce, in Slack, in the file")
                    .containsOnly(leads));
  }

  private void assertEachOnce(int leads) throws IOException {
    try {
      awaitAll(leads);
      arrivals.awaitTwoMorePasses();
      for (Process process : processes) {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
      arrivals.assertEachOnce(leads);
      assertThat(arrivals.sandbox.salesforce().tasks()).hasSize(leads);
    } catch (AssertionError | RuntimeException | InterruptedException e) {
      throw new AssertionError("Repeat with -Dcrash.seed=" + SEED + "\n" + Jar.log(directory), e);
    }
  }

  @Test
  void killed_at_random_moments_it_delivers_each_lead_once() throws Exception {
    listManyCalls();
    Process process = start();
    for (int kill = 0; kill < KILLS; kill++) {
      awaitRandomMoment();
      kill(process);
      process = start();
    }
    assertEachOnce(LEADS);
  }

  @Test
  void killed_while_its_clock_is_set_at_random_moments_it_delivers_each_lead_once()
      throws Exception {
    listManyCalls();
    Process process = start(ShiftedClock.steps(directory, random.nextLong()));
    for (int kill = 0; kill < KILLS / 2; kill++) {
      awaitRandomMoment();
      kill(process);
      process = start(ShiftedClock.steps(directory, random.nextLong()));
    }
    assertEachOnce(LEADS);
    assertThat(Jar.log(directory)).contains("The clock of this machine was set");
  }

  @Test
  void of_two_on_one_postgresql_one_is_killed_each_time_and_each_lead_arrives_once()
      throws Exception {
    listManyCalls();
    shareOneLedger();
    start();
    start();
    for (int kill = 0; kill < KILLS; kill++) {
      awaitRandomMoment();
      kill(processes.get(random.nextInt(processes.size())));
      start();
    }
    assertEachOnce(LEADS);
  }

  /**
   * The worst moment to be suspended is before the last look at the claim. Here each message spends
   * two seconds there, so that whenever the process is stopped some do; and it is stopped while no
   * request is about to leave, because what lies between the last look and the request, on a busy
   * machine for as long as a thread waits for the processor, nobody can close.
   */
  @Test
  void a_process_that_was_suspended_past_its_lease_has_nothing_sent_twice() throws Exception {
    listManyCalls();
    shareOneLedger();
    dwellBeforePosting();
    // Long enough for a machine that has other things to do.
    settings.put("sink.timeout", "2s");
    settings.put("ledger.lease", "16s");
    // Posted, but the answer does not come before the process is suspended.
    arrivals
        .sandbox
        .slack()
        .faults()
        .next(
            5,
            Fault.delayAfterWork(Duration.ofSeconds(8))
                .when(r -> r.path().endsWith("chat.postMessage")));
    Process suspended = start();
    await().atMost(LONG).until(() -> arrivals.slack() >= 5);
    awaitNoneLeaving();
    signal(suspended, "STOP");
    start();
    awaitAll(LEADS);

    signal(suspended, "CONT");

    assertEachOnce(LEADS);
  }

  private void awaitNoneLeaving() {
    int[] before = {-1};
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(50))
        .during(Duration.ofMillis(600))
        .until(
            () -> {
              int now = arrivals.slack();
              boolean quiet = now == before[0];
              before[0] = now;
              return quiet;
            });
  }

  private void dwellBeforePosting() throws IOException {
    String route = Files.readString(Path.of("routes", "deliver-slack.camel.yaml"));
    Matcher post = Pattern.compile("( *)- to:\\s+id: post-to-slack").matcher(route);
    assertThat(post.find()).isTrue();
    String dwell =
        "- delay: {asyncDelayed: 'false', expression: {constant: {expression: '2000'}}}\n";
    Files.writeString(
        Files.createDirectory(directory.resolve("routes")).resolve("deliver-slack.camel.yaml"),
        route.substring(0, post.start()) + post.group(1) + dwell + route.substring(post.start()));
  }

  /** Each by ten minutes, where a lease is four seconds. */
  @Test
  void with_one_clock_ahead_and_one_behind_each_lead_arrives_once_though_they_die_in_turn()
      throws Exception {
    shareOneLedger();
    String ahead = ShiftedClock.option(directory, Duration.ofMinutes(10));
    String behind = ShiftedClock.option(directory, Duration.ofMinutes(-10));
    start(ahead);
    start(behind);
    int leads = 0;
    for (String next : List.of(ahead, behind, ahead, behind)) {
      for (int i = 0; i < 30; i++) {
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(++leads));
      }
      int some = leads - 20;
      await().atMost(LONG).until(() -> arrivals.slack() >= some);
      kill(processes.get(0));
      // The one that is left takes the file over, and writes with its own clock.
      int lines = arrivals.lines().size();
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(++leads));
      await().atMost(LONG).until(() -> arrivals.lines().size() > lines);
      start(next);
    }
    Instant now = Instant.now();

    assertEachOnce(leads);
    List<Instant> delivered = new ArrayList<>();
    for (String line : arrivals.lines()) {
      delivered.add(Instant.parse(new ObjectMapper().readTree(line).path("deliveredAt").asText()));
    }
    assertThat(delivered)
        .as("both clocks were wrong, and both delivered")
        .anyMatch(instant -> instant.isAfter(now.plus(Duration.ofMinutes(5))))
        .anyMatch(instant -> instant.isBefore(now.minus(Duration.ofMinutes(5))));
  }

  private static void signal(Process process, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
