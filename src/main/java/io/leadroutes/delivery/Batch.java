package io.leadroutes.delivery;

import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Deliveries.Claim;
import io.leadroutes.ledger.Deliveries.Claimed;
import java.util.List;
import java.util.stream.IntStream;

/** What is claimed for one exchange, with what the claim told about the sink. */
final class Batch {

  final Account account;
  final List<Claim> claims;
  final long bytes;
  final int failures;
  final boolean paused;
  final SendLimit limit;
  final boolean large;

  /** When its attempt began, by {@link System#nanoTime}. */
  volatile long began = System.nanoTime();

  /** First as they were claimed, then with their leads: those that are to be sent. */
  volatile List<Delivery> deliveries;

  /**
   * @param limit until when its requests may leave
   * @param large whether it holds the place of the one that is larger than its part
   */
  Batch(Account account, List<Claim> claims, Claimed claimed, SendLimit limit, boolean large) {
    this.account = account;
    this.limit = limit;
    this.large = large;
    this.claims = List.copyOf(claims);
    bytes = bytes(claims);
    failures = claimed.failures();
    paused = claimed.paused();
    deliveries = claims.stream().map(Claim::delivery).toList();
  }

  /** Lets go of the leads that arrived: the next ones are read while these are settled. */
  void forget(List<Outcome> outcomes) {
    List<Delivery> all = deliveries;
    deliveries =
        IntStream.range(0, all.size())
            .mapToObj(i -> outcomes.get(i).arrived() ? all.get(i).with(null) : all.get(i))
            .toList();
  }

  /** How much JSON these are. */
  static long bytes(List<Claim> claims) {
    return claims.stream().mapToLong(Claim::bytes).sum();
  }
}
