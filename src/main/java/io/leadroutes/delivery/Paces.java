package io.leadroutes.delivery;

import io.github.bucket4j.Bucket;
import io.leadroutes.ledger.Account;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many deliveries a second are claimed, with a burst of 5. Accounts whose leads go to one place
 * share its pace, which is the slowest that one of them asks for.
 */
final class Paces {

  private static final int BURST = 5;

  private final Map<Long, Bucket> buckets = new HashMap<>();

  Paces(LeadsEndpoint endpoint, List<Account> accounts) {
    Map<String, Double> slowest = new HashMap<>();
    for (Account account : accounts) {
      double perSecond = endpoint.perSecond(account.name());
      if (perSecond > 0) {
        slowest.merge(place(endpoint, account), perSecond, Math::min);
      }
    }
    Map<String, Bucket> byPlace = new HashMap<>();
    slowest.forEach((place, perSecond) -> byPlace.put(place, bucket(perSecond)));
    for (Account account : accounts) {
      buckets.put(account.id(), byPlace.get(place(endpoint, account)));
    }
  }

  private static String place(LeadsEndpoint endpoint, Account account) {
    String place = endpoint.place(account.name());
    return place == null ? account.name() : place;
  }

  private static Bucket bucket(double perSecond) {
    Duration one = Duration.ofNanos((long) (1_000_000_000L / perSecond));
    return Bucket.builder().addLimit(limit -> limit.capacity(BURST).refillGreedy(1, one)).build();
  }

  /** How many of so many an account may claim now. */
  int take(Account account, int wanted) {
    Bucket bucket = buckets.get(account.id());
    // A bucket refuses to be asked for nothing.
    return bucket == null || wanted == 0 ? wanted : (int) bucket.tryConsumeAsMuchAsPossible(wanted);
  }

  /** Gives back what was taken and not claimed. */
  void giveBack(Account account, int unused) {
    Bucket bucket = buckets.get(account.id());
    if (bucket != null && unused > 0) {
      bucket.addTokens(unused);
    }
  }

  /** How long until an account may claim one. */
  Duration untilNext(Account account) {
    Bucket bucket = buckets.get(account.id());
    return bucket == null
        ? Duration.ZERO
        : Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
  }
}
