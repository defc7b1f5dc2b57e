package io.leadroutes.ledger;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The right side of the ledger: deliveries are claimed, sent and settled. Claiming and marking
 * {@code sending} are one statement, on disk before any request leaves; settling names the claim,
 * so that who lost it settles nothing.
 */
public final class Deliveries {

  /**
   * An attempt whose outcome is unknown is resolved before a newer version is sent. What to claim
   * is chosen once, whatever plan the database makes: without MATERIALIZED PostgreSQL may choose
   * anew for each row, and claim more than the limit.
   */
  private static final String CLAIM =
      """
      WITH due AS MATERIALIZED (
        SELECT id FROM delivery
        WHERE sink = :sink AND account_id = :account AND state IN ('pending', 'unknown')
          AND due_at <= <now>
        ORDER BY due_at, id LIMIT :limit <skipLocked>)
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
      WHERE id IN (SELECT id FROM due)
      RETURNING id, call_id, claim, claimed_version, attempts, sink_id, memo, look_first, looks, place,
        attempted_at, <now> AS now
      """;

  /**
   * A statement of its own, after the claim: in PostgreSQL the claim sees a delivery as it is and
   * everything else as it was when the statement began, so that it might pair a new version with
   * the content before it. This one sees the content of that version, or a newer one.
   */
  private static final String CONTENT =
      "SELECT id, raw FROM call WHERE account_id = :account AND id IN (<ids>)";

  /** Matches only while the claim is still ours. */
  private static final String OURS = " WHERE id = :id AND claim = :claim AND state = 'sending'";

  private static final String DELIVERED =
      """
      UPDATE delivery SET state = 'delivered', sent_version = claimed_version, delivered_at = <now>,
        first_at = CASE WHEN :proves = 1 AND sent_version = 0 THEN <now> ELSE first_at END,
        changed_at = CASE WHEN :proves = 1 AND sent_version > 0 THEN <now> ELSE changed_at END,
        held_at = NULL, sink_id = COALESCE(:sinkId, sink_id), memo = :memo, lease_until = NULL, place = NULL, reason = NULL
      """
          + OURS;

  /**
   * Back to what it was before the claim: an attempt whose outcome is unknown stays unknown. So
   * does what the sink has though all is not done.
   */
  private static final String BACK =
      """
      UPDATE delivery SET
        state = CASE WHEN look_first = 1 OR :there = 1 THEN 'unknown' ELSE 'pending' END,
        held_at = CASE WHEN :attempts > 0 THEN NULL ELSE held_at END,
        attempts = attempts + :attempts, due_at = <now> + :wait, lease_until = NULL, reason = :reason
      """
          + OURS;

  /** Back as well, until it shows whose fault its refusal is. */
  private static final String HOLD =
      """
      UPDATE delivery SET
        state = CASE WHEN look_first = 1 OR :there = 1 THEN 'unknown' ELSE 'pending' END,
        held_at = COALESCE(held_at, <now> - :since), due_at = <now> + :wait, lease_until = NULL,
        reason = :reason
      """
          + OURS;

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
      WHERE sink = :sink AND account_id = :account AND held_at IS NOT NULL
        AND state IN ('pending', 'unknown') AND due_at > <now> AND
      """
          + OTHERS_ARRIVED;

  private static final String UNKNOWN =
      """
      UPDATE delivery SET state = 'unknown', looks = 0, due_at = <now> + :wait, lease_until = NULL,
        reason = :reason
      """
          + OURS;

  private static final String LOOK_AGAIN =
      """
      UPDATE delivery SET state = 'unknown', looks = looks + 1, due_at = <now> + :wait,
        lease_until = NULL
      """
          + OURS;

  private static final String NOT_THERE =
      """
      UPDATE delivery SET state = 'pending', looks = 0, place = NULL, due_at = <now>,
        lease_until = NULL
      """
          + OURS;

  private static final String DEAD =
      """
      UPDATE delivery SET state = 'dead', attempts = attempts + 1, lease_until = NULL, held_at = NULL,
        look_first = CASE WHEN :there = 1 THEN 1 ELSE look_first END, reason = :reason
      """
          + OURS;

  /** What is not a lead any more, and what has no data any more, stays as it was delivered. */
  private static final String UPDATE =
      """
      UPDATE delivery SET state = 'pending', attempts = 0, due_at = <now>
      WHERE sink = :sink AND account_id = :account AND state = 'delivered'
        AND wanted_version > sent_version AND EXISTS (
          SELECT 1 FROM lead JOIN call
            ON call.account_id = lead.account_id AND call.id = lead.call_id
          WHERE lead.account_id = delivery.account_id AND lead.call_id = delivery.call_id
            AND lead.withdrawn_at IS NULL AND call.raw IS NOT NULL)
      """;

  /** A lead that was withdrawn while it was on its way back is not sent any more. */
  private static final String CANCEL_WITHDRAWN =
      """
      UPDATE delivery SET state = 'cancelled'
      WHERE id = :id AND state = 'pending' AND sent_version = 0 AND EXISTS (
        SELECT 1 FROM lead WHERE lead.account_id = delivery.account_id
          AND lead.call_id = delivery.call_id AND withdrawn_at IS NOT NULL)
      """;

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

  /**
   * Whether a sink in trouble is left alone at present: its time has not come, or a delivery is on
   * its way to find out whether it is well again, whichever process sends it.
   */
  private static final String WAITS =
      """
      (not_before > <now> OR EXISTS (
        SELECT 1 FROM delivery p
        WHERE p.id = sink_state.probe AND p.state = 'sending' AND p.lease_until >= <now>))
      """;

  /** Far below what a statement of either database may bind. */
  private static final int READ_AT_ONCE = 1000;

  private final Ledger ledger;
  private final BiFunction<Account, String, Lead> reader;

  /**
   * @param reader makes a lead of an account and a call's raw JSON
   */
  public Deliveries(Ledger ledger, BiFunction<Account, String, Lead> reader) {
    this.ledger = ledger;
    this.reader = reader;
  }

  /**
   * What one claim brought.
   *
   * @param deliveries in the order they came due
   * @param unreadable those whose call cannot be read any more, to be settled as dead letters
   * @param failures how often in a row the sink had failed as a whole; above zero this is a probe
   * @param paused whether the sink was paused
   */
  public record Claimed(
      List<Delivery> deliveries, List<Delivery> unreadable, int failures, boolean paused) {

    public boolean isEmpty() {
      return deliveries.isEmpty() && unreadable.isEmpty();
    }
  }

  /** How one delivery of a claim ended, and how long until it is due again. */
  public record Settlement(Delivery delivery, Outcome outcome, Duration delay) {}

  /**
   * Trouble of a sink as a whole.
   *
   * @param paused why it is paused and what to do, null for an outage
   * @param delay until it is tried again
   */
  public record Trouble(int failures, String paused, String reason, Duration delay) {}

  /**
   * How the deliveries of one exchange ended.
   *
   * @param deliveries one for each of them
   * @param trouble of the sink as a whole, null when there is none
   * @param well whether the sink answered for a lead, so that earlier trouble is over
   */
  public record Ending(List<Settlement> deliveries, Trouble trouble, boolean well) {}

  /**
   * What the ledger knows of a delivery at the moment its refusal is settled.
   *
   * @param changed whether the sink has had an earlier version
   * @param othersArrived whether the sink took another one of the kind since this one was first
   *     refused, or since its present attempt began
   * @param heldFor since it was first refused
   */
  public record Refusal(boolean changed, boolean othersArrived, Duration heldFor) {}

  /**
   * What the ledger knows of a sink's refusals at the moment those of an exchange are settled.
   *
   * @param refusals by id of delivery, for all of the exchange
   * @param heldNew how many other new leads are held
   * @param heldChanged how many other changed leads are held
   */
  public record Standing(Map<Long, Refusal> refusals, int heldNew, int heldChanged) {

    public static final Standing NONE = new Standing(Map.of(), 0, 0);

    /** What is known of a delivery. */
    public Refusal of(Delivery delivery) {
      return refusals.getOrDefault(delivery.id(), new Refusal(false, false, Duration.ZERO));
    }
  }

  /**
   * What a settlement did.
   *
   * @param deliveries how many were still ours
   * @param troubleBegan whether the sink as a whole was well until now, or waited and is paused now
   * @param ending as it was decided
   * @param standing by which it was decided
   */
  public record Settled(int deliveries, boolean troubleBegan, Ending ending, Standing standing) {}

  private record SinkState(int failures, boolean paused, boolean waits) {}

  /**
   * Makes leads due again that changed after this sink got them; several changes become one.
   *
   * @return how many
   */
  public int update(String sink, Account account) {
    boolean any =
        ledger.jdbi.withHandle(
            h ->
                h.createQuery(
                        """
                        SELECT 1 FROM delivery
                        WHERE sink = :sink AND account_id = :account AND state = 'delivered'
                          AND wanted_version > sent_version
                        LIMIT 1
                        """)
                    .bind("sink", sink)
                    .bind("account", account.id())
                    .mapTo(Integer.class)
                    .findFirst()
                    .isPresent());
    return any
        ? ledger.writer.write(
            h -> h.createUpdate(UPDATE).bind("sink", sink).bind("account", account.id()).execute())
        : 0;
  }

  /**
   * When a sink last confirmed a delivery of an account, by the database's clock; null for never.
   */
  public Instant lastConfirmed(String sink, Account account) {
    Long last =
        ledger.jdbi.withHandle(
            h ->
                h.createQuery(
                        """
                        SELECT MAX(delivered_at) FROM delivery
                        WHERE sink = :sink AND account_id = :account AND delivered_at IS NOT NULL
                        """)
                    .bind("sink", sink)
                    .bind("account", account.id())
                    .mapTo(Long.class)
                    .one());
    return last == null ? null : Instant.ofEpochMilli(last);
  }

  /** How long a claim lasts without renewal. */
  public Duration lease() {
    return ledger.lease();
  }

  /** Whether a sink has something due for an account; reads only. */
  public boolean due(String sink, Account account) {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT 1 FROM delivery
                    WHERE sink = :sink AND account_id = :account AND state IN ('pending', 'unknown')
                      AND due_at <= <now>
                      AND NOT EXISTS (
                        SELECT 1 FROM sink_state
                        WHERE sink_state.sink = :sink AND sink_state.account_id = :account AND
                    """
                        + WAITS
                        + ") LIMIT 1")
                .bind("sink", sink)
                .bind("account", account.id())
                .mapTo(Integer.class)
                .findFirst()
                .isPresent());
  }

  /**
   * Claims what is due, oldest first. While the sink has trouble nothing is claimed before its
   * time, and then one delivery only, of all processes, to see whether it is over.
   *
   * @param most how many at most
   * @param place where they go, kept for a look-up after an unknown outcome; null where the sink
   *     has no places
   */
  public Claimed claim(String sink, Account account, int most, String place) {
    Rows rows = ledger.writer.write(h -> claim(h, sink, account, most, place));
    // Read here rather than in the writer's thread, which everybody waits for.
    List<Delivery> readable = new ArrayList<>();
    List<Delivery> unreadable = new ArrayList<>();
    for (Row row : rows.claimed()) {
      Delivery delivery = row.delivery(account, lead(account, rows.raw().get(row.callId())));
      (delivery.lead() == null ? unreadable : readable).add(delivery);
    }
    return new Claimed(readable, unreadable, rows.state().failures(), rows.state().paused());
  }

  /** A claimed row. */
  private record Row(
      long id,
      long callId,
      long claim,
      int version,
      int attempts,
      String sinkId,
      String memo,
      Delivery.Earlier earlier) {

    static Row of(ResultSet row) throws SQLException {
      Delivery.Earlier earlier =
          row.getInt("look_first") == 0
              ? null
              : new Delivery.Earlier(
                  Instant.ofEpochMilli(row.getLong("attempted_at")),
                  Instant.ofEpochMilli(row.getLong("now")),
                  row.getInt("looks"),
                  row.getString("place"));
      return new Row(
          row.getLong("id"),
          row.getLong("call_id"),
          row.getLong("claim"),
          row.getInt("claimed_version"),
          row.getInt("attempts"),
          row.getString("sink_id"),
          row.getString("memo"),
          earlier);
    }

    Delivery delivery(Account account, Lead lead) {
      boolean lookFirst = earlier != null;
      return new Delivery(
          id, account.name(), lead, version, attempts + 1, sinkId, memo, lookFirst, earlier, claim);
    }
  }

  /**
   * @param raw the claimed calls' JSON, by their ids; not there for one whose data was removed
   */
  private record Rows(List<Row> claimed, Map<Long, String> raw, SinkState state) {}

  private Rows claim(Handle h, String sink, Account account, int most, String place) {
    SinkState state = state(h, sink, account);
    if (state.failures() > 0 && !state.waits()) {
      // Who probes is decided by one process at a time, and then seen by the others.
      h.createQuery(
              "SELECT 1 FROM sink_state WHERE sink = :sink AND account_id = :account <forUpdate>")
          .bind("sink", sink)
          .bind("account", account.id())
          .mapTo(Integer.class)
          .one();
      state = state(h, sink, account);
    }
    if (state.waits()) {
      return new Rows(List.of(), Map.of(), state);
    }
    List<Row> claimed =
        h
            .createQuery(CLAIM)
            .bind("sink", sink)
            .bind("account", account.id())
            .bind("lease", ledger.lease().toMillis())
            .bind("place", place)
            .bind("limit", state.failures() > 0 ? 1 : most)
            .map((rs, ctx) -> Row.of(rs))
            .list()
            .stream()
            .sorted(Comparator.comparingLong(Row::id))
            .toList();
    if (state.failures() > 0 && !claimed.isEmpty()) {
      h.createUpdate(
              "UPDATE sink_state SET probe = :id WHERE sink = :sink AND account_id = :account")
          .bind("id", claimed.get(0).id())
          .bind("sink", sink)
          .bind("account", account.id())
          .execute();
    }
    return new Rows(claimed, content(h, account, claimed), state);
  }

  private static Map<Long, String> content(Handle h, Account account, List<Row> claimed) {
    Map<Long, String> raw = new HashMap<>();
    for (int from = 0; from < claimed.size(); from += READ_AT_ONCE) {
      List<Row> some = claimed.subList(from, Math.min(claimed.size(), from + READ_AT_ONCE));
      h.createQuery(CONTENT)
          .bind("account", account.id())
          .bindList("ids", some.stream().map(Row::callId).toList())
          .map((rs, ctx) -> raw.put(rs.getLong("id"), rs.getString("raw")))
          .list();
    }
    return raw;
  }

  private static SinkState state(Handle h, String sink, Account account) {
    return h.createQuery(
            "SELECT failures, paused IS NOT NULL AS paused, "
                + WAITS
                + " AS waits FROM sink_state WHERE sink = :sink AND account_id = :account")
        .bind("sink", sink)
        .bind("account", account.id())
        .map(
            (rs, ctx) ->
                new SinkState(
                    rs.getInt("failures"), rs.getBoolean("paused"), rs.getBoolean("waits")))
        .findOne()
        .orElse(new SinkState(0, false, false));
  }

  /** Null where the call's data is gone or cannot be read any more: that one needs a person. */
  private Lead lead(Account account, String raw) {
    try {
      return raw == null ? null : reader.apply(account, raw);
    } catch (RuntimeException e) {
      // It must not keep the claim's other deliveries from being sent; it becomes a dead letter.
      return null;
    }
  }

  /**
   * Settles one exchange's deliveries and, where the sink as a whole failed or is well again, the
   * sink, in one transaction.
   *
   * @param trouble null when there is none
   * @param well whether earlier trouble is over
   * @return completes once it is on disk
   */
  public CompletableFuture<Settled> settle(
      String sink, Account account, List<Settlement> settlements, Trouble trouble, boolean well) {
    Ending ending = new Ending(settlements, trouble, well);
    return settle(sink, account, List.of(), Duration.ZERO, standing -> ending);
  }

  /**
   * The same where how it ended hangs on what became of other deliveries.
   *
   * @param refused those of the exchange, or none where none of them was refused
   * @param since how long ago the exchange began
   * @param decide may be asked more than once
   */
  public CompletableFuture<Settled> settle(
      String sink,
      Account account,
      List<Delivery> refused,
      Duration since,
      Function<Standing, Ending> decide) {
    return ledger.writer.submit(
        h -> {
          Standing standing =
              refused.isEmpty() ? Standing.NONE : standing(h, sink, account, refused, since);
          Ending ending = decide.apply(standing);
          int settled = 0;
          List<Settlement> delivered = new ArrayList<>();
          for (Settlement settlement : ending.deliveries()) {
            if (settlement.outcome().arrived()) {
              delivered.add(settlement);
            } else {
              settled += settle(h, settlement, since);
            }
          }
          settled += delivered(h, sink, account, delivered);
          Trouble trouble = ending.trouble();
          boolean began = false;
          if (trouble != null) {
            SinkState before = state(h, sink, account);
            began = before.failures() == 0 || (trouble.paused() != null && !before.paused());
            h.createUpdate(TROUBLE)
                .bind("sink", sink)
                .bind("account", account.id())
                .bind("failures", trouble.failures())
                .bind("wait", trouble.delay().toMillis())
                .bind("paused", trouble.paused())
                .bind("reason", trouble.reason())
                .execute();
          } else if (ending.well()) {
            h.createUpdate(WELL).bind("sink", sink).bind("account", account.id()).execute();
          }
          return new Settled(settled, began, ending, standing);
        });
  }

  private static Standing standing(
      Handle h, String sink, Account account, List<Delivery> deliveries, Duration since) {
    List<Long> ids = deliveries.stream().map(Delivery::id).toList();
    Map<Long, Refusal> refusals = new HashMap<>();
    h.createQuery(STANDING)
        .bind("since", since.toMillis())
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
        .bind("sink", sink)
        .bind("account", account.id())
        .bindList("ids", ids)
        .map((rs, ctx) -> held[rs.getInt("changed")] = rs.getInt("held"))
        .list();
    return new Standing(refusals, held[0], held[1]);
  }

  private static int delivered(
      Handle h, String sink, Account account, List<Settlement> settlements) {
    if (settlements.isEmpty()) {
      return 0;
    }
    int settled = 0;
    try (PreparedBatch batch = h.prepareBatch(DELIVERED)) {
      for (Settlement settlement : settlements) {
        batch
            .bind("id", settlement.delivery().id())
            .bind("claim", settlement.delivery().claim())
            .bind("sinkId", settlement.outcome().sinkId())
            .bind("memo", settlement.outcome().memo())
            .bind("proves", proves(settlement) ? 1 : 0)
            .add();
      }
      for (int count : batch.execute()) {
        settled += count;
      }
    }
    h.createUpdate(RELEASE)
        .bind("sink", sink)
        .bind("account", account.id())
        .bind("since", 0)
        .execute();
    return settled;
  }

  /** What was found by a look-up arrived when other settings may have been in force. */
  private static boolean proves(Settlement settlement) {
    return settlement.outcome().kind() == Outcome.Kind.DELIVERED
        && !settlement.delivery().lookFirst();
  }

  private static int settle(Handle h, Settlement settlement, Duration since) {
    Delivery delivery = settlement.delivery();
    Outcome outcome = settlement.outcome();
    String sql =
        switch (outcome.kind()) {
          case DELIVERED, ALREADY_THERE -> DELIVERED;
          case LATER, SINK_DOWN, PAUSED, LOOKING -> BACK;
          case REFUSED -> HOLD;
          case UNKNOWN -> UNKNOWN;
          case LOOK_AGAIN -> LOOK_AGAIN;
          case NOT_THERE -> NOT_THERE;
          case DEAD_LETTER -> DEAD;
        };
    int settled =
        h.createUpdate(sql)
            .bind("id", delivery.id())
            .bind("claim", delivery.claim())
            .bind("attempts", outcome.kind() == Outcome.Kind.LATER ? 1 : 0)
            .bind("wait", settlement.delay().toMillis())
            .bind("since", since.toMillis())
            .bind("there", outcome.sinkId() != null ? 1 : 0)
            .bind("reason", outcome.reason())
            .execute();
    h.createUpdate(CANCEL_WITHDRAWN).bind("id", delivery.id()).execute();
    return settled;
  }

  /** Gives back what was claimed and never sent: a stop came first. */
  public void release(List<Delivery> deliveries) {
    ledger.writer.write(
        h -> {
          for (Delivery delivery : deliveries) {
            h.createUpdate(
                    """
                    UPDATE delivery SET lease_until = NULL, due_at = <now>,
                      state = CASE WHEN look_first = 1 THEN 'unknown' ELSE 'pending' END
                    """
                        + OURS)
                .bind("id", delivery.id())
                .bind("claim", delivery.claim())
                .execute();
          }
          return null;
        });
  }

  /**
   * Keeps claims alive while their exchanges run.
   *
   * @return ids of those that were still claimed
   */
  public CompletableFuture<Set<Long>> renew(List<Delivery> deliveries) {
    return ledger.writer.submit(
        h -> {
          try (PreparedBatch batch =
              h.prepareBatch("UPDATE delivery SET lease_until = <now> + :lease" + OURS)) {
            for (Delivery delivery : deliveries) {
              batch
                  .bind("lease", ledger.lease().toMillis())
                  .bind("id", delivery.id())
                  .bind("claim", delivery.claim())
                  .add();
            }
            int[] rows = batch.execute();
            return IntStream.range(0, rows.length)
                .filter(i -> rows[i] > 0)
                .mapToObj(i -> deliveries.get(i).id())
                .collect(Collectors.toSet());
          }
        });
  }

  /**
   * Notes where a sink is about to put deliveries, before it does; blocks until that is on disk.
   *
   * @throws LedgerException when one of the claims has lapsed: then nothing may be sent
   */
  public void note(List<Delivery> deliveries, String place) {
    ledger.writer.write(
        h -> {
          try (PreparedBatch batch = h.prepareBatch("UPDATE delivery SET place = :place" + OURS)) {
            for (Delivery delivery : deliveries) {
              batch
                  .bind("place", place)
                  .bind("id", delivery.id())
                  .bind("claim", delivery.claim())
                  .add();
            }
            for (int count : batch.execute()) {
              if (count == 0) {
                throw new LedgerException(
                    "A claim lapsed before anything was sent; the delivery comes again.", null);
              }
            }
          }
          return null;
        });
  }

  /**
   * Takes over what a process claimed that has died since: it may have been sent.
   *
   * @param lookup whether the sink can look up what arrived; otherwise a person has to
   * @return how many
   */
  public int takeOver(String sink, boolean lookup) {
    boolean any =
        ledger.jdbi.withHandle(
            h ->
                h.createQuery(
                        "SELECT 1 FROM delivery WHERE state = 'sending' AND lease_until < <now>"
                            + " LIMIT 1")
                    .mapTo(Integer.class)
                    .findFirst()
                    .isPresent());
    if (!any) {
      return 0;
    }
    return ledger.writer.write(
        h ->
            h.createUpdate(
                    """
                    UPDATE delivery SET state = :state, due_at = <now>, lease_until = NULL,
                      reason = :reason
                    WHERE sink = :sink AND state = 'sending' AND lease_until < <now>
                    """)
                .bind("state", lookup ? "unknown" : "dead")
                .bind(
                    "reason",
                    lookup
                        ? "the process that sent it ended"
                        : "may have been delivered: the process that sent it ended")
                .bind("sink", sink)
                .execute());
  }
}
