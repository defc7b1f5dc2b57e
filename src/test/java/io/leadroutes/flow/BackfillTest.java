package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that read calls of days past, beside a running service and without one. */
class BackfillTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Arrivals arrivals;
  private CommandLineOfTests commands;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
    commands = new CommandLineOfTests(settings(), directory);
    arrivals
        .sandbox
        .clickSpeak()
        .put(
            SandboxCall.qualified(1).createdAt(daysAgo(5)),
            SandboxCall.qualified(2).createdAt(daysAgo(4)),
            SandboxCall.rejected(3).createdAt(daysAgo(4)),
            SandboxCall.qualified(4).createdAt(daysAgo(12)),
            SandboxCall.qualified(5).createdAt(Instant.now()));
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private static Instant daysAgo(int days) {
    return Instant.now().minus(Duration.ofDays(days));
  }

  private static String day(int daysAgo) {
    return LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo).toString();
  }

  private Settings settings() {
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.put("poll.start", "today");
    return Settings.load(directory, Map.of(), new Properties()).with(values);
  }

  @Test
  void leads_of_the_days_before_the_start_are_delivered_once_and_no_others() throws IOException {
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));

      assertThat(commands.run("backfill", "--from", day(6), "--to", day(1))).isZero();
      assertThat(commands.out()).contains("2 leads, done.");
      await().atMost(LONG).until(() -> arrivals.all(3));

      assertThat(commands.run("backfill", "--from", day(6), "--to", day(1))).isZero();
      arrivals.assertEachOnce(3);
    }
  }

  @Test
  void sinks_that_are_left_out_get_nothing_even_when_a_lead_changes_later() {
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));

      commands.run("backfill", "--from", day(6), "--to", day(1), "--sinks", "file");
      await().atMost(LONG).until(() -> arrivals.lines().size() == 3);

      assertThat(arrivals.salesforce()).isEqualTo(1);
      assertThat(arrivals.slack()).isEqualTo(1);
    }
  }

  @Test
  void a_backfill_that_was_ordered_while_nothing_ran_is_done_by_the_next_service() {
    Ledger.open(settings()).close();
    Thread ordering = new Thread(() -> commands.run("backfill", "--from", day(6), "--to", day(1)));
    ordering.start();
    await().atMost(LONG).until(() -> commands.out().contains("waiting for a service"));

    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(3));
      await().atMost(LONG).until(() -> !ordering.isAlive());
    }
    assertThat(commands.out()).contains("done.");
  }

  @Test
  void a_backfill_with_a_wrong_year_is_seen_and_can_be_cancelled() throws Exception {
    CommandLineOfTests others = new CommandLineOfTests(settings(), directory);
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      CompletableFuture<Integer> ordered =
          CompletableFuture.supplyAsync(
              () -> commands.run("backfill", "--from", "0026-01-01", "--to", day(1)));
      await().atMost(LONG).until(() -> commands.out().contains("days"));
      others.run("status");
      assertThat(others.out()).contains("backfill 0026-01-01 to " + day(1));

      assertThat(others.run("backfill", "--cancel")).isZero();

      assertThat(others.out())
          .contains("the backfill from 0026-01-01 to " + day(1) + " is cancelled");
      assertThat(ordered.get(60, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(commands.out()).contains(", cancelled.");
      assertThat(commands.run("backfill", "--from", day(6), "--to", day(1))).isZero();
      await().atMost(LONG).until(() -> arrivals.all(3));
      arrivals.assertEachOnce(3);
    }
    assertThat(others.run("backfill", "--cancel")).isZero();
    assertThat(others.out()).contains("there is no backfill to cancel");
  }

  @Test
  void a_preview_shows_what_the_filters_do_and_makes_no_ledger() throws IOException {
    assertThat(commands.run("preview", "--days", "7")).isZero();
    assertThat(directory.resolve("ledger.db")).doesNotExist();

    assertThat(commands.out())
        .contains("call 3: rejected by outcome")
        .contains("4 calls, 3 leads")
        .contains("1 rejected by outcome")
        .contains("outcome: qualified_lead 3, not_interested 1");
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.assertEachOnce(1);
    }
  }

  @Test
  void a_preview_names_contact_details_that_were_no_value() {
    arrivals
        .sandbox
        .clickSpeak()
        .put(SandboxCall.qualified(9).with("variables", Map.of("company", "{{company}}")));

    assertThat(commands.run("preview", "--days", "7")).isZero();

    assertThat(commands.out())
        .contains(
            "call 9: a lead; no value for company in company"
                + " (a placeholder that nobody filled in)");
  }

  @Test
  void a_dry_run_delivers_nothing() throws IOException {
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> arrivals.all(1));

      assertThat(commands.run("backfill", "--from", day(6), "--to", day(1), "--dry-run")).isZero();

      assertThat(commands.out()).contains("3 calls, 2 leads");
      arrivals.assertEachOnce(1);
    }
  }

  @Test
  void a_preview_uses_the_files_of_the_present_and_not_the_rule_of_the_service()
      throws IOException {
    try (Service service = Service.start(settings(), directory)) {
      Files.writeString(
          directory.resolve("application.properties"), "lead.outcome.values=not_interested\n");
      commands = new CommandLineOfTests(settings(), directory);

      commands.run("preview", "--days", "7");

      assertThat(commands.out()).contains("4 calls, 1 leads");
    }
  }

  @Test
  void mistakes_are_explained_with_a_remedy() {
    Ledger.open(settings()).close();
    assertThat(commands.run("backfill", "--from", "yesterday")).isEqualTo(2);
    assertThat(commands.err()).contains("--from=yesterday").contains("2026-01-31");
    assertThat(commands.run("backfill", "--from", day(1), "--to", day(2))).isEqualTo(2);
    assertThat(commands.err()).contains("swap them");
    assertThat(commands.run("backfill")).isEqualTo(2);
    assertThat(commands.err()).contains("--from is missing");
    assertThat(commands.run("backfill", "--cancel", "--from", day(1))).isEqualTo(2);
    assertThat(commands.err()).contains("--cancel ends all backfills");
    assertThat(commands.run("backfill", "--from", day(1), "--sinks", "teams")).isEqualTo(2);
    assertThat(commands.err()).contains("'teams'").contains("lead.sinks");
    assertThat(commands.run("preview", "--account", "acme")).isEqualTo(2);
    assertThat(commands.err()).contains("clickspeak.accounts");
  }
}
