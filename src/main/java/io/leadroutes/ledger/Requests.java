package io.leadroutes.ledger;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

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
   * @param granted how many requests were noted, from 0 to as many as were wished for
   * @param waitMillis where none was: how long to wait before asking again
   * @param at when they were noted, milliseconds by the ledger's clock
   */
  public record Grant(int granted, long waitMillis, long at) {}

  /** Notes as many requests as every bound allows, in one transaction. */
  public Grant ask(Account account, String kind, List<Bound> bounds, int wished) {
    return ledger.writer.write(h -> ask(h, account.id(), kind, bounds, wished));
  }

  private record State(long now, long quietUntil, Integer rateLimit) {}

  private static Grant ask(Handle h, long account, String kind, List<Bound> bounds, int wished) {
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
    int granted = wished;
    for (Bound bound : bounds) {
      // Most budgets are far from spent, and then one count answers for all bounds.
      int most = bound.most(state);
      if (noted + wished > most) {
        granted = Math.min(granted, most - noted(h, account, state, bound));
      }
      if (granted <= 0) {
        wait = Math.max(wait, wait(h, account, state, bound, most));
      }
    }
    if (wait > 0 || granted <= 0) {
      return new Grant(0, Math.max(1, wait), 0);
    }
    PreparedBatch rows =
        h.prepareBatch("INSERT INTO request (account_id, at, kind) VALUES (:account, :at, :kind)");
    for (int i = 0; i < granted; i++) {
      rows.bind("account", account).bind("at", state.now()).bind("kind", kind).add();
    }
    rows.execute();
    return new Grant(granted, 0, state.now());
  }

  /** How many requests the span of a bound holds. */
  private static int noted(Handle h, long account, State state, Bound bound) {
    return of(h, account, state, bound, "SELECT COUNT(*)", "").mapTo(Integer.class).one();
  }

  /** Until the oldest request that fills the span has left it. */
  private static long wait(Handle h, long account, State state, Bound bound, int most) {
    return of(h, account, state, bound, "SELECT at", " ORDER BY at DESC LIMIT 1 OFFSET :offset")
        .bind("offset", most - 1)
        .mapTo(Long.class)
        .findFirst()
        .map(at -> at + bound.span().toMillis() - state.now() + 1)
        .orElse(0L);
  }

  /** A question about the requests that a bound counts. */
  private static Query of(
      Handle h, long account, State state, Bound bound, String select, String order) {
    String kinds = bound.kinds().isEmpty() ? "" : " AND kind IN (<kinds>)";
    Query query =
        h.createQuery(
                select
                    + " FROM request WHERE account_id = :account AND at > :after"
                    + kinds
                    + order)
            .bind("account", account)
            .bind("after", state.now() - bound.span().toMillis());
    return bound.kinds().isEmpty() ? query : query.bindList("kinds", bound.kinds());
  }

  /**
   * Counts a request from now on, because it may arrive, or have arrived, as late as this.
   *
   * @param at when it was noted; of several that were noted together, any one stands for it
   * @return when it is noted now
   */
  public long arrivesByNow(Account account, long at) {
    return ledger.writer.write(
        h -> {
          long now = h.createQuery("SELECT <now>").mapTo(Long.class).one();
          h.createUpdate(
                  """
                  UPDATE request SET at = :now WHERE <rowId> = (
                    SELECT <rowId> FROM request WHERE account_id = :account AND at = :at LIMIT 1)
                  """)
              .bind("now", now)
              .bind("account", account.id())
              .bind("at", at)
              .execute();
          return now;
        });
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
