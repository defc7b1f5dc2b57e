package io.leadroutes.poll;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.PassRow;
import io.leadroutes.log.Trace;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which accounts are due, and what follows from a pass. At present every pass is a full one over
 * the window; accounts do not wait for each other.
 */
public final class Passes {

  private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
  private static final Duration ONE_DAY = Duration.ofDays(1);
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(2);
  private static final Duration LONGEST_PROBE = Duration.ofHours(1);

  private final Ledger ledger;
  private final Calls calls;
  private final Duration period;
  private final Duration lookBack;
  private final Duration probe;
  private final List<Polled> accounts = new ArrayList<>();

  /** An account between its passes. Guarded by {@link Passes}. */
  private static final class Polled {

    Source source;
    long dueAt = System.nanoTime();
    boolean running;

    /** In a row, of one kind: outages and pauses are counted apart. */
    int failures;

    boolean paused;
    int notJudged;

    Polled(Source source) {
      this.source = source;
    }
  }

  public Passes(Ledger ledger, Calls calls, Settings settings) {
    this.ledger = ledger;
    this.calls = calls;
    period = settings.duration("poll.period");
    lookBack = settings.duration("poll.look-back");
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
    Source.token(own);
    Account account = calls.account(name, Source.baseUrl(own), Source.startAt(own, now));
    accounts.add(new Polled(Source.of(own, account, rule)));
    return account;
  }

  /** A pass for each account that is due and has none running. */
  public synchronized List<Pass> due() {
    List<Polled> due =
        accounts.stream()
            .filter(polled -> !polled.running && System.nanoTime() - polled.dueAt >= 0)
            .toList();
    List<Pass> passes = due.stream().map(this::start).toList();
    // Only now, because where the ledger fails for one of them no pass leaves at all.
    due.forEach(polled -> polled.running = true);
    return passes;
  }

  private Pass start(Polled polled) {
    Account account = polled.source.account();
    Instant now = Instant.ofEpochMilli(ledger.now());
    Long oldestOpen = calls.oldestOpenCall(account, now.minus(ONE_DAY).toEpochMilli());
    return new Pass(
        polled.source, Source.dateFrom(account, now, lookBack, oldestOpen), now.toEpochMilli());
  }

  /** Ends a pass all of whose pages were read and recorded. */
  public void accept(@Body Pass pass) {
    calls.passEnded(row(pass, null));
    synchronized (this) {
      Polled polled = polled(pass);
      if (polled.failures > 0) {
        LOG.info("Account {} is read again.", pass.source.account().name());
      }
      polled.failures = 0;
      polled.paused = false;
      if (pass.newCalls() + pass.changed() > 0) {
        LOG.info(
            "Account {}: {} new and {} changed calls in {} pages.",
            pass.source.account().name(),
            pass.newCalls(),
            pass.changed(),
            pass.pages());
      }
      sayOddities(pass, polled);
      polled.source = polled.source.accepted(pass.startedAt);
      // From the start of the pass on, so that passes keep their beat however long they take.
      long took = Math.max(0, ledger.now() - pass.startedAt);
      end(polled, period.minusMillis(Math.min(took, period.toMillis())));
    }
  }

  /** What an operator should look at, said when it appears rather than in each pass. */
  private static void sayOddities(Pass pass, Polled polled) {
    String account = pass.source.account().name();
    if (pass.setAside() > 0) {
      LOG.warn(
          "Account {}: {} records of the list cannot be read; they are kept in the ledger's table"
              + " set_aside with the reason.",
          account,
          pass.setAside());
    }
    if (pass.notJudged() > polled.notJudged) {
      LOG.warn(
          "Account {}: judging failed for {} calls, which are judged again in each pass: correct"
              + " judge-call; column error of the ledger's table call says why.",
          account,
          pass.notJudged());
    }
    polled.notJudged = pass.notJudged();
  }

  /** Ends a pass that did not come through: what it recorded stays, the next one starts over. */
  public void refuse(
      @Body Pass pass, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
    pass.refused();
    PollException known = known(failure);
    String reason =
        known != null
            ? known.getMessage()
            : io(failure)
                ? "ClickSpeak cannot be reached or did not answer in time ("
                    + root(failure).getClass().getSimpleName()
                    + ")."
                : "The pass failed with " + root(failure).getClass().getName() + ".";
    Duration wait;
    synchronized (this) {
      Polled polled = polled(pass);
      boolean pausedNow = known != null && known.paused();
      polled.failures = pausedNow == polled.paused ? polled.failures : 0;
      wait = wait(known, polled.failures);
      if (polled.failures == 0 && !(known != null && known.isStop())) {
        LOG.warn(
            "Account {}: {} Next try in {} s.",
            pass.source.account().name(),
            reason,
            Math.max(1, wait.toSeconds()));
        if (known == null && !io(failure)) {
          LOG.error("Account {}: {}", pass.source.account().name(), Trace.of(failure));
        }
      }
      polled.failures++;
      polled.paused = pausedNow;
      end(polled, wait);
    }
    calls.passEnded(row(pass, reason));
    if (known != null && known.paused()) {
      calls.paused(pass.source.account(), reason);
    }
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

  private static void end(Polled polled, Duration wait) {
    polled.dueAt = System.nanoTime() + wait.toNanos();
    polled.running = false;
  }

  private Polled polled(Pass pass) {
    return accounts.stream()
        .filter(polled -> polled.source.account().id() == pass.source.account().id())
        .findFirst()
        .orElseThrow();
  }

  private static PassRow row(Pass pass, String refused) {
    return new PassRow(
        pass.source.account(),
        "full",
        pass.dateFrom == null ? null : pass.dateFrom.toString(),
        pass.startedAt,
        pass.pages(),
        pass.requests(),
        pass.newCalls(),
        pass.changed(),
        refused);
  }

  private static PollException known(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PollException known) {
        return known;
      }
    }
    return null;
  }

  private static boolean io(Throwable failure) {
    return root(failure) instanceof IOException;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
