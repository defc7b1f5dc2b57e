package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G2: a ledger that cannot be written for a while loses no lead and brings none twice. */
class LedgerTroubleTest {

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

  private String ledger() {
    return "jdbc:sqlite:" + directory.resolve("ledger.db");
  }

  private Settings settings(String ledger) {
    Map<String, String> settings = new HashMap<>(arrivals.settings());
    settings.put("ledger.url", ledger);
    return Settings.load(directory, Map.of(), new Properties()).with(settings);
  }

  private Service start(String ledger) {
    return Service.start(settings(ledger), directory);
  }

  @Test
  void while_the_file_is_locked_by_somebody_else_all_waits_and_goes_on_afterwards()
      throws Exception {
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = start(ledger())) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      try (Connection other = DriverManager.getConnection(ledger());
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));
        // Longer than a statement waits for the file.
        long end = System.nanoTime() + Duration.ofSeconds(13).toNanos();
        CommandLineOfTests command = new CommandLineOfTests(settings(ledger()), directory);
        assertThat(command.run("backfill", "--from", "2026-01-01")).isNotZero();
        assertThat(command.err()).hasLineCount(1).contains("locked by another program");
        await().atMost(LONG).until(() -> System.nanoTime() - end > 0);
        assertThat(arrivals.all(1)).isTrue();
        statement.execute("ROLLBACK");
      }

      await().atMost(LONG).until(() -> arrivals.all(2));
      arrivals.awaitTwoMorePasses();
    }
    arrivals.assertEachOnce(2);
  }

  @Test
  void while_the_disk_is_full_all_waits_and_goes_on_when_there_is_space_again() throws Exception {
    start(ledger()).close();
    try (Connection other = DriverManager.getConnection(ledger());
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE ballast AS SELECT zeroblob(4000000) AS weight");
      long pages = statement.executeQuery("PRAGMA page_count").getLong(1);
      arrivals.sandbox.clickSpeak().population(1000, 200, 1);

      try (Service service = start(ledger() + "?max_page_count=" + (pages + 30))) {
        arrivals.awaitTwoMorePasses();
        assertThat(arrivals.slack()).isLessThan(200);
        assertThat(service.context().getStatus().isStarted()).isTrue();

        statement.execute("DROP TABLE ballast");

        await().atMost(LONG).until(() -> arrivals.all(200));
        arrivals.awaitTwoMorePasses();
      }
    }
    arrivals.assertEachOnce(200);
  }
}
