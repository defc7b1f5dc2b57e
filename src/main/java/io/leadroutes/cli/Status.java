package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Overview;
import io.leadroutes.ledger.Overview.AccountState;
import io.leadroutes.ledger.Overview.BackfillState;
import io.leadroutes.ledger.Overview.LastPass;
import io.leadroutes.ledger.Overview.SinkState;
import io.leadroutes.settings.Settings;
import io.leadroutes.watch.Issue;
import io.leadroutes.watch.Watch;
import io.leadroutes.watch.WatchRules;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** How things stand, beside a running service or without one. */
@Command(
    name = "status",
    description = {
      "Shows passes, open calls, deliveries by sink and state, what is paused and why, and"
          + " backfills in progress.",
      "Exit code 1 when something needs a person: whatever keeps leads from coming or going, and"
          + " dead letters; otherwise 0."
    },
    mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {

  private static final int NEEDS_PERSON = 1;
  private static final String PASS = "  %-10s %10s %7s %9s %7s %9s  %s%n";
  private static final String SINK = "  %-12s %8s %8s %8s %10s %6s %10s  %s%n";

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws JsonProcessingException {
    Settings settings = commands.settings();
    List<String> configured = settings.accounts();
    PrintWriter out = spec.commandLine().getOut();
    Overview overview;
    List<Issue> issues;
    try (Ledger ledger = Ledger.openBeside(settings)) {
      // In this order: what is an issue by now shows in the overview too.
      issues = Watch.issues(ledger, WatchRules.of(settings));
      overview = Overview.of(ledger);
    }
    if (json) {
      out.println(StatusJson.of(overview, issues));
    } else {
      if (overview.accounts().isEmpty()) {
        out.println(
            "The ledger knows no account yet: start the service with lead-routes run, or check"
                + " ledger.url.");
      }
      overview.accounts().forEach(account -> say(account, configured, overview.at(), out));
      if (!issues.isEmpty()) {
        out.println("Something needs a person:");
        issues.forEach(issue -> out.println("  " + issue));
      }
    }
    out.flush();
    return issues.isEmpty() ? 0 : NEEDS_PERSON;
  }

  private static void say(
      AccountState account, List<String> configured, Instant now, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "Account %s: %s; %d open calls, %d records set aside%n",
        account.name(),
        account.polled()
            ? "polled"
            : configured.contains(account.name())
                ? "not polled: no service is running"
                : "not in clickspeak.accounts",
        account.openCalls(),
        account.setAside());
    if (account.paused() != null) {
      out.printf(Locale.ROOT, "  paused: %s%n", account.paused());
    }
    if (!account.passes().isEmpty()) {
      out.printf(Locale.ROOT, PASS, "pass", "began", "pages", "requests", "new", "changed", "");
    }
    account.passes().forEach(pass -> say(pass, now, out));
    if (!account.sinks().isEmpty()) {
      out.printf(
          Locale.ROOT,
          SINK,
          "sink",
          "pending",
          "sending",
          "unknown",
          "delivered",
          "dead",
          "cancelled",
          "oldest waits");
    }
    account.sinks().forEach(sink -> say(sink, now, out));
    account.sinks().stream()
        .filter(sink -> sink.trouble() != null)
        .forEach(sink -> sayTrouble(sink, now, out));
    account.backfills().forEach(backfill -> say(backfill, out));
  }

  private static void say(LastPass pass, Instant now, PrintWriter out) {
    String verdict = pass.refused() == null ? "accepted" : "not accepted: " + pass.refused();
    out.printf(
        Locale.ROOT,
        PASS,
        pass.kind(),
        length(pass.startedAt(), now) + " ago",
        pass.pages(),
        pass.requests(),
        pass.newCalls(),
        pass.changed(),
        pass.remark() == null ? verdict : verdict + "; " + pass.remark());
  }

  private static void say(SinkState sink, Instant now, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        SINK,
        sink.sink(),
        sink.count("pending"),
        sink.count("sending"),
        sink.count("unknown"),
        sink.count("delivered"),
        sink.count("dead"),
        sink.count("cancelled"),
        sink.oldest() == null ? "-" : length(sink.oldest(), now));
  }

  private static void sayTrouble(SinkState sink, Instant now, PrintWriter out) {
    Instant next = sink.trouble().nextTry();
    out.printf(
        Locale.ROOT,
        "  %s %s since %s: %s Next try %s.%n",
        sink.sink(),
        sink.trouble().paused() ? "is paused" : "is backing off",
        sink.trouble().since().truncatedTo(ChronoUnit.SECONDS),
        sink.trouble().reason(),
        next.isAfter(now) ? "in " + length(now, next) : "with the next lead");
  }

  private static void say(BackfillState backfill, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "  backfill %s to %s%s: all before %s is done, %d calls read, %d leads%s%n",
        backfill.from(),
        backfill.to(),
        backfill.sinks().isEmpty() ? "" : " for " + String.join(", ", backfill.sinks()),
        backfill.next(),
        backfill.calls(),
        backfill.leads(),
        backfill.remark() == null ? "" : "; " + backfill.remark());
  }

  /** As durations are written in the settings, in the one unit that matters. */
  private static String length(Instant from, Instant to) {
    Duration length = Duration.between(from, to);
    if (length.compareTo(Duration.ofMinutes(2)) < 0) {
      return Math.max(0, length.toSeconds()) + "s";
    }
    if (length.compareTo(Duration.ofHours(2)) < 0) {
      return length.toMinutes() + "m";
    }
    return length.compareTo(Duration.ofDays(2)) < 0
        ? length.toHours() + "h"
        : length.toDays() + "d";
  }
}
