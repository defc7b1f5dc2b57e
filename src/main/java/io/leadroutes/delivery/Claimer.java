package io.leadroutes.delivery;

import io.leadroutes.http.SendLimit;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Deliveries;
import io.leadroutes.ledger.Deliveries.Claim;
import io.leadroutes.ledger.Deliveries.Claimed;
import io.leadroutes.ledger.Deliveries.Due;
import io.leadroutes.ledger.Deliveries.Portion;
import io.leadroutes.ledger.LedgerTrouble;
import io.leadroutes.log.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a sink that claims. It is told which accounts have something to be claimed:
 * when leads are recorded, when something comes back, when a thread is free; and asks by itself,
 * for all accounts at once, when something is due that waited for its time, and every few seconds
 * for what nobody told.
 */
final class Claimer {

  private static final Logger LOG = LoggerFactory.getLogger(Claimer.class);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  /** Room that another sink held is not told of. */
  private static final Duration FOR_ROOM = Duration.ofMillis(500);

  private static final int NEW_IN_A_ROW = 10;

  private final LeadsEndpoint endpoint;
  private final String sink;
  private final Deliveries deliveries;
  private final Set<String> sinks;
  private final Map<Long, Account> accounts = new HashMap<>();
  private final Paces paces;
  private final HeldPlaces places;
  private final Room room;
  private final Semaphore large;
  private final Senders senders;
  private final Thread thread;

  private final Semaphore wake = new Semaphore(0);
  private final Set<Long> told = ConcurrentHashMap.newKeySet();

  /** When to ask next, by {@link System#nanoTime}. */
  private final AtomicLong nextLook = new AtomicLong(System.nanoTime());

  /** Those that may have something to be claimed, in the order of their turns. */
  private final Set<Long> waiting = new LinkedHashSet<>();

  /** How many new leads of an account were claimed since one that changed. */
  private final Map<Long, Integer> newOnes = new HashMap<>();

  private volatile boolean claiming = true;

  /** When one of those that wait may go on without being told, by {@link System#nanoTime}. */
  private long goOn;

  Claimer(
      LeadsEndpoint endpoint,
      Deliveries deliveries,
      DeliveryRules rules,
      HeldPlaces places,
      Senders senders) {
    this.endpoint = endpoint;
    sink = endpoint.getSink();
    this.deliveries = deliveries;
    sinks = rules.accountsBySink().keySet();
    List<Account> all = rules.accounts(sink);
    all.forEach(account -> accounts.put(account.id(), account));
    paces = new Paces(endpoint, all);
    this.places = places;
    room = Room.of(rules.sinks(), all.size());
    large = endpoint.getComponent().large();
    this.senders = senders;
    thread = new Thread(this::claimWhileRunning, "leads-" + sink + "-claims");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends when the claim that is being made is made. */
  void stop() throws InterruptedException {
    claiming = false;
    wake.release();
    thread.join();
  }

  /** Something changed: what could not be claimed before may be now. */
  void wake() {
    wake.release();
  }

  /** The account may have something to be claimed. */
  void tell(long account) {
    if (accounts.containsKey(account)) {
      told.add(account);
      wake.release();
    }
  }

  /** Something will be due after so long. */
  void lookIn(Duration wait) {
    long at = System.nanoTime() + wait.toNanos();
    if (nextLook.get() - at > 0) {
      nextLook.accumulateAndGet(at, (a, b) -> a - b < 0 ? a : b);
      wake.release();
    }
  }

  private void claimWhileRunning() {
    boolean fails = false;
    while (claiming) {
      boolean found = false;
      try {
        goOn = System.nanoTime() + deliveries.look().toNanos();
        gather();
        senders.dispatch();
        found = claimInTurn();
        if (fails) {
          LOG.info("leads:{} goes on.", sink);
        }
        fails = false;
      } catch (RuntimeException | Error e) {
        // An Error too: without this thread the sink would never get a lead again.
        if (!fails) {
          LOG.error("leads:{} waits: {}", sink, why(e));
        }
        fails = true;
        goOn = System.nanoTime() + AFTER_FAILURE.toNanos();
        nextLook.set(goOn);
      }
      if (!found) {
        pause();
      }
    }
  }

  /** What the database says, else where it happened. */
  static String why(Throwable failure) {
    String trouble = LedgerTrouble.in(failure);
    return trouble != null ? trouble : Trace.of(failure);
  }

  private void pause() {
    long look = nextLook.get();
    long until = look - goOn < 0 ? look : goOn;
    try {
      wake.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      wake.drainPermits();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      claiming = false;
    }
  }

  private void gather() {
    Set<Long> fresh = new HashSet<>(told);
    told.removeAll(fresh);
    waiting.addAll(fresh);
    if (System.nanoTime() - nextLook.get() >= 0) {
      look();
    } else if (endpoint.isUpdates() && !fresh.isEmpty()) {
      deliveries.update(sink, fresh);
    }
  }

  private void look() {
    // First, so that what is told meanwhile counts.
    nextLook.set(System.nanoTime() + deliveries.look().toNanos());
    deliveries.takeOver(sink, endpoint.isLookup());
    sayGone(deliveries.takeOverOthers(sinks));
    if (endpoint.isUpdates()) {
      deliveries.update(sink, accounts.keySet());
    }
    Due due = deliveries.due(sink);
    due.accounts().stream().filter(accounts::containsKey).forEach(waiting::add);
    if (due.next() != null) {
      lookIn(due.next());
    }
  }

  private static void sayGone(int dead) {
    if (dead > 0) {
      LOG.warn(
          "{} deliveries are dead letters: they were on their way to sinks that are not in"
              + " lead.sinks any more, and nobody can look up whether they arrived.",
          dead);
    }
  }

  /** What came of an account's turn. */
  private enum Turn {
    /** It has nothing to be claimed. */
    NOTHING,
    /** It has nothing more. */
    ALL,
    /** It has more. */
    SOME,
    /** It has to wait until it is told, or until {@link #goOn}. */
    WAITS
  }

  /** Gives each account its turn, as far as threads are free. */
  private boolean claimInTurn() {
    boolean found = false;
    for (Long id : List.copyOf(waiting)) {
      if (!claiming || senders.isFull()) {
        break;
      }
      Turn turn = claim(accounts.get(id));
      if (turn != Turn.WAITS) {
        waiting.remove(id);
      }
      if (turn == Turn.SOME) {
        // Behind the others.
        waiting.add(id);
      }
      found |= turn == Turn.ALL || turn == Turn.SOME;
    }
    return found;
  }

  private Turn waitsUntil(long nanos) {
    goOn = nanos - goOn < 0 ? nanos : goOn;
    return Turn.WAITS;
  }

  private Turn claim(Account account) {
    int free = senders.free(account.id());
    if (free == 0) {
      return Turn.WAITS;
    }
    String place = endpoint.place(account.name());
    if (!places.holds(place)) {
      return waitsUntil(places.askAgain(place));
    }
    List<Claim> unsent = List.of();
    boolean holdsLarge = false;
    try {
      Room.Share share = room.left(senders.bytes(), senders.bytes(account.id()));
      holdsLarge = share.mayBeLarge() && large.tryAcquire();
      share = holdsLarge ? share : share.usual();
      if (share.isNothing()) {
        return waitsUntil(System.nanoTime() + FOR_ROOM.toNanos());
      }
      int most = paces.take(account, free * endpoint.getBatchSize());
      if (most == 0) {
        return waitsUntil(System.nanoTime() + paces.untilNext(account).toNanos());
      }
      SendLimit.Moment asked = SendLimit.Moment.now();
      Claimed claimed = deliveries.claim(sink, account, portion(account, most, share, place));
      unsent = claimed.claims();
      paces.giveBack(account, most - unsent.size());
      newOnes.merge(
          account.id(), unsent.size(), (before, now) -> claimed.changed() > 0 ? 0 : before + now);
      boolean isLarge = holdsLarge && Batch.bytes(unsent) > share.bytes();
      for (Batch batch : batches(account, claimed, asked, isLarge)) {
        // It gives the place back itself.
        holdsLarge &= !batch.large;
        unsent = unsent.subList(batch.claims.size(), unsent.size());
        senders.send(batch);
      }
      if (claimed.isEmpty() && claimed.more()) {
        // The next one is too large for the room there is, or for any but the place of the large.
        return waitsUntil(System.nanoTime() + FOR_ROOM.toNanos());
      }
      return claimed.isEmpty() ? Turn.NOTHING : claimed.more() ? Turn.SOME : Turn.ALL;
    } catch (RuntimeException | Error e) {
      // Whatever it is: what was claimed and not sent must not wait for its lease.
      release(unsent, e);
      throw e;
    } finally {
      if (holdsLarge) {
        large.release();
      }
    }
  }

  private void release(List<Claim> unsent, Throwable failure) {
    if (!unsent.isEmpty()) {
      try {
        deliveries.release(unsent.stream().map(Claim::delivery).toList()).join();
      } catch (RuntimeException | Error e) {
        failure.addSuppressed(e);
      }
    }
  }

  private Portion portion(Account account, int most, Room.Share share, String place) {
    // New leads go first, and yet one place in ten is for those that changed.
    boolean enough = newOnes.getOrDefault(account.id(), 0) + most >= NEW_IN_A_ROW;
    int changed = enough ? Math.max(1, most / NEW_IN_A_ROW) : 0;
    return new Portion(most, share.bytes(), share.first(), changed, place);
  }

  /** The first of them is the large one, where there is one. */
  private List<Batch> batches(
      Account account, Claimed claimed, SendLimit.Moment asked, boolean large) {
    List<Claim> all = claimed.claims();
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += endpoint.getBatchSize()) {
      int to = Math.min(all.size(), from + endpoint.getBatchSize());
      SendLimit limit = new SendLimit(asked, deliveries.lease());
      batches.add(new Batch(account, all.subList(from, to), claimed, limit, large && from == 0));
    }
    return batches;
  }
}
