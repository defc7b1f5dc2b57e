package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandboxLiveCallsTest {

  private final ClickSpeak clickSpeak = ClickSpeak.start(0);
  private final SandboxClient client = new SandboxClient();

  @AfterEach
  void stop() {
    clickSpeak.close();
  }

  @Test
  void thirty_finished_calls_are_there_from_the_start() throws IOException {
    try (LiveCalls live = clickSpeak.live(Duration.ofMinutes(1), 1)) {
      assertThat(live).isNotNull();
      JsonNode calls = calls();
      int leads = 0;
      for (JsonNode call : calls) {
        leads += SandboxClickSpeakTest.isQualified(call) ? 1 : 0;
      }

      assertThat(calls).hasSize(30).allMatch(call -> !call.path("evaluation").isNull());
      assertThat(leads).isEqualTo(8);
    }
  }

  @Test
  void a_new_call_goes_through_its_stages_and_is_evaluated_at_last() {
    Set<String> seen = new TreeSet<>();
    try (LiveCalls live = clickSpeak.live(Duration.ofMillis(60), 1)) {
      assertThat(live).isNotNull();
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                for (JsonNode call : calls()) {
                  boolean evaluated = !call.path("evaluation").isNull();
                  seen.add(call.path("status").asText() + (evaluated ? " evaluated" : ""));
                }
                return seen.containsAll(
                    Set.of(
                        "initiated", "ringing", "in-progress", "completed", "completed evaluated"));
              });
    }
  }

  @Test
  void a_call_that_stopped_coming_in_stays_as_it_is() throws IOException {
    LiveCalls live = clickSpeak.live(Duration.ofMillis(20), 1);
    await().until(() -> clickSpeak.size() > 35);
    live.close();

    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> {
              String before = calls().toString();
              return before.equals(calls().toString());
            });
  }

  private JsonNode calls() throws IOException {
    return client
        .get(clickSpeak.url() + "/user/calls?per_page=100", clickSpeak.token())
        .json()
        .path("data");
  }
}
