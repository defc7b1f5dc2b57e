package io.leadroutes.delivery;

import io.leadroutes.ledger.Account;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What all sinks share.
 *
 * @param accountsBySink whose leads a sink gets; what an account has waiting for a sink that is no
 *     more in its {@code lead.sinks} goes on waiting
 * @param retrySchedule waits before a lead that failed by itself is tried again, then dead letter
 * @param probe until a paused sink is tried again first
 */
public record DeliveryRules(
    Map<String, List<Account>> accountsBySink, List<Duration> retrySchedule, Duration probe) {

  public static DeliveryRules of(Settings settings, List<Account> accounts) {
    Map<String, List<Account>> bySink = new HashMap<>();
    for (Account account : accounts) {
      for (String sink : settings.forAccount(account.name()).list(Keys.LEAD_SINKS)) {
        bySink.computeIfAbsent(sink, name -> new ArrayList<>()).add(account);
      }
    }
    return new DeliveryRules(
        bySink, settings.durations(Keys.RETRY_SCHEDULE), settings.duration(Keys.SINK_PROBE));
  }

  /** How many sinks there are. */
  int sinks() {
    return accountsBySink.size();
  }

  /** The accounts whose leads this sink gets. */
  List<Account> accounts(String sink) {
    return accountsBySink.getOrDefault(sink, List.of());
  }
}
