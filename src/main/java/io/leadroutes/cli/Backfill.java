package io.leadroutes.cli;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Accounts;
import io.leadroutes.ledger.Job;
import io.leadroutes.ledger.Jobs;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.poll.Source;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Calls of a date range, judged by the present rule, also those before {@code poll.start}. */
@Command(
    name = "backfill",
    description = {
      "Judges the calls of a date range by the rule of the running service, including those from"
          + " before poll.start, and delivers their leads.",
      "The service does the work, after live calls and within the same request budget. If you"
          + " interrupt this command, the service carries on; run it again to see the progress.",
      "With --cancel it ends unfinished backfills and withdraws what they found from before"
          + " poll.start and has not been sent; what was sent stays."
    },
    mixinStandardHelpOptions = true)
final class Backfill implements Callable<Integer> {

  private static final long LOOK_MILLIS = 500;
  private static final int BAR = 20;

  @Option(names = "--from", description = "First day, such as 2026-01-31.")
  private String from;

  @Option(names = "--to", description = "Last day, included (default: today).")
  private String to;

  @Option(
      names = "--sinks",
      split = ",",
      description = "Deliver to these sinks only, such as salesforce,file.")
  private List<String> sinks = List.of();

  @Option(names = "--account", description = "Only this account (default: all).")
  private String account;

  @Option(
      names = "--dry-run",
      description = "Shows what the present filters would do; delivers nothing.")
  private boolean dryRun;

  @Option(
      names = "--cancel",
      description = "Ends unfinished backfills; takes no days and no sinks.")
  private boolean cancel;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Path directory = commands.directory();
    Settings settings = commands.settings();
    PrintWriter out = spec.commandLine().getOut();
    List<String> names = Days.accounts(settings, account);
    if (cancel) {
      cancel(settings, names, out);
      return 0;
    }
    if (from == null) {
      throw new SettingsException("--from is missing: name the first day, as --from 2026-01-31.");
    }
    LocalDate first = Days.day("--from", from);
    names.forEach(name -> checkSinks(settings.forAccount(name)));
    if (dryRun) {
      boolean whole = true;
      for (String name : names) {
        LocalDate last = last(settings.forAccount(name), first);
        whole &= Preview.show(settings, directory, name, first, last, out);
      }
      return whole ? 0 : 1;
    }
    try (Ledger ledger = Ledger.openBeside(settings)) {
      Accounts accounts = new Accounts(ledger);
      Jobs jobs = new Jobs(ledger);
      record Waiting(String name, Account account, long job) {}
      List<Waiting> all = new ArrayList<>();
      for (String name : names) {
        Settings own = settings.forAccount(name);
        Account known = accounts.account(name, Source.baseUrl(own), null);
        all.add(new Waiting(name, known, jobs.add(known, first, last(own, first), sinks)));
      }
      boolean done = true;
      for (Waiting waiting : all) {
        Leases leases = new Leases(ledger);
        done &= watch(waiting.name(), waiting.account(), waiting.job(), jobs, leases, out);
      }
      return done ? 0 : 1;
    }
  }

  private void cancel(Settings settings, List<String> names, PrintWriter out) {
    if (from != null || to != null || !sinks.isEmpty() || dryRun) {
      throw new SettingsException(
          "--cancel ends all backfills of an account: leave out --from, --to, --sinks and"
              + " --dry-run.");
    }
    try (Ledger ledger = Ledger.openBeside(settings)) {
      Accounts accounts = new Accounts(ledger);
      Jobs jobs = new Jobs(ledger);
      for (String name : names) {
        Settings own = settings.forAccount(name);
        Account known = accounts.account(name, Source.baseUrl(own), null);
        Jobs.Cancelled cancelled = jobs.cancel(known, own.zone(Keys.CLICKSPEAK_TIME_ZONE));
        cancelled
            .jobs()
            .forEach(
                job ->
                    out.printf(
                        Locale.ROOT,
                        "Account %s: the backfill from %s to %s is cancelled; %d calls were read,"
                            + " %d leads found.%n",
                        name,
                        job.from(),
                        job.to(),
                        job.calls(),
                        job.leads()));
        out.printf(
            Locale.ROOT,
            cancelled.jobs().isEmpty()
                ? "Account %s: there is no backfill to cancel.%n"
                : "Account %s: %d waiting deliveries are withdrawn; what was sent stays.%n",
            name,
            cancelled.deliveries());
      }
    }
    out.flush();
  }

  private LocalDate last(Settings own, LocalDate first) {
    LocalDate last =
        to == null ? LocalDate.now(own.zone(Keys.CLICKSPEAK_TIME_ZONE)) : Days.day("--to", to);
    Days.checkOrder(first, last);
    return last;
  }

  private void checkSinks(Settings own) {
    List<String> known = own.list(Keys.LEAD_SINKS);
    for (String sink : sinks) {
      if (!known.contains(sink)) {
        throw new SettingsException(
            "--sinks names '"
                + sink
                + "', which is not in lead.sinks: name some of "
                + String.join(", ", known)
                + ".");
      }
    }
  }

  /**
   * Shows the progress until the job is done: a bar on a terminal, otherwise lines.
   *
   * @return false where it was cancelled
   */
  private static boolean watch(
      String name, Account account, long id, Jobs jobs, Leases leases, PrintWriter out)
      throws InterruptedException {
    String said = null;
    boolean terminal = System.console() != null;
    Job job = jobs.job(id);
    while (true) {
      job = jobs.job(id);
      String line = line(name, job, leases.held(account));
      if (terminal) {
        // Over the line before, of which nothing stays.
        out.print("\r" + bar(job) + " " + line + "\u001b[K");
      } else if (!Objects.equals(line, said)) {
        out.println(line);
      }
      out.flush();
      said = line;
      if (job.ended()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    if (terminal) {
      out.println();
    }
    return !job.cancelled();
  }

  private static String bar(Job job) {
    int drawn = (int) (BAR * done(job) / days(job));
    return "[" + "#".repeat(drawn) + ".".repeat(BAR - drawn) + "]";
  }

  private static String line(String name, Job job, boolean polled) {
    String line =
        String.format(
            Locale.ROOT,
            "Account %s: %d of %d days, %d calls read, %d leads",
            name,
            done(job),
            days(job),
            job.calls(),
            job.leads());
    if (job.ended()) {
      return line + (job.cancelled() ? ", cancelled." : ", done.");
    }
    if (!polled) {
      return line + "; waiting for a service: start one with lead-routes run.";
    }
    return job.remark() == null ? line : line + "; " + job.remark();
  }

  private static long days(Job job) {
    return ChronoUnit.DAYS.between(job.from(), job.to()) + 1;
  }

  private static long done(Job job) {
    return job.ended() && !job.cancelled()
        ? days(job)
        : Math.min(days(job), Math.max(0, ChronoUnit.DAYS.between(job.from(), job.next()) - 1));
  }
}
