package io.leadroutes.slack;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** A search step by step, with clocks that say what they are told. */
class SlackHistoryTest {

  private static final Instant SLACKS = Instant.parse("2026-03-01T10:00:00Z");
  private static final String NOT_MARKED = "\"text\":\"chat\"";

  private final SlackWorkspaces workspaces =
      new SlackWorkspaces(
          new DefaultCamelContext(),
          SinkRoute.settings(
              Map.of(
                  "slack.token", "xoxb-test",
                  "slack.channel", "C0LEADS",
                  "slack.look-again", "2m")));
  private long nanos = 1000;
  private final SlackMemory memory = new SlackMemory(() -> nanos);
  private final SlackHistory history = new SlackHistory(workspaces, memory);
  private final SlackPost post = new SlackPost(workspaces, memory, null);

  @Test
  void after_a_wait_the_look_up_goes_on_at_its_cursor() {
    SlackSearch search = history.begin(unknown(1, 500));
    search = read(search, page(NOT_MARKED, "two"));
    search = answered(search, 429, "", "60", null);

    assertThat(search.outcome().kind()).isEqualTo(Kind.LOOKING);
    assertThat(search.outcome().retryAfter()).isEqualTo(Duration.ofSeconds(60));
    assertThat(history.begin(unknown(1, 520)).outcome().retryAfter()).isPositive();
    pass(Duration.ofSeconds(60));

    SlackSearch later = history.begin(unknown(1, 561));
    assertThat(form(later)).containsEntry("cursor", "two");
    assertThat(read(later, page(NOT_MARKED, "")).outcome()).isEqualTo(Outcome.notThere());
  }

  @Test
  void a_look_counts_from_when_it_began_however_long_it_took() {
    SlackSearch search = history.begin(unknown(1, 100));
    search = answered(search, 429, "", "60", null);
    pass(Duration.ofMinutes(3));

    SlackSearch later = history.begin(unknown(1, 280));

    assertThat(read(later, page(NOT_MARKED, "")).outcome())
        .isEqualTo(Outcome.lookAgain(Duration.ofSeconds(20)));
  }

  @Test
  void the_next_look_begins_anew() {
    read(history.begin(unknown(0, 10)), page(NOT_MARKED, ""));

    assertThat(form(history.begin(unknown(1, 130)))).containsEntry("cursor", "");
  }

  @Test
  void a_cursor_that_slack_does_not_know_any_more_costs_the_pages_and_not_the_lead() {
    SlackSearch search = read(history.begin(unknown(1, 500)), page(NOT_MARKED, "two"));
    search = answered(search, 200, "{\"ok\":false,\"error\":\"invalid_cursor\"}", null, null);

    assertThat(search.unfinished()).isTrue();
    assertThat(form(search)).containsEntry("cursor", "");
  }

  @Test
  void a_message_that_was_seen_while_another_was_looked_for_needs_no_request_of_its_own() {
    read(history.begin(unknown(1, 500)), page(marked(5), "two"));

    assertThat(history.begin(Deliveries.unknown(5, Deliveries.earlier(0, 1))).outcome())
        .isEqualTo(Outcome.delivered("1772359200.000005", "C0LEADS"));
  }

  @Test
  void what_this_process_posted_is_looked_for_in_its_own_minutes() {
    told(SLACKS);
    sending(1);
    pass(Duration.ofSeconds(30));
    told(SLACKS.plusSeconds(30));

    Map<String, String> form = form(history.begin(unknown(0, 30)));

    assertThat(form.get("oldest")).isEqualTo("1772359140.000000");
    assertThat(form.get("latest")).isEqualTo("1772359380.000000");
  }

  @Test
  void what_another_process_posted_is_looked_for_until_now() {
    told(SLACKS);

    assertThat(form(history.begin(unknown(0, 30)))).doesNotContainKey("latest");
  }

  /** The ledger's clock is three hours ahead of Slack's. */
  @Test
  void a_search_goes_by_slacks_clock_and_not_by_the_machines() {
    Instant slack = Deliveries.ATTEMPTED.minus(Duration.ofHours(3));
    told(slack.plusSeconds(30));

    double oldest = Double.parseDouble(form(history.begin(unknown(0, 30))).get("oldest"));

    assertThat(oldest).isBetween(slack.getEpochSecond() - 3601.0, slack.getEpochSecond() - 3599.0);
  }

  @Test
  void where_slacks_clock_is_heard_with_the_first_page_the_search_begins_anew() {
    Instant slack = Deliveries.ATTEMPTED.minus(Duration.ofHours(3));
    SlackSearch search = history.begin(unknown(1, 500));

    search = answered(search, 200, page(NOT_MARKED, ""), null, date(slack.plusSeconds(500)));

    assertThat(search.unfinished()).isTrue();
    assertThat(Double.parseDouble(form(search).get("oldest")))
        .isLessThan(slack.getEpochSecond() - 3598.0);
    search = answered(search, 200, page(NOT_MARKED, ""), null, date(slack.plusSeconds(501)));
    assertThat(search.outcome()).isEqualTo(Outcome.notThere());
  }

  @Test
  void a_clock_that_was_set_ahead_since_the_attempt_hides_no_message() {
    told(SLACKS);
    sending(1);
    pass(Duration.ofSeconds(30));
    told(SLACKS.plusSeconds(30));

    Map<String, String> form = form(history.begin(unknown(1, 86_400)));

    assertThat(Double.parseDouble(form.get("oldest"))).isLessThan(SLACKS.getEpochSecond());
    assertThat(form).doesNotContainKey("latest");
  }

  @Test
  void a_clock_that_was_set_ahead_does_not_make_not_there_true_early() {
    told(SLACKS);
    sending(1);
    pass(Duration.ofSeconds(30));

    SlackSearch search = read(history.begin(unknown(1, 86_400)), page(NOT_MARKED, ""));

    assertThat(search.outcome()).isEqualTo(Outcome.lookAgain(Duration.ofSeconds(90)));
  }

  @Test
  void a_clock_that_was_set_back_since_the_attempt_hides_no_message_and_waits_no_longer() {
    told(SLACKS);

    SlackSearch search = history.begin(unknown(1, -7200));

    assertThat(Double.parseDouble(form(search).get("oldest")))
        .isLessThan(SLACKS.minus(Duration.ofHours(23)).getEpochSecond());
    assertThat(read(search, page(NOT_MARKED, "")).outcome())
        .isEqualTo(Outcome.lookAgain(Duration.ofMinutes(2)));
  }

  @Test
  void a_history_without_metadata_knows_the_message_by_its_first_block() {
    String blocks =
        "\"text\":\"x\",\"blocks\":[{\"block_id\":\"" + SlackMark.of(first(1)).blockId(1) + "\"}]";

    assertThat(read(history.begin(unknown(0, 1)), page(blocks, "")).outcome())
        .isEqualTo(Outcome.delivered("1772359200.000001", "C0LEADS"));
  }

  @Test
  void where_no_message_of_ours_is_seen_one_that_is_known_to_be_there_is_asked_for_first() {
    posted(7, "1772350000.000007");
    SlackSearch search = read(history.begin(unknown(1, 500)), page(NOT_MARKED, ""));

    assertThat(search.unfinished()).isTrue();
    assertThat(form(search))
        .containsEntry("oldest", "1772350000.000007")
        .containsEntry("latest", "1772350000.000007")
        .containsEntry("inclusive", "true");
    String message = marked(7).replace("1772359200.000007", "1772350000.000007");
    String known = "{\"ok\":true,\"messages\":[{" + message + "}]}";
    assertThat(read(search, known).outcome()).isEqualTo(Outcome.notThere());
  }

  @Test
  void a_history_that_shows_our_messages_without_marks_proves_nothing_and_pauses_the_sink() {
    posted(7, "1772350000.000007");
    SlackSearch search = read(history.begin(unknown(1, 500)), page(NOT_MARKED, ""));

    search =
        read(search, "{\"ok\":true,\"messages\":[{\"ts\":\"1772350000.000007\",\"text\":\"x\"}]}");

    assertThat(search.outcome().kind()).isEqualTo(Kind.PAUSED);
    assertThat(search.outcome().reason()).contains("C0LEADS", "metadata", "channels:history");
  }

  @Test
  void a_history_that_hides_a_message_that_is_known_to_be_there_proves_nothing() {
    posted(7, "1772350000.000007");
    SlackSearch search = read(history.begin(unknown(1, 500)), page(NOT_MARKED, ""));

    search = read(search, "{\"ok\":true,\"messages\":[]}");

    assertThat(search.outcome().kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(search.outcome().reason()).contains("may have been posted", "1772350000.000007");
  }

  @Test
  void a_message_of_ours_in_the_same_pages_is_proof_enough() {
    posted(7, "1772350000.000007");

    assertThat(read(history.begin(unknown(1, 500)), page(marked(9), "")).outcome())
        .isEqualTo(Outcome.notThere());
  }

  @Test
  void a_message_that_says_the_same_without_a_mark_is_looked_at_by_a_person() {
    String same = "\"text\":\"New lead: Ada Lovelace, Engines Ltd\"";

    Outcome outcome = read(history.begin(unknown(1, 500)), page(same, "")).outcome();

    assertThat(outcome.kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(outcome.reason()).contains("may have been posted", "1772359200.000001");
  }

  private static Delivery first(long id) {
    return Deliveries.first(id);
  }

  private static Delivery unknown(int looks, int seconds) {
    return Deliveries.unknown(1, Deliveries.earlier(looks, seconds));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void told(Instant slack) {
    memory.heard(date(slack));
  }

  private static String date(Instant instant) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
  }

  private void sending(long id) {
    post.request(first(id), new HashMap<>());
  }

  private void posted(long id, String ts) {
    String body = "{\"ok\":true,\"ts\":\"" + ts + "\"}";
    assertThat(post.outcome(first(id), stream(body), 200, null, null).kind())
        .isEqualTo(Kind.DELIVERED);
  }

  private Map<String, String> form(SlackSearch search) {
    assertThat(search.unfinished()).isTrue();
    Map<String, String> form = new HashMap<>();
    String body = new String(history.request(search, new HashMap<>()), StandardCharsets.US_ASCII);
    for (String pair : body.split("&")) {
      String[] parts = pair.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return form;
  }

  private SlackSearch read(SlackSearch search, String body) {
    return answered(search, 200, body, null, null);
  }

  private SlackSearch answered(
      SlackSearch search, int status, String body, String retryAfter, String date) {
    assertThat(search.unfinished()).isTrue();
    return history.read(search, stream(body), status, retryAfter, date);
  }

  private static ByteArrayInputStream stream(String body) {
    return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
  }

  private static String marked(long id) {
    return "\"ts\":\"1772359200.00000"
        + id
        + "\",\"metadata\":{\"event_type\":\"lead_delivery\",\"event_payload\":{\"delivery\":\""
        + id
        + "\",\"lead\":\"default-"
        + id
        + "\"}}";
  }

  private static String page(String message, String cursor) {
    return "{\"ok\":true,\"messages\":[{\"ts\":\"1772359200.000001\","
        + message
        + "}],\"has_more\":"
        + !cursor.isEmpty()
        + ",\"response_metadata\":{\"next_cursor\":\""
        + cursor
        + "\"}}";
  }
}
