package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.sandbox.Request;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** G2: the ledger is restored from a backup, and nothing that was delivered since comes again. */
class RestoredTest {

  private static final Duration LONG = Duration.ofSeconds(120);

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

  private Settings settings() {
    return Settings.load(directory, Map.of(), new Properties()).with(arrivals.settings());
  }

  private void list(int from, int to) {
    arrivals
        .sandbox
        .clickSpeak()
        .put(
            LongStream.rangeClosed(from, to)
                .mapToObj(SandboxCall::qualified)
                .toArray(SandboxCall[]::new));
  }

  private void deliver(int leads) {
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(leads));
    }
  }

  private static final List<String> FILES = List.of("ledger.db", "ledger.db-wal", "ledger.db-shm");

  private void backUp() throws IOException {
    for (String name : FILES) {
      if (Files.exists(directory.resolve(name))) {
        Files.copy(directory.resolve(name), directory.resolve(name + ".backup"));
      }
    }
  }

  private void restore() throws IOException {
    for (String name : FILES) {
      Files.deleteIfExists(directory.resolve(name));
      if (Files.exists(directory.resolve(name + ".backup"))) {
        Files.move(
            directory.resolve(name + ".backup"),
            directory.resolve(name),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Which of Slack's methods were called, in order, from the given request on. */
  private List<String> slackMethods(int from) {
    return arrivals.sandbox.slack().requests().stream()
        .skip(from)
        .map(Request::path)
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .toList();
  }

  @Test
  void what_was_delivered_after_the_backup_is_found_and_what_was_not_comes_once()
      throws IOException {
    list(1, 20);
    deliver(20);
    backUp();
    String backedUp = Instant.now().toString();
    list(21, 40);
    deliver(40);
    assertThat(arrivals.sandbox.slack().posts()).isEqualTo(40);

    restore();
    list(41, 45);
    CommandLineOfTests commands = new CommandLineOfTests(settings(), directory);
    assertThat(commands.run("restored", "--since", backedUp)).as(commands.err()).isZero();
    int before = arrivals.sandbox.slack().requests().size();

    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(45));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(45);
      assertThat(arrivals.sandbox.slack().posts()).isEqualTo(45);
      List<String> methods = slackMethods(before);
      int firstPost = methods.indexOf("chat.postMessage");
      assertThat(methods.subList(0, firstPost))
          .containsOnly("conversations.history")
          .hasSizeGreaterThanOrEqualTo(10);
    }
  }

  @Test
  void what_waited_when_the_backup_was_made_is_looked_for_first() throws IOException {
    arrivals.sandbox.slack().stop();
    list(1, 5);
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.salesforce() == 5 && arrivals.lines().size() == 5);
    }
    backUp();
    arrivals.sandbox.slack().restart();
    deliver(5);

    restore();
    CommandLineOfTests commands = new CommandLineOfTests(settings(), directory);
    assertThat(commands.run("restored", "--since", LocalDate.now(ZoneOffset.UTC).toString()))
        .as(commands.err())
        .isZero();
    assertThat(commands.out()).contains("5 deliveries that were waiting when the backup was made");
    list(6, 6);

    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(6));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(6);
      assertThat(arrivals.sandbox.slack().posts()).isEqualTo(6);
    }
  }

  @Test
  void while_the_service_runs_the_command_is_refused() {
    try (Service service = Service.start(settings(), directory)) {
      CommandLineOfTests commands = new CommandLineOfTests(settings(), directory);

      assertThat(commands.run("restored", "--since", "2026-01-31")).isEqualTo(2);
      assertThat(commands.err()).contains("stop that one first");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "restored | Missing required option: '--since=<since>'",
        "restored --since yesterday | --since=yesterday is not a day: write one such as"
            + " 2026-01-31.",
        "restored --since 2026-01-31T03:00 | --since=2026-01-31T03:00 is neither a day nor an"
            + " instant",
        "restored --since 9999-01-31 | --since=9999-01-31T00:00:00Z is in the future: write when"
      })
  void a_mistake_is_one_sentence_with_its_remedy(String command, String sentence) {
    Ledger.open(settings()).close();
    CommandLineOfTests commands = new CommandLineOfTests(settings(), directory);

    assertThat(commands.run(command.split(" "))).isEqualTo(2);
    assertThat(commands.err()).contains(sentence);
  }
}
