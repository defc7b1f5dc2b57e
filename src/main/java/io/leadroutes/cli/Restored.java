package io.leadroutes.cli;

import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Restores;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** After the ledger was restored from a backup: look-ups before posts. */
@Command(
    name = "restored",
    description = {
      "Run this after the ledger was restored from a backup: what may have been delivered since"
          + " counts as unknown and is looked up before anything is sent again.",
      "Stop the service first; start it after this command."
    },
    mixinStandardHelpOptions = true)
final class Restored implements Callable<Integer> {

  @Option(
      names = "--since",
      required = true,
      description = {
        "When the backup was made, or earlier: a day such as 2026-01-31 (from its beginning, in"
            + " clickspeak.time-zone), or an instant such as 2026-01-31T03:00:00Z."
      })
  private String since;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = commands.settings();
    Instant from = instant(settings);
    Restores.Restored restored;
    // Alone on the file: a running service would post what it believes to be new.
    try (Ledger ledger = Ledger.openAlone(settings)) {
      restored = new Restores(ledger).restored(from);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "What may have been delivered since %s counts as unknown:%n",
        restored.since());
    out.printf(
        Locale.ROOT,
        "  %d deliveries that were waiting when the backup was made,%n",
        restored.deliveries());
    out.println("  and the leads of all calls up to now that this ledger does not know yet.");
    out.println(
        "They are looked up before they are sent; where a sink cannot look up, they become dead"
            + " letters that say \"may have been delivered\".");
    out.println("Start the service now.");
    out.flush();
    return 0;
  }

  private Instant instant(Settings settings) {
    if (since.indexOf('T') < 0) {
      return Days.day("--since", since)
          .atStartOfDay(settings.zone(Keys.CLICKSPEAK_TIME_ZONE))
          .toInstant();
    }
    try {
      Instant instant = OffsetDateTime.parse(since).toInstant();
      if (instant.isAfter(Instant.EPOCH)) {
        return instant;
      }
    } catch (DateTimeException e) {
      // answered below
    }
    throw new SettingsException(
        "--since="
            + since
            + " is neither a day nor an instant: write one such as 2026-01-31 or"
            + " 2026-01-31T03:00:00Z.");
  }
}
