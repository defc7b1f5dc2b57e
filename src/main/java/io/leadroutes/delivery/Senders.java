package io.leadroutes.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The threads that send, shared by all accounts of a sink and made when there is work, and what is
 * on its way: claimed ahead of them, being sent, or being settled. {@link Seats} keeps the accounts
 * apart.
 */
final class Senders {

  private final Executor pool;
  private final int threads;
  private final int ahead;
  private final int accounts;
  private final Consumer<Batch> work;
  private final Set<Batch> onTheirWay = new HashSet<>();
  private final Set<Batch> queue = new LinkedHashSet<>();
  private final Map<Long, Load> loads = new HashMap<>();
  private int active;
  private int running;
  private long bytes;
  private boolean stopped;

  /** Of an account that has something on its way. */
  private static final class Load {

    int batches;
    int queued;
    int running;
    long bytes;
  }

  /**
   * @param threads at most
   * @param ahead how many batches may be claimed beyond those that are sent
   * @param accounts whose leads are sent
   * @param work sends a batch; throws nothing
   */
  Senders(Executor pool, int threads, int ahead, int accounts, Consumer<Batch> work) {
    this.pool = pool;
    this.threads = threads;
    this.ahead = ahead;
    this.accounts = accounts;
    this.work = work;
  }

  /**
   * How many more batches may be claimed for an account. While some of its are waiting for a thread
   * there are none until a claim is worth its commit.
   */
  synchronized int free(long account) {
    Load own = loads.getOrDefault(account, new Load());
    int free =
        stopped
            ? 0
            : Seats.free(threads + ahead, onTheirWay.size(), own.batches, accounts, loads.size());
    return own.queued > 0 && free < ahead / 2 ? 0 : free;
  }

  /** Whether nothing can be claimed for anybody. */
  synchronized boolean isFull() {
    return stopped || onTheirWay.size() >= threads + ahead;
  }

  /** What is on its way, bytes of the calls' JSON. */
  synchronized long bytes() {
    return bytes;
  }

  /** The same of an account. */
  synchronized long bytes(long account) {
    return loads.getOrDefault(account, new Load()).bytes;
  }

  /** What is on its way. */
  synchronized List<Batch> batches() {
    return List.copyOf(onTheirWay);
  }

  /**
   * Sends a batch when a thread is free.
   *
   * @throws RejectedExecutionException after a stop
   */
  void send(Batch batch) {
    synchronized (this) {
      if (stopped) {
        throw new RejectedExecutionException();
      }
      Load load = loads.computeIfAbsent(batch.account.id(), id -> new Load());
      load.batches++;
      load.queued++;
      load.bytes += batch.bytes;
      bytes += batch.bytes;
      onTheirWay.add(batch);
      queue.add(batch);
    }
    dispatch();
  }

  /** Begins with what waits, as far as threads are free. */
  void dispatch() {
    while (true) {
      Batch next;
      synchronized (this) {
        next = active < threads ? next() : null;
        if (next == null) {
          return;
        }
        active++;
      }
      Batch first = next;
      try {
        pool.execute(() -> sendOnAndOn(first));
      } catch (RejectedExecutionException | Error e) {
        // No thread could be made: whoever is free next takes it.
        synchronized (this) {
          active--;
          ended(first);
          loads.get(first.account.id()).queued++;
          queue.add(first);
        }
        throw e;
      }
    }
  }

  private void sendOnAndOn(Batch first) {
    for (Batch batch = first; batch != null; batch = after(batch)) {
      work.accept(batch);
    }
  }

  private synchronized Batch after(Batch batch) {
    ended(batch);
    Batch next = next();
    if (next == null) {
      active--;
    }
    return next;
  }

  private void ended(Batch batch) {
    running--;
    Load load = loads.get(batch.account.id());
    load.running--;
    forget(batch.account.id(), load);
  }

  private void forget(long account, Load load) {
    if (load.batches == 0 && load.running == 0) {
      loads.remove(account);
    }
  }

  /** The first that waits whose account may have another thread. */
  private Batch next() {
    int holders = (int) loads.values().stream().filter(load -> load.running > 0).count();
    for (Iterator<Batch> each = queue.iterator(); each.hasNext(); ) {
      Batch batch = each.next();
      Load load = loads.get(batch.account.id());
      if (Seats.free(threads, running, load.running, accounts, holders) > 0) {
        each.remove();
        load.queued--;
        load.running++;
        running++;
        return batch;
      }
    }
    return null;
  }

  /**
   * A batch is settled, or given back.
   *
   * @return false where it was already
   */
  synchronized boolean done(Batch batch) {
    if (!onTheirWay.remove(batch)) {
      return false;
    }
    Load load = loads.get(batch.account.id());
    load.bytes -= batch.bytes;
    bytes -= batch.bytes;
    load.batches--;
    forget(batch.account.id(), load);
    notifyAll();
    return true;
  }

  /** Takes back those that no thread has begun with; they stay on their way until they are done. */
  synchronized List<Batch> takeBack(Predicate<Batch> which) {
    List<Batch> back = new ArrayList<>();
    for (Batch batch : queue) {
      if (which.test(batch)) {
        back.add(batch);
      }
    }
    back.forEach(
        batch -> {
          queue.remove(batch);
          loads.get(batch.account.id()).queued--;
        });
    return back;
  }

  /** Takes back all that no thread has begun with, and takes no more. */
  synchronized List<Batch> stop() {
    stopped = true;
    return takeBack(batch -> true);
  }

  /**
   * Waits until nothing is on its way.
   *
   * @return false when that took too long
   */
  synchronized boolean awaitNothing(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (!onTheirWay.isEmpty()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
