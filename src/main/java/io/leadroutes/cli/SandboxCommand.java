package io.leadroutes.cli;

import io.leadroutes.sandbox.ClickSpeak;
import io.leadroutes.sandbox.Sandbox;
import io.leadroutes.settings.SettingsException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * ClickSpeak, Salesforce and Slack on this machine, to try a configuration, a rule or a sink on.
 */
@Command(
    name = "sandbox",
    description = {
      "Stand-ins for ClickSpeak, Salesforce and Slack on this machine, to try out a configuration,"
          + " a rule or a sink. Prints the lines for application.properties that point a service at"
          + " them, and runs until Ctrl-C.",
      "Open the addresses of Salesforce and Slack in a browser to see what arrived."
    },
    mixinStandardHelpOptions = true)
final class SandboxCommand implements Callable<Integer> {

  @Option(
      names = "--port",
      description =
          "ClickSpeak's port; Salesforce and Slack get the next two (default: any three that are"
              + " free).")
  private int port;

  @Option(
      names = "--calls",
      description = "How many finished calls of the last 24 hours there are (default: none).")
  private int calls;

  @Option(
      names = "--leads",
      description = "How many of them are qualified leads (default: a fifth).")
  private Integer leads;

  @Option(
      names = "--seed",
      description = "The same number makes the same calls (default: 1).",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--no-live",
      description =
          "No calls come in; otherwise there are 30 of today, and one comes in every 2 s.")
  private boolean quiet;

  @Option(
      names = "--requests-per-minute",
      description = "ClickSpeak answers 429 beyond this (default: no limit).")
  private int limit;

  @Option(
      names = "--stop-after",
      description = "Ends by itself after this many seconds; otherwise Ctrl-C ends it.")
  private long stopAfterSeconds;

  @Option(
      names = "--history",
      hidden = true,
      description =
          "Instead of all others: this many calls from 2025-01-01 on, made as they are read.")
  private int history;

  @Option(names = "--calls-per-day", hidden = true, defaultValue = "2500")
  private int callsPerDay;

  @Option(names = "--leads-per-1000", hidden = true, defaultValue = "20")
  private int leadsPerThousand;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    try (Sandbox sandbox = start()) {
      fill(sandbox.clickSpeak());
      print(sandbox, spec.commandLine().getOut());
      if (stopAfterSeconds > 0) {
        TimeUnit.SECONDS.sleep(stopAfterSeconds);
      } else {
        Thread.currentThread().join();
      }
    }
    return 0;
  }

  private Sandbox start() {
    if (port < 0 || port > 65_533) {
      throw new SettingsException(
          "--port=" + port + " leaves no room for three ports: write one from 1 to 65533.");
    }
    try {
      return Sandbox.start(port);
    } catch (UncheckedIOException e) {
      throw new SettingsException("--port: " + e.getMessage() + ".");
    }
  }

  private void fill(ClickSpeak clickSpeak) {
    int qualified = leads == null ? calls / 5 : leads;
    if (calls < 0 || qualified < 0 || qualified > calls) {
      throw new SettingsException(
          "--leads=" + qualified + " of --calls=" + calls + " cannot be: write fewer leads.");
    }
    if (history > 0) {
      clickSpeak.history(history, callsPerDay, leadsPerThousand);
      return;
    }
    clickSpeak.population(calls, qualified, seed);
    if (limit > 0) {
      clickSpeak.limit(limit, Duration.ofMinutes(1));
    }
    if (!quiet) {
      clickSpeak.live();
    }
  }

  /** Properties and their comments, as they may stand in a file, and an empty line at the end. */
  private static void print(Sandbox sandbox, PrintWriter out) {
    out.println("# A sandbox: it runs until Ctrl-C, and nothing of it leaves this machine.");
    out.println("# What arrived: " + sandbox.salesforce().root() + "/ (Salesforce)");
    out.println("#               " + sandbox.slack().root() + "/ (Slack)");
    sandbox.settings().forEach((key, value) -> out.println(key + "=" + value));
    out.println("# All calls count, and the list is read every second.");
    out.println("poll.start=all");
    out.println("poll.period=1s");
    out.println("clickspeak.requests-per-minute=300");
    out.println("clickspeak.requests-per-10-seconds=100");
    out.println();
    out.flush();
  }
}
