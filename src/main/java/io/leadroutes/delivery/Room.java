package io.leadroutes.delivery;

import io.leadroutes.ledger.Deliveries;

/**
 * How much a sink may hold in memory of what is on its way, in bytes of the calls' JSON; as texts
 * and leads they take several times as much. All sinks together have 8 MiB, each its part, so that
 * none waits for another; of that an account has its part, so that one that hangs leaves room for
 * the others. A delivery that is larger than these parts comes while there is room at all and its
 * account has nothing else on its way, one of all sinks and accounts at a time.
 *
 * @param sink bytes
 * @param account bytes
 */
record Room(long sink, long account) {

  private static final long ALL = Deliveries.MAX_BYTES;
  private static final long LEAST = 512 * 1024;

  /**
   * @param sinks how many there are
   * @param accounts whose leads the sink gets
   */
  static Room of(int sinks, int accounts) {
    long sink = Math.max(LEAST, ALL / Math.max(1, sinks));
    return new Room(sink, Math.max(LEAST, sink / Math.max(1, accounts)));
  }

  /**
   * What a claim of an account may take.
   *
   * @param first how large its first delivery may be; nothing may be taken where both are 0
   */
  record Share(long bytes, long first) {

    boolean isNothing() {
      return bytes == 0 && first == 0;
    }

    /** Whether one may be taken that is larger than the part. */
    boolean mayBeLarge() {
      return first > bytes;
    }

    /** The same without that. */
    Share usual() {
      return new Share(bytes, Math.min(first, bytes));
    }
  }

  /**
   * @param ofSink what is on its way to the sink
   * @param ofAccount of that, what the account has on its way
   */
  Share left(long ofSink, long ofAccount) {
    long left = Math.max(0, sink - ofSink);
    long bytes = Math.min(Deliveries.MAX_BYTES, Math.min(left, Math.max(0, account - ofAccount)));
    long first = left > 0 && ofAccount == 0 ? Deliveries.MAX_BYTES : bytes;
    return new Share(bytes, first);
  }
}
