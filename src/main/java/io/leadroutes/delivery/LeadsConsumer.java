package io.leadroutes.delivery;

import io.github.bucket4j.Bucket;
import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Deliveries;
import io.leadroutes.ledger.Deliveries.Claim;
import io.leadroutes.ledger.Deliveries.Claimed;
import io.leadroutes.ledger.Deliveries.Ending;
import io.leadroutes.ledger.Deliveries.Portion;
import io.leadroutes.ledger.Deliveries.Read;
import io.leadroutes.ledger.Deliveries.Settled;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Deliveries.Standing;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.LedgerException;
import io.leadroutes.ledger.LedgerTrouble;
import io.leadroutes.log.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread claims, a pool of threads reads and sends. A claim takes as many deliveries as threads
 * are free and as there is room for in memory, after the pace allowed it; each exchange settles its
 * deliveries when it ends.
 */
final class LeadsConsumer extends DefaultConsumer {

  private static final Logger LOG = LoggerFactory.getLogger(LeadsConsumer.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LOOK_AROUND = Duration.ofSeconds(1);
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final int BURST = 5;
  private static final int NEW_IN_A_ROW = 10;
  private static final long MIB = 1024 * 1024;
  private static final String GONE =
      "The call's data is gone from the ledger or cannot be read any more.";
  private static final String FORGOTTEN =
      "may have been delivered: the ledger was restored from a backup";

  private final LeadsEndpoint endpoint;
  private final String sink;
  private final Deliveries deliveries;
  private final Leases leases;
  private final DeliveryRules rules;
  private final List<Account> accounts;
  private final int threads;
  private final Semaphore free;
  private final Semaphore wake = new Semaphore(0);
  private final Map<String, Bucket> paces = new HashMap<>();
  private final Map<String, Held> places = new HashMap<>();
  private final Set<Batch> running = ConcurrentHashMap.newKeySet();
  private final Room room;
  private final Semaphore large;
  private final Map<Long, Turns> turns = new HashMap<>();
  private final AtomicBoolean readingFails = new AtomicBoolean();

  private ExecutorService senders;
  private ScheduledExecutorService renewer;
  private Thread claimer;
  private volatile boolean claiming;
  private int turn;

  LeadsConsumer(LeadsEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    sink = endpoint.getSink();
    deliveries = endpoint.getComponent().required(Deliveries.class);
    leases = endpoint.getComponent().required(Leases.class);
    rules = endpoint.getComponent().required(DeliveryRules.class);
    accounts = rules.accounts(sink);
    // One for each account at least: however many hang, the next one has its own.
    threads = Math.max(endpoint.getConcurrentConsumers(), accounts.size());
    free = new Semaphore(threads);
    room = Room.of(rules.sinks(), accounts.size());
    large = endpoint.getComponent().large();
  }

  /** What is claimed for one exchange, with what the claim told about the sink. */
  private static final class Batch {

    final Account account;
    final List<Claim> claims;
    final long bytes;
    final int failures;
    final boolean paused;
    final SendLimit limit;
    final boolean large;
    final long began = System.nanoTime();

    /** First as they were claimed, then with their leads: those that are to be sent. */
    volatile List<Delivery> deliveries;

    /**
     * @param limit until when its requests may leave
     * @param large whether it holds the place of the one that is larger than its part
     */
    Batch(Account account, List<Claim> claims, Claimed claimed, SendLimit limit, boolean large) {
      this.account = account;
      this.limit = limit;
      this.large = large;
      this.claims = List.copyOf(claims);
      bytes = LeadsConsumer.bytes(claims);
      failures = claimed.failures();
      paused = claimed.paused();
      deliveries = claims.stream().map(Claim::delivery).toList();
    }
  }

  /** What an account's last claims were. */
  private static final class Turns {

    /** After a claim that left something there is more; nobody needs to look. */
    boolean more;

    /** New leads since one that changed was claimed. */
    int newOnes;
  }

  /**
   * A place whose lease was asked for.
   *
   * @param askAgain when, by {@link System#nanoTime}
   */
  private record Held(boolean ours, long askAgain) {}

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    var executors = getEndpoint().getCamelContext().getExecutorServiceManager();
    senders = executors.newFixedThreadPool(this, "leads-" + sink, threads);
    renewer = executors.newSingleThreadScheduledExecutor(this, "leads-" + sink + "-leases");
    long third = Math.max(1, deliveries.lease().toMillis() / 3);
    renewer.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
    claiming = true;
    claimer = new Thread(this::claimWhileRunning, "leads-" + sink + "-claims");
    claimer.setDaemon(true);
    claimer.start();
  }

  /** Stops claiming and hands back what was not sent; what is on its way goes on. */
  @Override
  protected void doStop() throws Exception {
    claiming = false;
    wake.release();
    if (claimer != null) {
      claimer.join();
    }
    if (senders != null) {
      senders.shutdown();
    }
    super.doStop();
  }

  /** Camel has awaited the exchanges by now; their settlements may still be on the way to disk. */
  @Override
  protected void doShutdown() throws Exception {
    if (!free.tryAcquire(threads, SETTLING.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn(
          "leads:{} stops before all is settled; the rest is looked up at the next start.", sink);
    }
    if (renewer != null) {
      getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(renewer);
    }
    super.doShutdown();
  }

  private void claimWhileRunning() {
    long nextLookAround = System.nanoTime();
    boolean ledgerFails = false;
    while (claiming) {
      boolean found = false;
      try {
        if (System.nanoTime() - nextLookAround >= 0) {
          deliveries.takeOver(sink, endpoint.isLookup());
          sayGone(deliveries.takeOverOthers(rules.accountsBySink().keySet()));
          if (endpoint.isUpdates()) {
            accounts.forEach(account -> deliveries.update(sink, account));
          }
          nextLookAround = System.nanoTime() + LOOK_AROUND.toNanos();
        }
        found = claimInTurn();
        if (ledgerFails) {
          LOG.info("leads:{} goes on.", sink);
        }
        ledgerFails = false;
      } catch (RuntimeException | Error e) {
        // An Error too: without this thread the sink would never get a lead again.
        if (!ledgerFails) {
          LOG.error("leads:{} waits: {}", sink, why(e));
        }
        ledgerFails = true;
      }
      if (!found) {
        pause(LOOK);
      }
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

  /** What the database says, else where it happened. */
  private static String why(Throwable failure) {
    String trouble = LedgerTrouble.in(failure);
    return trouble != null ? trouble : Trace.of(failure);
  }

  private void pause(Duration duration) {
    try {
      wake.tryAcquire(duration.toMillis(), TimeUnit.MILLISECONDS);
      wake.drainPermits();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      claiming = false;
    }
  }

  /** Gives each account its turn, until no thread is free. */
  private boolean claimInTurn() {
    boolean found = false;
    for (int i = 0; i < accounts.size() && claiming; i++) {
      found |= claim(accounts.get((turn + i) % accounts.size()));
    }
    turn = (turn + 1) % Math.max(1, accounts.size());
    return found;
  }

  private boolean claim(Account account) {
    if (!holdsPlace(account)) {
      return false;
    }
    int idle = waitForThreads();
    int used = 0;
    List<Claim> unsent = List.of();
    boolean holdsLarge = false;
    try {
      Turns turns = this.turns.computeIfAbsent(account.id(), id -> new Turns());
      if (idle == 0 || !(turns.more || deliveries.due(sink, account))) {
        return false;
      }
      Room.Share share = room.left(inFlight(), inFlight(account));
      holdsLarge = share.mayBeLarge() && large.tryAcquire();
      share = holdsLarge ? share : share.usual();
      int most =
          share.isNothing()
              ? 0
              : paced(account, Math.min(idle, share(account)) * endpoint.getBatchSize());
      if (most == 0) {
        return false;
      }
      SendLimit.Moment asked = SendLimit.Moment.now();
      Claimed claimed = deliveries.claim(sink, account, portion(account, most, share, turns));
      unsent = claimed.claims();
      turns.more = claimed.more();
      turns.newOnes = claimed.changed() > 0 ? 0 : turns.newOnes + unsent.size();
      refund(account, most - unsent.size());
      boolean isLarge = holdsLarge && bytes(unsent) > share.bytes();
      for (Batch batch : batches(account, claimed, asked, isLarge)) {
        used++;
        // It gives the place back itself.
        holdsLarge &= !batch.large;
        unsent = unsent.subList(batch.claims.size(), unsent.size());
        send(batch);
      }
      return !claimed.isEmpty();
    } catch (RuntimeException | Error e) {
      // Whatever it is: what was claimed and not sent must not wait for its lease.
      release(unsent, e);
      throw e;
    } finally {
      free.release(idle - used);
      if (holdsLarge) {
        large.release();
      }
    }
  }

  private static long bytes(List<Claim> claims) {
    return claims.stream().mapToLong(Claim::bytes).sum();
  }

  private void release(List<Claim> unsent, Throwable failure) {
    if (!unsent.isEmpty()) {
      try {
        deliveries.release(unsent.stream().map(Claim::delivery).toList());
      } catch (RuntimeException | Error e) {
        failure.addSuppressed(e);
      }
    }
  }

  private Portion portion(Account account, int most, Room.Share share, Turns turns) {
    // New leads go first, and yet one place in ten is for those that changed.
    int changed = turns.newOnes + most < NEW_IN_A_ROW ? 0 : Math.max(1, most / NEW_IN_A_ROW);
    return new Portion(most, share.bytes(), share.first(), changed, endpoint.place(account.name()));
  }

  private long inFlight() {
    return running.stream().mapToLong(batch -> batch.bytes).sum();
  }

  private long inFlight(Account account) {
    return running.stream()
        .filter(batch -> batch.account.id() == account.id())
        .mapToLong(batch -> batch.bytes)
        .sum();
  }

  /** Whether no other process delivers where the account's leads go. */
  private boolean holdsPlace(Account account) {
    String place = endpoint.place(account.name());
    if (place == null) {
      return true;
    }
    Held held = places.get(place);
    if (held == null || System.nanoTime() - held.askAgain() >= 0) {
      boolean ours = leases.hold(place);
      long third = leases.millis() / 3;
      long next = ours ? third : Math.min(LOOK_AROUND.toMillis(), third);
      held = new Held(ours, System.nanoTime() + Duration.ofMillis(next).toNanos());
      places.put(place, held);
    }
    return held.ours();
  }

  /** As many threads as are free, at least one unless none becomes free for a while. */
  private int waitForThreads() {
    try {
      if (!free.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        return 0;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      claiming = false;
      return 0;
    }
    return 1 + free.drainPermits();
  }

  /** How many more threads an account may take: where there are several, none takes them all. */
  private int share(Account account) {
    int each = threads / accounts.size();
    long taken = running.stream().filter(b -> b.account.id() == account.id()).count();
    return (int) Math.max(0, each - taken);
  }

  private int paced(Account account, int wanted) {
    double perSecond = perSecond(account);
    // A bucket refuses to be asked for nothing.
    if (perSecond <= 0 || wanted == 0) {
      return wanted;
    }
    Bucket pace = paces.computeIfAbsent(paceOf(account), name -> newPace(perSecond));
    return (int) pace.tryConsumeAsMuchAsPossible(wanted);
  }

  private void refund(Account account, int unused) {
    Bucket pace = paces.get(paceOf(account));
    if (pace != null && unused > 0) {
      pace.addTokens(unused);
    }
  }

  /** Accounts whose leads go to one place share its pace. */
  private String paceOf(Account account) {
    String place = endpoint.place(account.name());
    return place == null ? account.name() : place;
  }

  /** The slowest that an account at the same place asks for; 0 where none asks for any. */
  private double perSecond(Account account) {
    return accounts.stream()
        .filter(other -> paceOf(other).equals(paceOf(account)))
        .mapToDouble(other -> endpoint.perSecond(other.name()))
        .filter(pace -> pace > 0)
        .min()
        .orElse(0);
  }

  private static Bucket newPace(double perSecond) {
    Duration one = Duration.ofNanos((long) (1_000_000_000L / perSecond));
    return Bucket.builder().addLimit(limit -> limit.capacity(BURST).refillGreedy(1, one)).build();
  }

  /** What is to be sent of a batch; what only a person can help is a dead letter. */
  private List<Delivery> read(Batch batch) {
    List<Claim> fitting = new ArrayList<>();
    for (Claim claim : batch.claims) {
      if (claim.bytes() > Deliveries.MOST_BYTES) {
        bury(batch.account, List.of(claim.delivery()), tooLarge(claim));
      } else {
        fitting.add(claim);
      }
    }
    Read read = deliveries.read(batch.account, fitting);
    bury(batch.account, read.unreadable(), GONE);
    if (endpoint.isLookup()) {
      return read.deliveries();
    }
    // Without a look-up only a person can say whether a restored ledger forgot that it was sent.
    Map<Boolean, List<Delivery>> forgotten =
        read.deliveries().stream()
            .collect(Collectors.partitioningBy(d -> d.lookFirst() && d.earlier().forgotten()));
    bury(batch.account, forgotten.get(true), FORGOTTEN);
    return forgotten.get(false);
  }

  private static String tooLarge(Claim claim) {
    return String.format(
        Locale.ROOT,
        "The call is too large to be delivered: %.1f MiB, and %d MiB are the most.",
        claim.bytes() / (double) MIB,
        Deliveries.MOST_BYTES / MIB);
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

  private void bury(Account account, List<Delivery> dead, String reason) {
    if (!dead.isEmpty()) {
      Outcome deadLetter = Outcome.deadLetter(reason);
      List<Settlement> settlements =
          dead.stream().map(d -> new Settlement(d, deadLetter, Duration.ZERO)).toList();
      settle(
          account,
          List.of(),
          Duration.ZERO,
          standing -> new Ending(settlements, null, false),
          () -> {});
    }
  }

  private void send(Batch batch) {
    running.add(batch);
    try {
      senders.execute(() -> process(batch));
    } catch (RejectedExecutionException e) {
      handBack(batch);
    } catch (Error e) {
      // No thread could be made.
      handBack(batch);
      throw e;
    }
  }

  /** What was not sent comes again; where the claim was lost meanwhile this does nothing. */
  private void handBack(Batch batch) {
    try {
      deliveries.release(batch.deliveries);
    } finally {
      done(batch);
    }
  }

  private void process(Batch batch) {
    if (!batch.limit.isOpen()) {
      // The process was suspended, and another one may have taken over.
      handBack(batch);
      return;
    }
    batch.limit.during(() -> attempt(batch));
  }

  private void attempt(Batch batch) {
    try {
      batch.deliveries = read(batch);
      readingFails.set(false);
    } catch (RuntimeException | Error e) {
      putOff(batch, e);
      return;
    }
    if (batch.deliveries.isEmpty()) {
      done(batch);
      return;
    }
    try {
      Exchange exchange = createExchange(true);
      Steps.follow(exchange);
      exchange
          .getMessage()
          .setBody(endpoint.getBatchSize() == 1 ? batch.deliveries.get(0) : batch.deliveries);
      exchange.getExchangeExtension().addOnCompletion(new SettleWhenDone(batch));
      getProcessor().process(exchange);
    } catch (Exception | Error e) {
      giveUp(batch, e);
    }
  }

  /**
   * Nothing was sent. Where the ledger is in trouble it comes again at once; anything else, memory
   * that ran out as well, counts as an attempt, so that it neither comes round and round nor waits
   * for ever.
   */
  private void putOff(Batch batch, Throwable failure) {
    try {
      if (!readingFails.getAndSet(true)) {
        LOG.error("leads:{} could not read what it claimed: {}", sink, why(failure));
      }
      if (LedgerTrouble.in(failure) != null || failure instanceof LedgerException) {
        handBack(batch);
        return;
      }
      String reason = "the call could not be read: " + failure.getClass().getSimpleName();
      Ending ending =
          Settlements.later(
              batch.deliveries, reason, rules, ThreadLocalRandom.current()::nextDouble);
      settle(batch.account, List.of(), Duration.ZERO, standing -> ending, () -> done(batch));
    } catch (RuntimeException | Error e) {
      giveUp(batch, e);
    }
  }

  /** Nobody can tell any more how it ended: its lease lapses, and then it is looked up. */
  private void giveUp(Batch batch, Throwable failure) {
    // First, because after an Error telling may fail as well.
    done(batch);
    LOG.error(
        "leads:{} could not tell how {} deliveries ended; they are looked up when their lease has"
            + " passed: {}",
        sink,
        batch.deliveries.size(),
        Trace.of(failure));
  }

  private final class SettleWhenDone extends SynchronizationAdapter {

    private final Batch batch;

    SettleWhenDone(Batch batch) {
      this.batch = batch;
    }

    @Override
    public void onDone(Exchange exchange) {
      try {
        if (batch.limit.hasRefused()) {
          tooLate(batch);
        } else {
          settle(exchange);
        }
      } catch (RuntimeException | Error e) {
        // An Error too: it would be renewed, and nobody would ever take it over.
        giveUp(batch, e);
      }
    }

    private void settle(Exchange exchange) {
      List<Outcome> outcomes = Outcomes.of(exchange, batch.deliveries);
      LeadsConsumer.this.settle(
          batch.account,
          Settlements.hangsOnOthers(outcomes) ? batch.deliveries : List.of(),
          Duration.ofNanos(System.nanoTime() - batch.began),
          standing ->
              Settlements.of(
                  batch.deliveries,
                  outcomes,
                  rules,
                  endpoint.isLookup(),
                  batch.failures,
                  batch.paused,
                  standing,
                  ThreadLocalRandom.current()::nextDouble),
          () -> done(batch));
    }
  }

  /**
   * The process was suspended past its lease, and a request was kept from leaving: whatever the
   * route made of that says nothing of the sink. Where an earlier request of the attempt may have
   * left, its lapsed claim tells whoever finds it.
   */
  private void tooLate(Batch batch) {
    if (batch.limit.hasSent()) {
      done(batch);
    } else {
      handBack(batch);
    }
  }

  /** A thread is free: the next claim need not wait for its beat. */
  private void done(Batch batch) {
    if (running.remove(batch)) {
      if (batch.large) {
        large.release();
      }
      free.release();
      wake.release();
    }
  }

  private void settle(
      Account account,
      List<Delivery> refused,
      Duration since,
      Function<Standing, Ending> decide,
      Runnable after) {
    deliveries
        .settle(sink, account, refused, since, decide)
        .whenComplete(
            (settled, failure) -> {
              after.run();
              if (failure == null) {
                say(account, settled);
              } else {
                LOG.error(
                    "leads:{} could not settle its deliveries; they are looked up when their lease"
                        + " has passed: {}",
                    sink,
                    why(failure));
              }
            });
  }

  /** Trouble is said once, when it begins; what only a person can help each time. */
  private void say(Account account, Settled settled) {
    Ending ending = settled.ending();
    if (settled.troubleBegan()) {
      LOG.warn(
          "{} for account {} {}: {} Next try in {} s.",
          sink,
          account.name(),
          ending.trouble().paused() == null ? "has to wait" : "is paused",
          ending.trouble().reason(),
          Math.max(1, ending.trouble().delay().toSeconds()));
    } else if (ending.well()) {
      LOG.info("{} for account {} is well again.", sink, account.name());
    }
    if (settled.standing().heldChanged() == 0) {
      ending.deliveries().stream()
          .filter(s -> s.outcome().kind() == Outcome.Kind.REFUSED)
          .filter(s -> settled.standing().of(s.delivery()).changed())
          .filter(s -> settled.standing().of(s.delivery()).heldFor().isZero())
          .findFirst()
          .ifPresent(
              s -> LOG.warn("{} of {} is held: {}", s.delivery(), sink, s.outcome().reason()));
    }
    for (Settlement settlement : ending.deliveries()) {
      if (settlement.outcome().kind() == Outcome.Kind.DEAD_LETTER) {
        LOG.warn(
            "{} of {} is a dead letter: {}",
            settlement.delivery(),
            sink,
            settlement.outcome().reason());
      }
    }
  }

  private void renew() {
    List<Batch> batches = List.copyOf(running);
    if (!batches.isEmpty()) {
      SendLimit.Moment asked = SendLimit.Moment.now();
      deliveries
          .renew(batches.stream().flatMap(batch -> batch.deliveries.stream()).toList())
          .whenComplete(
              (renewed, failure) -> {
                if (failure == null) {
                  batches.stream()
                      .filter(
                          batch ->
                              batch.deliveries.stream().allMatch(d -> renewed.contains(d.id())))
                      .forEach(batch -> batch.limit.renewed(asked));
                } else {
                  LOG.error("leads:{} could not renew its leases: {}", sink, why(failure));
                }
              });
    }
  }
}
