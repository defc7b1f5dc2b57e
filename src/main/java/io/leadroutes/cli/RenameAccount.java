package io.leadroutes.cli;

import io.leadroutes.ledger.Accounts;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Another name for an account, whose leads keep their keys. */
@Command(
    name = "rename-account",
    description = {
      "Gives an account another name in the ledger. Its leads keep their keys, so nothing is"
          + " delivered again.",
      "Stop the service first. The command then says what to change in the settings."
    },
    mixinStandardHelpOptions = true)
final class RenameAccount implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "OLD", description = "Its present name.")
  private String from;

  @Parameters(index = "1", paramLabel = "NEW", description = "Its new name, made of a-z and 0-9.")
  private String to;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = commands.settings();
    Settings.checkAccountName("rename-account", to);
    String leadKey;
    // Alone on the file: a running service would go on with the old name.
    try (Ledger ledger = Ledger.openAlone(settings)) {
      leadKey = new Accounts(ledger).rename(from, to);
    }
    say(settings, leadKey);
    return 0;
  }

  private void say(Settings settings, String leadKey) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "Account %s is now called %s; the keys of its leads still begin with %s-.%n",
        from,
        to,
        leadKey);
    out.println("Before the next start:");
    if (settings.list(Keys.CLICKSPEAK_ACCOUNTS).contains(from)) {
      out.printf(Locale.ROOT, "  In clickspeak.accounts write %s instead of %s.%n", to, from);
    } else if (!settings.list(Keys.CLICKSPEAK_ACCOUNTS).contains(to)) {
      out.printf(Locale.ROOT, "  Add %s to clickspeak.accounts.%n", to);
    }
    String prefix = "clickspeak.account." + from + ".";
    List<String> keys =
        settings.asProperties().stringPropertyNames().stream()
            .filter(key -> key.startsWith(prefix))
            .sorted()
            .toList();
    for (String key : keys) {
      String renamed = "clickspeak.account." + to + "." + key.substring(prefix.length());
      out.printf(Locale.ROOT, "  Write %s instead of %s.%n", renamed, key);
    }
    out.printf(
        Locale.ROOT,
        "  In the environment write %s… instead of %s… where such variables are set.%n",
        variables(to),
        variables(from));
    out.flush();
  }

  private static String variables(String account) {
    return "CLICKSPEAK_ACCOUNT_" + account.toUpperCase(Locale.ROOT) + "_";
  }
}
