package io.leadroutes.ledger;

import io.leadroutes.lead.Delivery;
import io.leadroutes.ledger.Deliveries.Ending;
import io.leadroutes.ledger.Deliveries.Refusal;
import io.leadroutes.ledger.Deliveries.Settled;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Deliveries.Standing;
import io.leadroutes.ledger.Deliveries.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Notes how attempts ended. What ends while the writer is busy is settled together: the deliveries
 * of many exchanges in one batch of one statement.
 */
final class Settling {

  /**
   * Whether another delivery {@code n} arrived since this one, {@code delivery}, was first refused.
   * That a changed lead was taken says nothing of new ones, and the other way round: they send
   * other fields and need other permissions.
   */
  private static final String OTHERS_ARRIVED =
      """
      EXISTS (
        SELECT 1 FROM delivery n
        WHERE n.sink = delivery.sink AND n.account_id = delivery.account_id AND n.id <> delivery.id
          AND n.delivered_at >= COALESCE(delivery.held_at, <now> - :since)
          AND CASE WHEN delivery.sent_version = 0 THEN n.first_at ELSE n.changed_at END
            >= COALESCE(delivery.held_at, <now> - :since))
      """;

  private static final String STANDING =
      """
      SELECT id, CASE WHEN sent_version > 0 THEN 1 ELSE 0 END AS changed,
        <now> - COALESCE(held_at, <now>) AS held_for, CASE WHEN
      """
          + OTHERS_ARRIVED
          + " THEN 1 ELSE 0 END AS others FROM delivery WHERE id IN (<ids>)";

  private static final String HELD =
      """
      SELECT CASE WHEN sent_version > 0 THEN 1 ELSE 0 END AS changed, COUNT(*) AS held FROM delivery
      WHERE sink = :sink AND account_id = :account AND held_at IS NOT NULL
        AND state IN ('pending', 'unknown', 'sending') AND id NOT IN (<ids>)
      GROUP BY CASE WHEN sent_version > 0 THEN 1 ELSE 0 END
      """;

  /** Held deliveries whose neighbour arrived come again at once. */
  private static final String RELEASE =
      """
      UPDATE delivery SET due_at = <now>
      WHERE sink = :sink AND account_id IN (<accounts>) AND held_at IS NOT NULL
        AND state IN ('pending', 'unknown') AND due_at > <now> AND
      """
          + OTHERS_ARRIVED;

  private static final String TROUBLE =
      """
      INSERT INTO sink_state (sink, account_id, failures, not_before, paused, reason, since)
      VALUES (:sink, :account, :failures, <now> + :wait, :paused, :reason, <now>)
      ON CONFLICT (sink, account_id) DO UPDATE SET
        failures = CASE WHEN sink_state.failures > excluded.failures
          THEN sink_state.failures ELSE excluded.failures END,
        not_before = CASE WHEN sink_state.not_before > excluded.not_before
          THEN sink_state.not_before ELSE excluded.not_before END,
        since = CASE WHEN sink_state.failures = 0 THEN excluded.since ELSE sink_state.since END,
        paused = COALESCE(excluded.paused, sink_state.paused),
        reason = excluded.reason
      """;

  private static final String WELL =
      """
      UPDATE sink_state SET failures = 0, not_before = 0, paused = NULL, reason = NULL, since = <now>,
        probe = NULL
      WHERE sink = :sink AND account_id = :account AND failures > 0
      """;

  private final Ledger ledger;
  private Group open;

  Settling(Ledger ledger) {
    this.ledger = ledger;
  }

  /** The end of one exchange. */
  private record Exchange(
      String sink,
      Account account,
      List<Delivery> refused,
      Duration since,
      Function<Standing, Ending> decide,
      CompletableFuture<Settled> done) {}

  /** What is settled together; it is closed when its transaction begins. */
  private static final class Group {

    final List<Exchange> exchanges = new ArrayList<>();
    boolean closed;
  }

  /** As {@link Deliveries#settle}. */
  CompletableFuture<Settled> settle(
      String sink,
      Account account,
      List<Delivery> refused,
      Duration since,
      Function<Standing, Ending> decide) {
    Exchange exchange =
        new Exchange(sink, account, refused, since, decide, new CompletableFuture<>());
    synchronized (this) {
      if (open != null && !open.closed) {
        open.exchanges.add(exchange);
        return exchange.done();
      }
      open = new Group();
      open.exchanges.add(exchange);
      submit(open);
    }
    return exchange.done();
  }

  private void submit(Group group) {
    ledger
        .writer
        .submit(h -> settle(h, close(group)))
        .whenComplete(
            (settled, failure) -> {
              List<Exchange> exchanges = close(group);
              if (failure == null) {
                for (int i = 0; i < exchanges.size(); i++) {
                  exchanges.get(i).done().complete(settled.get(i));
                }
              } else if (exchanges.size() == 1) {
                exchanges.get(0).done().completeExceptionally(failure);
              } else {
                // What only one of them has must not cost the others.
                exchanges.forEach(this::alone);
              }
            });
  }

  private void alone(Exchange exchange) {
    Group group = new Group();
    group.exchanges.add(exchange);
    group.closed = true;
    submit(group);
  }

  private synchronized List<Exchange> close(Group group) {
    group.closed = true;
    return group.exchanges;
  }

  private static List<Settled> settle(Handle h, List<Exchange> exchanges) {
    Settled[] settled = new Settled[exchanges.size()];
    List<Decided> decided = new ArrayList<>();
    for (int i = 0; i < settled.length; i++) {
      if (exchanges.get(i).refused().isEmpty()) {
        decided.add(new Decided(i, exchanges.get(i), Standing.NONE));
      }
    }
    settle(h, decided, settled);
    // What was refused hangs on what arrived, also by those that end at the same time.
    for (int i = 0; i < settled.length; i++) {
      Exchange exchange = exchanges.get(i);
      if (!exchange.refused().isEmpty()) {
        settle(h, List.of(new Decided(i, exchange, standing(h, exchange))), settled);
      }
    }
    return List.of(settled);
  }

  private static final class Decided {

    final int index;
    final Exchange exchange;
    final Standing standing;
    final Ending ending;

    Decided(int index, Exchange exchange, Standing standing) {
      this.index = index;
      this.exchange = exchange;
      this.standing = standing;
      ending = exchange.decide().apply(standing);
    }
  }

  private static void settle(Handle h, List<Decided> all, Settled[] settled) {
    int[] rows = execute(h, all);
    boolean freed = release(h, all);
    int row = 0;
    for (Decided decided : all) {
      int ours = 0;
      for (int i = 0; i < decided.ending.deliveries().size(); i++) {
        ours += rows[row++];
      }
      settled[decided.index] =
          new Settled(ours, sink(h, decided), decided.ending, decided.standing, freed);
    }
  }

  private static int[] execute(Handle h, List<Decided> all) {
    List<Delivery> back = new ArrayList<>();
    int[] rows = new int[0];
    try (PreparedBatch batch = h.prepareBatch(Transition.SETTLE)) {
      for (Decided decided : all) {
        for (Settlement settlement : decided.ending.deliveries()) {
          Transition.add(batch, settlement, decided.exchange.since());
          if (!settlement.outcome().arrived()) {
            back.add(settlement.delivery());
          }
        }
      }
      if (batch.size() > 0) {
        rows = batch.execute();
      }
    }
    Claims.cancelWithdrawn(h, back);
    return rows;
  }

  /** Makes those due that were held until another one arrives; returns whether there are any. */
  private static boolean release(Handle h, List<Decided> all) {
    Map<String, Set<Long>> arrived = new HashMap<>();
    for (Decided decided : all) {
      if (decided.ending.deliveries().stream().anyMatch(s -> s.outcome().arrived())) {
        arrived
            .computeIfAbsent(decided.exchange.sink(), sink -> new LinkedHashSet<>())
            .add(decided.exchange.account().id());
      }
    }
    int released = 0;
    for (Map.Entry<String, Set<Long>> of : arrived.entrySet()) {
      released +=
          h.createUpdate(RELEASE)
              .bind("sink", of.getKey())
              .bindList("accounts", List.copyOf(of.getValue()))
              .bind("since", 0)
              .execute();
    }
    return released > 0;
  }

  /** Returns whether trouble of the sink as a whole began. */
  private static boolean sink(Handle h, Decided decided) {
    String sink = decided.exchange.sink();
    Account account = decided.exchange.account();
    Trouble trouble = decided.ending.trouble();
    if (trouble != null) {
      SinkState before = SinkState.of(h, sink, account);
      h.createUpdate(TROUBLE)
          .bind("sink", sink)
          .bind("account", account.id())
          .bind("failures", trouble.failures())
          .bind("wait", trouble.delay().toMillis())
          .bind("paused", trouble.paused())
          .bind("reason", trouble.reason())
          .execute();
      return before.failures() == 0 || (trouble.paused() != null && !before.paused());
    }
    if (decided.ending.well()) {
      h.createUpdate(WELL).bind("sink", sink).bind("account", account.id()).execute();
    }
    return false;
  }

  private static Standing standing(Handle h, Exchange exchange) {
    List<Long> ids = exchange.refused().stream().map(Delivery::id).toList();
    Map<Long, Refusal> refusals = new HashMap<>();
    h.createQuery(STANDING)
        .bind("since", exchange.since().toMillis())
        .bindList("ids", ids)
        .map(
            (rs, ctx) ->
                refusals.put(
                    rs.getLong("id"),
                    new Refusal(
                        rs.getInt("changed") == 1,
                        rs.getInt("others") == 1,
                        Duration.ofMillis(rs.getLong("held_for")))))
        .list();
    int[] held = new int[2];
    h.createQuery(HELD)
        .bind("sink", exchange.sink())
        .bind("account", exchange.account().id())
        .bindList("ids", ids)
        .map((rs, ctx) -> held[rs.getInt("changed")] = rs.getInt("held"))
        .list();
    return new Standing(refusals, held[0], held[1]);
  }
}
