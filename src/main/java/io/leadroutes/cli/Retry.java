package io.leadroutes.cli;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Retries;
import io.leadroutes.poll.Source;
import io.leadroutes.settings.Settings;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tries a sink now that is paused or waits for another attempt. */
@Command(
    name = "retry",
    description = {
      "Has a sink tried now that is paused or waits for another attempt, instead of at its time:"
          + " with one lead while it is in trouble, and with the others as soon as that one"
          + " arrives.",
      "The running service does it. What was corrected in the settings needs a restart, which tries"
          + " paused sinks by itself."
    },
    mixinStandardHelpOptions = true)
final class Retry implements Callable<Integer> {

  @Option(names = "--sink", required = true, description = "The sink, as salesforce.")
  private String sink;

  @Option(names = "--account", description = "Of this account only; otherwise of all.")
  private String account;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = commands.settings();
    PrintWriter out = spec.commandLine().getOut();
    try (Ledger ledger = Ledger.openBeside(settings)) {
      Calls calls = new Calls(ledger);
      Retries retries = new Retries(ledger);
      for (String name : Days.withSink(settings, Days.accounts(settings, account), sink)) {
        Account known = calls.account(name, Source.baseUrl(settings.forAccount(name)), null);
        say(out, name, retries.retry(known, sink));
      }
    }
    out.flush();
    return 0;
  }

  private void say(PrintWriter out, String name, Retries.Waiting waiting) {
    String why = waiting.paused() != null ? waiting.paused() : waiting.trouble();
    if (waiting.deliveries() == 0) {
      out.printf(Locale.ROOT, "Account %s: nothing waits for %s.%n", name, sink);
    } else if (why == null) {
      out.printf(
          Locale.ROOT,
          "Account %s: %s is not in trouble; %d leads wait for their turn, with those that were to"
              + " be tried again later.%n",
          name,
          sink,
          waiting.deliveries());
    } else {
      out.printf(
          Locale.ROOT,
          "Account %s: %s is tried now with one lead, %d wait. It %s: %s%n",
          name,
          sink,
          waiting.deliveries(),
          waiting.paused() != null ? "is paused" : "had to wait",
          why);
    }
  }
}
