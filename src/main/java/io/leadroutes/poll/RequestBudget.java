package io.leadroutes.poll;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The requests one account may make: never more than so many in any window of a length. It keeps
 * the times of the last requests, because a bucket that refills while it is drained lets up to
 * twice as many pass in one window.
 */
public final class RequestBudget {

  private static final Duration MARGIN = Duration.ofMillis(50);

  private final List<Window> windows;
  private final LongSupplier nanoTime;

  RequestBudget(int perMinute, int perTenSeconds, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    windows =
        List.of(
            new Window(perMinute, Duration.ofMinutes(1)),
            new Window(perTenSeconds, Duration.ofSeconds(10)));
  }

  private record Window(int most, long nanos, Deque<Long> times) {

    Window(int most, Duration length) {
      this(most, length.plus(MARGIN).toNanos(), new ArrayDeque<>());
    }

    long delay(long now) {
      return times.size() < most ? 0 : Math.max(0, times.peekFirst() + nanos - now);
    }

    void take(long now) {
      if (times.size() == most) {
        times.removeFirst();
      }
      times.addLast(now);
    }
  }

  /**
   * Takes one request out of the budget when there is one.
   *
   * @return how long to wait before asking again; zero means it was taken
   */
  synchronized Duration take() {
    long now = nanoTime.getAsLong();
    long wait = windows.stream().mapToLong(window -> window.delay(now)).max().orElse(0);
    if (wait == 0) {
      windows.forEach(window -> window.take(now));
    }
    return Duration.ofNanos(wait);
  }
}
