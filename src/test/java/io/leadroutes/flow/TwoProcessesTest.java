package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.SteppedClock;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G2: two services share one PostgreSQL, the places they deliver to and the work. */
class TwoProcessesTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Arrivals arrivals;
  private Settings settings;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.remove("ledger.url");
    values.put("sink.probe", "300ms");
    settings = Databases.POSTGRESQL.settings(directory, values);
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private Service start() {
    return start(Arrivals.freePort(), Map.of());
  }

  private Service start(int port, Map<String, String> own) {
    return Service.start(
        settings.with(own).with(Map.of("console.port", String.valueOf(port))), directory);
  }

  @Test
  void each_lead_arrives_once_and_who_stays_goes_on_at_once() throws IOException {
    arrivals.sandbox.clickSpeak().population(500, 100, 1);
    try (Service stays = start()) {
      try (Service goes = start()) {
        await().atMost(LONG).until(() -> arrivals.all(100));
      }
      for (int id = 1; id <= 10; id++) {
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id));
      }

      // Less than the lease: what the other one held was given back.
      await().atMost(Duration.ofSeconds(10)).until(() -> arrivals.all(110));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(110);
    }
  }

  @Test
  void one_of_them_probes_a_paused_sink_and_both_deliver_when_it_is_repaired() throws Exception {
    arrivals
        .sandbox
        .salesforce()
        .faults()
        .always(
            Fault.status(403, "[{\"errorCode\":\"API_DISABLED_FOR_ORG\",\"message\":\"\"}]")
                .when(request -> request.path().contains("/composite/")));
    try (Service one = start();
        Service two = start()) {
      arrivals.sandbox.clickSpeak().population(500, 400, 1);
      // By then nothing is on its way any more that was sent before the trouble was known.
      await().atMost(LONG).until(() -> failures() >= 2);
      long first = failures();
      long before = arrivals.sandbox.salesforce().faults().struck() - first;

      await().atMost(LONG).until(() -> failures() >= first + 2);
      assertThat(arrivals.sandbox.salesforce().faults().struck() - failures())
          .as("each probe counts one failure; one may be on its way")
          .isCloseTo(before, within(1L));

      arrivals.sandbox.salesforce().faults().clear();
      await().atMost(LONG).until(() -> arrivals.salesforce() == 400);
    }
  }

  /** How often in a row Salesforce was tried in vain. */
  private long failures() throws SQLException {
    try (Connection ledger =
            DriverManager.getConnection(
                settings.text("ledger.url"),
                settings.text("ledger.user"),
                settings.text("ledger.password"));
        Statement statement = ledger.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT COALESCE(MAX(failures), 0) FROM sink_state WHERE sink = 'salesforce'")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void a_hint_brings_the_next_look_at_the_list_whichever_of_them_gets_it() throws Exception {
    Map<String, String> own = Map.of("poll.period", "1h", "webhook.secret", "3f9Zk-_qT7wLx2Rb");
    int portOfOne = Arrivals.freePort();
    int portOfTwo = Arrivals.freePort();
    try (Service one = start(portOfOne, own);
        Service two = start(portOfTwo, own)) {
      await().atMost(LONG).until(() -> arrivals.passes() >= 1);
      int leads = 0;
      for (int port : List.of(portOfOne, portOfTwo, portOfOne, portOfTwo)) {
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(++leads));
        int expected = leads;

        assertThat(postHint(port)).isEqualTo(202);

        await().atMost(Duration.ofSeconds(5)).until(() -> arrivals.all(expected));
      }
    }
  }

  private static int postHint(int port) throws Exception {
    URI hook = URI.create("http://127.0.0.1:" + port + "/hooks/calls/3f9Zk-_qT7wLx2Rb");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(hook).POST(BodyPublishers.noBody()).build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void one_of_them_polls_an_account_at_a_time() {
    arrivals.sandbox.clickSpeak().population(100, 0, 1);
    try (Service one = start();
        Service two = start()) {
      arrivals.awaitTwoMorePasses();
      long before = arrivals.passes();
      long began = System.nanoTime();
      await().atMost(LONG).until(() -> arrivals.passes() >= before + 10);

      // Every 200 ms one; with two pollers it would be half the time.
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThan(Duration.ofMillis(1500));
    }
  }

  @Test
  void each_lead_arrives_once_though_the_clocks_of_both_are_set_at_random_moments()
      throws IOException {
    long seed = Long.getLong("clock.seed", System.nanoTime());
    System.out.println("Repeat with -Dclock.seed=" + seed);
    arrivals.sandbox.clickSpeak().population(500, 100, 1);
    try (SteppedClock clockOfOne = new SteppedClock(seed);
        SteppedClock clockOfTwo = new SteppedClock(seed + 1);
        Service one = start(clockOfOne);
        Service two = start(clockOfTwo)) {
      await().atMost(LONG).until(() -> arrivals.all(100));
      for (int id = 1; id <= 10; id++) {
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id));
      }
      await().atMost(LONG).until(() -> arrivals.all(110));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(110);
    }
  }

  private Service start(SteppedClock clock) {
    return Service.start(
        settings.with(Map.of("console.port", String.valueOf(Arrivals.freePort()))),
        directory,
        clock);
  }
}
