package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {

  @Test
  void no_window_ever_holds_more_requests_than_the_budget() {
    AtomicLong clock = new AtomicLong();
    RequestBudget budget = new RequestBudget(60, 20, clock::get);
    List<Long> taken = new ArrayList<>();

    while (taken.size() < 500) {
      Duration delay = budget.take();
      if (delay.isZero()) {
        taken.add(clock.get());
        clock.addAndGet(Duration.ofMillis(37).toNanos());
      } else {
        clock.addAndGet(delay.toNanos());
      }
    }

    assertThat(mostIn(taken, Duration.ofMinutes(1))).isEqualTo(60);
    assertThat(mostIn(taken, Duration.ofSeconds(10))).isEqualTo(20);
  }

  @Test
  void after_a_pause_there_is_no_more_than_the_budget_to_catch_up_with() {
    AtomicLong clock = new AtomicLong();
    RequestBudget budget = new RequestBudget(60, 20, clock::get);
    clock.addAndGet(Duration.ofHours(5).toNanos());

    int taken = 0;
    while (budget.take().isZero()) {
      taken++;
    }

    assertThat(taken).isEqualTo(20);
  }

  private static int mostIn(List<Long> times, Duration window) {
    int most = 0;
    for (int i = 0; i < times.size(); i++) {
      int j = i;
      while (j < times.size() && times.get(j) - times.get(i) < window.toNanos()) {
        j++;
      }
      most = Math.max(most, j - i);
    }
    return most;
  }
}
