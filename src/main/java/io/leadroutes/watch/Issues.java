package io.leadroutes.watch;

import io.leadroutes.ledger.TimeSpan;
import io.leadroutes.ledger.Vitals;
import io.leadroutes.ledger.Vitals.AccountVitals;
import io.leadroutes.ledger.Vitals.SinkVitals;
import io.leadroutes.watch.Issue.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides what is in the way of leads. Nothing here knows how something can go wrong: it asks when
 * a pass last came to its end, when a lead last arrived and what still moves, and tells what
 * whoever is in the way said last. So what nobody thought of is seen as well.
 */
final class Issues {

  /** What passes by itself within it is no issue. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** Deliveries that wait although nothing is known to be in the way. */
  private static final Duration STUCK = Duration.ofSeconds(45);

  /** A look-up takes two looks, {@code slack.look-again} apart. */
  private static final Duration LOOKED_UP = Duration.ofMinutes(10);

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Between the ledger's clock and ClickSpeak's. */
  private static final Duration WRONG_CLOCK = Duration.ofMinutes(5);

  /** As many calls without any lead may be chance; from then on the rule is worth a look. */
  private static final int CALLS_WITHOUT_LEAD = 3;

  private final WatchRules rules;
  private final Vitals vitals;
  private final Instant now;
  private final List<Issue> found = new ArrayList<>();

  private Issues(WatchRules rules, Vitals vitals) {
    this.rules = rules;
    this.vitals = vitals;
    now = vitals.at();
  }

  /**
   * What is in the way at present, in the way of the data: reading, judging, delivering.
   *
   * @param vitals of the accounts that the settings name
   */
  static List<Issue> of(Vitals vitals, WatchRules rules) {
    Issues issues = new Issues(rules, vitals);
    vitals.accounts().forEach(issues::account);
    return List.copyOf(issues.found);
  }

  private void account(AccountVitals account) {
    reading(account);
    rule(account);
    for (SinkVitals sink : vitals.sinks().getOrDefault(account.id(), List.of())) {
      // What an account left behind for a sink that the settings no more name, nobody has to mend.
      if (rules.sinks(account.name()).contains(sink.sink())) {
        sink(account, sink);
      }
    }
  }

  private void reading(AccountVitals account) {
    if (account.paused() != null) {
      clickSpeak(
          Kind.ACCOUNT_PAUSED, account, "is paused: " + account.paused(), account.troubleSince());
    } else if (lasts(account.troubleSince())) {
      clickSpeak(
          Kind.NOT_READ,
          account,
          "has not been read since " + seconds(account.troubleSince()) + ": " + account.trouble(),
          account.troubleSince());
    }
    if (account.quietUntil() != null && now.plus(MINUTE).isBefore(account.quietUntil())) {
      clickSpeak(
          Kind.QUIET,
          account,
          "will not be read until "
              + seconds(account.quietUntil())
              + ": ClickSpeak asked for no requests before then (HTTP 429). Lower"
              + " clickspeak.requests-per-minute if this happens again.",
          null);
    }
    if (account.lapsed()
        || (account.polled() && older(renewed(account), rules.lease().dividedBy(3).plus(GRACE)))) {
      clickSpeak(
          Kind.NOT_POLLED,
          account,
          "has not been polled since "
              + seconds(renewed(account))
              + ": its service died, hangs, or cannot write to the ledger. Look at its log, free"
              + " the ledger's disk if it is full, and restart it.",
          renewed(account));
    } else if (account.polled() && account.paused() == null && account.trouble() == null) {
      passes(account);
    }
    if (account.unreadable() > 0) {
      clickSpeak(
          Kind.UNREADABLE,
          account,
          "lists "
              + counted(account.unreadable(), "record")
              + (account.unreadable() >= account.records()
                  ? ", none of which can be read"
                  : ", of " + account.records() + " in all, that cannot be read")
              + ": look the calls up in ClickSpeak, and report the answer of /user/calls; the"
              + " ledger's table set_aside has the reasons.",
          null);
    }
    if (account.undated() > 0) {
      clickSpeak(
          Kind.UNDATED,
          account,
          "lists "
              + counted(account.undated(), "call")
              + " whose created_at cannot be read; they count as older than the start and are not"
              + " judged: lead-routes backfill judges the calls of a range of days.",
          null);
    }
    if (account.clockAhead() != null
        && account.clockAhead().abs().compareTo(WRONG_CLOCK) > 0
        && account.trouble() == null) {
      clickSpeak(
          Kind.CLOCK,
          account,
          "shows a different time than the ledger, whose clock is "
              + TimeSpan.said(account.clockAhead())
              + (account.clockAhead().isNegative() ? " behind" : " ahead")
              + ": correct the clock of this machine (or of the ledger's database), because it"
              + " decides which days are read.",
          null);
    }
    if (account.remark() != null && account.trouble() == null) {
      clickSpeak(Kind.INCOMPLETE, account, "is not read completely: " + account.remark(), null);
    }
    if (account.backfill() != null) {
      clickSpeak(
          Kind.BACKFILL, account, "has a backfill that is stuck: " + account.backfill(), null);
    }
  }

  /** The first whole reading of a long list may take its time, as long as requests are made. */
  private void passes(AccountVitals account) {
    Instant last = later(account.readAt(), account.beganAt());
    Duration most = longer(MINUTE, rules.period().multipliedBy(3));
    boolean asks = account.requestedAt() != null && !older(account.requestedAt(), MINUTE);
    if (older(last, asks ? longer(most, rules.fullPeriod()) : most)) {
      clickSpeak(
          Kind.NO_PASS_ENDS,
          account,
          "has completed no pass since "
              + seconds(last)
              + (asks
                  ? ": its list is too long for the allowed requests. Raise"
                      + " clickspeak.requests-per-minute and clickspeak.per-page, or lower"
                      + " poll.look-back."
                  : ", and no request is made. Restart the service, and report its log."),
          last);
    }
  }

  private void rule(AccountVitals account) {
    if (account.startAt() != null && account.startAt().isAfter(now)) {
      add(
          Kind.STARTS_LATER,
          "rule",
          account.name(),
          "lets through no call created before "
              + seconds(account.startAt())
              + ", which is still to come: poll.start, or the clock of the first start, was wrong."
              + " lead-routes backfill --from DAY delivers what was left out.",
          null);
    }
    if (account.notJudged() > 0) {
      add(
          Kind.NOT_JUDGED,
          "rule",
          account.name(),
          "fails for "
              + counted(account.notJudged(), "call")
              + ", which are judged again in each pass: "
              + account.judgeError()
              + " Correct routes/judge-call.camel.yaml, or the filter it names.",
          null);
    }
    if (account.judgedLeads() == 0 && account.judgedCalls() >= CALLS_WITHOUT_LEAD) {
      add(
          Kind.NO_LEAD,
          "rule",
          account.name(),
          "found no lead among "
              + account.judgedCalls()
              + " calls"
              + rejected(vitals.rejectedBy().getOrDefault(account.id(), Map.of()))
              + ": lead-routes preview shows the variables and values that calls have; compare"
              + " them with lead.outcome.variables, lead.outcome.values and lead.filters.",
          null);
    }
  }

  private static String rejected(Map<String, Integer> filters) {
    return filters.isEmpty()
        ? ""
        : filters.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .map(filter -> filter.getKey() + " rejected " + filter.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private void sink(AccountVitals account, SinkVitals sink) {
    if (sink.paused() != null) {
      add(Kind.SINK_PAUSED, sink, account, "is paused: " + sink.paused(), sink.troubleSince());
    } else if (sink.failures() > 0 && lasts(sink.troubleSince())) {
      String said = sink.trouble() == null ? "no reason is known." : sink.trouble();
      add(
          Kind.SINK_DOWN,
          sink,
          account,
          "has received nothing since " + seconds(sink.troubleSince()) + ": " + said,
          sink.troubleSince());
    } else if (sink.failures() == 0) {
      waiting(account, sink);
    }
    if (sink.held() > 0 && lasts(sink.heldSince())) {
      add(
          Kind.CHANGES_HELD,
          sink,
          account,
          "refuses " + sink.held() + " changed leads, which are held: " + sink.heldReason(),
          sink.heldSince());
    }
    if (sink.dead() > 0) {
      add(
          Kind.DEAD_LETTERS,
          sink,
          account,
          "has "
              + sink.dead()
              + " dead letters: lead-routes dead-letters list says why; correct the cause, then"
              + " replay or discard them.",
          null);
    }
  }

  private void waiting(AccountVitals account, SinkVitals sink) {
    String last =
        sink.reason() != null
            ? " The last attempt said: " + sink.reason()
            : account.ruleChanged()
                ? " The rule has changed: what another rule judged waits until the account has been"
                    + " read to its end."
                : "";
    Instant moved = later(sink.lastArrival(), account.beganAt());
    Instant stands = later(sink.oldest(), moved);
    Instant unknown = later(sink.oldestLookedUp(), moved);
    if (sink.waiting() > 0 && older(stands, STUCK)) {
      add(
          Kind.NOTHING_ARRIVES,
          sink,
          account,
          "has "
              + sink.waiting()
              + " leads waiting; none has arrived since "
              + seconds(stands)
              + "."
              + last,
          stands);
    } else if (sink.lookedUp() > 0 && older(unknown, LOOKED_UP)) {
      add(
          Kind.NOTHING_ARRIVES,
          sink,
          account,
          "has "
              + sink.lookedUp()
              + " leads that may have been delivered; none has been found or sent since "
              + seconds(unknown)
              + "."
              + last,
          unknown);
    } else if (sink.retried() > 0) {
      add(
          Kind.TRIED_AGAIN,
          sink,
          account,
          "has " + sink.retried() + " leads that failed three times or more." + last,
          sink.oldest());
    }
  }

  private Instant renewed(AccountVitals account) {
    return account.heldUntil() == null ? null : account.heldUntil().minus(rules.lease());
  }

  private static String counted(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private void clickSpeak(Kind kind, AccountVitals account, String reason, Instant since) {
    add(kind, "clickspeak", account.name(), reason, since);
  }

  private void add(
      Kind kind, SinkVitals sink, AccountVitals account, String reason, Instant since) {
    add(kind, sink.sink(), account.name(), reason, since);
  }

  private void add(Kind kind, String door, String account, String reason, Instant since) {
    found.add(new Issue(kind, door, account, reason, since));
  }

  /** What began in time to come began by a clock that was wrong: nobody knows for how long. */
  private boolean lasts(Instant since) {
    return older(since, GRACE) || (since != null && since.isAfter(now.plus(MINUTE)));
  }

  private boolean older(Instant than, Duration age) {
    return than != null && than.plus(age).isBefore(now);
  }

  private static Instant later(Instant a, Instant b) {
    return Stream.of(a == null ? Instant.MIN : a, b == null ? Instant.MIN : b)
        .max(Instant::compareTo)
        .filter(instant -> instant.isAfter(Instant.MIN))
        .orElse(null);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }
}
