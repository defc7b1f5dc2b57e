package io.leadroutes.ledger;

import io.leadroutes.ledger.Rows.DeliveryCount;
import io.leadroutes.ledger.Rows.Held;
import io.leadroutes.ledger.Rows.Rejected;
import io.leadroutes.ledger.Rows.SinkTrouble;
import io.leadroutes.ledger.Rows.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * What a watch goes by: when an account was last read, when a lead last arrived at a sink, and what
 * both last said. Reads only, little, and by indexes, because it is asked every few seconds; ids
 * and reasons only.
 *
 * @param at when it was read, by the database's clock, as all times here
 * @param sinks by the accounts' ids
 * @param rejectedBy which filters rejected the latest calls, by the ids of the accounts whose rule
 *     found no lead
 */
public record Vitals(
    Instant at,
    List<AccountVitals> accounts,
    Map<Long, List<SinkVitals>> sinks,
    Map<Long, Map<String, Integer>> rejectedBy) {

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
   * @param judgedRule fingerprint of the rule that judged last, or null
   * @param judgedCalls how many calls it decided
   * @param judgedLeads how many of them became leads
   * @param backfill why the backfill that is at work stands still, or null
   */
  public record AccountVitals(
      long id,
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
      String judgedRule,
      long judgedCalls,
      long judgedLeads,
      String backfill) {}

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

  private static final String ACCOUNTS =
      """
      SELECT id, name, paused, trouble, trouble_since, quiet_until, held_until, began_at, start_at,
        read_at, listed AS records, unreadable, clock_ahead, judged_rule, judged_calls, judged_leads,
        CASE WHEN held_until >= <now> THEN 1 ELSE 0 END AS polled,
        CASE WHEN holder IS NOT NULL AND held_until < <now> THEN 1 ELSE 0 END AS lapsed,
        CASE WHEN COALESCE(rule, '') = COALESCE(counted_rule, '') THEN 0 ELSE 1 END AS rule_changed,
        (SELECT MAX(at) FROM request WHERE account_id = account.id) AS requested_at,
        (SELECT COUNT(*) FROM call WHERE account_id = account.id AND state = 'baseline'
          AND created_at IS NULL AND observed_at > <now> - 86400000) AS undated,
        (SELECT remark FROM pass
          WHERE account_id = account.id AND kind = 'full' AND refused IS NULL
          ORDER BY id DESC LIMIT 1) AS remark,
        (SELECT COUNT(*) FROM call WHERE account_id = account.id AND state = 'failed'
          AND (created_at >= <now> - :lookBack OR created_at IS NULL)) AS not_judged,
        (SELECT MAX(error) FROM call WHERE account_id = account.id AND state = 'failed'
          AND (created_at >= <now> - :lookBack OR created_at IS NULL)) AS judge_error,
        (SELECT remark FROM job WHERE account_id = account.id AND ended_at IS NULL
          ORDER BY id LIMIT 1) AS backfill
      FROM account WHERE name IN (<names>) ORDER BY name
      """;

  private static final String REJECTED_BY =
      """
      SELECT rejected_by AS filter, COUNT(*) AS calls FROM (
        SELECT rejected_by FROM call
        WHERE account_id = :account AND rule = :rule AND state = 'rejected'
        ORDER BY id DESC LIMIT :latest) AS latest
      WHERE rejected_by IS NOT NULL GROUP BY rejected_by
      """;

  private static final String TROUBLES =
      """
      SELECT account_id, sink, failures, paused, reason AS trouble, since AS trouble_since
      FROM sink_state
      """;

  private static final String HELD =
      """
      SELECT account_id, sink, COUNT(*) AS deliveries, MIN(held_at) AS since, MAX(reason) AS reason
      FROM delivery
      WHERE held_at IS NOT NULL AND sent_version > 0 AND state IN ('pending', 'unknown', 'sending')
      GROUP BY account_id, sink
      """;

  /** Of sinks where something waits: what it was told, and when something last arrived. */
  private static final String WAITING =
      """
      SELECT account_id, sink,
        (SELECT reason FROM delivery
          WHERE delivery.account_id = waiting.account_id AND delivery.sink = waiting.sink
            AND state IN ('pending', 'unknown') AND reason IS NOT NULL
          ORDER BY due_at LIMIT 1) AS reason,
        (SELECT MAX(delivered_at) FROM delivery
          WHERE delivery.account_id = waiting.account_id AND delivery.sink = waiting.sink
            AND delivered_at IS NOT NULL) AS last_arrival
      FROM (
        SELECT account_id, sink FROM delivery WHERE state IN ('pending', 'unknown')
        GROUP BY sink, account_id
        UNION ALL SELECT account_id, sink FROM delivery WHERE state = 'sending'
        GROUP BY sink, account_id) AS waiting
      """;

  private record Lane(long account, String sink) {}

  /**
   * Reads the accounts of these names: so many questions, however many accounts there are, and one
   * for each whose rule found no lead.
   *
   * @param lookBackMillis calls created before it are not judged again
   */
  public static Vitals of(Ledger ledger, Collection<String> accounts, long lookBackMillis) {
    return ledger.jdbi.withHandle(
        h -> {
          Instant now = h.createQuery("SELECT <now>").mapTo(Instant.class).one();
          if (accounts.isEmpty()) {
            return new Vitals(now, List.of(), Map.of(), Map.of());
          }
          List<AccountVitals> found =
              h.createQuery(ACCOUNTS)
                  .bind("lookBack", lookBackMillis)
                  .bindList("names", List.copyOf(accounts))
                  .mapTo(AccountVitals.class)
                  .list();
          Map<Long, Map<String, Integer>> rejectedBy =
              found.stream()
                  .filter(account -> account.judgedCalls() > 0 && account.judgedLeads() == 0)
                  .collect(Collectors.toMap(AccountVitals::id, account -> rejectedBy(h, account)));
          return new Vitals(now, found, sinks(h), rejectedBy);
        });
  }

  private static Map<String, Integer> rejectedBy(Handle h, AccountVitals account) {
    return h
        .createQuery(REJECTED_BY)
        .bind("account", account.id())
        .bind("rule", account.judgedRule())
        .bind("latest", LATEST)
        .mapTo(Rejected.class)
        .stream()
        .collect(Collectors.toMap(Rejected::filter, Rejected::calls));
  }

  /** Of all accounts, by their ids, each with its sinks by name. */
  private static Map<Long, List<SinkVitals>> sinks(Handle h) {
    Map<Lane, List<DeliveryCount>> counts =
        DeliveryCounts.unsettled(h).stream()
            .collect(Collectors.groupingBy(some -> new Lane(some.accountId(), some.sink())));
    Map<Lane, SinkTrouble> troubles =
        h.createQuery(TROUBLES).mapTo(SinkTrouble.class).stream()
            .collect(Collectors.toMap(t -> new Lane(t.accountId(), t.sink()), t -> t));
    Map<Lane, Held> held =
        h.createQuery(HELD).mapTo(Held.class).stream()
            .collect(
                Collectors.toMap(some -> new Lane(some.accountId(), some.sink()), some -> some));
    Map<Lane, Waiting> waiting =
        h.createQuery(WAITING).mapTo(Waiting.class).stream()
            .collect(Collectors.toMap(w -> new Lane(w.accountId(), w.sink()), w -> w, (a, b) -> a));
    return Stream.concat(counts.keySet().stream(), troubles.keySet().stream())
        .distinct()
        .sorted(Comparator.comparing(Lane::sink))
        .collect(
            Collectors.groupingBy(
                Lane::account,
                Collectors.mapping(
                    lane ->
                        sink(
                            lane,
                            counts.getOrDefault(lane, List.of()),
                            troubles.getOrDefault(lane, SinkTrouble.WELL),
                            held.getOrDefault(lane, Held.NOTHING),
                            waiting.getOrDefault(lane, Waiting.NONE)),
                    Collectors.toList())));
  }

  private static SinkVitals sink(
      Lane lane, List<DeliveryCount> counts, SinkTrouble trouble, Held held, Waiting told) {
    List<DeliveryCount> waiting = in(counts, "pending", "sending");
    List<DeliveryCount> lookedUp = in(counts, "unknown");
    boolean well = trouble.failures() == 0;
    return new SinkVitals(
        lane.sink(),
        deliveries(waiting),
        oldest(waiting),
        deliveries(lookedUp),
        oldest(lookedUp),
        waiting.stream().mapToInt(DeliveryCount::retried).sum(),
        held.deliveries(),
        held.since(),
        held.reason(),
        told.reason(),
        deliveries(in(counts, "dead")),
        told.lastArrival(),
        trouble.failures(),
        well ? null : trouble.paused(),
        well ? null : trouble.trouble(),
        well ? null : trouble.troubleSince());
  }

  private static List<DeliveryCount> in(List<DeliveryCount> counts, String... states) {
    return counts.stream().filter(some -> List.of(states).contains(some.state())).toList();
  }

  private static int deliveries(List<DeliveryCount> counts) {
    return counts.stream().mapToInt(DeliveryCount::deliveries).sum();
  }

  private static Instant oldest(List<DeliveryCount> counts) {
    return counts.stream().map(DeliveryCount::oldest).min(Comparator.naturalOrder()).orElse(null);
  }
}
