package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When which pass is due, without a database and without waiting. */
class ScheduleTest {

  private static final long START = Long.MAX_VALUE - 5;

  private final Schedule schedule = new Schedule(START, Duration.ofHours(1));
  private long now = START;
  private long hints;

  private List<Kind> due() {
    return schedule.due(now, hints, true, false);
  }

  private void after(Duration time) {
    // Beyond the end of long numbers, as System.nanoTime() may come.
    now += time.toNanos();
  }

  private void begin(Kind kind) {
    schedule.begins(kind, now, hints);
  }

  private void fail(Kind kind, Duration wait) {
    schedule.failed(kind, false, now + wait.toNanos());
  }

  @Test
  void an_account_begins_with_a_full_pass_and_has_one_at_a_time() {
    assertThat(due()).containsExactly(Kind.FULL);

    begin(Kind.FULL);
    schedule.wantAll();
    schedule.wantHead();

    assertThat(due()).isEmpty();
  }

  @Test
  void after_a_failure_nothing_is_due_before_its_wait_is_over_and_then_a_full_pass() {
    begin(Kind.FULL);
    fail(Kind.FULL, Duration.ofMinutes(5));
    schedule.wantHead();
    schedule.wantAll();
    hints++;

    after(Duration.ofMinutes(5).minusNanos(1));
    assertThat(due()).isEmpty();
    after(Duration.ofNanos(1));
    assertThat(due()).containsExactly(Kind.FULL);
  }

  @Test
  void outages_and_pauses_are_counted_apart() {
    fail(Kind.FULL, Duration.ZERO);
    fail(Kind.FULL, Duration.ZERO);
    assertThat(schedule.failuresBefore(false)).isEqualTo(2);
    assertThat(schedule.failuresBefore(true)).isZero();

    schedule.failed(Kind.FULL, true, now);

    assertThat(schedule.failuresBefore(true)).isEqualTo(1);
    assertThat(schedule.isFailing()).isTrue();
  }

  @Test
  void a_pass_that_could_not_begin_is_due_again() {
    begin(Kind.FULL);
    schedule.unbegun(Kind.FULL);

    assertThat(due()).containsExactly(Kind.FULL);
  }

  @Test
  void a_list_that_is_not_proved_to_be_newest_first_is_read_whole_at_each_look() {
    begin(Kind.FULL);
    schedule.unbegun(Kind.FULL);
    begin(Kind.FULL);
    // Its pass is still on its way: a look at the head alone would prove nothing.
    schedule.wantHead();

    assertThat(due()).doesNotContain(Kind.QUICK);
  }

  @Test
  void refused_days_of_long_ago_hold_back_only_their_kind() {
    begin(Kind.WIDE);
    schedule.refusedAside(Kind.WIDE, now + Duration.ofHours(1).toNanos());

    assertThat(schedule.failuresAside()).isEqualTo(1);
    assertThat(schedule.isFailing()).isFalse();
    assertThat(due()).containsExactly(Kind.FULL);
  }

  @Test
  void a_backfill_is_walked_beside_a_full_pass() {
    assertThat(schedule.due(now, hints, true, true)).containsExactly(Kind.FULL, Kind.BACKFILL);
    begin(Kind.BACKFILL);
    assertThat(schedule.due(now, hints, true, true)).containsExactly(Kind.FULL);
  }

  @Test
  void a_hint_brings_one_pass_a_second_however_many_there_are() {
    begin(Kind.FULL);
    schedule.unbegun(Kind.FULL);
    hints = 5;
    begin(Kind.FULL);

    assertThat(schedule.hasFollowed(5)).isTrue();
  }
}
