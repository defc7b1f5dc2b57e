package io.leadroutes.cli;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Accounts;
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
      "Tries a paused or waiting sink now: with one lead while it is in trouble, and with the"
          + " others once that one has arrived.",
      "The running service does it. Corrected settings need a restart, which tries paused sinks by"
          + " itself."
    },
    mixinStandardHelpOptions = true)
final class Retry implements Callable<Integer> {

  @Option(names = "--sink", required = true, description = "The sink, such as salesforce.")
  private String sink;

  @Option(names = "--account", description = "Only this account (default: all).")
  private String account;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = commands.settings();
    PrintWriter out = spec.commandLine().getOut();
    try (Ledger ledger = Ledger.openBeside(settings)) {
      Accounts accounts = new Accounts(ledger);
      Retries retries = new Retries(ledger);
      for (String name : Days.withSink(settings, Days.accounts(settings, account), sink)) {
        Account known = accounts.account(name, Source.baseUrl(settings.forAccount(name)), null);
        say(out, name, retries.retry(known, sink));
      }
    }
    out.flush();
    return 0;
  }

  private void say(PrintWriter out, String name, Retries.Waiting waiting) {
    String why = waiting.paused() != null ? waiting.paused() : waiting.trouble();
    if (waiting.deliveries() == 0) {
      out.printf(Locale.ROOT, "Account %s: nothing is waiting for %s.%n", name, sink);
    } else if (why == null) {
      out.printf(
          Locale.ROOT,
          "Account %s: %s is not in trouble; %d leads are waiting for their turn, including those"
              + " that were to be retried later.%n",
          name,
          sink,
          waiting.deliveries());
    } else {
      out.printf(
          Locale.ROOT,
          "Account %s: %s is tried now with one lead; %d are waiting. It %s: %s%n",
          name,
          sink,
          waiting.deliveries(),
          waiting.paused() != null ? "is paused" : "was backing off",
          why);
    }
  }
}
