package io.leadroutes.ledger;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * The requests of the last minute, of all processes on the ledger: each is noted on disk before it
 * leaves, so that neither a restart nor a command beside the service ever goes over the budget.
 */
public final class Requests {

  /** The longest window that anybody asks about, and some more. */
  private static final long KEPT_MILLIS = Duration.ofSeconds(70).toMillis();

  /** How long a limit counts that the API told, unless it tells it again. */
  public static final Duration TOLD_FOR = Duration.ofMinutes(5);

  private final Ledger ledger;

  public Requests(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * One rule of a budget: in any span of this length at most so many requests of these kinds.
   *
   * @param kinds empty for all
   * @param perMinute whether the limit that the API itself told counts here as well
   */
  public record Bound(Duration span, int most, List<String> kinds, boolean perMinute) {

    private int most(State state) {
      return perMinute && state.rateLimit() != null ? Math.min(most, state.rateLimit()) : most;
    }
  }

  /**
   * The answer to a wish.
   *
   * @param waitMillis how long to wait before asking again; zero means that the request was noted
   * @param at when it was noted, milliseconds by the ledger's clock
   */
  public record Permit(long waitMillis, long at) {}

  /** Notes a request if every bound allows it, in one transaction. */
  public Permit ask(Account account, String kind, List<Bound> bounds) {
    return ledger.writer.write(h -> ask(h, account.id(), kind, bounds));
  }

  private record State(long now, long quietUntil, Integer rateLimit) {}

  private static Permit ask(Handle h, long account, String kind, List<Bound> bounds) {
    // Locks out other processes on PostgreSQL; SQLite has one writer anyway.
    State state =
        h.createQuery(
                "SELECT <now> AS now, quiet_until, CASE WHEN rate_limit_until > <now>"
                    + " THEN rate_limit END AS rate_limit FROM account WHERE id = :id"
                    + " <forUpdate>")
            .bind("id", account)
            .map(
                (rs, ctx) -> {
                  int limit = rs.getInt("rate_limit");
                  Integer told = rs.wasNull() ? null : limit;
                  return new State(rs.getLong("now"), rs.getLong("quiet_until"), told);
                })
            .one();
    h.createUpdate("DELETE FROM request WHERE account_id = :account AND at < :before")
        .bind("account", account)
        .bind("before", state.now() - KEPT_MILLIS)
        .execute();
    int noted =
        h.createQuery("SELECT COUNT(*) FROM request WHERE account_id = :account")
            .bind("account", account)
            .mapTo(Integer.class)
            .one();
    long wait = state.quietUntil() - state.now();
    for (Bound bound : bounds) {
      // Most budgets are far from spent, and then one count answers for all bounds.
      int most = bound.most(state);
      if (noted >= most) {
        wait = Math.max(wait, wait(h, account, state, bound, most));
      }
    }
    if (wait > 0) {
      return new Permit(wait, 0);
    }
    h.createUpdate("INSERT INTO request (account_id, at, kind) VALUES (:account, :at, :kind)")
        .bind("account", account)
        .bind("at", state.now())
        .bind("kind", kind)
        .execute();
    return new Permit(0, state.now());
  }

  /** Until the oldest request that fills the span has left it. */
  private static long wait(Handle h, long account, State state, Bound bound, int most) {
    String kinds = bound.kinds().isEmpty() ? "" : " AND kind IN (<kinds>)";
    var query =
        h.createQuery(
                "SELECT at FROM request WHERE account_id = :account AND at > :after"
                    + kinds
                    + " ORDER BY at DESC LIMIT 1 OFFSET :offset")
            .bind("account", account)
            .bind("after", state.now() - bound.span().toMillis())
            .bind("offset", most - 1);
    if (!bound.kinds().isEmpty()) {
      query.bindList("kinds", bound.kinds());
    }
    return query
        .mapTo(Long.class)
        .findFirst()
        .map(at -> at + bound.span().toMillis() - state.now() + 1)
        .orElse(0L);
  }

  /**
   * Counts a request from now on, because it may have arrived as late as this. Others that were
   * noted in the same millisecond count later too, which only leaves more room.
   *
   * @param at when it was noted
   */
  public void arrivedByNow(Account account, long at) {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE request SET at = <now> WHERE account_id = :account AND at = :at")
                .bind("account", account.id())
                .bind("at", at)
                .execute());
  }

  /** No request of any process leaves before this has passed; an earlier wish for longer stays. */
  public void keepQuiet(Account account, Duration wait) {
    ledger.writer.write(
        h ->
            h.createUpdate(
                    """
                    UPDATE account SET quiet_until = <now> + :wait
                    WHERE id = :id AND quiet_until < <now> + :wait
                    """)
                .bind("wait", wait.toMillis())
                .bind("id", account.id())
                .execute());
  }

  /**
   * Remembers the API's own limit, for some minutes.
   *
   * @param perMinute at least 1, or null when it tells none
   */
  public void limit(Account account, Integer perMinute) {
    ledger.writer.write(
        h ->
            h.createUpdate(
                    "UPDATE account SET rate_limit = :limit, rate_limit_until = <now> + :told"
                        + " WHERE id = :id")
                .bind("limit", perMinute)
                .bind("told", TOLD_FOR.toMillis())
                .bind("id", account.id())
                .execute());
  }
}
