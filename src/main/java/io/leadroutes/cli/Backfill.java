package io.leadroutes.cli;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Job;
import io.leadroutes.ledger.Jobs;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.poll.Source;
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
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Calls of a date range, judged by the present rule, also those before {@code poll.start}. */
@Command(
    name = "backfill",
    description = {
      "Has the calls of a date range judged by the rule of the running service, also those from"
          + " before poll.start, and their leads delivered.",
      "It is worked by the service, after live calls and within the same request budget. When this"
          + " command is interrupted the service goes on; the same command shows the progress"
          + " again."
    },
    mixinStandardHelpOptions = true)
final class Backfill implements Callable<Integer> {

  private static final long LOOK_MILLIS = 500;

  @Option(names = "--from", required = true, description = "First day, as 2026-01-31.")
  private String from;

  @Option(names = "--to", description = "Last day, included (default: today).")
  private String to;

  @Option(
      names = "--sinks",
      split = ",",
      description = "Deliver to these sinks only, as salesforce,file; the others are left out.")
  private List<String> sinks = List.of();

  @Option(names = "--account", description = "Of this account only; otherwise of all.")
  private String account;

  @Option(
      names = "--dry-run",
      description = "Shows what the present filters would do, and delivers nothing.")
  private boolean dryRun;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Path directory = commands.directory();
    Settings settings = commands.settings();
    PrintWriter out = spec.commandLine().getOut();
    List<String> names = Days.accounts(settings, account);
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
      Calls calls = new Calls(ledger);
      Jobs jobs = new Jobs(ledger);
      record Waiting(String name, Account account, long job) {}
      List<Waiting> all = new ArrayList<>();
      for (String name : names) {
        Settings own = settings.forAccount(name);
        Account known = calls.account(name, Source.baseUrl(own), null);
        all.add(new Waiting(name, known, jobs.add(known, first, last(own, first), sinks)));
      }
      for (Waiting waiting : all) {
        watch(waiting.name(), waiting.account(), waiting.job(), jobs, new Leases(ledger), out);
      }
      return 0;
    }
  }

  private LocalDate last(Settings own, LocalDate first) {
    LocalDate last =
        to == null ? LocalDate.now(own.zone("clickspeak.time-zone")) : Days.day("--to", to);
    Days.checkOrder(first, last);
    return last;
  }

  private void checkSinks(Settings own) {
    List<String> known = own.list("lead.sinks");
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

  /** Shows the progress until the job is done: a bar on a terminal, otherwise lines. */
  private static void watch(
      String name, Account account, long id, Jobs jobs, Leases leases, PrintWriter out)
      throws InterruptedException {
    String said = null;
    boolean terminal = System.console() != null;
    Job job = jobs.job(id);
    try (ProgressBar bar = terminal ? bar(name, job) : null) {
      while (true) {
        job = jobs.job(id);
        String line = line(name, job, leases.held(account));
        if (bar != null) {
          bar.stepTo(done(job));
          bar.setExtraMessage(job.leads() + " leads");
        } else if (!Objects.equals(line, said)) {
          out.println(line);
          out.flush();
        }
        said = line;
        if (job.ended()) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    }
    if (terminal) {
      out.println(said);
      out.flush();
    }
  }

  private static ProgressBar bar(String name, Job job) {
    return new ProgressBarBuilder()
        .setTaskName("Account " + name)
        .setInitialMax(days(job))
        .setUnit(" days", 1)
        .build();
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
      return line + ", done.";
    }
    if (!polled) {
      return line + "; waits for a service: start one with lead-routes run.";
    }
    return job.remark() == null ? line : line + "; " + job.remark();
  }

  private static long days(Job job) {
    return ChronoUnit.DAYS.between(job.from(), job.to()) + 1;
  }

  private static long done(Job job) {
    return job.ended()
        ? days(job)
        : Math.min(days(job), Math.max(0, ChronoUnit.DAYS.between(job.from(), job.next()) - 1));
  }
}
