package io.leadroutes.ledger;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time of a process: the wall clock as it was when this was made, and from then on the time
 * that passed. A wall clock that is set does not move it, until {@link ClockSteps} moves what waits
 * along with it.
 */
final class LedgerClock {

  /** A wall clock and the time that passes are not read at once; further apart they are no pair. */
  private static final long PAIR_NANOS = Duration.ofMillis(100).toNanos();

  private static final int TRIES = 100;

  private final InstantSource wall;
  private final LongSupplier nanos;
  private volatile Anchor anchor;

  private record Anchor(long millis, long nanos) {

    long at(long nanos) {
      return millis + Math.floorDiv(nanos - this.nanos, 1_000_000L);
    }
  }

  LedgerClock() {
    this(InstantSource.system());
  }

  LedgerClock(InstantSource wall) {
    this(wall, System::nanoTime);
  }

  /**
   * @param nanos as {@link System#nanoTime}
   */
  LedgerClock(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    anchor = new Anchor(wall.millis(), nanos.getAsLong());
  }

  /** The time that passes, as {@link System#nanoTime}. */
  long nanos() {
    return nanos.getAsLong();
  }

  /** Milliseconds since 1970. */
  long millis() {
    return anchor.at(nanos.getAsLong());
  }

  /** The wall clock, milliseconds since 1970. */
  long wall() {
    return millis() + wallAhead();
  }

  /** How far the wall clock is ahead of this one, milliseconds; negative for behind. */
  long wallAhead() {
    long ahead = 0;
    for (int i = 0; i < TRIES; i++) {
      long before = nanos.getAsLong();
      ahead = wall.millis() - anchor.at(before);
      if (nanos.getAsLong() - before < PAIR_NANOS) {
        break;
      }
    }
    return ahead;
  }

  /** Goes on from another time. */
  void set(long millis) {
    anchor = new Anchor(millis, nanos.getAsLong());
  }
}
