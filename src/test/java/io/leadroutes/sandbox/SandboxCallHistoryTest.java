package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxCallHistoryTest {

  private static final int CALLS = 1_000;
  private static final int A_DAY = 300;

  private final ClickSpeak clickSpeak = ClickSpeak.start(0);
  private final SandboxClient client = new SandboxClient();

  @BeforeEach
  void fill() {
    clickSpeak.history(CALLS, A_DAY, 20);
  }

  @AfterEach
  void stop() {
    clickSpeak.close();
  }

  @Test
  void pages_together_list_each_call_once_newest_first() throws IOException {
    List<JsonNode> calls = all("?per_page=100");

    assertThat(calls)
        .extracting(call -> call.path("id").asLong())
        .containsExactlyElementsOf(
            LongStream.range(0, CALLS).mapToObj(back -> 100_001 + CALLS - 1 - back).toList());
    assertThat(calls)
        .extracting(call -> call.path("created_at").asText())
        .isSortedAccordingTo((one, other) -> other.compareTo(one));
  }

  @Test
  void the_numbers_of_a_page_fit_its_calls() throws IOException {
    JsonNode page = list("?per_page=30&page=34");

    assertThat(page.path("total").asInt()).isEqualTo(CALLS);
    assertThat(page.path("last_page").asInt()).isEqualTo(34);
    assertThat(page.path("from").asInt()).isEqualTo(991);
    assertThat(page.path("to").asInt()).isEqualTo(CALLS);
    assertThat(page.path("data")).hasSize(10);
    assertThat(list("?per_page=30&page=35").path("data")).isEmpty();
  }

  @Test
  void a_call_is_the_same_on_every_page_alone_and_after_a_restart() throws IOException {
    JsonNode call = list("?per_page=100&page=3").path("data").get(42);

    String alone = "/" + call.path("id").asLong();
    assertThat(list("?per_page=1&page=243").path("data").get(0)).isEqualTo(call);
    assertThat(list(alone)).isEqualTo(call);
    try (ClickSpeak another = ClickSpeak.start(0).history(CALLS, A_DAY, 20)) {
      assertThat(get(another, alone).json()).isEqualTo(call);
    }
  }

  @Test
  void both_dates_of_the_filter_are_included() throws IOException {
    List<JsonNode> second = all("?date_from=2025-01-02&date_to=2025-01-02&per_page=100");

    assertThat(second).hasSize(A_DAY);
    assertThat(second)
        .allSatisfy(call -> assertThat(call.path("created_at").asText()).startsWith("2025-01-02 "));
    assertThat(total("?date_from=2025-01-02&date_to=2025-01-03")).isEqualTo(2 * A_DAY);
    assertThat(total("?date_from=2025-01-04")).isEqualTo(CALLS - 3 * A_DAY);
    assertThat(total("?date_to=2025-01-01")).isEqualTo(A_DAY);
    assertThat(total("?date_to=2024-12-31")).isZero();
    assertThat(total("?date_from=2026-01-01")).isZero();
  }

  @Test
  void leads_are_the_share_that_was_asked_for() throws IOException {
    assertThat(all("?per_page=100"))
        .filteredOn(call -> call.path("evaluation").toString().contains("qualified_lead"))
        .hasSize(CALLS * 20 / 1_000);
  }

  @Test
  void calls_are_finished_and_of_the_usual_weight() throws IOException {
    assertThat(all("?per_page=100"))
        .allSatisfy(
            call -> {
              assertThat(call.path("evaluation").isEmpty()).isFalse();
              assertThat(call.toString().length()).isBetween(3_300, 4_300);
            });
  }

  @Test
  void what_only_a_held_call_can_be_found_by_is_refused() throws IOException {
    assertThat(get(clickSpeak, "?type=inbound").status()).isEqualTo(500);
    assertThat(get(clickSpeak, "/100000").status()).isEqualTo(404);
    assertThat(get(clickSpeak, "/" + (100_001 + CALLS)).status()).isEqualTo(404);
  }

  private List<JsonNode> all(String query) throws IOException {
    List<JsonNode> calls = new ArrayList<>();
    int last = 1;
    for (int page = 1; page <= last; page++) {
      JsonNode json = list(query + "&page=" + page);
      last = json.path("last_page").asInt();
      StreamSupport.stream(json.path("data").spliterator(), false).forEach(calls::add);
    }
    return calls;
  }

  private int total(String query) throws IOException {
    return list(query).path("total").asInt();
  }

  private JsonNode list(String query) throws IOException {
    return get(clickSpeak, query).json();
  }

  private Reply get(ClickSpeak server, String query) throws IOException {
    return client.get(server.url() + "/user/calls" + query, server.token());
  }
}
