package io.leadroutes.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G6: how long a server asks to be left alone. */
class RetryAfterTest {

  @Test
  void seconds_and_dates_are_read() {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(100));

    assertThat(RetryAfter.of("30")).isEqualTo(Duration.ofSeconds(30));
    assertThat(RetryAfter.of(" 0.5 ")).isEqualTo(Duration.ofSeconds(1));
    assertThat(RetryAfter.of(date)).isBetween(Duration.ofSeconds(90), Duration.ofSeconds(100));
  }

  @Test
  void a_wish_is_clamped_to_a_second_and_a_day() {
    assertThat(RetryAfter.of("0")).isEqualTo(Duration.ofSeconds(1));
    assertThat(RetryAfter.of("999999999")).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void what_cannot_be_read_is_no_wish() {
    assertThat(RetryAfter.of("soon")).isNull();
    assertThat(RetryAfter.of("-5")).isNull();
    assertThat(RetryAfter.of(null)).isNull();
  }

  @Test
  void the_header_is_found_whatever_its_case() {
    assertThat(RetryAfter.in(Map.of("retry-after", 12))).isEqualTo(Duration.ofSeconds(12));
    assertThat(RetryAfter.in(Map.of())).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "25s, 25000",
    "25 seconds, 25000",
    "25 sec., 25000",
    "1500ms, 1500",
    "1500 milliseconds, 1500",
    "2m, 120000",
    "2 minutes, 120000",
    "1 hour, 3600000",
    "2.5, 2500",
    "2.5s, 2500",
  })
  void a_number_may_have_a_unit(String value, long millis) {
    assertThat(RetryAfter.of(value)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "-2.5s", "25 bananas", "NaN", "1e400", "", "null", "tomorrow at 9"})
  void garbage_is_no_wish(String value) {
    assertThat(RetryAfter.of(value)).isNull();
  }

  @Test
  void a_time_since_1970_and_a_date_are_read() {
    Instant later = Instant.now().plusSeconds(100);

    for (String value :
        List.of(
            String.valueOf(later.getEpochSecond()),
            String.valueOf(later.toEpochMilli()),
            later.toString())) {
      assertThat(RetryAfter.of(value)).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(100));
    }
  }

  private static Duration asked(String body) {
    return RetryAfter.asked(Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"message\":\"Slow down\",\"retry_after\":25}",
        "{\"retry_after\":25.0}",
        "{\"retry_after\":\"25\"}",
        "{\"retryAfter\": \"25s\"}",
        "{\"Retry-After\":\"25 seconds\"}",
        "{\"error\":{\"retry_after_ms\": 25000}}",
        "{\"retry_after_seconds\": 25}",
        "{\"retryAfterMs\":\"25000\"}",
        "{\"message\":\"Limit reached, try again in 25 seconds.\"}",
        "{\"message\":\"Please wait 25s before the next request\"}",
        "<html><p>Rate limited. Retry after 25 sec.</p></html>",
        "Too many requests: come back in 25000 ms",
      })
  void a_body_says_it_as_a_number_a_text_or_a_sentence(String body) {
    assertThat(asked(body)).isEqualTo(Duration.ofSeconds(25));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"message\":\"Too Many Attempts.\"}",
        "{\"retry_after\": null}",
        "{\"retry_after\": -25}",
        "You have 25 requests",
        "",
      })
  void a_body_that_says_nothing_of_it_is_no_wish(String body) {
    assertThat(asked(body)).isNull();
  }

  @Test
  void the_header_goes_before_the_body_and_the_reset_after_it() {
    byte[] body = "{\"retry_after\":25}".getBytes(StandardCharsets.UTF_8);

    assertThat(RetryAfter.asked(Map.of("retry-after", "7", "X-RateLimit-Reset", "9"), body))
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(RetryAfter.asked(Map.of("X-RateLimit-Reset", "9"), body))
        .isEqualTo(Duration.ofSeconds(25));
    assertThat(RetryAfter.asked(Map.of("x-ratelimit-reset", "9"), new byte[0]))
        .isEqualTo(Duration.ofSeconds(9));
    assertThat(RetryAfter.asked(Map.of("retry-after-ms", "1500"), new byte[0]))
        .isEqualTo(Duration.ofMillis(1500));
  }
}
