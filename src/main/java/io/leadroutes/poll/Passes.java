package io.leadroutes.poll;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Hints;
import io.leadroutes.ledger.Job;
import io.leadroutes.ledger.Jobs;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.LedgerTrouble;
import io.leadroutes.ledger.Look;
import io.leadroutes.ledger.PassRow;
import io.leadroutes.ledger.Requests;
import io.leadroutes.log.Causes;
import io.leadroutes.log.Trace;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which passes are due for which account, and what follows from them. An account has at most one
 * quick pass, one full or wide pass and one backfill at a time; accounts do not wait for each
 * other.
 */
public final class Passes {

  private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
  private static final Duration ONE_DAY = Duration.ofDays(1);
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(2);
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);
  private static final Duration LONGEST_PROBE = Duration.ofHours(1);
  private static final Duration LOOK_FOR_JOBS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_HINTS = Duration.ofSeconds(1);
  private static final Duration BETWEEN_SHARED_HINTS = Duration.ofMillis(250);
  private static final Duration AFTER_LEDGER_TROUBLE = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final Calls calls;
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
  private final List<Polled> accounts = new ArrayList<>();
  private final AtomicLong hints = new AtomicLong();
  private long ledgerTroubleUntil = System.nanoTime();
  private long hintsDue = System.nanoTime();

  /** What may run beside each other for one account. */
  private enum Lane {
    QUICK,
    SLOW,
    JOB;

    static Lane of(Kind kind) {
      return switch (kind) {
        case QUICK, HINT -> QUICK;
        case FULL, WIDE -> SLOW;
        case BACKFILL, PREVIEW -> JOB;
      };
    }
  }

  /** An account between its passes. Guarded by {@link Passes}. */
  private static final class Polled {

    final Settings own;
    Source source;
    final Set<Lane> running = EnumSet.noneOf(Lane.class);
    boolean held;
    long renewAt;
    long quickDue;
    long fullDue;
    long wideDue;
    long jobDue;
    long hintDue;

    /** How many hints there had been when the pass began that looked for what they hint at. */
    long hintsFollowed;

    /** How many of the hints came by way of the ledger, and when the last of them was left. */
    long hintsOfOthers;

    long leftAt = -1;

    /** Whether full passes prove the list newest first. */
    boolean newestFirst;

    /** In a row, of one kind: outages and pauses are counted apart. */
    int failures;

    boolean paused;

    /** Whether its start was taken back, because the clock that fixed it was wrong. */
    boolean isUnstarted;

    Suspects suspects = Suspects.NONE;
    Traits traits = Traits.NONE;

    /** Oddities of quick passes: what the last one saw, and those that stay after a full pass. */
    String odd;

    boolean lookedInto;
    final Set<String> excused = new HashSet<>();

    /** How many calls the list of these days had, and how many other passes there have been. */
    Window totalled;

    long total = -1;
    int others;
    int othersBefore = -1;

    /** Wide passes or backfills that failed in a row, which holds nothing else. */
    int failuresAside;

    Pass slow;
    boolean slowSaid;
    Job job;

    Polled(Settings own, Source source, long now, Duration untilWide) {
      this.own = own;
      this.source = source;
      renewAt = now;
      quickDue = now;
      fullDue = now;
      jobDue = now;
      hintDue = now;
      wideDue = now + untilWide.toNanos();
    }
  }

  public Passes(Ledger ledger, Calls calls, Settings settings) {
    this.ledger = ledger;
    this.calls = calls;
    requests = new Requests(ledger);
    jobs = new Jobs(ledger);
    leases = new Leases(ledger);
    ledgerHints = new Hints(ledger);
    sharesHints = ledgerHints.needed() && !settings.text("webhook.secret").isEmpty();
    period = settings.duration("poll.period");
    fullPeriod = settings.duration("poll.full-period");
    lookBack = settings.duration("poll.look-back");
    wideLookBack = settings.duration("poll.wide-look-back");
    retention = settings.duration("ledger.retention");
    probe = settings.duration("sink.probe");
  }

  /**
   * Adds an account.
   *
   * @param own the settings as the account sees them
   * @param rule fingerprint of the rule that its calls are judged by
   */
  public synchronized Account add(Settings own, String name, String rule) {
    Instant now = Instant.ofEpochMilli(ledger.now());
    Source source = source(own, name, rule, now);
    Account account = source.account();
    Duration untilWide =
        account.wideAt() == null
            ? Duration.ZERO
            : Duration.between(now, Instant.ofEpochMilli(account.wideAt()).plus(ONE_DAY));
    accounts.add(new Polled(own, source, System.nanoTime(), untilWide));
    calls.begins(account);
    return account;
  }

  /** Where an account's calls come from; its first start fixes where they begin. */
  private Source source(Settings own, String name, String rule, Instant now) {
    Source.token(own);
    Instant start = Source.startAt(own, now);
    Account account = calls.account(name, Source.baseUrl(own), start);
    Source source = Source.of(own, account, rule, requests);
    boolean today = own.text("poll.start").equals("today");
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

  /** The passes that are due now, of the accounts that this process polls. */
  public synchronized List<Pass> due() {
    long now = System.nanoTime();
    long hinted = hints.get();
    if (now - ledgerTroubleUntil < 0) {
      return List.of();
    }
    try {
      shareHints(now, hinted);
      List<Pass> due = new ArrayList<>();
      for (Polled polled : accounts) {
        if (holds(polled, now)) {
          addDue(polled, now, hinted, due);
        }
      }
      // Only now, because where the ledger fails for one of them no pass leaves at all.
      due.forEach(pass -> begins(pass, now, hinted));
      accounts.forEach(this::saySlow);
      return due;
    } catch (RuntimeException e) {
      ledgerTroubleUntil = now + AFTER_LEDGER_TROUBLE.toNanos();
      throw e;
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
    for (Polled polled : accounts) {
      long leftAt = left.getOrDefault(polled.source.account().id(), 0L);
      if (!polled.held && hinted + polled.hintsOfOthers != polled.hintsFollowed) {
        others.add(polled);
      } else if (polled.held && polled.leftAt >= 0 && leftAt > polled.leftAt) {
        polled.hintsOfOthers++;
      }
      polled.leftAt = leftAt;
    }
    if (!others.isEmpty()) {
      ledgerHints.leave(others.stream().map(polled -> polled.source.account()).toList());
      others.forEach(polled -> polled.hintsFollowed = hinted + polled.hintsOfOthers);
    }
  }

  private boolean holds(Polled polled, long now) {
    if (now - polled.renewAt >= 0) {
      polled.held = leases.hold(polled.source.account());
      long next = polled.held ? leases.millis() / 3 : Math.min(1000, leases.millis() / 3);
      polled.renewAt = now + Duration.ofMillis(next).toNanos();
    }
    return polled.held;
  }

  private void begins(Pass pass, long now, long hinted) {
    Polled polled = polled(pass);
    Lane lane = Lane.of(pass.kind);
    polled.running.add(lane);
    if (lane == Lane.QUICK) {
      polled.othersBefore = polled.running.size() == 1 ? polled.others : -1;
    } else {
      polled.others++;
    }
    if (pass.kind == Kind.FULL) {
      polled.slow = pass;
      polled.slowSaid = false;
    }
    long all = hinted + polled.hintsOfOthers;
    if (lane == headLane(polled) && all != polled.hintsFollowed) {
      polled.hintsFollowed = all;
      polled.hintDue = now + BETWEEN_HINTS.toNanos();
    }
  }

  /** Which passes see first what is new. */
  private static Lane headLane(Polled polled) {
    return polled.newestFirst ? Lane.QUICK : Lane.SLOW;
  }

  private void addDue(Polled polled, long now, long hinted, List<Pass> due) {
    boolean hint =
        hinted + polled.hintsOfOthers != polled.hintsFollowed
            && now - polled.hintDue >= 0
            && polled.failures == 0;
    boolean full = now - polled.fullDue >= 0 || (hint && headLane(polled) == Lane.SLOW);
    if (!polled.running.contains(Lane.SLOW) && full) {
      due.add(start(polled, Kind.FULL));
    }
    // After an outage one full pass comes first, so that one request tells whether it is over.
    if (polled.failures > 0) {
      return;
    }
    if (!polled.running.contains(Lane.SLOW)
        && !full
        && polled.source.account().acceptedAt() != null
        && now - polled.wideDue >= 0) {
      due.add(start(polled, Kind.WIDE));
    }
    if (!polled.running.contains(Lane.QUICK) && headLane(polled) == Lane.QUICK) {
      if (now - polled.quickDue >= 0) {
        due.add(start(polled, Kind.QUICK));
      } else if (hint) {
        due.add(start(polled, Kind.HINT));
      }
    }
    if (!polled.running.contains(Lane.JOB) && now - polled.jobDue >= 0) {
      polled.jobDue = now + LOOK_FOR_JOBS.toNanos();
      polled.job = jobs.next(polled.source.account()).orElse(null);
      if (polled.job != null) {
        due.add(start(polled, Kind.BACKFILL));
      }
    }
  }

  /** A pass of an account that was added, whether it is due or not. */
  synchronized Pass start(Account account, Kind kind) {
    return start(
        accounts.stream()
            .filter(polled -> polled.source.account().id() == account.id())
            .findFirst()
            .orElseThrow(),
        kind);
  }

  private Pass start(Polled polled, Kind kind) {
    Instant now = Instant.ofEpochMilli(ledger.now());
    if (polled.isUnstarted) {
      Source before = polled.source;
      polled.source = source(polled.own, before.account().name(), before.rule(), now);
      polled.isUnstarted = false;
    }
    Source source = polled.source;
    long againFrom = now.minus(lookBack).toEpochMilli();
    Look look = Look.live(source.rule(), againFrom, source.settle().toMillis());
    return switch (kind) {
      case QUICK, HINT, FULL -> {
        Long oldestOpen = calls.oldestOpenCall(source.account());
        LocalDate from = Source.dateFrom(source.account(), now, lookBack, wideLookBack, oldestOpen);
        Window window = Window.from(from);
        long began = now.toEpochMilli();
        if (kind == Kind.FULL) {
          yield SlicedPass.whole(source, look, began, window, polled.traits, polled.suspects);
        }
        long total = window.equals(polled.totalled) ? polled.total : -1;
        yield new QuickPass(
            source,
            kind,
            look,
            began,
            window,
            new QuickPass.Before(
                oldestOpen, polled.traits, polled.suspects, total, Set.copyOf(polled.excused)));
      }
      case WIDE -> wide(source, look, now);
      case BACKFILL -> backfill(source, look, now, polled.job);
      case PREVIEW -> throw new IllegalArgumentException("A preview is started by its command.");
    };
  }

  private SlicedPass wide(Source source, Look look, Instant now) {
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    LocalDate first = now.minus(wideLookBack).atZone(ZoneOffset.UTC).toLocalDate();
    Look.Span counted =
        new Look.Span(
            first.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli(),
            now.minus(ONE_DAY).toEpochMilli());
    return SlicedPass.days(
            source,
            Kind.WIDE,
            look,
            now.toEpochMilli(),
            new Window(first.minusDays(1), today.plusDays(1)))
        .counting(counted);
  }

  private SlicedPass backfill(Source source, Look live, Instant now, Job job) {
    Look.Span range = job.span(source.zone());
    Look look = new Look(live.rule(), live.againFrom(), live.settleMillis(), range, job.sinks());
    // A day more on both ends, because the API's time zone is not known.
    Window days = new Window(job.next().minusDays(1), job.to().plusDays(1));
    SlicedPass pass = SlicedPass.days(source, Kind.BACKFILL, look, now.toEpochMilli(), days);
    int[] noted = new int[3];
    return pass.sliceEnded(
        following -> {
          boolean wanted =
              jobs.progress(
                  job,
                  following.plusDays(1),
                  pass.pages() - noted[0],
                  pass.calls() - noted[1],
                  pass.leads() - noted[2],
                  following.isAfter(days.to()));
          if (!wanted) {
            jobs.withdraw(job, source.zone());
          }
          noted[0] = pass.pages();
          noted[1] = pass.calls();
          noted[2] = pass.leads();
          return wanted;
        });
  }

  /** Ends a pass all of whose pages were read and recorded. */
  public void accept(@Body Pass pass) {
    Account account = pass.source.account();
    String remark = remark(pass);
    for (long before : pass.hiddenBehind()) {
      calls.hidden(
          account,
          "behind " + before,
          "ClickSpeak cannot list the record behind call " + before + ", even alone.");
    }
    calls.passEnded(row(pass, remark, pass.refused(), false));
    if (pass.kind == Kind.FULL) {
      calls.counts(account, pass.source.rule());
    }
    if (pass.kind == Kind.WIDE) {
      calls.forget(account, retention.toMillis());
    }
    synchronized (this) {
      Polled polled = polled(pass);
      if (polled.failures > 0) {
        LOG.info("Account {} is read again.", account.name());
      }
      polled.failures = 0;
      polled.paused = false;
      if (Lane.of(pass.kind) != Lane.JOB && pass.kind != Kind.WIDE) {
        polled.suspects = pass.suspects();
      }
      if (pass.newCalls() + pass.changed() > 0) {
        LOG.info(
            "Account {}: {} new and {} changed calls in {} pages ({} pass).",
            account.name(),
            pass.newCalls(),
            pass.changed(),
            pass.pages(),
            pass.kind.passWord());
      }
      plan(pass, polled);
    }
  }

  /** What the ledger's rows say about a pass that came to its end. */
  private String remark(Pass pass) {
    if (pass.kind == Kind.WIDE && pass.remark() == null) {
      SlicedPass wide = (SlicedPass) pass;
      int gone = calls.count(pass.source.account(), wide.counted()) - wide.countedCalls();
      return gone > 0 ? gone + " calls that the ledger knows are not listed any more." : null;
    }
    return pass.remark();
  }

  /** When the next passes are due, after one that came to its end. */
  private void plan(Pass pass, Polled polled) {
    long now = System.nanoTime();
    // From the start of the pass on, so that passes keep their beat however long they take.
    long took = Duration.ofMillis(Math.max(0, ledger.now() - pass.startedAt)).toNanos();
    long nextPeriod = Math.max(now, now - took + period.toNanos());
    switch (pass.kind) {
      case QUICK, HINT -> {
        polled.quickDue = nextPeriod;
        QuickPass quick = (QuickPass) pass;
        if (isToBeLookedInto(quick, polled)) {
          polled.fullDue = now;
        }
        polled.newestFirst &= !quick.isOutOfOrder();
        total(polled, quick.window(), quick.total());
      }
      case FULL -> {
        SlicedPass full = (SlicedPass) pass;
        boolean newestFirst = full.newestFirst();
        polled.traits = full.traits();
        polled.lookedInto = true;
        total(polled, full.window(), full.traits().total());
        boolean accepted = pass.refused() == null;
        polled.newestFirst = newestFirst && (accepted || polled.newestFirst);
        boolean later = accepted && newestFirst;
        polled.fullDue = later ? Math.max(now, now - took + fullPeriod.toNanos()) : nextPeriod;
        polled.quickDue = nextPeriod;
        if (accepted) {
          polled.source = polled.source.accepted(Kind.FULL, pass.startedAt);
        }
      }
      case WIDE -> {
        polled.failuresAside = 0;
        polled.wideDue = now + ONE_DAY.toNanos();
        polled.source = polled.source.accepted(Kind.WIDE, pass.startedAt);
      }
      case BACKFILL -> {
        polled.failuresAside = 0;
        polled.jobDue = pass.refused() == null ? now : nextPeriod;
        if (pass.refused() != null) {
          jobs.waits(polled.job, pass.refused());
        }
      }
      case PREVIEW -> throw new IllegalArgumentException("A preview is not planned.");
    }
    ends(pass, polled);
  }

  private static void ends(Pass pass, Polled polled) {
    Lane lane = Lane.of(pass.kind);
    polled.running.remove(lane);
    polled.others += lane == Lane.QUICK ? 0 : 1;
    polled.slow = pass == polled.slow ? null : polled.slow;
  }

  private static void total(Polled polled, Window window, long total) {
    polled.totalled = window;
    polled.total = total;
  }

  /**
   * Whether a full pass has to follow a quick one. What is still odd after a full pass is how the
   * list is: it is not looked into again until it was gone for once.
   */
  private static boolean isToBeLookedInto(QuickPass quick, Polled polled) {
    boolean undisturbed =
        polled.running.size() == 1 && polled.others == polled.othersBefore && quick.total() >= 0;
    String odd =
        quick.oddity() == null && undisturbed && quick.hasGrownUnseen()
            ? "the list has grown by more than came at its head"
            : quick.oddity();
    polled.excused.removeIf(excused -> !excused.equals(odd));
    if (odd != null && odd.equals(polled.odd) && polled.lookedInto && !quick.isOutOfOrder()) {
      polled.excused.add(odd);
      return false;
    }
    polled.lookedInto &= odd != null && odd.equals(polled.odd);
    polled.odd = odd;
    return odd != null;
  }

  /** A full pass that cannot come to its end in time is said while it goes on. */
  private void saySlow(Polled polled) {
    if (polled.slow == null || polled.slowSaid) {
      return;
    }
    String slow = ((SlicedPass) polled.slow).slow(fullPeriod);
    if (slow != null) {
      polled.slowSaid = true;
      LOG.warn("Account {}: {}", polled.source.account().name(), slow);
      calls.passEnded(row(polled.slow, null, slow, false));
    }
  }

  /** Ends a pass that did not come through: what it recorded stays, the next one starts over. */
  public void refuse(
      @Body Pass pass, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
    pass.end();
    PollException known = PollException.in(failure);
    String reason = reason(failure);
    boolean stop = known != null && known.isStop();
    synchronized (this) {
      Polled polled = polled(pass);
      boolean aside = pass.kind == Kind.WIDE || pass.kind == Kind.BACKFILL;
      if (aside && known != null && known.isRefusal()) {
        refuseAside(pass, polled, known.status());
        return;
      }
      boolean pausedNow = known != null && known.paused();
      polled.failures = pausedNow == polled.paused ? polled.failures : 0;
      Duration wait = wait(known, polled.failures);
      if (polled.failures == 0 && !stop) {
        LOG.warn(
            "Account {}: {} Next try in {} s.",
            pass.source.account().name(),
            reason,
            Math.max(1, wait.toSeconds()));
        if (known == null && !io(failure) && LedgerTrouble.in(failure) == null) {
          LOG.error("Account {}: {}", pass.source.account().name(), Trace.of(failure));
        }
      }
      polled.failures++;
      polled.paused = pausedNow;
      // The next one is a full pass, whichever failed.
      polled.fullDue = System.nanoTime() + wait.toNanos();
      ends(pass, polled);
      if (known != null && known.kind() == PollException.Kind.CLOCK) {
        calls.unstart(pass.source.account());
        polled.isUnstarted = true;
      }
      if (pass.kind == Kind.BACKFILL && !stop) {
        jobs.waits(polled.job, reason);
      }
    }
    if (known != null && known.paused()) {
      calls.paused(pass.source.account(), reason);
    }
    calls.passEnded(row(pass, null, reason, stop));
  }

  /** Days of long ago are refused, which says nothing about what is new. */
  private void refuseAside(Pass pass, Polled polled, int status) {
    // Not the size of the pages, with which what is new is read.
    String reason =
        "ClickSpeak refuses the days that are asked for (HTTP "
            + status
            + "): "
            + (pass.kind == Kind.WIDE ? "lower poll.wide-look-back" : "order later days")
            + ", or ask its support whether date_from and date_to are still parameters.";
    Duration wait =
        shorter(
            AFTER_REFUSAL.multipliedBy(1L << Math.min(polled.failuresAside, 10)), LONGEST_PROBE);
    if (polled.failuresAside++ == 0) {
      LOG.warn(
          "Account {}: the {} pass is refused; what is new is read all the same. {} Next try in {}"
              + " s.",
          pass.source.account().name(),
          pass.kind.passWord(),
          reason,
          wait.toSeconds());
    }
    if (pass.kind == Kind.WIDE) {
      polled.wideDue = System.nanoTime() + wait.toNanos();
    } else {
      polled.jobDue = System.nanoTime() + wait.toNanos();
      jobs.waits(polled.job, reason);
    }
    ends(pass, polled);
    calls.passEnded(row(pass, null, reason, false));
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
      return shorter(probe.multipliedBy(1L << Math.min(failures, 10)), LONGEST_PROBE);
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

  private Polled polled(Pass pass) {
    return accounts.stream()
        .filter(polled -> polled.source.account().id() == pass.source.account().id())
        .findFirst()
        .orElseThrow();
  }

  private static PassRow row(Pass pass, String remark, String refused, boolean stopped) {
    Window window = pass.window();
    return new PassRow(
        pass.source.account(),
        pass.kind.passWord(),
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
