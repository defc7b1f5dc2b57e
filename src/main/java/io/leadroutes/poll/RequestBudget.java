package io.leadroutes.poll;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Requests;
import io.leadroutes.ledger.Requests.Bound;
import io.leadroutes.ledger.Requests.Grant;
import io.leadroutes.poll.PageRequest.Permit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests one account may make: never more than so many in any window of a minute and of ten
 * seconds, all processes together. Whoever has the right of way is served first, and some of the
 * budget always stays free for quick passes.
 */
public final class RequestBudget {

  private static final Logger LOG = LoggerFactory.getLogger(RequestBudget.class);

  /**
   * The server counts arrivals, we note departures. What was answered within the margin arrived
   * within it; anything else counts from its answer on.
   */
  private static final Duration MARGIN = Duration.ofMillis(250);

  /** While it is noted it keeps others back: for less than the shortest window. */
  private static final Duration STALE = Duration.ofSeconds(5);

  /** Whoever waited for so long is not passed over any more: a small minimum share. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final long NEXT_LOOK_MILLIS = 50;
  private static final Duration WORTH_SAYING = Duration.ofMinutes(1);
  private static final Duration MIN_QUIET = Duration.ofSeconds(1);
  private static final Duration QUIET_WITHOUT_A_TIME = Duration.ofSeconds(10);
  private static final Duration MAX_QUIET = Duration.ofMinutes(1);

  private record Share(int percent, List<Kind> kinds) {}

  private static final List<Share> SHARES =
      List.of(
          new Share(50, List.of(Kind.HINT)),
          new Share(50, List.of(Kind.FULL, Kind.WIDE)),
          new Share(25, List.of(Kind.PREVIEW)),
          new Share(75, List.of(Kind.BACKFILL, Kind.PREVIEW)),
          new Share(85, List.of(Kind.FULL, Kind.WIDE, Kind.BACKFILL, Kind.PREVIEW)));

  private final Requests requests;
  private final Account account;
  private final int perMinute;
  private final int perTenSeconds;

  /** What the API's refusals mean, after what it accepted. */
  final Refusals refusals = new Refusals();

  private final int[] waiting = new int[Kind.values().length];
  private Integer toldLimit;

  /** When that was noted, by {@link System#nanoTime}. */
  private long noted = System.nanoTime();

  /**
   * Until when all is quiet that was said in the log, by {@link System#nanoTime}; null for none.
   */
  private Long saidQuiet;

  RequestBudget(Requests requests, Account account, int perMinute, int perTenSeconds) {
    this.requests = requests;
    this.account = account;
    this.perMinute = perMinute;
    this.perTenSeconds = perTenSeconds;
  }

  /** Requests in any minute, of all kinds together. */
  int perMinute() {
    return perMinute;
  }

  /** Somebody begins to wait for a request of this kind. */
  synchronized void waits(Kind kind) {
    waiting[kind.ordinal()]++;
  }

  /** Somebody waits no longer. */
  synchronized void served(Kind kind) {
    waiting[kind.ordinal()]--;
  }

  /**
   * Takes requests out of the budget, as far as there are any; they are on disk then.
   *
   * @param waited for how long they have been asked for
   */
  Grant ask(Kind kind, Duration waited, int wished) {
    if (waited.compareTo(PATIENCE) < 0 && hasToWait(kind)) {
      return new Grant(0, NEXT_LOOK_MILLIS, 0);
    }
    return requests.ask(account, kind.word(), bounds(kind, perMinute, perTenSeconds), wished);
  }

  /**
   * A request leaves, perhaps some time after it was noted.
   *
   * @return when it is noted now
   * @throws PollException where that was so long ago that it has to be asked for again
   */
  Permit leaves(Permit permit) throws PollException {
    if (permit.age().compareTo(STALE) > 0) {
      throw PollException.unasked();
    }
    if (permit.age().compareTo(MARGIN) <= 0) {
      return permit;
    }
    return new Permit(requests.arrivesByNow(account, permit.began()), System.nanoTime());
  }

  /** A request has come to its end, answered or not. */
  void ended(Permit permit) {
    if (permit.age().compareTo(MARGIN) > 0) {
      requests.arrivesByNow(account, permit.began());
    }
  }

  private synchronized boolean hasToWait(Kind kind) {
    for (int higher = 0; higher < kind.ordinal(); higher++) {
      if (waiting[higher] > 0) {
        return true;
      }
    }
    return false;
  }

  /** The rules that a request of this kind keeps. */
  static List<Bound> bounds(Kind kind, int perMinute, int perTenSeconds) {
    List<Bound> bounds = new ArrayList<>();
    for (boolean minute : List.of(true, false)) {
      Duration span = (minute ? Duration.ofMinutes(1) : Duration.ofSeconds(10)).plus(MARGIN);
      int most = minute ? perMinute : perTenSeconds;
      bounds.add(new Bound(span, most, List.of(), minute));
      for (Share share : SHARES) {
        if (share.kinds().contains(kind)) {
          int part = (int) Math.max(1, (long) most * share.percent() / 100);
          List<String> words = share.kinds().stream().map(Kind::word).toList();
          bounds.add(new Bound(span, part, words, false));
        }
      }
    }
    return bounds;
  }

  /** No request leaves before this has passed. */
  void keepQuiet(Duration wait) {
    requests.keepQuiet(account, wait);
    synchronized (this) {
      long until = System.nanoTime() + wait.toNanos();
      if (wait.compareTo(WORTH_SAYING) <= 0 || (saidQuiet != null && until - saidQuiet <= 0)) {
        return;
      }
      boolean said = saidQuiet != null;
      saidQuiet = until;
      if (said) {
        return;
      }
    }
    LOG.warn(
        "Account {}: ClickSpeak asks to be left alone for {} s; nothing is read before.",
        account.name(),
        wait.toSeconds());
  }

  /** A page was answered: a time of quiet is over. */
  void answered() {
    refusals.accepted();
    synchronized (this) {
      if (saidQuiet == null) {
        return;
      }
      saidQuiet = null;
    }
    LOG.info("Account {}: ClickSpeak answers again.", account.name());
  }

  /**
   * Obeys what an answer tells of the API's own limit: {@code X-RateLimit-Limit} requests a minute
   * where that is less than ours, for some minutes after it was told last, and none while {@code
   * X-RateLimit-Remaining} is 0, until {@code X-RateLimit-Reset} (seconds since 1970).
   */
  void observe(Map<String, Object> headers) {
    Long limit = number(headers, "X-RateLimit-Limit");
    if (limit != null) {
      lower(limit >= 1 && limit < perMinute ? limit.intValue() : null);
    }
    Long remaining = number(headers, "X-RateLimit-Remaining");
    if (remaining != null && remaining <= 0) {
      Long reset = number(headers, "X-RateLimit-Reset");
      keepQuiet(
          reset == null
              ? QUIET_WITHOUT_A_TIME
              : within(Duration.between(Instant.now(), Instant.ofEpochSecond(clamp(reset)))));
    }
  }

  private void lower(Integer limit) {
    synchronized (this) {
      long now = System.nanoTime();
      // The ledger forgets it in time, and so tells it again to whoever shares the budget.
      boolean fades = limit != null && now - noted > Requests.TOLD_FOR.toNanos() / 2;
      if (Objects.equals(limit, toldLimit) && !fades) {
        return;
      }
      toldLimit = limit;
      noted = now;
    }
    requests.limit(account, limit);
  }

  private static Duration within(Duration wait) {
    return Stream.of(wait, MIN_QUIET)
        .max(Duration::compareTo)
        .filter(longer -> longer.compareTo(MAX_QUIET) < 0)
        .orElse(MAX_QUIET);
  }

  private static long clamp(long seconds) {
    return Math.max(0, Math.min(seconds, Integer.MAX_VALUE * 2L));
  }

  private static Long number(Map<String, Object> headers, String name) {
    Object value = headers.get(name);
    String text = value == null ? "" : value.toString().strip();
    return text.matches("\\d{1,15}") ? Long.valueOf(text) : null;
  }
}
