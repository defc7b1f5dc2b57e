package io.leadroutes.ledger;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The one thread of this process that writes to the ledger. Whatever has gathered while the last
 * transaction was committed goes into the next one, so that neither a page nor a delivery pays for
 * a commit of its own (group commit), and nobody waits for company. A future completes only after
 * its transaction is on disk.
 */
final class Writer implements AutoCloseable {

  /** Bounds one transaction: far above what gathers in practice. */
  private static final int MAX_TASKS = 256;

  private record Task<T>(Function<Handle, T> work, CompletableFuture<T> done) {}

  private static final Task<Void> LAST = new Task<>(handle -> null, new CompletableFuture<>());

  /** What comes before and with each transaction, and what is to be known of how it ended. */
  interface Surroundings {

    /**
     * @throws RuntimeException when nothing may be written at present
     */
    void before();

    /** Adds to a transaction what costs nothing there. */
    void within(Handle handle);

    void wrote();

    void failed(Throwable failure);
  }

  private final Jdbi jdbi;
  private final Dialect dialect;
  private final Surroundings surroundings;
  private final BlockingQueue<Task<?>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  Writer(Jdbi jdbi, Dialect dialect, Surroundings surroundings) {
    this.jdbi = jdbi;
    this.dialect = dialect;
    this.surroundings = surroundings;
    thread = new Thread(this::run, "ledger-writer");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Queues a piece of work. When another piece of the same transaction fails, it runs once more in
   * a transaction of its own, so it must have no effect outside the database.
   */
  <T> CompletableFuture<T> submit(Function<Handle, T> work) {
    Task<T> task = new Task<>(work, new CompletableFuture<>());
    if (closed) {
      task.done.completeExceptionally(new LedgerException("The ledger is closed.", null));
    } else {
      queue.add(task);
    }
    return task.done;
  }

  /** Runs a piece of work and waits until it is on disk. */
  <T> T write(Function<Handle, T> work) {
    try {
      return submit(work).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void run() {
    List<Task<?>> tasks = new ArrayList<>();
    boolean last = false;
    while (!last) {
      try {
        tasks.add(queue.take());
      } catch (InterruptedException e) {
        // Only close() ends this thread, after what is queued.
        continue;
      }
      queue.drainTo(tasks, MAX_TASKS);
      last = tasks.remove(LAST);
      commit(tasks);
      tasks.clear();
    }
  }

  private void commit(List<Task<?>> tasks) {
    if (tasks.isEmpty()) {
      return;
    }
    try {
      surroundings.before();
    } catch (RuntimeException | Error e) {
      refuse(tasks, e);
      return;
    }
    try {
      transact(tasks);
    } catch (ConnectionException | LostAnswerException e) {
      refuse(tasks, e);
    } catch (RuntimeException | Error e) {
      // An Error too: without this thread nothing would ever be written again.
      if (tasks.size() > 1 || isDeadlock(e)) {
        oneByOne(tasks);
      } else {
        refuse(tasks, e);
      }
    }
  }

  /** The database took a commit and did not say whether it is done, and cannot be asked. */
  private static final class LostAnswerException extends RuntimeException {

    LostAnswerException(Throwable cause) {
      super(cause);
    }
  }

  private void transact(List<Task<?>> tasks) {
    List<Runnable> completions = new ArrayList<>();
    String[] transaction = new String[1];
    try {
      jdbi.useTransaction(
          handle -> {
            transaction[0] = dialect.transaction(handle);
            surroundings.within(handle);
            List<Runnable> all = tasks.stream().map(task -> attempt(task, handle)).toList();
            completions.addAll(all);
          });
    } catch (RuntimeException e) {
      // What was claimed by a commit whose answer was lost must not be claimed once more.
      boolean ran = completions.size() == tasks.size();
      if (!ran || !LedgerTrouble.lost(e) || !isCommitted(transaction[0], e)) {
        throw e;
      }
    }
    surroundings.wrote();
    completions.forEach(Runnable::run);
  }

  private boolean isCommitted(String transaction, RuntimeException failure) {
    try {
      return dialect.isCommitted(jdbi, transaction);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      throw new LostAnswerException(failure);
    }
  }

  /** Each in a transaction of its own, until the database cannot be reached any more. */
  private void oneByOne(List<Task<?>> tasks) {
    for (int i = 0; i < tasks.size(); i++) {
      List<Task<?>> one = List.of(tasks.get(i));
      try {
        transact(one);
      } catch (ConnectionException | LostAnswerException e) {
        refuse(tasks.subList(i, tasks.size()), e);
        return;
      } catch (RuntimeException | Error e) {
        refuse(one, e);
      }
    }
  }

  private void refuse(List<Task<?>> tasks, Throwable failure) {
    surroundings.failed(failure);
    Throwable remedy = remedy(failure);
    tasks.forEach(task -> task.done.completeExceptionally(remedy));
  }

  /** Two processes waited for each other, and this one was chosen to give way. */
  private static boolean isDeadlock(Throwable failure) {
    SQLException refusal = LedgerTrouble.refusal(failure);
    return refusal != null && "40P01".equals(refusal.getSQLState());
  }

  private static <T> Runnable attempt(Task<T> task, Handle handle) {
    T result = task.work.apply(handle);
    return () -> task.done.complete(result);
  }

  private static Throwable remedy(Throwable e) {
    if (!(e instanceof JdbiException || e instanceof LostAnswerException)) {
      return e;
    }
    String trouble = LedgerTrouble.in(e);
    return new LedgerException(trouble != null ? trouble : "The ledger could not be written.", e);
  }

  /** Finishes what is queued and ends the thread. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      queue.add(LAST);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
