package io.leadroutes.cli;

import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Accounts;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Resends;
import io.leadroutes.poll.Source;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Delivers leads again that were delivered, after a mapping was corrected. */
@Command(
    name = "resend",
    description = {
      "Delivers leads again after a mapping was corrected: Salesforce updates the record, Slack"
          + " edits the message, the file gets a line with the next version.",
      "The running service sends them, or the next one to start; it must run with the corrected"
          + " mapping."
    },
    mixinStandardHelpOptions = true)
final class Resend implements Callable<Integer> {

  @Option(names = "--sink", required = true, description = "The sink, such as salesforce.")
  private String sink;

  @Option(
      names = "--from",
      required = true,
      description = "Calls created on or after this day, such as 2026-01-31.")
  private String from;

  @Option(names = "--account", description = "Only this account (default: all).")
  private String account;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = commands.settings();
    PrintWriter out = spec.commandLine().getOut();
    LocalDate first = Days.day("--from", from);
    List<String> names = Days.withSink(settings, Days.accounts(settings, account), sink);
    try (Ledger ledger = Ledger.openBeside(settings)) {
      Accounts accounts = new Accounts(ledger);
      Resends resends = new Resends(ledger);
      for (String name : names) {
        Settings own = settings.forAccount(name);
        Account known = accounts.account(name, Source.baseUrl(own), null);
        say(
            out,
            name,
            resends.resend(
                known, sink, first.atStartOfDay(own.zone(Keys.CLICKSPEAK_TIME_ZONE)).toInstant()));
      }
    }
    out.flush();
    return 0;
  }

  private void say(PrintWriter out, String name, Resends.Resent resent) {
    out.printf(
        Locale.ROOT,
        "Account %s: %d leads will be sent to %s again.%n",
        name,
        resent.again(),
        sink);
    if (resent.gone() > 0) {
      out.printf(
          Locale.ROOT,
          "Account %s: %d leads stay as they are: their data was removed (ledger.retention).%n",
          name,
          resent.gone());
    }
  }
}
