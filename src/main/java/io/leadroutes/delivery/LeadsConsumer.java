package io.leadroutes.delivery;

import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Deliveries;
import io.leadroutes.ledger.Deliveries.Claim;
import io.leadroutes.ledger.Deliveries.Ending;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what a {@link Claimer} claims, in the threads of its {@link Senders}: a batch is read,
 * becomes an exchange, and is settled when that ends.
 */
final class LeadsConsumer extends DefaultConsumer {

  private static final Logger LOG = LoggerFactory.getLogger(LeadsConsumer.class);
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /** However many accounts there are: what hangs ends by its time-out. */
  private static final int MAX_THREADS_FOR_ACCOUNTS = 32;

  /** Each is one more to be looked up after a crash. */
  private static final int MAX_AHEAD = 64;

  private static final long IDLE_SECONDS = 10;
  private static final long MIB = 1024 * 1024;
  private static final String GONE =
      "The call's data is gone from the ledger or cannot be read any more.";
  private static final String FORGOTTEN =
      "may have been delivered: the ledger was restored from a backup";

  private final LeadsEndpoint endpoint;
  private final String sink;
  private final Deliveries deliveries;
  private final HeldPlaces places;
  private final DeliveryRules rules;
  private final Semaphore large;
  private final AtomicBoolean readingFails = new AtomicBoolean();

  private ExecutorService pool;
  private Senders senders;
  private Claimer claimer;
  private ScheduledFuture<?> renewal;
  private Runnable listening;

  LeadsConsumer(LeadsEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    sink = endpoint.getSink();
    deliveries = endpoint.getComponent().required(Deliveries.class);
    places = new HeldPlaces(endpoint.getComponent().required(Leases.class));
    rules = endpoint.getComponent().required(DeliveryRules.class);
    large = endpoint.getComponent().large();
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    int accounts = rules.accounts(sink).size();
    // One for each account, as far as that goes: however many hang, the next one has its own.
    int threads =
        Math.max(endpoint.getConcurrentConsumers(), Math.min(accounts, MAX_THREADS_FOR_ACCOUNTS));
    // Twice, because one that has just become free is not back yet.
    ThreadPoolProfile profile =
        new ThreadPoolProfileBuilder("leads")
            .poolSize(1)
            .maxPoolSize(2 * threads)
            .maxQueueSize(0)
            .keepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS)
            .allowCoreThreadTimeOut(true)
            .rejectedPolicy(ThreadPoolRejectedPolicy.Abort)
            .build();
    pool =
        getEndpoint()
            .getCamelContext()
            .getExecutorServiceManager()
            .newThreadPool(this, "leads-" + sink, profile);
    senders = new Senders(pool, threads, ahead(threads), accounts, this::process);
    claimer = new Claimer(endpoint, deliveries, rules, places, senders);
    long third = Math.max(1, deliveries.lease().toMillis() / 3);
    renewal =
        endpoint
            .getComponent()
            .renewer()
            .scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
    listening = deliveries.onRecorded(claimer::tell);
    claimer.start();
  }

  /** What a crash leaves of those that were claimed ahead has to be looked up. */
  private int ahead(int threads) {
    if (!endpoint.isLookup()) {
      return 0;
    }
    return endpoint.getBatchSize() > 1 ? 1 : Math.min(MAX_AHEAD, 3 * threads);
  }

  /** Stops claiming and hands back what was not sent; what is on its way goes on. */
  @Override
  protected void doStop() throws Exception {
    if (claimer != null) {
      listening.run();
      claimer.stop();
      handBack(senders.stop());
    }
    super.doStop();
  }

  /** Camel has awaited the exchanges by now; their settlements may still be on the way to disk. */
  @Override
  protected void doShutdown() throws Exception {
    if (senders != null && !senders.awaitNothing(SETTLING)) {
      LOG.warn(
          "leads:{} stops before all is settled; the rest is looked up at the next start.", sink);
    }
    if (renewal != null) {
      renewal.cancel(false);
      getEndpoint().getCamelContext().getExecutorServiceManager().shutdown(pool);
    }
    super.doShutdown();
  }

  /** What is to be sent of a batch; what only a person can help is a dead letter. */
  private List<Delivery> read(Batch batch) {
    List<Claim> fitting = new ArrayList<>();
    for (Claim claim : batch.claims) {
      if (claim.bytes() > Deliveries.MAX_BYTES) {
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
        Deliveries.MAX_BYTES / MIB);
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

  /** What was not sent comes again; where the claim was lost meanwhile this does nothing. */
  private void handBack(List<Batch> batches) {
    if (batches.isEmpty()) {
      return;
    }
    deliveries
        .release(batches.stream().flatMap(batch -> batch.deliveries.stream()).toList())
        .whenComplete(
            (released, failure) -> {
              batches.forEach(this::done);
              batches.forEach(batch -> claimer.tell(batch.account.id()));
              if (failure != null) {
                sayUnsettled(failure);
              }
            });
  }

  /** What was claimed ahead of a failure waits for what the ledger makes of that. */
  private void handBackOf(Account account) {
    handBack(senders.takeBack(batch -> batch.account.id() == account.id()));
  }

  private void process(Batch batch) {
    if (!batch.limit.isOpen()) {
      // The process was suspended, and another one may have taken over.
      handBack(List.of(batch));
      return;
    }
    batch.began = System.nanoTime();
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
        LOG.error("leads:{} could not read what it claimed: {}", sink, Claimer.why(failure));
      }
      if (LedgerTrouble.in(failure) != null || failure instanceof LedgerException) {
        handBack(List.of(batch));
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
      batch.forget(outcomes);
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
      if (outcomes.stream().anyMatch(Settlements::mayBeTrouble)) {
        handBackOf(batch.account);
      }
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
      handBack(List.of(batch));
    }
  }

  private void done(Batch batch) {
    if (senders.done(batch)) {
      if (batch.large) {
        large.release();
      }
      if (batch.failures > 0) {
        // Others waited for what became of this one.
        claimer.tell(batch.account.id());
      }
      claimer.wake();
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
                follow(account, settled);
                say(account, settled);
              } else {
                sayUnsettled(failure);
              }
            });
  }

  private void sayUnsettled(Throwable failure) {
    LOG.error(
        "leads:{} could not settle its deliveries; they are looked up when their lease has passed:"
            + " {}",
        sink,
        Claimer.why(failure));
  }

  /** What comes again is claimed in time, and what waited for this at once. */
  private void follow(Account account, Settled settled) {
    Ending ending = settled.ending();
    if (settled.freed() || ending.well()) {
      claimer.tell(account.id());
    }
    if (ending.trouble() != null) {
      claimer.lookIn(ending.trouble().delay());
    }
    ending.deliveries().stream()
        .filter(Settlements::comesAgain)
        .map(Settlement::delay)
        .min(Duration::compareTo)
        .ifPresent(claimer::lookIn);
  }

  /** Trouble is said once, when it begins; what only a person can help each time. */
  private void say(Account account, Settled settled) {
    Ending ending = settled.ending();
    if (settled.troubleBegan()) {
      LOG.warn(
          "{} for account {} {}: {} Next try in {} s.",
          sink,
          account.name(),
          ending.trouble().paused() == null ? "is backing off" : "is paused",
          ending.trouble().reason(),
          Math.max(1, ending.trouble().delay().toSeconds()));
    } else if (ending.well()) {
      LOG.info("{} for account {} has recovered.", sink, account.name());
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
    List<Batch> batches = senders.batches();
    if (batches.isEmpty()) {
      return;
    }
    SendLimit.Moment asked = SendLimit.Moment.now();
    places.renew(
        batches.stream()
            .map(batch -> endpoint.place(batch.account.name()))
            .filter(Objects::nonNull)
            .collect(Collectors.toSet()));
    deliveries
        .renew(batches.stream().flatMap(batch -> batch.deliveries.stream()).toList())
        .whenComplete(
            (renewed, failure) -> {
              if (failure == null) {
                batches.stream()
                    .filter(batch -> isAmong(renewed, batch))
                    .forEach(batch -> batch.limit.renewed(asked));
              } else {
                LOG.error("leads:{} could not renew its leases: {}", sink, Claimer.why(failure));
              }
            });
  }

  private static boolean isAmong(Set<Long> renewed, Batch batch) {
    return batch.deliveries.stream().allMatch(delivery -> renewed.contains(delivery.id()));
  }
}
