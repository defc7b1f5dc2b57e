package io.leadroutes.ledger;

import java.util.List;
import java.util.Set;

/** What a process claimed that has died since: it may have been sent. */
final class Lapsed {

  private final Ledger ledger;

  Lapsed(Ledger ledger) {
    this.ledger = ledger;
  }

  /** As {@link Deliveries#takeOver}. */
  int takeOver(String sink, boolean lookup) {
    return takeOver(
        "sink = :sink AND lease_until < <now>",
        sink,
        lookup ? DeliveryState.UNKNOWN : DeliveryState.DEAD,
        lookup
            ? "the process that sent it ended"
            : "may have been delivered: the process that sent it ended");
  }

  /** As {@link Deliveries#takeOverOthers}. */
  int takeOverOthers(Set<String> sinks) {
    List<String> others =
        ledger.jdbi.withHandle(
            h ->
                h
                    .createQuery("SELECT DISTINCT sink FROM delivery WHERE state = 'sending'")
                    .mapTo(String.class)
                    .stream()
                    .filter(sink -> !sinks.contains(sink))
                    .toList());
    int all = 0;
    for (String sink : others) {
      all +=
          takeOver(
              "sink = :sink AND lease_until < <now> - :lease",
              sink,
              DeliveryState.DEAD,
              "may have been delivered: the process that sent it ended, and "
                  + sink
                  + " is not in lead.sinks any more");
    }
    return all;
  }

  private int takeOver(String lapsed, String sink, DeliveryState state, String reason) {
    boolean any =
        ledger.jdbi.withHandle(
            h ->
                h.createQuery(
                        "SELECT 1 FROM delivery WHERE state = 'sending' AND " + lapsed + " LIMIT 1")
                    .bind("sink", sink)
                    .bind("lease", ledger.lease().toMillis())
                    .mapTo(Integer.class)
                    .findFirst()
                    .isPresent());
    if (!any) {
      return 0;
    }
    return ledger.writer.write(
        h ->
            h.createUpdate(
                    "UPDATE delivery SET state = :state, due_at = <now>, lease_until = NULL,"
                        + " reason = :reason WHERE state = 'sending' AND "
                        + lapsed)
                .bind("state", state.word())
                .bind("reason", reason)
                .bind("sink", sink)
                .bind("lease", ledger.lease().toMillis())
                .execute());
  }
}
