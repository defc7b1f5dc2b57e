package io.leadroutes.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * Delivers again what was delivered: the lead gets a new version, which its sink takes as one. Only
 * delivered ones begin anew; what waits, is unknown, dead or cancelled stays as it is.
 */
public final class Resends {

  /**
   * The leads of one sink from an instant on; a call that does not say when counts as found then.
   */
  private static final String DELIVERED =
      """
      FROM lead
      WHERE lead.account_id = :account AND lead.withdrawn_at IS NULL
        AND EXISTS (
          SELECT 1 FROM delivery WHERE delivery.account_id = lead.account_id
            AND delivery.call_id = lead.call_id AND delivery.sink = :sink
            AND delivery.state = 'delivered')
        AND EXISTS (
          SELECT 1 FROM call WHERE call.account_id = lead.account_id AND call.id = lead.call_id
            AND COALESCE(call.created_at, lead.found_at) >= :from AND call.raw IS %s NULL)
      """;

  /** In the order in which pages are recorded, so that the two cannot lock each other out. */
  private static final String NEXT =
      "SELECT lead.call_id "
          + String.format(Locale.ROOT, DELIVERED, "NOT")
          + " AND lead.call_id > :after ORDER BY lead.call_id LIMIT :most <forUpdate>";

  private static final String GONE = "SELECT COUNT(*) " + String.format(Locale.ROOT, DELIVERED, "");

  private static final String RAISE =
      """
      UPDATE lead SET version = version + 1 WHERE account_id = :account AND call_id IN (<calls>)
      """;

  private static final String BEGIN_ANEW =
      """
      UPDATE delivery SET state = 'pending', due_at = <now>, attempts = 0, memo = NULL,
        wanted_version = (
          SELECT version FROM lead WHERE lead.account_id = delivery.account_id
            AND lead.call_id = delivery.call_id)
      WHERE account_id = :account AND call_id IN (<calls>) AND sink = :sink
        AND state = 'delivered'
      """;

  private static final int MAX_AT_ONCE = 500;

  private final Ledger ledger;

  public Resends(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * What was found.
   *
   * @param again deliveries that are due again
   * @param gone delivered ones whose call's data was removed since: there is nothing to send
   */
  public record Resent(int again, int gone) {}

  /**
   * Makes an account's deliveries of a sink due again, of calls created at or after an instant. An
   * interruption leaves some that are due and some that are not; beginning again begins with all.
   */
  public Resent resend(Account account, String sink, Instant from) {
    int gone =
        ledger.jdbi.withHandle(
            h -> bound(h.createQuery(GONE), account, sink, from).mapTo(Integer.class).one());
    int again = 0;
    long after = Long.MIN_VALUE;
    List<Long> calls;
    do {
      // In portions, because the service beside waits for each of them.
      long behind = after;
      calls = ledger.writer.write(h -> portion(h, account, sink, from, behind));
      again += calls.size();
      after = calls.isEmpty() ? after : calls.get(calls.size() - 1);
    } while (calls.size() == MAX_AT_ONCE);
    return new Resent(again, gone);
  }

  private static List<Long> portion(
      Handle h, Account account, String sink, Instant from, long after) {
    List<Long> calls =
        bound(h.createQuery(NEXT), account, sink, from)
            .bind("after", after)
            .bind("most", MAX_AT_ONCE)
            .mapTo(Long.class)
            .list();
    if (!calls.isEmpty()) {
      h.createUpdate(RAISE).bind("account", account.id()).bindList("calls", calls).execute();
      h.createUpdate(BEGIN_ANEW)
          .bind("account", account.id())
          .bind("sink", sink)
          .bindList("calls", calls)
          .execute();
    }
    return calls;
  }

  private static <T extends SqlStatement<T>> T bound(
      T statement, Account account, String sink, Instant from) {
    return statement
        .bind("account", account.id())
        .bind("sink", sink)
        .bind("from", from.toEpochMilli());
  }
}
