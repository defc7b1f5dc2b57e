package io.leadroutes.ledger;

import io.leadroutes.ledger.Rows.DeliveryCount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Counts deliveries by account, sink and state, in indexes alone where they are many. */
final class DeliveryCounts {

  private static final String COUNT =
      """
      SELECT account_id, sink, state, COUNT(*) AS deliveries, COUNT(delivered_at) AS arrived,
        MIN(CASE WHEN sent_version = 0 THEN recorded_at ELSE due_at END) AS oldest,
        SUM(CASE WHEN attempts > 2 THEN 1 ELSE 0 END) AS retried
      FROM delivery WHERE state %s GROUP BY sink, account_id, state
      """;

  /** Word for word as in the indexes, one of which each of them is. */
  private static final List<String> UNSETTLED =
      Stream.of("IN ('pending', 'unknown')", "= 'sending'", "= 'dead'")
          .map(state -> String.format(Locale.ROOT, COUNT, state))
          .toList();

  private static final String CANCELLED = String.format(Locale.ROOT, COUNT, "= 'cancelled'");

  /** In the order of its index, and nothing but the index is read. */
  private static final String EVER_ARRIVED =
      """
      SELECT account_id, sink, 'delivered' AS state, COUNT(*) AS deliveries, 0 AS arrived,
        NULL AS oldest, 0 AS retried
      FROM delivery WHERE delivered_at IS NOT NULL GROUP BY sink, account_id
      """;

  private record Lane(long account, String sink) {}

  private DeliveryCounts() {}

  /** Those that wait, are on their way, or are dead letters, of all accounts. */
  static List<DeliveryCount> unsettled(Handle h) {
    return count(h, UNSETTLED.stream());
  }

  /** Those in every state, of all accounts. */
  static List<DeliveryCount> all(Handle h) {
    List<DeliveryCount> all = new ArrayList<>();
    Map<Lane, Integer> delivered = new HashMap<>();
    for (DeliveryCount some :
        count(h, Stream.concat(UNSETTLED.stream(), Stream.of(CANCELLED, EVER_ARRIVED)))) {
      boolean ever = some.state().equals("delivered");
      delivered.merge(
          new Lane(some.accountId(), some.sink()),
          ever ? some.deliveries() : -some.arrived(),
          Integer::sum);
      if (!ever) {
        all.add(some);
      }
    }
    delivered.forEach(
        (lane, deliveries) -> {
          if (deliveries > 0) {
            all.add(
                new DeliveryCount(lane.account, lane.sink, "delivered", deliveries, 0, null, 0));
          }
        });
    return all;
  }

  /** In one statement, so that no delivery is counted twice that changes meanwhile. */
  private static List<DeliveryCount> count(Handle h, Stream<String> parts) {
    return h.createQuery(parts.collect(Collectors.joining(" UNION ALL ")))
        .mapTo(DeliveryCount.class)
        .list();
  }
}
