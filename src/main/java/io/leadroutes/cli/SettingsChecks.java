package io.leadroutes.cli;

import io.leadroutes.console.Gate;
import io.leadroutes.judge.Judge;
import io.leadroutes.poll.Source;
import io.leadroutes.salesforce.SalesforceSink;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Reads all settings of a start before anything is opened, so that whatever is wrong with them is
 * said at once; the sinks' own are read where they are bound.
 */
final class SettingsChecks {

  private static final int REQUESTS_OF_AN_ATTEMPT = 3;

  private SettingsChecks() {}

  /**
   * Collects what is wrong.
   *
   * @param settings that collect mistakes
   */
  static void run(Settings settings, RouteFiles files) {
    settings.checkKinds();
    if (files.mistakes().isEmpty()) {
      settings.checkKeysOfOthers(files.text());
    }
    settings.attempt(() -> new Judge(settings, ""));
    settings.attempt(
        () -> settings.accounts().forEach(account -> Source.check(settings.forAccount(account))));
    settings.attempt(() -> sinks(settings));
    settings.attempt(() -> settings.durations(Keys.RETRY_SCHEDULE));
    settings.attempt(() -> checkLease(settings));
    settings.attempt(() -> Gate.of(settings, () -> {}));
    settings.attempt(() -> ConsolePort.host(settings));
    settings.attempt(() -> ConsolePort.number(settings));
  }

  /** The sinks of all accounts. */
  static Set<String> sinks(Settings settings) {
    Set<String> sinks = new LinkedHashSet<>();
    for (String account : settings.accounts()) {
      sinks.addAll(settings.forAccount(account).requiredList(Keys.LEAD_SINKS));
    }
    return sinks;
  }

  private static void checkLease(Settings settings) {
    Duration timeout = settings.duration(Keys.SINK_TIMEOUT);
    Duration lease = settings.duration(Keys.LEDGER_LEASE);
    boolean tasks = SalesforceSink.logsCalls(settings);
    // A session that was renewed a moment ago for the Lead serves its Task too.
    int requests = tasks ? REQUESTS_OF_AN_ATTEMPT + 1 : REQUESTS_OF_AN_ATTEMPT;
    if (timeout.multipliedBy(2L * requests).compareTo(lease) > 0) {
      throw new SettingsException(
          "ledger.lease="
              + settings.text(Keys.LEDGER_LEASE)
              + " is too short for sink.timeout="
              + settings.text(Keys.SINK_TIMEOUT)
              + ": an attempt makes up to "
              + (tasks ? "four requests with salesforce.log-call" : "three requests")
              + ", which must fit into half of the lease; raise ledger.lease or lower"
              + " sink.timeout.");
    }
  }
}
