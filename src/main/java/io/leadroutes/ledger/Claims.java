package io.leadroutes.ledger;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.ledger.Deliveries.Claim;
import io.leadroutes.ledger.Deliveries.Claimed;
import io.leadroutes.ledger.Deliveries.Portion;
import io.leadroutes.ledger.Deliveries.Read;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Takes deliveries for an attempt, and gives them back. A claim is on disk before any request
 * leaves, and has a number, so that who lost it changes nothing any more.
 */
final class Claims {

  private static final String WAITING =
      "sink = :sink AND account_id = :account AND state IN ('pending', 'unknown')";

  /** Word for word as in the index: 1 for a version after the first. */
  private static final String CHANGED = "CASE WHEN sent_version > 0 THEN 1 ELSE 0 END";

  /** What is due, oldest first. Its size is known to the database without reading it. */
  private static final String DUE =
      "SELECT id, due_at, (SELECT OCTET_LENGTH(raw) FROM call"
          + " WHERE call.account_id = delivery.account_id AND call.id = delivery.call_id) AS bytes"
          + " FROM delivery WHERE "
          + WAITING
          + " AND "
          + CHANGED
          + " = :changed AND due_at <= <now> <judgedBy>"
          + " ORDER BY due_at, id LIMIT :most <skipLocked>";

  /** An attempt whose outcome is unknown is resolved before a newer version is sent. */
  private static final String CLAIM =
      """
      UPDATE delivery SET
        attempted_at = CASE WHEN state = 'unknown' THEN attempted_at ELSE <now> END,
        look_first = CASE WHEN state = 'unknown' THEN 1 ELSE 0 END,
        place = CASE WHEN state = 'unknown' THEN place ELSE :place END,
        looks = CASE WHEN state = 'unknown' THEN looks ELSE 0 END,
        state = 'sending',
        claim = claim + 1,
        claimed_version = CASE WHEN state = 'unknown' THEN COALESCE(claimed_version, wanted_version)
          ELSE wanted_version END,
        lease_until = <now> + :lease
      WHERE id IN (<ids>)
      RETURNING id, call_id, claim, claimed_version, attempts, sink_id, memo, look_first, looks, place,
        attempted_at, sent_version, <now> AS now
      """;

  /** Read after the claim, so that it is the content of the claimed version, or a newer one. */
  private static final String CONTENT =
      "SELECT id, raw FROM call WHERE account_id = :account AND id IN (<ids>)";

  /** A lead or a sink that was withdrawn while it was on its way back is not sent any more. */
  static final String CANCEL_WITHDRAWN =
      """
      UPDATE delivery SET state = 'cancelled', held_at = NULL
      WHERE id = :id AND state = 'pending' AND sent_version = 0 AND (dropped = 1 OR EXISTS (
        SELECT 1 FROM lead WHERE lead.account_id = delivery.account_id
          AND lead.call_id = delivery.call_id AND withdrawn_at IS NOT NULL))
      """;

  private static final String RELEASE =
      """
      UPDATE delivery SET lease_until = NULL, due_at = <now>,
        state = CASE WHEN look_first = 1 THEN 'unknown' ELSE 'pending' END
      """
          + Transition.OURS;

  /** Far below what a statement of either database may bind. */
  private static final int AT_ONCE = 1000;

  private final Ledger ledger;
  private final Rules rules;
  private final BiFunction<Account, String, Lead> reader;

  Claims(Ledger ledger, Rules rules, BiFunction<Account, String, Lead> reader) {
    this.ledger = ledger;
    this.rules = rules;
    this.reader = reader;
  }

  /** A delivery that is due. */
  private record Due(long id, long dueAt, long bytes) {}

  /** A claimed row. */
  private record Row(Claim claim, boolean changed) {}

  private static Row row(ResultSet row, Account account, Map<Long, Long> bytes)
      throws SQLException {
    Delivery.Earlier earlier =
        row.getInt("look_first") == 0
            ? null
            : new Delivery.Earlier(
                Instant.ofEpochMilli(row.getLong("attempted_at")),
                Instant.ofEpochMilli(row.getLong("now")),
                row.getInt("looks"),
                row.getString("place"));
    long id = row.getLong("id");
    Delivery delivery =
        new Delivery(
            id,
            account.name(),
            null,
            row.getInt("claimed_version"),
            row.getInt("attempts") + 1,
            row.getString("sink_id"),
            row.getString("memo"),
            earlier != null,
            earlier,
            row.getLong("claim"));
    return new Row(
        new Claim(delivery, row.getLong("call_id"), bytes.get(id)), row.getInt("sent_version") > 0);
  }

  /** As {@link Deliveries#claim}. */
  Claimed claim(String sink, Account account, Portion portion) {
    return ledger.writer.write(h -> claim(h, sink, account, portion));
  }

  private Claimed claim(Handle h, String sink, Account account, Portion portion) {
    SinkState state = SinkState.of(h, sink, account);
    if (state.failures() > 0 && !state.waits()) {
      // Who probes is decided by one process at a time, and then seen by the others.
      h.createQuery(
              "SELECT 1 FROM sink_state WHERE sink = :sink AND account_id = :account <forUpdate>")
          .bind("sink", sink)
          .bind("account", account.id())
          .mapTo(Integer.class)
          .one();
      state = SinkState.of(h, sink, account);
    }
    if (state.waits()) {
      return new Claimed(List.of(), false, 0, state.failures(), state.paused());
    }
    boolean probes = state.failures() > 0;
    List<Due> due = probes ? probe(h, sink, account) : due(h, sink, account, portion);
    Map<Long, Long> bytes = new LinkedHashMap<>();
    long sum = 0;
    for (Due next : due) {
      // What is too large for any claim is never read, so it takes no room.
      long size = next.bytes() > Deliveries.MAX_BYTES ? 0 : next.bytes();
      boolean fits = sum + size <= portion.bytes() || (sum == 0 && size <= portion.first());
      if (!fits) {
        break;
      }
      sum += size;
      bytes.put(next.id(), next.bytes());
    }
    List<Row> claimed = mark(h, account, portion.place(), bytes);
    if (probes && !claimed.isEmpty()) {
      h.createUpdate(
              "UPDATE sink_state SET probe = :id WHERE sink = :sink AND account_id = :account")
          .bind("id", claimed.get(0).claim().delivery().id())
          .bind("sink", sink)
          .bind("account", account.id())
          .execute();
    }
    return new Claimed(
        claimed.stream().map(Row::claim).toList(),
        bytes.size() < due.size() || (!probes && due.size() == portion.most()),
        (int) claimed.stream().filter(Row::changed).count(),
        state.failures(),
        state.paused());
  }

  private List<Due> probe(Handle h, String sink, Account account) {
    return Stream.of(0, 1)
        .flatMap(changed -> due(h, sink, account, changed, 1).stream())
        .sorted(Comparator.comparingLong(Due::dueAt).thenComparingLong(Due::id))
        .limit(1)
        .toList();
  }

  private List<Due> due(Handle h, String sink, Account account, Portion portion) {
    int kept = Math.min(portion.changed(), portion.most());
    List<Due> changed = kept == 0 ? List.of() : due(h, sink, account, 1, kept);
    List<Due> all = new ArrayList<>(changed);
    all.addAll(due(h, sink, account, 0, portion.most() - changed.size()));
    if (all.size() < portion.most() && changed.size() == kept) {
      // Those that were kept a place are found again, and are not due twice.
      Set<Due> known = Set.copyOf(changed);
      due(h, sink, account, 1, portion.most() - all.size() + kept).stream()
          .filter(next -> !known.contains(next))
          .forEach(all::add);
    }
    return all;
  }

  private List<Due> due(Handle h, String sink, Account account, int changed, int most) {
    if (most == 0) {
      return List.of();
    }
    String rule = rules.required(h, account);
    return h.createQuery(DUE)
        .define("judgedBy", rule == null ? "" : Rules.JUDGED_BY)
        .bind("sink", sink)
        .bind("account", account.id())
        .bind("changed", changed)
        .bind("rule", rule)
        .bind("most", most)
        .map((rs, ctx) -> new Due(rs.getLong("id"), rs.getLong("due_at"), rs.getLong("bytes")))
        .list();
  }

  /**
   * @param bytes of the calls, by the deliveries' ids, in the order in which they are to be sent
   */
  private List<Row> mark(Handle h, Account account, String place, Map<Long, Long> bytes) {
    List<Long> ids = List.copyOf(bytes.keySet());
    Map<Long, Row> rows = new HashMap<>();
    for (int from = 0; from < ids.size(); from += AT_ONCE) {
      h.createQuery(CLAIM)
          .bind("lease", ledger.lease().toMillis())
          .bind("place", place)
          .bindList("ids", ids.subList(from, Math.min(ids.size(), from + AT_ONCE)))
          .map((rs, ctx) -> row(rs, account, bytes))
          .forEach(row -> rows.put(row.claim().delivery().id(), row));
    }
    return ids.stream().map(rows::get).toList();
  }

  /** As {@link Deliveries#read}. */
  Read read(Account account, List<Claim> claims) {
    Map<Long, Lead> leads = new HashMap<>();
    for (int from = 0; from < claims.size(); from += AT_ONCE) {
      List<Long> calls =
          claims.subList(from, Math.min(claims.size(), from + AT_ONCE)).stream()
              .map(Claim::callId)
              .toList();
      ledger.jdbi.useHandle(
          h ->
              h.createQuery(CONTENT)
                  .bind("account", account.id())
                  .bindList("ids", calls)
                  .map((rs, ctx) -> leads.put(rs.getLong("id"), lead(account, rs.getString("raw"))))
                  .list());
    }
    List<Delivery> readable = new ArrayList<>();
    List<Delivery> unreadable = new ArrayList<>();
    for (Claim claim : claims) {
      Lead lead = leads.get(claim.callId());
      (lead == null ? unreadable : readable).add(claim.delivery().with(lead));
    }
    return new Read(readable, unreadable);
  }

  /** Null where the call's data is gone or cannot be read any more: that one needs a person. */
  private Lead lead(Account account, String raw) {
    try {
      return raw == null ? null : reader.apply(account, raw);
    } catch (RuntimeException e) {
      // It must not keep the others from being sent; it becomes a dead letter.
      return null;
    }
  }

  /** As {@link Deliveries#release}. */
  CompletableFuture<Void> release(List<Delivery> deliveries) {
    return ledger.writer.submit(
        h -> {
          execute(h, RELEASE, deliveries, (batch, delivery) -> {});
          cancelWithdrawn(h, deliveries);
          return null;
        });
  }

  static void cancelWithdrawn(Handle h, List<Delivery> deliveries) {
    if (!deliveries.isEmpty()) {
      try (PreparedBatch batch = h.prepareBatch(CANCEL_WITHDRAWN)) {
        deliveries.forEach(delivery -> batch.bind("id", delivery.id()).add());
        batch.execute();
      }
    }
  }

  /** As {@link Deliveries#renew}. */
  CompletableFuture<Set<Long>> renew(List<Delivery> deliveries) {
    return ledger.writer.submit(
        h -> {
          int[] rows =
              execute(
                  h,
                  "UPDATE delivery SET lease_until = <now> + :lease" + Transition.OURS,
                  deliveries,
                  (batch, delivery) -> batch.bind("lease", ledger.lease().toMillis()));
          return IntStream.range(0, rows.length)
              .filter(i -> rows[i] > 0)
              .mapToObj(i -> deliveries.get(i).id())
              .collect(Collectors.toSet());
        });
  }

  /** As {@link Deliveries#note}. */
  void note(List<Delivery> deliveries, String place) {
    ledger.writer.write(
        h -> {
          int[] rows =
              execute(
                  h,
                  "UPDATE delivery SET place = :place" + Transition.OURS,
                  deliveries,
                  (batch, delivery) -> batch.bind("place", place));
          if (IntStream.of(rows).anyMatch(count -> count == 0)) {
            throw new LedgerException(
                "A claim lapsed before anything was sent; the delivery comes again.", null);
          }
          return null;
        });
  }

  /** Runs a statement for each claim, where it is still ours. */
  private static int[] execute(
      Handle h, String sql, List<Delivery> claims, BiConsumer<PreparedBatch, Delivery> bind) {
    if (claims.isEmpty()) {
      return new int[0];
    }
    try (PreparedBatch batch = h.prepareBatch(sql)) {
      for (Delivery delivery : claims) {
        bind.accept(batch, delivery);
        batch.bind("id", delivery.id()).bind("claim", delivery.claim()).add();
      }
      return batch.execute();
    }
  }
}
