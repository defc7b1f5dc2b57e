package io.leadroutes.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
