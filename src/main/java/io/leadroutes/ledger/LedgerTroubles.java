package io.leadroutes.ledger;

import java.time.Duration;
import java.util.Optional;

/** What is wrong with the ledger at present, by how its transactions end. */
final class LedgerTroubles {

  /** A full disk may take one row and refuse the next. */
  private static final long OVER_NANOS = Duration.ofSeconds(10).toNanos();

  private String trouble;
  private long failedAt;
  private long wroteAt = System.nanoTime();

  /** A transaction failed because of this; null when the database was not to blame. */
  synchronized void failed(String sentence) {
    if (sentence != null) {
      trouble = sentence;
      failedAt = System.nanoTime();
    }
  }

  /** A transaction is on disk. */
  synchronized void wrote() {
    wroteAt = System.nanoTime();
    if (trouble != null && wroteAt - failedAt > OVER_NANOS) {
      trouble = null;
    }
  }

  synchronized Optional<String> present() {
    return Optional.ofNullable(trouble);
  }

  /** Whether something was written within this time. */
  synchronized boolean wroteWithin(Duration time) {
    return System.nanoTime() - wroteAt < time.toNanos();
  }
}
