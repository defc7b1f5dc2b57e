package io.leadroutes.cli;

import io.leadroutes.delivery.DeliveryRules;
import io.leadroutes.judge.Judge;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Deliveries;
import io.leadroutes.ledger.Retries;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the operator should know at a start, of what the ledger holds from before. */
final class StartNotes {

  private StartNotes() {}

  /** Everything looks well, and no lead comes. */
  static List<String> late(Account account, long now) {
    return account.startAt() <= now
        ? List.of()
        : List.of(
            "Account "
                + account.name()
                + " delivers no call created before "
                + Instant.ofEpochMilli(account.startAt())
                + ", which is still to come: poll.start said so at its first start. Check the clock"
                + " of this machine; backfill delivers earlier calls.");
  }

  /** Whose deliveries wait because a rule has changed. */
  static List<String> held(Deliveries deliveries, List<Account> accounts, Judge judge) {
    Map<Account, String> rules = new LinkedHashMap<>();
    accounts.forEach(account -> rules.put(account, judge.fingerprint(account.name())));
    Map<Account, Integer> held = deliveries.judgedBy(rules);
    return accounts.stream()
        .filter(account -> held.get(account) > 0)
        .map(
            account ->
                "The rule of account "
                    + account.name()
                    + " has changed: "
                    + held.get(account)
                    + " waiting deliveries will be sent once the account has been read to its end"
                    + " by the new rule.")
        .toList();
  }

  /** Tries what is paused, and says so. */
  static List<String> probed(Retries retries, DeliveryRules rules) {
    Map<String, Map<Long, String>> names = new HashMap<>();
    rules
        .accountsBySink()
        .forEach(
            (sink, accounts) ->
                names.put(
                    sink, accounts.stream().collect(Collectors.toMap(Account::id, Account::name))));
    return retries
        .probePaused(
            paused -> names.getOrDefault(paused.sink(), Map.of()).containsKey(paused.account()))
        .stream()
        .map(
            paused ->
                paused.sink()
                    + " for account "
                    + names.get(paused.sink()).get(paused.account())
                    + " was paused and is tried at once with one lead. It said: "
                    + paused.reason())
        .toList();
  }
}
