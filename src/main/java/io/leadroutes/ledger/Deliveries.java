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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The right side of the ledger: deliveries are claimed, sent and settled. Claiming and marking
 * {@code sending} are one statement, on disk before any request leaves; settling names the claim,
 * so that who lost it settles nothing.
 */
public final class Deliveries {

  /** A larger call is not sent: a person has to look at it. Bytes of JSON. */
  public static final long MOST_BYTES = 8L * 1024 * 1024;

  /** Why a delivery is cancelled whose sink the rule does not name any more. */
  static final String DROPPED = "the rule does not name this sink any more";

  private static final String WAITING =
      "sink = :sink AND account_id = :account AND state IN ('pending', 'unknown')";

  /** Word for word as in the index: 1 for a version after the first. */
  private static final String CHANGED = "CASE WHEN sent_version > 0 THEN 1 ELSE 0 END";

  /** While a changed rule has not been through a full pass, what another rule judged waits. */
  private static final String JUDGED_BY =
      """
      AND EXISTS (
        SELECT 1 FROM call WHERE call.account_id = delivery.account_id
          AND call.id = delivery.call_id AND call.rule = :rule)
      """;

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

  /** What the sink has of it stays there, as its version before. */
  private static final String SKIPPED =
      """
      UPDATE delivery SET state = CASE WHEN sent_version > 0 THEN 'delivered' ELSE 'cancelled' END,
        sent_version = CASE WHEN sent_version > 0 THEN claimed_version ELSE 0 END,
        attempts = 0, looks = 0, held_at = NULL, place = NULL, lease_until = NULL, reason = :reason
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

  /** A lead or a sink that was withdrawn while it was on its way back is not sent any more. */
  private static final String CANCEL_WITHDRAWN =
      """
      UPDATE delivery SET state = 'cancelled', held_at = NULL
      WHERE id = :id AND state = 'pending' AND sent_version = 0 AND (dropped = 1 OR EXISTS (
        SELECT 1 FROM lead WHERE lead.account_id = delivery.account_id
          AND lead.call_id = delivery.call_id AND withdrawn_at IS NOT NULL))
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
  private static final int AT_ONCE = 1000;

  private final Ledger ledger;
  private final BiFunction<Account, String, Lead> reader;

  /** By the accounts' ids. */
  private final Map<Long, String> rules = new ConcurrentHashMap<>();

  /**
   * @param reader makes a lead of an account and a call's raw JSON
   */
  public Deliveries(Ledger ledger, BiFunction<Account, String, Lead> reader) {
    this.ledger = ledger;
    this.reader = reader;
  }

  /**
   * What a claim may take.
   *
   * @param most deliveries at most
   * @param bytes of their calls' JSON at most
   * @param first how large the first may be though it is larger than that
   * @param changed how many places are kept for leads that changed, while new ones wait as well
   * @param place where they go, kept for a look-up after an unknown outcome; null where the sink
   *     has no places
   */
  public record Portion(int most, long bytes, long first, int changed, String place) {}

  /**
   * A delivery that was claimed and not read yet.
   *
   * @param delivery with a lead that is null
   * @param bytes of the call's JSON, 0 where its data was removed
   */
  public record Claim(Delivery delivery, long callId, long bytes) {}

  /**
   * What one claim brought.
   *
   * @param claims in the order in which they are to be sent
   * @param more whether more is due than was taken
   * @param changed how many of them are leads that changed
   * @param failures how often in a row the sink had failed as a whole; above zero this is a probe
   * @param paused whether the sink was paused
   */
  public record Claimed(
      List<Claim> claims, boolean more, int changed, int failures, boolean paused) {

    public boolean isEmpty() {
      return claims.isEmpty();
    }

    /** The deliveries, whose leads are not read yet. */
    public List<Delivery> deliveries() {
      return claims.stream().map(Claim::delivery).toList();
    }
  }

  /**
   * Claimed deliveries with their leads.
   *
   * @param unreadable those whose call cannot be read any more, to be settled as dead letters
   */
  public record Read(List<Delivery> deliveries, List<Delivery> unreadable) {}

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

  /**
   * The rule by which this process judges an account's calls. Where no full pass was read to its
   * end by it yet, what waits of calls that another rule judged is not claimed until one was.
   *
   * @return how many deliveries wait for that
   */
  public int judgedBy(Account account, String rule) {
    rules.put(account.id(), rule);
    return ledger.writer.write(
        h -> {
          h.createUpdate(
                  """
                  UPDATE account SET rule = :rule, counted_rule = CASE
                    WHEN counted_rule IS NOT NULL THEN counted_rule
                    WHEN EXISTS (SELECT 1 FROM call WHERE account_id = :account) THEN ''
                    ELSE :rule END
                  WHERE id = :account
                  """)
              .bind("rule", rule)
              .bind("account", account.id())
              .execute();
          return h.createQuery(
                  """
                  SELECT COUNT(*) FROM delivery
                    JOIN account ON account.id = delivery.account_id
                    JOIN call ON call.account_id = delivery.account_id AND call.id = delivery.call_id
                  WHERE delivery.account_id = :account
                    AND delivery.state IN ('pending', 'unknown')
                    AND account.counted_rule <> :rule AND COALESCE(call.rule, '') <> :rule
                  """)
              .bind("rule", rule)
              .bind("account", account.id())
              .mapTo(Integer.class)
              .one();
        });
  }

  /** The rule that must have judged what is sent at present; null for whichever. */
  private String requiredRule(Handle h, Account account) {
    String rule = rules.get(account.id());
    boolean counts =
        rule == null
            || h.createQuery("SELECT 1 FROM account WHERE id = :id AND counted_rule = :rule")
                .bind("id", account.id())
                .bind("rule", rule)
                .mapTo(Integer.class)
                .findFirst()
                .isPresent();
    return counts ? null : rule;
  }

  /** Whether a sink has something due for an account; reads only. */
  public boolean due(String sink, Account account) {
    return ledger.jdbi.withHandle(
        h -> {
          String rule = requiredRule(h, account);
          return h.createQuery(
                  "SELECT 1 FROM delivery WHERE "
                      + WAITING
                      + " AND "
                      + CHANGED
                      + " IN (0, 1) AND due_at <= <now> <judgedBy>"
                      + """
                       AND NOT EXISTS (
                        SELECT 1 FROM sink_state
                        WHERE sink_state.sink = :sink AND sink_state.account_id = :account AND
                      """
                      + WAITS
                      + ") LIMIT 1")
              .define("judgedBy", rule == null ? "" : JUDGED_BY)
              .bind("sink", sink)
              .bind("account", account.id())
              .bind("rule", rule)
              .mapTo(Integer.class)
              .findFirst()
              .isPresent();
        });
  }

  /**
   * Claims what is due: new leads before changed ones, each oldest first. While the sink has
   * trouble nothing is claimed before its time, and then one delivery only, of all processes, to
   * see whether it is over; that is the oldest, new or changed, so that no single lead decides.
   */
  public Claimed claim(String sink, Account account, Portion portion) {
    return ledger.writer.write(h -> claim(h, sink, account, portion));
  }

  /**
   * Reads the calls of claimed deliveries. Nothing was sent before: whatever this throws, they can
   * be handed back.
   */
  public Read read(Account account, List<Claim> claims) {
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

  private Claimed claim(Handle h, String sink, Account account, Portion portion) {
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
      return new Claimed(List.of(), false, 0, state.failures(), state.paused());
    }
    boolean probes = state.failures() > 0;
    List<Due> due = probes ? probe(h, sink, account) : due(h, sink, account, portion);
    Map<Long, Long> bytes = new LinkedHashMap<>();
    long sum = 0;
    for (Due next : due) {
      // What is too large for any claim is never read, so it takes no room.
      long size = next.bytes() > MOST_BYTES ? 0 : next.bytes();
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
        !probes
            && !claimed.isEmpty()
            && (due.size() == portion.most() || bytes.size() < due.size()),
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
    String rule = requiredRule(h, account);
    return h.createQuery(DUE)
        .define("judgedBy", rule == null ? "" : JUDGED_BY)
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
      // It must not keep the others from being sent; it becomes a dead letter.
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
          case SKIPPED -> SKIPPED;
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
            h.createUpdate(CANCEL_WITHDRAWN).bind("id", delivery.id()).execute();
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
    return takeOver(
        "sink = :sink AND lease_until < <now>",
        sink,
        lookup ? "unknown" : "dead",
        lookup
            ? "the process that sent it ended"
            : "may have been delivered: the process that sent it ended");
  }

  /**
   * Makes dead letters of what a process claimed for sinks that nobody delivers to any more,
   * because they were taken out of {@code lead.sinks}: nobody looks up whether it arrived. A
   * process that still delivers to them has a lease's time to take them over itself.
   *
   * @param sinks that there are
   * @return how many
   */
  public int takeOverOthers(Set<String> sinks) {
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
              "dead",
              "may have been delivered: the process that sent it ended, and "
                  + sink
                  + " is not in lead.sinks any more");
    }
    return all;
  }

  private int takeOver(String lapsed, String sink, String state, String reason) {
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
                .bind("state", state)
                .bind("reason", reason)
                .bind("sink", sink)
                .bind("lease", ledger.lease().toMillis())
                .execute());
  }
}
