package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.sandbox.SlackWorkspace;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a look-up costs those that it does not concern. */
class SlackLookUpTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String POST = "/api/chat.postMessage";
  private static final String HISTORY = "/api/conversations.history";

  @TempDir Path directory;

  /** G3: a look-up that Slack asks to wait for a day holds no other lead. */
  @Test
  void a_look_up_that_has_to_wait_holds_no_other_lead() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      var slack = arrivals.sandbox.slack();
      slack.faults().next(Fault.status(500).on(POST));
      slack
          .faults()
          .always(
              Fault.status(429, "{\"ok\":false,\"error\":\"ratelimited\"}")
                  .header("Retry-After", "86400")
                  .on(HISTORY));
      for (int id = 1; id <= 30; id++) {
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id));
      }
      try (Service service = Service.start(settings(arrivals), directory)) {
        await().atMost(LONG).until(() -> arrivals.slack() == 29 && lookUps(slack) > 0);

        assertThat(lookUps(slack)).isEqualTo(1);
      }
    }
  }

  /** G2: fifteen messages at once and every second request refused: the lost answer is found. */
  @Test
  void a_look_up_in_small_steps_finds_the_message_at_last() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      var slack = arrivals.sandbox.slack();
      slack.historyPages(15);
      AtomicInteger asked = new AtomicInteger();
      slack.faults().next(Fault.statusAfterWork(500).on(POST));
      slack
          .faults()
          .always(
              Fault.status(429, "{\"ok\":false,\"error\":\"ratelimited\"}")
                  .header("Retry-After", "1")
                  .on(HISTORY)
                  .when(
                      request -> {
                        int nth = asked.incrementAndGet();
                        if (nth == 1) {
                          // Others talk before the first page is read.
                          slack.chatter(slack.channel(), 40);
                        }
                        return nth % 2 == 1;
                      }));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      try (Service service = Service.start(settings(arrivals), directory)) {
        await().atMost(LONG).until(() -> delivered());

        assertThat(slack.posts()).isEqualTo(1);
        assertThat(asked).hasValueLessThanOrEqualTo(8);
      }
    }
  }

  private static long lookUps(SlackWorkspace slack) {
    return slack.requests().stream().filter(r -> r.path().equals(HISTORY)).count();
  }

  private boolean delivered() throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("ledger.db"));
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT COUNT(*) FROM delivery WHERE sink = 'slack' AND state = 'delivered'")) {
      return rows.next() && rows.getInt(1) == 1;
    }
  }

  private Settings settings(Arrivals arrivals) {
    Map<String, String> values = arrivals.settings();
    values.put("lead.sinks", "slack");
    return Settings.load(directory, Map.of(), new Properties()).with(values);
  }
}
