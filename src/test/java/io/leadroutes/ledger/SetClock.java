package io.leadroutes.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock of a machine that a test sets, and lets go on. */
final class SetClock {

  private volatile Instant wall;
  private volatile long nanos = System.nanoTime();

  SetClock(Instant wall) {
    this.wall = wall;
  }

  /** A process that begins now. */
  LedgerClock process() {
    InstantSource source = () -> wall;
    return new LedgerClock(source, () -> nanos);
  }

  /** Time passes. */
  void pass(Duration time) {
    wall = wall.plus(time);
    nanos += time.toNanos();
  }

  /** Somebody sets the clock. */
  void set(Duration by) {
    wall = wall.plus(by);
  }
}
