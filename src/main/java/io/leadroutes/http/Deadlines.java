package io.leadroutes.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ConnectTimeoutException;

/**
 * One deadline for each request as a whole, from the wait for a connection to the last byte of the
 * body. The time-outs of a socket begin anew with each byte; this one does not.
 */
final class Deadlines implements AutoCloseable {

  private final Set<Watched> running = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor watcher;

  /** By {@link System#nanoTime}; null while there is no end in sight. */
  private volatile Long end;

  Deadlines() {
    watcher =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "request-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    watcher.setRemoveOnCancelPolicy(true);
    watcher.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** A request on its way. */
  final class Watched {

    private final Duration limit;
    private final Runnable cancel;
    private volatile Future<?> alarm;
    private volatile boolean left;
    private volatile boolean late;

    private Watched(Duration limit, Runnable cancel) {
      this.limit = limit;
      this.cancel = cancel;
      running.add(this);
      alarm = watcher.schedule(this::breakOff, limit.toNanos(), TimeUnit.NANOSECONDS);
      if (!running.contains(this)) {
        // Broken off before the alarm was known.
        done();
      }
    }

    /** Its first byte leaves now. */
    void leaves() {
      left = true;
    }

    /** It came to its end, whichever. */
    void done() {
      running.remove(this);
      Future<?> set = alarm;
      if (set != null) {
        set.cancel(false);
      }
    }

    private void breakOff() {
      late = true;
      try {
        cancel.run();
      } finally {
        done();
      }
    }

    /** What a failure means: where the deadline broke it off, that; else itself. */
    IOException meaning(IOException failure) {
      if (!late || failure instanceof NotSentException) {
        return failure;
      }
      String sentence =
          left
              ? "The whole answer did not come within " + limit.toMillis() + " ms."
              : "No connection stood within " + limit.toMillis() + " ms.";
      IOException meaning =
          left ? new SocketTimeoutException(sentence) : new ConnectTimeoutException(sentence);
      meaning.addSuppressed(failure);
      return meaning;
    }
  }

  /**
   * Watches a request from now on.
   *
   * @param cancel breaks it off, whatever it waits for
   */
  Watched watch(Duration limit, Runnable cancel) {
    Long last = end;
    Duration left = last == null ? limit : Duration.ofNanos(last - System.nanoTime());
    return new Watched(left.compareTo(limit) < 0 ? left : limit, cancel);
  }

  /** No request lasts longer than this from now on, those on their way neither. */
  void breakOffAllIn(Duration time) {
    end = System.nanoTime() + time.toNanos();
    watcher.schedule(
        () -> running.forEach(Watched::breakOff), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    watcher.shutdownNow();
  }
}
