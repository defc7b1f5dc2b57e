package io.leadroutes.poll;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Accounts;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Hints;
import io.leadroutes.ledger.Job;
import io.leadroutes.ledger.Jobs;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.LedgerTrouble;
import io.leadroutes.ledger.Look;
import io.leadroutes.ledger.PassLog;
import io.leadroutes.ledger.PassRow;
import io.leadroutes.ledger.Requests;
import io.leadroutes.ledger.Retention;
import io.leadroutes.ledger.SetAsides;
import io.leadroutes.log.Causes;
import io.leadroutes.log.Trace;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The passes of all accounts that this process polls: begins those that are due, has them walked
 * round by round, and keeps how they ended. Accounts do not wait for each other.
 */
public final class Passes {

  private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
  private static final Duration ONE_DAY = Duration.ofDays(1);
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(2);
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);
  private static final Duration MAX_PROBE = Duration.ofHours(1);
  private static final Duration LOOK_FOR_JOBS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_SHARED_HINTS = Duration.ofMillis(250);
  private static final Duration AFTER_LEDGER_TROUBLE = Duration.ofSeconds(5);
  private static final Duration TAKE_OVER = Duration.ofSeconds(1);

  private final Ledger ledger;
  private final Calls calls;
  private final Accounts ledgerAccounts;
  private final PassLog passLog;
  private final SetAsides setAsides;
  private final Retention keeping;
  private final Requests requests;
  private final Jobs jobs;
  private final Leases leases;
  private final Hints ledgerHints;
  private final boolean sharesHints;
  private final Duration period;
  private final Duration fullPeriod;
  private final Duration lookBack;
  private final Duration wideLookBack;
  private final Duration retention;
  private final Duration probe;
  private final Turns turns = new Turns();
  private final Map<Long, Polled> accounts = new ConcurrentSkipListMap<>();
  private final AtomicLong hints = new AtomicLong();
  private long ledgerTroubleUntil = System.nanoTime();
  private long hintsDue = System.nanoTime();
  private long jobsDue = System.nanoTime();
  private long renewalDue = System.nanoTime();
  private long takeOverDue = System.nanoTime();
  private Set<Long> waitingJobs = Set.of();

  /** An account between its passes. Guarded by {@link Passes}, but for what one lane alone uses. */
  private static final class Polled {

    final Added added;
    final Schedule schedule;
    volatile Source source;
    boolean isHeld;

    /** How many of the hints came by way of the ledger, and when the last of them was left. */
    long hintsOfOthers;

    long leftAt = -1;

    /** Whether its start was taken back, because the clock that fixed it was wrong. */
    boolean isUnstarted;

    volatile Suspects suspects = Suspects.NONE;
    volatile Traits traits = Traits.NONE;

    /** The backfill that is walked, and how much of it is noted. */
    Job job;

    LocalDate notedBefore;
    int[] noted;

    Polled(Added added, Source source, Schedule schedule) {
      this.added = added;
      this.source = source;
      this.schedule = schedule;
    }
  }

  public Passes(Ledger ledger, Calls calls, Settings settings) {
    this.ledger = ledger;
    this.calls = calls;
    ledgerAccounts = new Accounts(ledger);
    passLog = new PassLog(ledger);
    setAsides = new SetAsides(ledger);
    keeping = new Retention(ledger);
    requests = new Requests(ledger);
    jobs = new Jobs(ledger);
    leases = new Leases(ledger);
    ledgerHints = new Hints(ledger);
    sharesHints = ledgerHints.needed() && !settings.text(Keys.WEBHOOK_SECRET).isEmpty();
    period = settings.duration(Keys.POLL_PERIOD);
    fullPeriod = settings.duration(Keys.POLL_FULL_PERIOD);
    lookBack = settings.duration(Keys.POLL_LOOK_BACK);
    wideLookBack = settings.duration(Keys.POLL_WIDE_LOOK_BACK);
    retention = settings.duration(Keys.LEDGER_RETENTION);
    probe = settings.duration(Keys.SINK_PROBE);
  }

  /**
   * An account that is to be polled.
   *
   * @param own the settings as the account sees them
   * @param rule fingerprint of the rule that its calls are judged by
   */
  public record Added(Settings own, String name, String rule) {}

  /** Adds an account. */
  Account add(Settings own, String name, String rule) {
    return add(List.of(new Added(own, name, rule))).get(0);
  }

  /** Adds accounts; their first start fixes where their calls begin. */
  public synchronized List<Account> add(List<Added> added) {
    Instant now = Instant.ofEpochMilli(ledger.now());
    added.forEach(each -> Source.token(each.own()));
    List<Account> known =
        ledgerAccounts.accounts(
            added.stream()
                .map(
                    each ->
                        new Accounts.Started(
                            each.name(),
                            Source.baseUrl(each.own()),
                            Source.startAt(each.own(), now)))
                .toList());
    for (int i = 0; i < added.size(); i++) {
      Account account = known.get(i);
      Duration untilWide =
          account.wideAt() == null
              ? Duration.ZERO
              : Duration.between(now, Instant.ofEpochMilli(account.wideAt()).plus(ONE_DAY));
      Schedule schedule = new Schedule(System.nanoTime(), untilWide);
      accounts.put(
          account.id(), new Polled(added.get(i), source(added.get(i), account, now), schedule));
    }
    renewalDue = System.nanoTime();
    ledgerAccounts.begins(known);
    return known;
  }

  /** Where an account's calls come from. */
  private Source source(Added added, Account account, Instant now) {
    Source source = Source.of(added.own(), account, added.rule(), requests);
    boolean today = added.own().text(Keys.POLL_START).equals("today");
    Instant start = Source.startAt(added.own(), now);
    return today && account.acceptedAt() == null && account.startAt() == start.toEpochMilli()
        ? source.beginning(new ApiClock.Beginning(now.toEpochMilli(), System.nanoTime()))
        : source;
  }

  /**
   * Has every account looked at soon, because ClickSpeak says that a call ended. However often it
   * is called, an account gets one pass a second for it; it returns at once.
   */
  public void hinted() {
    hints.incrementAndGet();
  }

  /** The period is over after which each account's newest calls are looked at. */
  public synchronized void wantHeads() {
    accounts.values().forEach(polled -> polled.schedule.wantHead());
  }

  /** The period is over after which all calls of each account's window are read. */
  public synchronized void wantAll() {
    accounts.values().forEach(polled -> polled.schedule.wantAll());
  }

  /** The rounds whose turn it is, of the accounts that this process polls. */
  public synchronized List<Round> due() {
    long now = System.nanoTime();
    if (now - ledgerTroubleUntil >= 0) {
      try {
        long hinted = hints.get();
        renewLeases(now);
        shareHints(now, hinted);
        lookForJobs(now);
        accounts.values().forEach(polled -> addDue(polled, now, hinted));
      } catch (RuntimeException e) {
        ledgerTroubleUntil = now + AFTER_LEDGER_TROUBLE.toNanos();
        throw e;
      }
    }
    return turns.release();
  }

  private void addDue(Polled polled, long now, long hinted) {
    if (!polled.isHeld) {
      return;
    }
    Schedule schedule = polled.schedule;
    Account account = polled.source.account();
    long all = hinted + polled.hintsOfOthers;
    boolean isAccepted = account.acceptedAt() != null;
    boolean hasJob = waitingJobs.contains(account.id());
    for (Kind kind : schedule.due(now, all, isAccepted, hasJob)) {
      String share = schedule.isFailing() ? Round.FAILED : polled.source.host();
      schedule.begins(kind, now, all);
      turns.add(Round.first(polled.source, kind, share));
    }
  }

  private void renewLeases(long now) {
    Duration third = Duration.ofMillis(leases.millis() / 3);
    boolean isRenewal = now - renewalDue >= 0;
    List<Polled> asked =
        accounts.values().stream().filter(polled -> isRenewal || !polled.isHeld).toList();
    if (asked.isEmpty() || (!isRenewal && now - takeOverDue < 0)) {
      return;
    }
    Set<Long> held = leases.hold(asked.stream().map(polled -> polled.source.account()).toList());
    asked.forEach(polled -> polled.isHeld = held.contains(polled.source.account().id()));
    renewalDue = isRenewal ? now + third.toNanos() : renewalDue;
    takeOverDue = now + shorter(TAKE_OVER, third).toNanos();
  }

  private void lookForJobs(long now) {
    if (now - jobsDue >= 0) {
      jobsDue = now + LOOK_FOR_JOBS.toNanos();
      waitingJobs = jobs.waiting();
    }
  }

  /** Passes on what others poll, and takes what others left; both a few times a second at most. */
  private void shareHints(long now, long hinted) {
    if (!sharesHints || now - hintsDue < 0) {
      return;
    }
    hintsDue = now + BETWEEN_SHARED_HINTS.toNanos();
    Map<Long, Long> left = ledgerHints.left();
    List<Polled> others = new ArrayList<>();
    for (Polled polled : accounts.values()) {
      long leftAt = left.getOrDefault(polled.source.account().id(), 0L);
      if (!polled.isHeld && !polled.schedule.hasFollowed(hinted + polled.hintsOfOthers)) {
        others.add(polled);
      } else if (polled.isHeld && polled.leftAt >= 0 && leftAt > polled.leftAt) {
        polled.hintsOfOthers++;
      }
      polled.leftAt = leftAt;
    }
    if (!others.isEmpty()) {
      ledgerHints.leave(others.stream().map(polled -> polled.source.account()).toList());
      others.forEach(polled -> polled.schedule.followed(hinted + polled.hintsOfOthers));
    }
  }

  /**
   * Begins the pass of a round where it has not begun, and takes its requests out of the budget.
   *
   * @return the round with the requests that may leave now; without any where it waits
   */
  public Round permit(@Body Round round) {
    Round begun = round;
    try {
      begun = round.pass() == null ? begin(round) : round;
      return turns.permit(begun);
    } catch (Exception e) {
      return refuse(begun, e);
    }
  }

  private Round begin(Round round) throws Exception {
    Pass pass = start(polled(round), round.kind());
    return round.next(pass, pass.next(List.of()));
  }

  /** A pass of an account that was added, whether it is due or not. */
  Pass start(Account account, Kind kind) throws PollException {
    return start(polled(account), kind);
  }

  private Pass start(Polled polled, Kind kind) throws PollException {
    Instant now = Instant.ofEpochMilli(ledger.now());
    beginAnew(polled, now);
    Source source = polled.source;
    long began = now.toEpochMilli();
    long againFrom = now.minus(lookBack).toEpochMilli();
    Look look = Look.live(source.rule(), againFrom, source.settle().toMillis());
    PassScope scope = new PassScope(source, kind, look);
    return switch (kind) {
      case QUICK, HINT, FULL -> {
        Long oldestOpen = calls.oldestOpenCall(source.account());
        LocalDate from = Source.dateFrom(source.account(), now, lookBack, wideLookBack, oldestOpen);
        Window window = Window.from(from);
        yield kind == Kind.FULL
            ? SlicedPass.whole(scope, began, window, polled.traits, polled.suspects)
            : new QuickPass(scope, began, window, before(polled, window, oldestOpen));
      }
      case WIDE -> wide(scope, now);
      case BACKFILL -> backfill(polled, scope, now);
      case PREVIEW -> throw new IllegalArgumentException("A preview is started by its command.");
    };
  }

  /** Fixes the start of an account once more, where the clock was wrong that fixed it. */
  private synchronized void beginAnew(Polled polled, Instant now) {
    if (polled.isUnstarted) {
      Added added = polled.added;
      Account account =
          ledgerAccounts.account(
              added.name(), Source.baseUrl(added.own()), Source.startAt(added.own(), now));
      polled.source = source(added, account, now);
      polled.isUnstarted = false;
    }
  }

  private synchronized QuickPass.Before before(Polled polled, Window window, Long oldestOpen) {
    Schedule schedule = polled.schedule;
    return new QuickPass.Before(
        oldestOpen, polled.traits, polled.suspects, schedule.total(window), schedule.excused());
  }

  private SlicedPass wide(PassScope scope, Instant now) {
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    LocalDate first = now.minus(wideLookBack).atZone(ZoneOffset.UTC).toLocalDate();
    Look.Span counted =
        new Look.Span(
            first.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli(),
            now.minus(ONE_DAY).toEpochMilli());
    Window days = new Window(first.minusDays(1), today.plusDays(1));
    return SlicedPass.days(scope, now.toEpochMilli(), days, counted);
  }

  private SlicedPass backfill(Polled polled, PassScope live, Instant now) throws PollException {
    Source source = live.source();
    Job job = jobs.next(source.account()).orElseThrow(PollException::stopped);
    Look.Span range = job.span(source.zone());
    Look look =
        new Look(
            live.look().rule(),
            live.look().againFrom(),
            live.look().settleMillis(),
            range,
            job.sinks());
    // A day more on both ends, because the API's time zone is not known.
    Window days = new Window(job.next().minusDays(1), job.to().plusDays(1));
    polled.job = job;
    polled.noted = new int[3];
    polled.notedBefore = null;
    PassScope scope = new PassScope(source, Kind.BACKFILL, look);
    return SlicedPass.days(scope, now.toEpochMilli(), days, null);
  }

  /**
   * Gives the results of a round to its pass.
   *
   * @return the next round, without requests when the pass has come to its end
   */
  public Round next(@Body List<PageResult> results, @Variable("round") Round round) {
    Pass pass = round.pass();
    try {
      Round next = round.next(results);
      if (pass.kind() == Kind.BACKFILL && !isWanted((SlicedPass) pass)) {
        next = round.next(pass, List.of());
      }
      if (!next.isUnfinished()) {
        accept(pass);
        turns.giveBack(round);
      } else if (pass.kind() == Kind.FULL) {
        saySlow((SlicedPass) pass);
      }
      return next;
    } catch (Exception e) {
      return refuse(round, e);
    }
  }

  /** Notes how far a backfill has come; whether it is to go on. */
  private boolean isWanted(SlicedPass pass) {
    Polled polled = polled(pass.source().account());
    LocalDate doneBefore = pass.doneBefore();
    if (doneBefore == null || doneBefore.equals(polled.notedBefore)) {
      return true;
    }
    boolean isWanted =
        jobs.progress(
            polled.job,
            // The first day is one more than was ordered.
            doneBefore.plusDays(1),
            pass.pages() - polled.noted[0],
            pass.calls() - polled.noted[1],
            pass.leads() - polled.noted[2],
            doneBefore.isAfter(pass.window().to()));
    if (!isWanted) {
      jobs.withdraw(polled.job, pass.source().zone());
    }
    polled.notedBefore = doneBefore;
    polled.noted = new int[] {pass.pages(), pass.calls(), pass.leads()};
    return isWanted;
  }

  /** Ends a pass all of whose pages were read and recorded. */
  void accept(Pass pass) {
    Account account = pass.source().account();
    Polled polled = polled(account);
    String remark = remark(pass);
    for (long before : pass.hiddenBehind()) {
      setAsides.hidden(
          account,
          "behind " + before,
          "ClickSpeak cannot list the record behind call " + before + ", even alone.");
    }
    passLog.ended(row(pass, remark, pass.refused(), false));
    switch (pass.kind()) {
      case FULL -> ledgerAccounts.counts(account, pass.source().rule());
      case WIDE -> keeping.forget(account, retention.toMillis());
      case BACKFILL -> {
        if (pass.refused() != null) {
          jobs.waits(polled.job, pass.refused());
        }
      }
      default -> {}
    }
    synchronized (this) {
      if (polled.schedule.ended(pass, System.nanoTime())) {
        LOG.info("Account {} is read again.", account.name());
      }
      remember(pass, polled);
    }
    if (pass.newCalls() + pass.changed() > 0) {
      LOG.info(
          "Account {}: {} new and {} changed calls in {} pages ({} pass).",
          account.name(),
          pass.newCalls(),
          pass.changed(),
          pass.pages(),
          pass.kind().passWord());
    }
  }

  /** Keeps what the next passes should know. */
  private void remember(Pass pass, Polled polled) {
    boolean isAccepted = pass.refused() == null;
    switch (pass.kind()) {
      case QUICK, HINT -> polled.suspects = pass.suspects();
      case FULL -> {
        polled.suspects = pass.suspects();
        polled.traits = ((SlicedPass) pass).traits();
        if (isAccepted) {
          polled.source = polled.source.accepted(Kind.FULL, pass.startedAt);
        }
      }
      case WIDE -> polled.source = polled.source.accepted(Kind.WIDE, pass.startedAt);
      default -> {
        if (!isAccepted) {
          polled.schedule.jobWaits(System.nanoTime() + period.toNanos());
        }
      }
    }
  }

  /** What the ledger's rows say about a pass that came to its end. */
  private String remark(Pass pass) {
    if (pass.kind() == Kind.WIDE && pass.remark() == null) {
      SlicedPass wide = (SlicedPass) pass;
      int gone = calls.count(pass.source().account(), wide.counted()) - wide.countedCalls();
      return gone > 0 ? gone + " calls that the ledger knows are not listed any more." : null;
    }
    return pass.remark();
  }

  /** A full pass that cannot come to its end in time is said while it goes on. */
  private void saySlow(SlicedPass pass) {
    String slow = pass.saysSlow(fullPeriod);
    if (slow != null) {
      LOG.warn("Account {}: {}", pass.source().account().name(), slow);
      passLog.ended(row(pass, null, slow, false));
    }
  }

  /** Ends a pass that did not come through: what it recorded stays, the next one starts over. */
  public Round refuse(
      @Variable("round") Round round,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
    turns.giveBack(round);
    if (round.pass() != null) {
      refuse(round.pass(), failure);
    } else {
      unbegun(round, failure);
    }
    return round.next(round.pass(), List.of());
  }

  private synchronized void unbegun(Round round, Exception failure) {
    Polled polled = polled(round);
    polled.schedule.unbegun(round.kind());
    if (PollException.in(failure) == null && System.nanoTime() - ledgerTroubleUntil >= 0) {
      ledgerTroubleUntil = System.nanoTime() + AFTER_LEDGER_TROUBLE.toNanos();
      LOG.warn("Account {}: {}", round.source().account().name(), reason(failure));
      if (LedgerTrouble.in(failure) == null) {
        LOG.error("Account {}: {}", round.source().account().name(), Trace.of(failure));
      }
    }
  }

  /** The same for a pass. */
  void refuse(Pass pass, Exception failure) {
    PollException known = PollException.in(failure);
    String reason = reason(failure);
    boolean stop = known != null && known.isStop();
    Account account = pass.source().account();
    Polled polled = polled(account);
    boolean aside = pass.kind() == Kind.WIDE || pass.kind() == Kind.BACKFILL;
    if (aside && known != null && known.isRefusal()) {
      refuseAside(pass, polled, known.status());
      return;
    }
    boolean paused = known != null && known.paused();
    boolean isClock = known != null && known.kind() == PollException.Kind.CLOCK;
    if (isClock) {
      ledgerAccounts.unstart(account);
    }
    if (pass.kind() == Kind.BACKFILL && !stop) {
      jobs.waits(polled.job, reason);
    }
    synchronized (this) {
      int before = polled.schedule.failuresBefore(paused);
      Duration wait = wait(known, before);
      if (before == 0 && !stop) {
        LOG.warn(
            "Account {}: {} Next try in {} s.",
            account.name(),
            reason,
            Math.max(1, wait.toSeconds()));
        if (known == null && !io(failure) && LedgerTrouble.in(failure) == null) {
          LOG.error("Account {}: {}", account.name(), Trace.of(failure));
        }
      }
      polled.schedule.failed(pass.kind(), paused, System.nanoTime() + wait.toNanos());
      polled.isUnstarted |= isClock;
    }
    if (paused) {
      ledgerAccounts.paused(account, reason);
    }
    passLog.ended(row(pass, null, reason, stop));
  }

  /** Days of long ago are refused, which says nothing about what is new. */
  private void refuseAside(Pass pass, Polled polled, int status) {
    // Not the size of the pages, with which what is new is read.
    String reason =
        "ClickSpeak refuses the days that are asked for (HTTP "
            + status
            + "): "
            + (pass.kind() == Kind.WIDE ? "lower poll.wide-look-back" : "order later days")
            + ", or ask its support whether date_from and date_to are still parameters.";
    if (pass.kind() == Kind.BACKFILL) {
      jobs.waits(polled.job, reason);
    }
    synchronized (this) {
      int before = polled.schedule.failuresAside();
      Duration wait = shorter(AFTER_REFUSAL.multipliedBy(1L << Math.min(before, 10)), MAX_PROBE);
      if (before == 0) {
        LOG.warn(
            "Account {}: the {} pass is refused; what is new is read all the same. {} Next try in"
                + " {} s.",
            pass.source().account().name(),
            pass.kind().passWord(),
            reason,
            wait.toSeconds());
      }
      polled.schedule.refusedAside(pass.kind(), System.nanoTime() + wait.toNanos());
    }
    passLog.ended(row(pass, null, reason, false));
  }

  /** A failure in a sentence for the operator, without personal data. */
  public static String reason(Throwable failure) {
    PollException known = PollException.in(failure);
    String ledger = LedgerTrouble.in(failure);
    if (ledger != null) {
      return ledger;
    }
    return known != null
        ? known.getMessage()
        : io(failure)
            ? "ClickSpeak cannot be reached or did not answer in time ("
                + Causes.root(failure).getClass().getSimpleName()
                + ")."
            : "The pass failed with " + Causes.root(failure).getClass().getName() + ".";
  }

  private Duration wait(PollException known, int failures) {
    if (known != null && known.paused()) {
      return shorter(probe.multipliedBy(1L << Math.min(failures, 10)), MAX_PROBE);
    }
    if (known != null && known.retryAfter() != null) {
      return known.retryAfter();
    }
    Duration backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures, 10));
    Duration longest = shorter(backoff, period);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(1 + longest.toMillis()));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Lets other processes poll the accounts; for the stop. */
  public void release() {
    leases.release();
  }

  private Polled polled(Round round) {
    return polled(round.source().account());
  }

  private Polled polled(Account account) {
    return accounts.get(account.id());
  }

  private static PassRow row(Pass pass, String remark, String refused, boolean stopped) {
    Window window = pass.window();
    return new PassRow(
        pass.source().account(),
        pass.kind().passWord(),
        window.from() == null ? null : window.from().toString(),
        window.to() == null ? null : window.to().toString(),
        pass.startedAt,
        pass.pages(),
        pass.requests(),
        pass.newCalls(),
        pass.changed(),
        pass.records(),
        pass.unreadable(),
        pass.clockAhead(),
        remark,
        refused,
        stopped);
  }

  private static boolean io(Throwable failure) {
    return Causes.root(failure) instanceof IOException;
  }
}
