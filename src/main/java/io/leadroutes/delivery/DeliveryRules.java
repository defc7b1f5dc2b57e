package io.leadroutes.delivery;

import io.leadroutes.ledger.Account;
import io.leadroutes.settings.Settings;
import java.time.Duration;
import java.util.List;

/**
 * What all sinks share.
 *
 * @param accounts whose leads are delivered
 * @param retrySchedule waits before a lead that failed by itself is tried again, then dead letter
 * @param probe until a paused sink is tried again first
 */
public record DeliveryRules(List<Account> accounts, List<Duration> retrySchedule, Duration probe) {

  public static DeliveryRules of(Settings settings, List<Account> accounts) {
    return new DeliveryRules(
        List.copyOf(accounts),
        settings.durations("retry.schedule"),
        settings.duration("sink.probe"));
  }
}
