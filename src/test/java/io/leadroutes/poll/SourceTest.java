package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.ledger.Account;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** G1: which days each pass asks for. */
class SourceTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final Duration LOOK_BACK = Duration.ofDays(2);
  private static final Duration WIDE = Duration.ofDays(30);
  private static final long TODAY = Instant.parse("2026-03-10T00:00:00Z").toEpochMilli();

  private static Settings settings(String key, String value) {
    return Settings.load(Path.of("no-such-folder"), Map.of(), new Properties())
        .with(Map.of(key, value));
  }

  private static long at(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  @Test
  void the_first_pass_looks_back_and_a_day_more_for_the_unknown_time_zone() {
    Account account = new Account(1, "default", "default", TODAY, null, null);

    assertThat(Source.dateFrom(account, NOW, LOOK_BACK, WIDE, null)).isEqualTo("2026-03-07");
  }

  @Test
  void after_an_outage_the_window_begins_before_the_last_accepted_pass() {
    Account account = new Account(1, "default", "default", TODAY, at("2026-03-05T12:00:00Z"), null);

    assertThat(Source.dateFrom(account, NOW, LOOK_BACK, WIDE, null)).isEqualTo("2026-03-02");
  }

  @Test
  void an_older_open_call_holds_the_window_open() {
    Account account = new Account(1, "default", "default", TODAY, at("2026-03-10T11:59:00Z"), null);

    assertThat(Source.dateFrom(account, NOW, LOOK_BACK, WIDE, at("2026-03-06T01:00:00Z")))
        .isEqualTo("2026-03-05");
  }

  @Test
  void a_start_with_all_calls_asks_for_all_of_them_once() {
    Account fresh = new Account(1, "default", "default", 0, null, null);
    Account later = new Account(1, "default", "default", 0, at("2026-03-10T11:59:00Z"), null);

    assertThat(Source.dateFrom(fresh, NOW, LOOK_BACK, WIDE, null)).isNull();
    assertThat(Source.dateFrom(later, NOW, LOOK_BACK, WIDE, null)).isEqualTo("2026-03-07");
  }

  @Test
  void a_start_with_a_date_asks_from_that_day_on() {
    Account account = new Account(1, "default", "default", at("2026-01-31T00:00:00Z"), null, null);

    assertThat(Source.dateFrom(account, NOW, LOOK_BACK, WIDE, null)).isEqualTo("2026-01-30");
  }

  @Test
  void no_window_reaches_further_back_than_the_wide_look_back() {
    Account account = new Account(1, "default", "default", TODAY, at("2025-12-01T12:00:00Z"), null);

    assertThat(Source.dateFrom(account, NOW, LOOK_BACK, WIDE, null)).isEqualTo("2026-02-07");
  }

  @Test
  void today_begins_at_midnight_of_the_accounts_zone() {
    Settings berlin =
        settings("clickspeak.time-zone", "Europe/Berlin").with(Map.of("poll.start", "today"));

    assertThat(Source.startAt(berlin, NOW)).isEqualTo("2026-03-09T23:00:00Z");
  }

  @Test
  void a_start_that_is_no_start_is_refused_with_a_remedy() {
    assertThatThrownBy(() -> Source.startAt(settings("poll.start", "yesterday"), NOW))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("poll.start=yesterday")
        .hasMessageContaining("today, all, or a date");
  }
}
