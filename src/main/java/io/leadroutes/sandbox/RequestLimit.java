package io.leadroutes.sandbox;

import java.time.Duration;
import java.time.Instant;

/**
 * So many requests in each window of time; a window begins with the first request after another.
 */
final class RequestLimit {

  /**
   * What the limit says to one request.
   *
   * @param retryAfter whole seconds, at least 1
   */
  record Reading(boolean allowed, int limit, int remaining, long retryAfter, long resetAt) {}

  private final int limit;
  private final Duration window;
  private Instant end = Instant.MIN;
  private int used;

  RequestLimit(int limit, Duration window) {
    this.limit = limit;
    this.window = window;
  }

  synchronized Reading count(Instant now) {
    if (!now.isBefore(end)) {
      end = now.plus(window);
      used = 0;
    }
    boolean allowed = used < limit;
    if (allowed) {
      used++;
    }
    long wait = Math.max(1, (Duration.between(now, end).toMillis() + 999) / 1000);
    return new Reading(allowed, limit, limit - used, wait, now.getEpochSecond() + wait);
  }
}
