package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.ClickSpeak;
import io.leadroutes.sandbox.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G6: the default budget, counted where the requests arrive: two accounts with more calls than the
 * budget allows to read, live ones coming in, a backfill and a preview beside, and a kill.
 */
class BudgetIT {

  private static final Duration LOAD = Duration.ofSeconds(80);
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;

  private final List<Process> started = new ArrayList<>();

  @Test
  void no_ten_seconds_and_no_minute_hold_more_requests_than_the_budget() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory);
        ClickSpeak two = ClickSpeak.start(0)) {
      ClickSpeak one = arrivals.sandbox.clickSpeak();
      Map<String, String> settings = settings(arrivals, two);
      Instant began = Instant.now();
      try (var liveOne = one.population(800, 100, 1).live(Duration.ofSeconds(1), 1);
          var liveTwo = two.population(800, 100, 2).live(Duration.ofSeconds(1), 2)) {
        Process service = start(settings, "run");
        // Commands do not make a ledger.
        await().atMost(MINUTE).until(() -> Jar.log(directory).contains("Lead Routes is running."));
        String from = LocalDate.now(ZoneOffset.UTC).minusDays(9).toString();
        start(settings, "backfill", "--from", from);
        start(settings, "preview", "--days", "3", "--account", "one");
        start(settings, "preview", "--days", "3", "--account", "two");
        awaitAge(began, LOAD.dividedBy(2));
        service.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        start(settings, "run");
        awaitAge(began, LOAD);
      } finally {
        stop();
      }
      assertKept(one);
      assertKept(two);
      assertThat(kinds(settings)).contains("quick", "full", "backfill", "preview");
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(Jar.log(directory), e);
    }
  }

  private Map<String, String> settings(Arrivals arrivals, ClickSpeak two) {
    Map<String, String> settings = arrivals.settings();
    settings.put("clickspeak.accounts", "one, two");
    settings.put("clickspeak.account.two.clickspeak.base-url", two.url());
    settings.put("clickspeak.account.two.clickspeak.token", two.token());
    settings.put("clickspeak.requests-per-minute", "60");
    settings.put("clickspeak.requests-per-10-seconds", "20");
    settings.put("poll.period", "1s");
    settings.put("poll.full-period", "1s");
    settings.put("lead.sinks", "file");
    return settings;
  }

  private Process start(Map<String, String> settings, String... command) throws IOException {
    Process process = Jar.start(directory, settings, command);
    started.add(process);
    return process;
  }

  private void stop() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static void awaitAge(Instant began, Duration age) {
    await()
        .atMost(LOAD.plus(MINUTE))
        .until(() -> Duration.between(began, Instant.now()).compareTo(age) >= 0);
  }

  private static void assertKept(ClickSpeak api) {
    List<Instant> arrived = api.requests().stream().map(Request::at).sorted().toList();
    assertThat(most(arrived, TEN_SECONDS)).as("in ten seconds").isLessThanOrEqualTo(20);
    // The load was worth the name: the whole budget was wanted.
    assertThat(most(arrived, MINUTE)).as("in a minute").isBetween(50, 60);
  }

  /** Of the passes whose requests the ledger still knows. */
  private static List<String> kinds(Map<String, String> settings) throws SQLException {
    try (Connection ledger = DriverManager.getConnection(settings.get("ledger.url"));
        Statement statement = ledger.createStatement();
        ResultSet rows = statement.executeQuery("SELECT DISTINCT kind FROM request")) {
      List<String> kinds = new ArrayList<>();
      while (rows.next()) {
        kinds.add(rows.getString(1));
      }
      return kinds;
    }
  }

  /** The most that arrived within any window of this length. */
  private static int most(List<Instant> arrived, Duration window) {
    int most = 0;
    int oldest = 0;
    for (int i = 0; i < arrived.size(); i++) {
      while (Duration.between(arrived.get(oldest), arrived.get(i)).compareTo(window) >= 0) {
        oldest++;
      }
      most = Math.max(most, i - oldest + 1);
    }
    return most;
  }
}
