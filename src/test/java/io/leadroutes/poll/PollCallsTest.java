package io.leadroutes.poll;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The period of looks at the head of each list. */
class PollCallsTest {

  @TempDir Path directory;

  @Test
  void when_its_period_is_over_every_account_is_due_again() throws Exception {
    Map<String, String> values =
        Map.of(
            "clickspeak.accounts", "one, two",
            "lead.sinks", "file",
            "poll.period", "300ms",
            "poll.full-period", "1h");
    try (PollingRoutes routes = new PollingRoutes(directory, "http://127.0.0.1:1/api", values)) {
      routes.poll("one");
      routes.poll("two");
      for (Round first : routes.passes.due()) {
        routes.passes.accept(routes.passes.permit(first).pass());
      }

      routes.load("poll-calls");

      await().atMost(Duration.ofSeconds(20)).until(() -> routes.passes.due().size() == 2);
    }
  }
}
