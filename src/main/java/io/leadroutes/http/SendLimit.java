package io.leadroutes.http;

import java.time.Duration;

/**
 * Until when the requests of an attempt may leave: as long as its claim is surely its own. It is
 * bound to the thread that makes the attempt, and the client asks it at the last moment, when the
 * connection stands and nothing is written yet. So a process that was suspended for longer than its
 * lease sends nothing that another one has taken over.
 */
public final class SendLimit {

  private static final ThreadLocal<SendLimit> OF_THREAD = new ThreadLocal<>();

  /**
   * A moment by both clocks of the machine: one does not run while the machine sleeps, the other
   * may be set. Whichever says that more time has passed is believed.
   */
  public record Moment(long nanos, long millis) {

    public static Moment now() {
      return new Moment(System.nanoTime(), System.currentTimeMillis());
    }

    private boolean isWithin(Duration span, Moment now) {
      return now.nanos - nanos < span.toNanos() && now.millis - millis < span.toMillis();
    }
  }

  private final Duration lease;
  private volatile Moment held;
  private volatile boolean sent;
  private volatile boolean refused;

  /**
   * @param asked when the claim was asked for, before the ledger noted it
   * @param lease how long it lasts from then on
   */
  public SendLimit(Moment asked, Duration lease) {
    this.lease = lease;
    held = asked;
  }

  /**
   * The claim was renewed.
   *
   * @param asked when that was asked for, before the ledger noted it
   */
  public void renewed(Moment asked) {
    held = asked;
  }

  /** Whether a request may leave now. */
  public boolean isOpen() {
    return held.isWithin(lease, Moment.now());
  }

  /** Has the requests that the work makes in this thread keep this limit. */
  public void during(Runnable work) {
    SendLimit outer = OF_THREAD.get();
    OF_THREAD.set(this);
    try {
      work.run();
    } finally {
      if (outer == null) {
        OF_THREAD.remove();
      } else {
        OF_THREAD.set(outer);
      }
    }
  }

  /** The limit of the requests that this thread makes, or null. */
  public static SendLimit ofThread() {
    return OF_THREAD.get();
  }

  /** {@link #leave} of this thread's limit, if it has one. */
  public static void check() throws NotSentException {
    SendLimit limit = OF_THREAD.get();
    if (limit != null) {
      limit.leave();
    }
  }

  /**
   * Called at the last moment before a request leaves.
   *
   * @throws NotSentException when it must not
   */
  public void leave() throws NotSentException {
    if (!isOpen()) {
      refused = true;
      throw new NotSentException(
          "The claim on the lead has lapsed, another process may have it: the request was not"
              + " sent.");
    }
    sent = true;
  }

  /** Whether a request was kept from leaving. */
  public boolean hasRefused() {
    return refused;
  }

  /** Whether a request may have left before. */
  public boolean hasSent() {
    return sent;
  }
}
