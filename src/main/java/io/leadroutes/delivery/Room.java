package io.leadroutes.delivery;

import io.leadroutes.ledger.Deliveries;

/**
 * How much a sink may hold in memory of what is on its way, in bytes of the calls' JSON. All sinks
 * together have 16 MiB, each its part, so that none waits for another; of that an account has its
 * part, so that one that hangs leaves room for the others. A delivery that is larger than these
 * parts comes while there is room at all and its account has nothing else on its way.
 *
 * @param sink bytes
 * @param account bytes
 */
record Room(long sink, long account) {

  private static final long ALL = 2 * Deliveries.MOST_BYTES;
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
  }

  /**
   * @param ofSink what is on its way to the sink
   * @param ofAccount of that, what the account has on its way
   */
  Share left(long ofSink, long ofAccount) {
    long left = Math.max(0, sink - ofSink);
    long bytes = Math.min(Deliveries.MOST_BYTES, Math.min(left, Math.max(0, account - ofAccount)));
    long first = left > 0 && ofAccount == 0 ? Deliveries.MOST_BYTES : bytes;
    return new Share(bytes, first);
  }
}
