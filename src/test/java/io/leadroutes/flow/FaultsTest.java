package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.ledger.SteppedClock;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.LoopbackServer;
import io.leadroutes.sandbox.Request;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.sandbox.SlackWorkspace;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G1, G2: the Nth request to a sink fails, for N = 1, 2, 3 … until a run needs no more, for a
 * moment or until somebody repairs it. Each way to fail has an account of its own, so that all run
 * beside each other. The leads: two, of which the first changes after its delivery.
 */
class FaultsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MOST = 12;

  /** Longer than a request may take; the work is done while the service looks whether it was. */
  private static final Duration LATE = Duration.ofMillis(2200);

  /** How a request fails. */
  private enum Way {
    RESET(Fault.dropBeforeWork()),
    LOST(Fault.dropAfterWork()),
    CUT(Fault.cutBody()),
    BUSY(Fault.status(429, "{\"ok\":false,\"error\":\"ratelimited\"}").header("Retry-After", "1")),
    FAILED(Fault.status(500)),
    DONE(Fault.statusAfterWork(503)),
    LATER(Fault.delay(LATE)),

    /** From then on nobody listens, until it is repaired. */
    REFUSED(Fault.dropBeforeWork());

    final Fault fault;

    Way(Fault fault) {
      this.fault = fault;
    }

    String account() {
      return name().toLowerCase(Locale.ROOT);
    }

    String channel() {
      return "C0" + name();
    }
  }

  @TempDir Path directory;

  private final Map<Way, SalesforceOrg> orgs = new EnumMap<>(Way.class);
  private final Map<Way, AtomicInteger> requests = new EnumMap<>(Way.class);
  private List<Way> ways = List.of(Way.values());
  private Arrivals arrivals;
  private Path runs;
  private InstantSource clock = InstantSource.system();
  private long troubleOf;
  private long troubleSeenAt;

  /** Slack is one server for all: where nobody listens, no other way can be tried beside it. */
  private void slackListens() {
    ways = Stream.of(Way.values()).filter(way -> way != Way.REFUSED).toList();
  }

  @Test
  void whichever_request_to_slack_fails_for_a_moment_each_lead_has_its_message_once()
      throws Exception {
    slackListens();
    untilARunNeedsNoMore("slack", n -> seen -> seen == n);
  }

  @Test
  void whichever_request_to_slack_fails_until_it_is_repaired_each_lead_has_its_message_once()
      throws Exception {
    slackListens();
    untilARunNeedsNoMore("slack", n -> seen -> seen >= n);
  }

  @Test
  void whichever_request_to_slack_finds_nobody_listening_each_lead_has_its_message_once()
      throws Exception {
    ways = List.of(Way.REFUSED);
    untilARunNeedsNoMore("slack", n -> seen -> seen == n);
  }

  @Test
  void whichever_request_to_salesforce_fails_for_a_moment_each_lead_has_its_record_once()
      throws Exception {
    untilARunNeedsNoMore("salesforce", n -> seen -> seen == n);
  }

  @Test
  void whichever_request_to_salesforce_fails_until_it_is_repaired_each_lead_has_its_record_once()
      throws Exception {
    untilARunNeedsNoMore("salesforce", n -> seen -> seen >= n);
  }

  @Test
  void whichever_request_to_slack_fails_each_lead_has_its_message_once_though_the_clock_is_set()
      throws Exception {
    slackListens();
    whileTheClockIsSet("slack");
  }

  @Test
  void whichever_request_to_salesforce_fails_each_lead_has_its_record_once_though_the_clock_is_set()
      throws Exception {
    whileTheClockIsSet("salesforce");
  }

  private void whileTheClockIsSet(String sink) throws Exception {
    long seed = Long.getLong("clock.seed", System.nanoTime());
    System.out.println("Repeat with -Dclock.seed=" + seed);
    try (SteppedClock stepped = new SteppedClock(seed)) {
      clock = stepped;
      untilARunNeedsNoMore(sink, n -> seen -> seen == n);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("Repeat with -Dclock.seed=" + seed, e);
    }
  }

  /** Which of the requests that were seen fail, where it begins with the Nth. */
  private interface Failing {
    Predicate<Integer> from(int n);
  }

  private void untilARunNeedsNoMore(String sink, Failing failing) throws Exception {
    int n = 1;
    while (run(sink, failing.from(n), directory.resolve(sink + n))) {
      assertThat(n++).as("a run needs no end of requests").isLessThan(MOST);
    }
    assertThat(n).as("several requests were struck, one after the other").isGreaterThan(2);
  }

  /** Returns whether a request was struck. */
  private boolean run(String sink, Predicate<Integer> fails, Path folder) throws Exception {
    runs = Files.createDirectory(folder);
    try (Arrivals sandbox = new Arrivals(runs)) {
      arrivals = sandbox;
      for (Way way : ways) {
        SalesforceOrg org = SalesforceOrg.start(0);
        orgs.put(way, org);
        sandbox.sandbox.slack().addChannel(way.channel(), way.account());
        plan(way, sink.equals("slack") ? sandbox.sandbox.slack() : org, sink, fails);
      }
      sandbox.sandbox.clickSpeak().put(SandboxCall.qualified(1), SandboxCall.qualified(2));
      try (Service service = start(sink)) {
        awaitRestOrTrouble(2);
        sandbox.sandbox.clickSpeak().put(SandboxCall.qualified(1).variable("company", "Changed"));
        awaitRestOrTrouble(3);
        repair();
        await()
            .atMost(LONG)
            .until(() -> isServed() && waiting() == 0 && versions() == 3 * ways.size());
      }
      assertOnce(sink);
      return struck() > 0;
    } finally {
      orgs.values().forEach(SalesforceOrg::close);
    }
  }

  private void plan(Way way, LoopbackServer server, String sink, Predicate<Integer> fails) {
    AtomicInteger seen = new AtomicInteger();
    requests.put(way, seen);
    Predicate<Request> ours =
        request -> sink.equals("salesforce") || request.text().contains(way.channel());
    server
        .faults()
        .always(
            way.fault.when(
                request -> {
                  boolean struck = ours.test(request) && fails.test(seen.incrementAndGet());
                  if (struck && way == Way.REFUSED) {
                    // In a thread of its own, because it awaits the one that is here.
                    new Thread(server::stop).start();
                  }
                  return struck;
                }));
  }

  private Service start(String sink) {
    Map<String, String> values = arrivals.settings();
    List<String> accounts = new ArrayList<>();
    for (Way way : ways) {
      accounts.add(way.account());
      String own = "clickspeak.account." + way.account() + ".";
      values.put(own + "slack.channel", way.channel());
      values.put(own + "salesforce.login-url", orgs.get(way).url());
      values.put(own + "salesforce.client-id", orgs.get(way).clientId());
      values.put(own + "salesforce.client-secret", orgs.get(way).clientSecret());
    }
    values.put("clickspeak.accounts", String.join(", ", accounts));
    values.put("lead.sinks", sink);
    values.put("sink.timeout", "700ms");
    values.put("sink.probe", "500ms");
    values.put("slack.look-again", "3500ms");
    values.put("retry.schedule", "100ms, 200ms, 400ms, 800ms, 1s, 1s, 1s, 1s");
    return Service.start(Settings.load(runs, Map.of(), new Properties()).with(values), runs, clock);
  }

  /** Everything is delivered, or what is not was struck often enough to know how it waits. */
  private void awaitRestOrTrouble(int versions) {
    await()
        .atMost(LONG)
        .until(
            () ->
                (waiting() == 0 && versions() >= versions * ways.size())
                    || requests.values().stream().allMatch(seen -> seen.get() >= MOST + 3)
                    || inTroubleFor(ways.contains(Way.LATER) ? LATE.multipliedBy(2) : LATE));
  }

  private boolean inTroubleFor(Duration time) throws SQLException {
    long oldest = number("SELECT COALESCE(MIN(since), 0) FROM sink_state WHERE failures > 0");
    if (oldest != troubleOf) {
      troubleOf = oldest;
      troubleSeenAt = System.nanoTime();
    }
    return oldest > 0 && System.nanoTime() - troubleSeenAt > time.toNanos();
  }

  private void repair() {
    arrivals.sandbox.slack().faults().clear();
    orgs.values().forEach(org -> org.faults().clear());
  }

  /** Again and again, because one that is told to stop may do so a moment later. */
  private boolean isServed() {
    arrivals.sandbox.slack().restart();
    orgs.values().forEach(SalesforceOrg::restart);
    return true;
  }

  private long struck() {
    return arrivals.sandbox.slack().faults().struck()
        + orgs.values().stream().mapToLong(org -> org.faults().struck()).sum();
  }

  private long waiting() throws SQLException {
    return number(
        "SELECT COUNT(*) FROM delivery WHERE state IN ('pending', 'sending', 'unknown')"
            + " OR (state = 'delivered' AND wanted_version > sent_version)");
  }

  private long versions() throws SQLException {
    return number("SELECT COALESCE(SUM(sent_version), 0) FROM delivery");
  }

  private long number(String sql) throws SQLException {
    try (Connection ledger =
            DriverManager.getConnection("jdbc:sqlite:" + runs.resolve("ledger.db"));
        Statement statement = ledger.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private void assertOnce(String sink) throws IOException {
    for (Way way : ways) {
      List<String> keys = List.of(way.account() + "-1", way.account() + "-2");
      if (sink.equals("slack")) {
        assertThat(arrivals.sandbox.slack().messages(way.channel()))
            .as(way.name())
            .extracting(message -> message.metadata().at("/event_payload/lead").asText())
            .containsExactlyInAnyOrderElementsOf(keys);
        assertThat(messageOf(way, keys.get(0)).blocks().toString()).contains("Changed");
      } else {
        assertThat(orgs.get(way).records())
            .as(way.name())
            .extracting(SalesforceOrg.LeadRecord::externalId)
            .containsExactlyInAnyOrderElementsOf(keys);
        assertThat(orgs.get(way).creates()).as(way.name()).isEqualTo(2);
      }
    }
  }

  private Message messageOf(Way way, String lead) {
    SlackWorkspace slack = arrivals.sandbox.slack();
    return slack.messages(way.channel()).stream()
        .filter(message -> message.metadata().at("/event_payload/lead").asText().equals(lead))
        .findFirst()
        .orElseThrow();
  }
}
