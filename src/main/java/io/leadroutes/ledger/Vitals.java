package io.leadroutes.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * What a watch goes by: when an account was last read, when a lead last arrived at a sink, and what
 * both last said. Reads only, little, and by indexes, because it is asked every few seconds; ids
 * and reasons only.
 *
 * @param at when it was read, by the database's clock, as all times here
 */
public record Vitals(Instant at, List<AccountVitals> accounts) {

  /**
   * An account.
   *
   * @param polled whether a service that lives polls it
   * @param lapsed whether a service polled it that neither renewed its lease nor gave it back
   * @param heldUntil until when the lease lasts or lasted; null where none was held
   * @param beganAt when the service began to poll it that does so now, or did last; null for never
   * @param startAt calls created before it are never judged
   * @param readAt when a pass over what is new last came to its end; null for never
   * @param requestedAt when the last request was noted that is still counted; null for none
   * @param paused why it is not read and what to do, or null
   * @param trouble why the last pass over what is new did not come to its end, or null
   * @param troubleSince since when none does, or null
   * @param quietUntil the API asked for no request before then
   * @param records how many the last full pass met
   * @param unreadable how many of them cannot be read
   * @param undated calls of the last day that were taken for older than the start because their
   *     creation time cannot be read
   * @param clockAhead by how much the ledger's clock is ahead of ClickSpeak's, or null
   * @param remark what was odd about the last full pass though it was accepted, or null
   * @param notJudged calls of the look-back whose judging failed
   * @param judgeError what the last of them says, or null
   * @param ruleChanged whether what waits of calls that another rule judged is held until the
   *     account was read to its end with the present one
   * @param judgedCalls how many calls the present rule decided
   * @param judgedLeads how many of them became leads
   * @param backfill why the backfill that is at work stands still, or null
   */
  public record AccountVitals(
      String name,
      boolean polled,
      boolean lapsed,
      Instant heldUntil,
      Instant beganAt,
      Instant startAt,
      Instant readAt,
      Instant requestedAt,
      String paused,
      String trouble,
      Instant troubleSince,
      Instant quietUntil,
      long records,
      long unreadable,
      int undated,
      Duration clockAhead,
      String remark,
      int notJudged,
      String judgeError,
      boolean ruleChanged,
      long judgedCalls,
      long judgedLeads,
      Map<String, Integer> rejectedBy,
      String backfill,
      List<SinkVitals> sinks) {}

  /**
   * A sink of an account.
   *
   * @param waiting deliveries that are pending or being sent
   * @param oldest since when the oldest of them waits, null for none
   * @param lookedUp deliveries whose outcome is unknown
   * @param oldestLookedUp since when the oldest of those waits, null for none
   * @param retried deliveries that failed by themselves more than twice and are tried again
   * @param held changed leads that were refused and wait until another one shows whose fault it is
   * @param heldSince since when the first of them waits, or null
   * @param heldReason what the last of them was told, or null
   * @param reason what the oldest delivery that waits was told last, or null
   * @param dead dead letters
   * @param lastArrival when the sink last confirmed a delivery, null for never
   * @param failures how often in a row the sink failed as a whole, 0 while it is well
   * @param paused why it is paused and what to do, null for an outage or none
   * @param trouble what it said, or null
   * @param troubleSince since when, or null
   */
  public record SinkVitals(
      String sink,
      int waiting,
      Instant oldest,
      int lookedUp,
      Instant oldestLookedUp,
      int retried,
      int held,
      Instant heldSince,
      String heldReason,
      String reason,
      int dead,
      Instant lastArrival,
      int failures,
      String paused,
      String trouble,
      Instant troubleSince) {}

  /** Of a rule that finds no lead, the latest calls tell why. */
  private static final int LATEST = 1000;

  /**
   * Reads the accounts of these names.
   *
   * @param lookBackMillis calls created before it are not judged again
   */
  public static Vitals of(Ledger ledger, Collection<String> accounts, long lookBackMillis) {
    return ledger.jdbi.withHandle(
        h -> {
          long now = h.createQuery("SELECT <now>").mapTo(Long.class).one();
          List<AccountVitals> all = new ArrayList<>();
          if (!accounts.isEmpty()) {
            all.addAll(
                h.createQuery(
                        """
                        SELECT account.*,
                          CASE WHEN held_until >= :now THEN 1 ELSE 0 END AS polled,
                          CASE WHEN holder IS NOT NULL AND held_until < :now THEN 1 ELSE 0 END
                            AS lapsed,
                          (SELECT MAX(at) FROM request WHERE request.account_id = account.id)
                            AS requested_at
                        FROM account WHERE name IN (<names>) ORDER BY name
                        """)
                    .bind("now", now)
                    .bindList("names", List.copyOf(accounts))
                    .map((rs, ctx) -> account(h, rs, now - lookBackMillis))
                    .list());
          }
          return new Vitals(Instant.ofEpochMilli(now), all);
        });
  }

  private static AccountVitals account(Handle h, ResultSet row, long judgedFrom)
      throws SQLException {
    long id = row.getLong("id");
    long judged = row.getLong("judged_calls");
    long leads = row.getLong("judged_leads");
    NotJudged notJudged = notJudged(h, id, judgedFrom);
    return new AccountVitals(
        row.getString("name"),
        row.getInt("polled") == 1,
        row.getInt("lapsed") == 1,
        instant(row, "held_until"),
        instant(row, "began_at"),
        instant(row, "start_at"),
        instant(row, "read_at"),
        instant(row, "requested_at"),
        row.getString("paused"),
        row.getString("trouble"),
        instant(row, "trouble_since"),
        instant(row, "quiet_until"),
        row.getLong("listed"),
        row.getLong("unreadable"),
        undated(h, id),
        clockAhead(row),
        remark(h, id),
        notJudged.calls(),
        notJudged.error(),
        !Objects.equals(row.getString("rule"), row.getString("counted_rule")),
        judged,
        leads,
        judged > 0 && leads == 0 ? rejectedBy(h, id, row.getString("judged_rule")) : Map.of(),
        backfill(h, id),
        sinks(h, id));
  }

  private static Duration clockAhead(ResultSet row) throws SQLException {
    long millis = row.getLong("clock_ahead");
    return row.wasNull() ? null : Duration.ofMillis(millis);
  }

  private static int undated(Handle h, long account) {
    return h.createQuery(
            """
            SELECT COUNT(*) FROM call
            WHERE account_id = :account AND state = 'baseline' AND created_at IS NULL
              AND observed_at > <now> - 86400000
            """)
        .bind("account", account)
        .mapTo(Integer.class)
        .one();
  }

  private record NotJudged(int calls, String error) {}

  private static NotJudged notJudged(Handle h, long account, long from) {
    return h.createQuery(
            """
            SELECT COUNT(*) AS calls, MAX(error) AS error FROM call
            WHERE account_id = :account AND state = 'failed'
              AND (created_at >= :from OR created_at IS NULL)
            """)
        .bind("account", account)
        .bind("from", from)
        .map((rs, ctx) -> new NotJudged(rs.getInt("calls"), rs.getString("error")))
        .one();
  }

  private static String remark(Handle h, long account) {
    return first(
        h.createQuery(
                """
                SELECT remark FROM pass
                WHERE account_id = :account AND kind = 'full' AND refused IS NULL
                ORDER BY id DESC LIMIT 1
                """)
            .bind("account", account)
            .map((rs, ctx) -> rs.getString(1))
            .list());
  }

  private static Map<String, Integer> rejectedBy(Handle h, long account, String rule) {
    Map<String, Integer> filters = new TreeMap<>();
    h.createQuery(
            """
            SELECT rejected_by, COUNT(*) AS calls FROM (
              SELECT rejected_by FROM call
              WHERE account_id = :account AND rule = :rule AND state = 'rejected'
              ORDER BY id DESC LIMIT :latest) AS latest
            WHERE rejected_by IS NOT NULL GROUP BY rejected_by
            """)
        .bind("account", account)
        .bind("rule", rule)
        .bind("latest", LATEST)
        .map((rs, ctx) -> filters.put(rs.getString("rejected_by"), rs.getInt("calls")))
        .list();
    return filters;
  }

  private static String backfill(Handle h, long account) {
    return first(
        h.createQuery(
                """
                SELECT remark FROM job WHERE account_id = :account AND ended_at IS NULL
                ORDER BY id LIMIT 1
                """)
            .bind("account", account)
            .map((rs, ctx) -> rs.getString(1))
            .list());
  }

  /** A part of what is known of a sink; those that are not in it are zero. */
  private record Part(
      int waiting, Instant oldest, int lookedUp, Instant oldestLookedUp, int retried, int dead) {

    static final Part NONE = new Part(0, null, 0, null, 0, 0);

    static Part of(ResultSet row) throws SQLException {
      return switch (row.getString("what")) {
        case "unknown" -> new Part(0, null, row.getInt("deliveries"), instant(row, "oldest"), 0, 0);
        case "dead" -> new Part(0, null, 0, null, 0, row.getInt("deliveries"));
        default ->
            new Part(
                row.getInt("deliveries"),
                instant(row, "oldest"),
                0,
                null,
                row.getInt("retried"),
                0);
      };
    }

    Part and(Part other) {
      return new Part(
          waiting + other.waiting,
          earlier(oldest, other.oldest),
          lookedUp + other.lookedUp,
          earlier(oldestLookedUp, other.oldestLookedUp),
          retried + other.retried,
          dead + other.dead);
    }
  }

  private static List<SinkVitals> sinks(Handle h, long account) {
    Map<String, Part> parts = new TreeMap<>();
    // One question a state, because each has an index of its own.
    for (String state : List.of("pending", "sending", "unknown", "dead")) {
      h.createQuery(
              """
              SELECT sink, state AS what, COUNT(*) AS deliveries,
                MIN(CASE WHEN sent_version = 0 THEN recorded_at ELSE due_at END) AS oldest,
                SUM(CASE WHEN attempts > 2 THEN 1 ELSE 0 END) AS retried
              FROM delivery WHERE account_id = :account AND state =
              """
                  + " '"
                  + state
                  + "' GROUP BY sink, state")
          .bind("account", account)
          .map((rs, ctx) -> parts.merge(rs.getString("sink"), Part.of(rs), Part::and))
          .list();
    }
    List<SinkVitals> sinks = new ArrayList<>();
    h.createQuery("SELECT * FROM sink_state WHERE account_id = :account ORDER BY sink")
        .bind("account", account)
        .map(
            (rs, ctx) -> {
              Part part = parts.remove(rs.getString("sink"));
              boolean well = rs.getInt("failures") == 0;
              return sinks.add(
                  sink(
                      h,
                      account,
                      rs.getString("sink"),
                      part == null ? Part.NONE : part,
                      rs.getInt("failures"),
                      well ? null : rs.getString("paused"),
                      well ? null : rs.getString("reason"),
                      well ? null : instant(rs, "since")));
            })
        .list();
    parts.forEach((sink, part) -> sinks.add(sink(h, account, sink, part, 0, null, null, null)));
    return List.copyOf(sinks);
  }

  private static SinkVitals sink(
      Handle h,
      long account,
      String sink,
      Part part,
      int failures,
      String paused,
      String trouble,
      Instant since) {
    boolean waits = part.waiting() + part.lookedUp() > 0;
    Held held = waits ? held(h, account, sink) : Held.NONE;
    return new SinkVitals(
        sink,
        part.waiting(),
        part.oldest(),
        part.lookedUp(),
        part.oldestLookedUp(),
        part.retried(),
        held.deliveries(),
        held.since(),
        held.reason(),
        waits ? reason(h, account, sink) : null,
        part.dead(),
        waits ? lastArrival(h, account, sink) : null,
        failures,
        paused,
        trouble,
        since);
  }

  private record Held(int deliveries, Instant since, String reason) {

    static final Held NONE = new Held(0, null, null);
  }

  private static Held held(Handle h, long account, String sink) {
    return h.createQuery(
            """
            SELECT COUNT(*) AS deliveries, MIN(held_at) AS since, MAX(reason) AS reason FROM delivery
            WHERE account_id = :account AND sink = :sink AND held_at IS NOT NULL
              AND sent_version > 0 AND state IN ('pending', 'unknown', 'sending')
            """)
        .bind("account", account)
        .bind("sink", sink)
        .map(
            (rs, ctx) ->
                new Held(rs.getInt("deliveries"), instant(rs, "since"), rs.getString("reason")))
        .one();
  }

  private static String reason(Handle h, long account, String sink) {
    return h.createQuery(
            """
            SELECT reason FROM delivery
            WHERE account_id = :account AND sink = :sink AND state IN ('pending', 'unknown')
              AND reason IS NOT NULL
            ORDER BY due_at LIMIT 1
            """)
        .bind("account", account)
        .bind("sink", sink)
        .mapTo(String.class)
        .findFirst()
        .orElse(null);
  }

  private static Instant lastArrival(Handle h, long account, String sink) {
    return first(
        h.createQuery(
                """
                SELECT MAX(delivered_at) AS at FROM delivery WHERE account_id = :account AND sink = :sink
                """)
            .bind("account", account)
            .bind("sink", sink)
            .map((rs, ctx) -> instant(rs, "at"))
            .list());
  }

  /** Null where there is no row, and where it holds null. */
  private static <T> T first(List<T> rows) {
    return rows.isEmpty() ? null : rows.get(0);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a == null || (b != null && b.isBefore(a)) ? b : a;
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
