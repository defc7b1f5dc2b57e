package io.leadroutes.watch;

import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a watch has to know of the settings.
 *
 * @param sinks the sinks of each account, by its name
 */
public record WatchRules(
    Map<String, Set<String>> sinks,
    Duration period,
    Duration fullPeriod,
    Duration lookBack,
    Duration lease) {

  public static WatchRules of(Settings settings) {
    Map<String, Set<String>> sinks = new HashMap<>();
    for (String account : settings.accounts()) {
      List<String> own = settings.forAccount(account).list(Keys.LEAD_SINKS);
      sinks.put(account, Set.copyOf(own));
    }
    return new WatchRules(
        Map.copyOf(sinks),
        settings.duration(Keys.POLL_PERIOD),
        settings.duration(Keys.POLL_FULL_PERIOD),
        settings.duration(Keys.POLL_LOOK_BACK),
        settings.duration(Keys.LEDGER_LEASE));
  }

  Set<String> sinks(String account) {
    return sinks.getOrDefault(account, Set.of());
  }
}
