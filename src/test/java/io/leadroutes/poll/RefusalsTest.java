package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.poll.PollException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G1, G5: an outage is no mistake of the settings, and no bad record. */
class RefusalsTest {

  private static final Map<String, Object> JSON = Map.of("Content-Type", "application/json");
  private static final Map<String, Object> HTML =
      Map.of("content-type", "text/html; charset=utf-8");

  private final Refusals refusals = new Refusals();

  private PollException of(int status, Map<String, Object> headers, String body) {
    return refusals.of(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private PollException json(int status) {
    return of(status, JSON, "{\"message\":\"no\"}");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void a_refused_token_is_believed_at_once_where_it_was_never_accepted(int status) {
    assertThat(json(status).paused()).isTrue();
    assertThat(json(status)).hasMessageContaining("clickspeak.token");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 402, 403, 302})
  void a_refusal_of_what_was_accepted_a_moment_ago_is_believed_when_it_is_said_again(int status) {
    refusals.accepted();

    assertThat(json(status).kind()).isEqualTo(Kind.FAILED);
    assertThat(json(status).kind()).isEqualTo(Kind.FAILED);
    assertThat(json(status).kind()).isEqualTo(Kind.PAUSED);
  }

  @Test
  void an_answer_in_between_takes_a_refusal_back() {
    refusals.accepted();
    for (int i = 0; i < 10; i++) {
      assertThat(json(401).paused()).isFalse();
      refusals.accepted();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 405, 406, 400})
  void a_web_page_with_a_refusal_is_of_a_firewall_and_does_not_blame_the_token(int status) {
    PollException refusal = of(status, HTML, "<html>Just a moment...</html>");

    assertThat(refusal.kind()).isEqualTo(Kind.OUTAGE);
    assertThat(refusal)
        .hasMessageContaining("firewall")
        .hasMessageNotContaining("clickspeak.token");
  }

  @Test
  void a_web_page_is_known_by_its_beginning_where_no_header_says_so() {
    assertThat(of(403, Map.of(), " <!DOCTYPE html><html>").kind()).isEqualTo(Kind.OUTAGE);
  }

  @Test
  void a_web_page_with_200_is_a_wrong_address_or_token_at_first_and_an_outage_later() {
    assertThat(refusals.html().paused()).isTrue();
    refusals.accepted();
    for (int i = 0; i < 10; i++) {
      assertThat(refusals.html().kind()).isEqualTo(Kind.OUTAGE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "500, SERVER_ERROR",
    "502, SERVER_ERROR",
    "504, SERVER_ERROR",
    "503, OUTAGE",
    "520, OUTAGE",
    "521, OUTAGE",
    "522, OUTAGE",
    "525, OUTAGE",
    "529, OUTAGE",
    "530, OUTAGE",
    "598, OUTAGE",
    "408, FAILED",
    "425, FAILED",
    "409, FAILED",
  })
  void what_no_record_can_cause_is_an_outage(int status, Kind kind) {
    assertThat(json(status).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void whoever_says_how_long_is_waited_for(int status) {
    assertThat(of(status, JSON, "{\"retry_after\":\"25\"}").kind()).isEqualTo(Kind.BUSY);
    assertThat(of(status, HTML, "try again in 25 seconds").retryAfter())
        .isEqualTo(Duration.ofSeconds(25));
  }

  @Test
  void a_limit_without_a_time_is_a_limit_too() {
    assertThat(of(429, HTML, "<html></html>").kind()).isEqualTo(Kind.BUSY);
    assertThat(of(429, Map.of("Retry-After", "-7"), "").retryAfter()).isNull();
  }
}
