package io.leadroutes.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A machine's clock that is set forward and back, by a test or at random moments. */
public final class SteppedClock implements InstantSource, AutoCloseable {

  /** How far it is from the true time after a step. */
  private static final List<Duration> WRONG_BY =
      List.of(
          Duration.ZERO,
          Duration.ofMinutes(5),
          Duration.ofMinutes(-5),
          Duration.ofHours(1),
          Duration.ofHours(-1),
          Duration.ofDays(1),
          Duration.ofDays(-1));

  private static final int MAX_MILLIS = 1500;

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Duration wrongBy = Duration.ZERO;

  /** One that is right until somebody sets it. */
  public SteppedClock() {}

  /**
   * One that is set at random moments, until it is closed.
   *
   * @param seed gives the same steps again
   */
  public SteppedClock(long seed) {
    Random random = new Random(seed);
    Thread thread = new Thread(() -> step(random), "stepped-clock");
    thread.setDaemon(true);
    thread.start();
  }

  private void step(Random random) {
    try {
      while (!closed.await(1 + random.nextInt(MAX_MILLIS), TimeUnit.MILLISECONDS)) {
        set(WRONG_BY.get(random.nextInt(WRONG_BY.size())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sets it: from now on it is wrong by this. */
  public void set(Duration by) {
    wrongBy = by;
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(wrongBy);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
