package io.leadroutes.ledger;

import io.leadroutes.ledger.Rows.AccountRow;
import io.leadroutes.ledger.Rows.BackfillOf;
import io.leadroutes.ledger.Rows.DeliveryCount;
import io.leadroutes.ledger.Rows.PassOf;
import io.leadroutes.ledger.Rows.TroubleOf;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ColumnName;
import org.jdbi.v3.core.result.ResultIterable;

/**
 * How things stand, for a person or a program that watches: reads only, ids and reasons only.
 *
 * @param at when it was read, by the database's clock, as all times here
 * @param accounts in the order of their names
 */
public record Overview(Instant at, List<AccountState> accounts) {

  private static final List<String> WAITING = List.of("pending", "sending", "unknown");

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
      @ColumnName("from_day") LocalDate from,
      @ColumnName("to_day") LocalDate to,
      @ColumnName("next_day") LocalDate next,
      List<String> sinks,
      long calls,
      long leads,
      String remark) {}

  private static final String ACCOUNTS =
      """
      SELECT id, name, paused, CASE WHEN held_until >= <now> THEN 1 ELSE 0 END AS polled,
        (SELECT COUNT(*) FROM call WHERE call.account_id = account.id
          AND state = 'open' AND open_until > <now>) AS open_calls,
        (SELECT COUNT(*) FROM set_aside WHERE set_aside.account_id = account.id) AS set_aside
      FROM account ORDER BY name
      """;

  /** One look into the index for each kind, and not all passes there have been. */
  private static final String PASSES =
      """
      SELECT * FROM pass WHERE id IN (
        SELECT (SELECT MAX(id) FROM pass WHERE account_id = account.id AND kind = kinds.kind)
        FROM account CROSS JOIN (
          SELECT 'quick' AS kind UNION ALL SELECT 'full' UNION ALL SELECT 'wide'
          UNION ALL SELECT 'backfill') AS kinds)
      ORDER BY id DESC
      """;

  /**
   * Changed leads that are refused wait by themselves, so that new ones go on. What passes in a
   * moment is left out.
   */
  private static final String HELD =
      """
      SELECT account_id, sink, 1 AS paused, MIN(held_at) AS since, MIN(due_at) AS next_try,
        COUNT(*) || ' changed leads are held, each refused: ' || MAX(reason) AS reason
      FROM delivery
      WHERE held_at IS NOT NULL AND sent_version > 0
        AND state IN ('pending', 'unknown', 'sending') AND held_at < <now> - 10000
      GROUP BY account_id, sink
      """;

  private static final String TROUBLES =
      """
      SELECT account_id, sink, CASE WHEN paused IS NULL THEN 0 ELSE 1 END AS paused, reason, since,
        not_before AS next_try
      FROM sink_state WHERE failures > 0
      """;

  /** Reads all accounts of a ledger: so many questions, however many accounts there are. */
  public static Overview of(Ledger ledger) {
    return ledger.jdbi.withHandle(
        h -> {
          Map<Long, List<PassOf>> passes =
              by(h.createQuery(PASSES).mapTo(PassOf.class), PassOf::accountId);
          Map<Long, List<BackfillOf>> backfills =
              by(
                  h.createQuery("SELECT * FROM job WHERE ended_at IS NULL").mapTo(BackfillOf.class),
                  BackfillOf::accountId);
          Map<Long, Map<String, SinkState>> sinks = sinks(h);
          return new Overview(
              h.createQuery("SELECT <now>").mapTo(Instant.class).one(),
              h.createQuery(ACCOUNTS)
                  .mapTo(AccountRow.class)
                  .map(
                      row ->
                          new AccountState(
                              row.name(),
                              row.polled(),
                              row.paused(),
                              row.openCalls(),
                              row.setAside(),
                              of(passes, row.id()).map(PassOf::pass).toList(),
                              List.copyOf(sinks.getOrDefault(row.id(), Map.of()).values()),
                              of(backfills, row.id()).map(BackfillOf::backfill).toList()))
                  .list());
        });
  }

  private static <T> Map<Long, List<T>> by(ResultIterable<T> rows, Function<T, Long> account) {
    return rows.stream().collect(Collectors.groupingBy(account));
  }

  private static <T> Stream<T> of(Map<Long, List<T>> rows, long account) {
    return rows.getOrDefault(account, List.of()).stream();
  }

  private static Map<Long, Map<String, SinkState>> sinks(Handle h) {
    Map<Long, Map<String, SinkState>> sinks = new HashMap<>();
    for (String troubles : List.of(TROUBLES, HELD)) {
      h.createQuery(troubles)
          .mapTo(TroubleOf.class)
          .forEach(
              row ->
                  sinks
                      .computeIfAbsent(row.accountId(), id -> new TreeMap<>())
                      .putIfAbsent(
                          row.sink(),
                          new SinkState(row.sink(), new TreeMap<>(), null, row.trouble())));
    }
    for (DeliveryCount count : DeliveryCounts.all(h)) {
      sinks
          .computeIfAbsent(count.accountId(), id -> new TreeMap<>())
          .merge(
              count.sink(),
              new SinkState(
                  count.sink(),
                  new TreeMap<>(Map.of(count.state(), count.deliveries())),
                  WAITING.contains(count.state()) ? count.oldest() : null,
                  null),
              Overview::together);
    }
    return sinks;
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
}
