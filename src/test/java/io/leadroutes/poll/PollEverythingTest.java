package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.ledger.Account;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The period of full passes. */
class PollEverythingTest {

  @TempDir Path directory;

  @Test
  void when_its_period_is_over_a_full_pass_is_due_though_nothing_is_odd() throws Exception {
    Map<String, String> values =
        Map.of(
            "clickspeak.accounts", "one",
            "lead.sinks", "file",
            "poll.period", "1h",
            "poll.full-period", "300ms");
    try (PollingRoutes routes = new PollingRoutes(directory, "http://127.0.0.1:1/api", values)) {
      Account account = routes.poll("one");
      routes.passes.accept(routes.passes.permit(routes.passes.due().get(0)).pass());
      // Once a day, and due on the first.
      routes.passes.accept(routes.passes.start(account, Kind.WIDE));
      assertThat(routes.passes.due()).isEmpty();

      routes.load("poll-everything");

      List<Round> due = new ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> due.addAll(routes.passes.due()) || !due.isEmpty());
      assertThat(due).extracting(Round::kind).containsExactly(Kind.FULL);
    }
  }
}
