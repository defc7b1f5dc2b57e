package io.leadroutes.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * How things stand, for a person or a program that watches: reads only, ids and reasons only.
 *
 * @param at when it was read, by the database's clock, as all times here
 * @param accounts in the order of their names
 */
public record Overview(Instant at, List<AccountState> accounts) {

  /**
   * An account.
   *
   * @param polled whether a service that lives polls it
   * @param paused why it is not read and what to do, or null
   * @param openCalls how many calls are waited for that are not over or not evaluated yet
   * @param setAside how many records of the list could not be read
   * @param passes the last of each kind, newest first
   * @param sinks those that have or had deliveries or trouble, by name
   * @param backfills those that are not done
   */
  public record AccountState(
      String name,
      boolean polled,
      String paused,
      int openCalls,
      int setAside,
      List<LastPass> passes,
      List<SinkState> sinks,
      List<BackfillState> backfills) {}

  /**
   * A pass that ended.
   *
   * @param remark what was odd about it though it was accepted, or null
   * @param refused null when it was accepted, else why not
   */
  public record LastPass(
      String kind,
      Instant startedAt,
      Instant endedAt,
      int pages,
      int requests,
      int newCalls,
      int changed,
      String remark,
      String refused) {}

  /**
   * A sink of an account.
   *
   * @param deliveries how many are in which state
   * @param oldest since when the oldest of those waits that are not settled, null when none does
   * @param trouble of the sink as a whole, null while all is well
   */
  public record SinkState(
      String sink, Map<String, Integer> deliveries, Instant oldest, Trouble trouble) {

    /** How many deliveries are in a state. */
    public int count(String state) {
      return deliveries.getOrDefault(state, 0);
    }
  }

  /**
   * Trouble of a sink as a whole.
   *
   * @param paused whether it waits for a correction; otherwise for the end of an outage
   * @param nextTry when it is tried next, if something is due then
   */
  public record Trouble(boolean paused, String reason, Instant since, Instant nextTry) {}

  /**
   * A backfill that is not done.
   *
   * @param to last day, included
   * @param next everything before it is done
   * @param sinks where its leads go, empty for all
   * @param remark why it stands still at present, or null
   */
  public record BackfillState(
      LocalDate from,
      LocalDate to,
      LocalDate next,
      List<String> sinks,
      long calls,
      long leads,
      String remark) {}

  /**
   * Changed leads that are refused wait by themselves, so that new ones go on: {@code sink}, {@code
   * deliveries}, {@code since}, {@code next} and {@code reason}. What passes in a moment is left
   * out.
   */
  private static final String HELD =
      """
      SELECT sink, COUNT(*) AS deliveries, MIN(held_at) AS since, MIN(due_at) AS next,
        MAX(reason) AS reason
      FROM delivery
      WHERE account_id = :account AND held_at IS NOT NULL AND sent_version > 0
        AND state IN ('pending', 'unknown', 'sending') AND held_at < <now> - 10000
      GROUP BY sink
      """;

  /** Reads all accounts of a ledger. */
  public static Overview of(Ledger ledger) {
    return ledger.jdbi.withHandle(
        h ->
            new Overview(
                h.createQuery("SELECT <now>").mapTo(Long.class).map(Instant::ofEpochMilli).one(),
                h.createQuery(
                        """
                        SELECT id, name, paused,
                          CASE WHEN held_until >= <now> THEN 1 ELSE 0 END AS polled,
                          (SELECT COUNT(*) FROM call WHERE call.account_id = account.id
                            AND state = 'open' AND open_until > <now>) AS open_calls,
                          (SELECT COUNT(*) FROM set_aside
                            WHERE set_aside.account_id = account.id) AS aside
                        FROM account ORDER BY name
                        """)
                    .map((rs, ctx) -> account(h, rs))
                    .list()));
  }

  private static AccountState account(Handle h, ResultSet row) throws SQLException {
    long id = row.getLong("id");
    return new AccountState(
        row.getString("name"),
        row.getInt("polled") == 1,
        row.getString("paused"),
        row.getInt("open_calls"),
        row.getInt("aside"),
        passes(h, id),
        sinks(h, id),
        backfills(h, id));
  }

  private static List<LastPass> passes(Handle h, long account) {
    return h.createQuery(
            """
            SELECT * FROM pass WHERE id IN (
              SELECT MAX(id) FROM pass WHERE account_id = :account GROUP BY kind)
            ORDER BY id DESC
            """)
        .bind("account", account)
        .map(
            (rs, ctx) ->
                new LastPass(
                    rs.getString("kind"),
                    instant(rs, "started_at"),
                    instant(rs, "ended_at"),
                    rs.getInt("pages"),
                    rs.getInt("requests"),
                    rs.getInt("new_calls"),
                    rs.getInt("changed"),
                    rs.getString("remark"),
                    rs.getString("refused")))
        .list();
  }

  private static List<SinkState> sinks(Handle h, long account) {
    Map<String, SinkState> sinks = new TreeMap<>();
    h.createQuery(
            """
            SELECT sink, paused, reason, since, not_before FROM sink_state
            WHERE account_id = :account AND failures > 0
            """)
        .bind("account", account)
        .map(
            (rs, ctx) ->
                new SinkState(
                    rs.getString("sink"),
                    new TreeMap<>(),
                    null,
                    new Trouble(
                        rs.getString("paused") != null,
                        rs.getString("reason"),
                        instant(rs, "since"),
                        instant(rs, "not_before"))))
        .forEach(sink -> sinks.put(sink.sink(), sink));
    h.createQuery(HELD)
        .bind("account", account)
        .map(
            (rs, ctx) ->
                new SinkState(
                    rs.getString("sink"),
                    new TreeMap<>(),
                    null,
                    new Trouble(
                        true,
                        rs.getInt("deliveries")
                            + " changed leads are held, each refused: "
                            + rs.getString("reason"),
                        instant(rs, "since"),
                        instant(rs, "next"))))
        .forEach(sink -> sinks.putIfAbsent(sink.sink(), sink));
    // A new version waits since it was wanted; when that was, only the time it was due first tells.
    h.createQuery(
            """
            SELECT sink, state, COUNT(*) AS deliveries,
              MIN(CASE WHEN state IN ('delivered', 'dead', 'cancelled') THEN NULL
                WHEN sent_version = 0 THEN recorded_at ELSE due_at END) AS oldest
            FROM delivery WHERE account_id = :account GROUP BY sink, state
            """)
        .bind("account", account)
        .map(
            (rs, ctx) ->
                new SinkState(
                    rs.getString("sink"),
                    new TreeMap<>(Map.of(rs.getString("state"), rs.getInt("deliveries"))),
                    instant(rs, "oldest"),
                    null))
        .forEach(some -> sinks.merge(some.sink(), some, Overview::together));
    return List.copyOf(sinks.values());
  }

  private static SinkState together(SinkState one, SinkState other) {
    Map<String, Integer> deliveries = new TreeMap<>(one.deliveries());
    deliveries.putAll(other.deliveries());
    Instant oldest =
        one.oldest() == null || (other.oldest() != null && other.oldest().isBefore(one.oldest()))
            ? other.oldest()
            : one.oldest();
    return new SinkState(one.sink(), deliveries, oldest, one.trouble());
  }

  private static List<BackfillState> backfills(Handle h, long account) {
    return h.createQuery("SELECT * FROM job WHERE account_id = :account AND ended_at IS NULL")
        .bind("account", account)
        .map(
            (rs, ctx) -> {
              String sinks = rs.getString("sinks");
              return new BackfillState(
                  LocalDate.parse(rs.getString("from_day")),
                  LocalDate.parse(rs.getString("to_day")),
                  LocalDate.parse(rs.getString("next_day")),
                  sinks == null ? List.of() : List.of(sinks.split(",")),
                  rs.getLong("calls"),
                  rs.getLong("leads"),
                  rs.getString("remark"));
            })
        .list();
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
