package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.ledger.SteppedClock;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.LoopbackServer;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * G11, G5: whatever keeps leads from coming or going, for good, is named within a minute with the
 * door it stands at, and makes no dead letter of a lead that is not at fault.
 */
@Execution(ExecutionMode.CONCURRENT)
class NeverSilentTest {

  private static final Duration A_MINUTE = Duration.ofSeconds(60);

  private static ConditionFactory withinAMinute() {
    return await().atMost(A_MINUTE).pollInterval(Duration.ofSeconds(1));
  }

  /** How a door fails, for good. */
  private enum Way {
    DROPPED(Fault.dropBeforeWork()),
    HANGS(Fault.delay(Duration.ofSeconds(30))),
    UNAUTHORIZED(Fault.status(401, "{\"message\":\"Unauthenticated.\"}")),
    FORBIDDEN_BY_A_PAGE(Fault.status(403, "<html><title>Just a moment</title></html>")),
    NOT_FOUND(Fault.status(404, "{\"message\":\"Not Found\"}")),
    BUSY_FOR_A_DAY(Fault.status(429, "{}").header("Retry-After", "86400")),
    FAILS(Fault.status(500, "{\"message\":\"Server Error\"}")),
    MAINTENANCE(Fault.status(503, "<html>Be right back.</html>")),
    PAGE(Fault.status(200, "<html>Sign in</html>")),
    OTHER_JSON(Fault.status(200, "{\"message\":\"hello\"}")),
    REDIRECT(Fault.status(302).header("Location", "http://127.0.0.1:1/login"));

    final Fault fault;

    Way(Fault fault) {
      this.fault = fault;
    }
  }

  @TempDir Path directory;

  private void isNamed(String door, Way way) throws Exception {
    isNamed(door, "/", way);
  }

  /** Of a door that fails below a path only. */
  private void isNamed(String door, String path, Way way) throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      LoopbackServer server =
          switch (door) {
            case "clickspeak" -> arrivals.sandbox.clickSpeak();
            case "salesforce" -> arrivals.sandbox.salesforce();
            default -> arrivals.sandbox.slack();
          };
      server.faults().always(way.fault.on(path));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1), SandboxCall.qualified(2));
      Settings settings = settings(arrivals);
      try (Service service = Service.start(settings, directory)) {
        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
        withinAMinute().until(() -> commands.run("status", "--json") == 1);

        assertThat(commands.out()).contains("\"door\" : \"" + door + "\"");
        assertThat(deadLetters()).isZero();
      }
    }
  }

  private Settings settings(Arrivals arrivals) {
    Map<String, String> values = arrivals.settings();
    values.put("clickspeak.timeout", "2s");
    values.put("sink.probe", "1s");
    return Settings.load(directory, Map.of(), new Properties()).with(values);
  }

  private long deadLetters() throws Exception {
    try (Connection ledger =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("ledger.db"));
        Statement statement = ledger.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT COUNT(*) FROM delivery WHERE state = 'dead'")) {
      return row.getLong(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatever_clickspeak_answers_instead_of_calls_is_named(Way way) throws Exception {
    isNamed("clickspeak", way);
  }

  @ParameterizedTest
  @EnumSource
  void whatever_salesforce_answers_instead_of_taking_leads_is_named(Way way) throws Exception {
    isNamed("salesforce", way);
  }

  @ParameterizedTest
  @EnumSource
  void whatever_slack_answers_instead_of_taking_leads_is_named(Way way) throws Exception {
    isNamed("slack", way);
  }

  @ParameterizedTest
  @EnumSource
  void a_salesforce_that_lets_us_log_in_and_takes_no_lead_is_named(Way way) throws Exception {
    isNamed("salesforce", "/services/data", way);
  }

  @Test
  void a_rule_that_lets_no_call_through_is_named() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      arrivals
          .sandbox
          .clickSpeak()
          .put(SandboxCall.qualified(1), SandboxCall.qualified(2), SandboxCall.qualified(3));
      Settings settings = settings(arrivals).with(Map.of("lead.outcome.values", "qualifed_lead"));
      try (Service service = Service.start(settings, directory)) {
        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
        withinAMinute().until(() -> commands.run("status") == 1);

        assertThat(commands.out())
            .contains("found no lead among 3 calls (outcome rejected 3)")
            .contains("lead.outcome.values");
      }
    }
  }

  @Test
  void calls_that_are_taken_for_old_because_nobody_knows_their_time_are_named() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      arrivals
          .sandbox
          .clickSpeak()
          .put(
              SandboxCall.qualified(1).with("created_at", "long ago").with("updated_at", null),
              SandboxCall.qualified(2));
      Settings settings = settings(arrivals).with(Map.of("poll.start", "2026-01-01"));
      try (Service service = Service.start(settings, directory)) {
        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
        withinAMinute().until(() -> commands.run("status") == 1);

        assertThat(commands.out())
            .contains("lists 1 call whose created_at cannot be read")
            .contains("lead-routes backfill");
        withinAMinute().until(() -> arrivals.all(1));
        assertThat(arrivals.sandbox.salesforce().record("default-2")).isPresent();
      }
    }
  }

  /** Lists of other shapes than the documented one; CALLS are two calls, the first a lead. */
  private enum Shape {
    NUMERIC_KEYS("{'data': {'0': CALL, '7': OTHER}, 'total': 2, 'last_page': 1}"),
    SUCCESS_WRAPPER("{'success': true, 'data': {'data': [CALLS], 'total': 2, 'last_page': 1}}"),
    RESOURCE("{'data': [CALLS], 'links': {}, 'meta': {'total': 2, 'last_page': 1}}"),
    BARE("[CALLS]"),
    WITHOUT_TOTALS("{'data': [CALLS]}"),
    CURSOR("{'data': [CALLS], 'next_cursor': 'abc', 'per_page': 2}"),
    TOTALS_AS_TEXT("{'data': [CALLS], 'total': '2', 'last_page': '1', 'current_page': '1'}"),
    MORE_THAN_LISTED("{'data': [CALLS], 'total': 900, 'last_page': 1, 'per_page': 1000}"),
    ANOTHER_NAME("{'calls': [CALLS], 'total': 2, 'last_page': 1}"),
    ITEMS("{'items': [CALLS], 'total': 2}"),
    NO_LIST("{'data': null, 'total': 2, 'last_page': 1}"),
    EMPTY_THOUGH_COUNTED("{'data': [], 'total': 2, 'last_page': 1}"),
    TEXT("{'data': 'none', 'total': 2}"),
    UNREADABLE("{'data': [{'uuid': 'a'}, {'uuid': 'b'}], 'total': 2, 'last_page': 1}"),
    IDS_AS_TEXT("{'data': [{'id': 'c-1', 'status': 'completed'}], 'total': 1, 'last_page': 1}"),
    FAILED("{'success': false, 'message': 'Server busy'}");

    final String list;

    Shape(String list) {
      this.list = list;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_list_of_another_shape_is_read_or_named(Shape shape) throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      String call = SandboxCall.qualified(1).json().toString();
      String other = SandboxCall.qualified(2).with("evaluation", null).json().toString();
      String list =
          shape
              .list
              .replace('\'', '"')
              .replace("CALLS", call + "," + other)
              .replace("CALL", call)
              .replace("OTHER", other);
      arrivals
          .sandbox
          .clickSpeak()
          .faults()
          .always(
              Fault.status(200, list)
                  .when(request -> "1".equals(request.query().getOrDefault("page", "1"))));
      Settings settings = settings(arrivals);
      try (Service service = Service.start(settings, directory)) {
        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
        withinAMinute().until(() -> arrivals.all(1) || commands.run("status") == 1);

        assertThat(deadLetters()).isZero();
      }
    }
  }

  /** The start of an account is today's midnight, by a clock that may be wrong. */
  @ParameterizedTest
  @ValueSource(longs = {-72, 48})
  void a_first_start_by_a_wrong_clock_is_named_and_begins_today_once_it_is_right(long wrongByHours)
      throws Exception {
    try (Arrivals arrivals = new Arrivals(directory);
        SteppedClock clock = new SteppedClock()) {
      clock.set(Duration.ofHours(wrongByHours));
      arrivals
          .sandbox
          .clickSpeak()
          .put(
              SandboxCall.qualified(1).createdAt(Instant.now().minus(Duration.ofHours(49))),
              // Not before the midnight that may come while this runs.
              SandboxCall.qualified(2).createdAt(Instant.now().plus(Duration.ofHours(1))));
      Settings settings = settings(arrivals).with(Map.of("poll.start", "today"));
      try (Service service = Service.start(settings, directory, clock)) {
        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
        // By such a clock the lease may look lapsed before the first answer is there.
        withinAMinute()
            .untilAsserted(
                () -> {
                  assertThat(commands.run("status")).isOne();
                  assertThat(commands.out()).contains("ClickSpeak's", "set the clock");
                });

        clock.set(Duration.ZERO);

        withinAMinute().until(() -> arrivals.all(1));
        assertThat(arrivals.sandbox.salesforce().record("default-2")).isPresent();
        withinAMinute().until(() -> commands.run("status") == 0);
        arrivals.assertEachOnce(1);
      }
    }
  }

  /** The moment a trouble began lies in time to come for a command whose clock is right. */
  @Test
  void a_trouble_that_began_by_a_clock_ahead_is_named_at_once() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory);
        SteppedClock clock = new SteppedClock()) {
      clock.set(Duration.ofHours(48));
      arrivals
          .sandbox
          .clickSpeak()
          .faults()
          .always(Fault.status(500, "{\"message\":\"Server Error\"}").on("/api/user/calls"));
      Settings settings = settings(arrivals);
      try (Service service = Service.start(settings, directory, clock)) {
        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);

        withinAMinute()
            .untilAsserted(
                () -> {
                  assertThat(commands.run("status")).isOne();
                  assertThat(commands.out()).contains("has not been read since", "HTTP 500");
                });
      }
    }
  }

  @Test
  void a_clock_that_goes_wrong_later_is_named() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory);
        SteppedClock clock = new SteppedClock()) {
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      Settings settings = settings(arrivals);
      try (Service service = Service.start(settings, directory, clock)) {
        CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
        withinAMinute().until(() -> arrivals.all(1));

        clock.set(Duration.ofMinutes(-190));

        withinAMinute()
            .until(
                () ->
                    commands.run("status") == 1
                        && commands.out().contains("whose clock is 3 hours behind"));
        arrivals.assertEachOnce(1);
      }
    }
  }
}
