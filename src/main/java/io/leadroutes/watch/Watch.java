package io.leadroutes.watch;

import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.LedgerTrouble;
import io.leadroutes.ledger.Vitals;
import io.leadroutes.log.Trace;
import io.leadroutes.watch.Issue.Key;
import io.leadroutes.watch.Issue.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds at what keeps leads from coming or going, in a thread of its own that
 * leans on no route. Each issue has one line in the log when it begins and one when it ends; {@link
 * #issues} are those of the last look.
 */
public final class Watch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final WatchRules rules;
  private ScheduledExecutorService looks;
  private volatile List<Issue> issues = List.of();

  public Watch(Ledger ledger, WatchRules rules) {
    this.ledger = ledger;
    this.rules = rules;
  }

  /** Begins to look. */
  public void start() {
    looks =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "watch");
              thread.setDaemon(true);
              return thread;
            });
    looks.scheduleWithFixedDelay(
        this::look, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What is in the way of leads in a ledger, for a command beside a service or without one. */
  public static List<Issue> issues(Ledger ledger, WatchRules rules) {
    return Issues.of(Vitals.of(ledger, rules.sinks().keySet(), rules.lookBack().toMillis()), rules);
  }

  /** What was in the way at the last look, a few seconds ago. */
  public List<Issue> issues() {
    return issues;
  }

  private void look() {
    List<Issue> now = new ArrayList<>();
    try {
      now.addAll(issues(ledger, rules));
      ledger.trouble().ifPresent(trouble -> now.add(0, ledger(trouble)));
    } catch (RuntimeException e) {
      // What was in the way is so still, as far as anybody knows.
      now.addAll(issues);
      now.removeIf(issue -> issue.kind() == Kind.LEDGER);
      String trouble = LedgerTrouble.in(e);
      now.add(0, ledger(trouble == null ? "It cannot be read: " + Trace.of(e) : trouble));
    }
    say(issues, now);
    issues = List.copyOf(now);
  }

  private static Issue ledger(String trouble) {
    return new Issue(Kind.LEDGER, "ledger", null, "fails: " + trouble, null);
  }

  private static void say(List<Issue> before, List<Issue> now) {
    Map<Key, Issue> over = new LinkedHashMap<>();
    before.forEach(issue -> over.put(issue.key(), issue));
    for (Issue issue : now) {
      boolean begins = over.remove(issue.key()) == null;
      if (begins && !issue.kind().isSaidWhereItHappens()) {
        LOG.warn("Needs a person: {}", issue);
      }
    }
    for (Issue issue : over.values()) {
      if (!issue.kind().isSaidWhereItHappens()) {
        LOG.info("No longer needs a person: {} ({})", issue.where(), issue.kind().word());
      }
    }
  }

  @Override
  public void close() {
    if (looks != null) {
      looks.shutdownNow();
    }
  }
}
