package io.leadroutes.ledger;

import io.leadroutes.settings.SettingsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Deliveries that only a person can help: looked at, sent again, or given up. */
public final class DeadLetters {

  /** Why a delivery is cancelled that a person gave up. Only a new version brings it back. */
  static final String DISCARDED = "discarded";

  /**
   * Whether its last attempt may have arrived: a look-up ended it, or nobody could look. A sink
   * without a look-up says so in these words.
   */
  private static final String MAY_HAVE_ARRIVED =
      "(look_first = 1 OR COALESCE(reason, '') LIKE 'may have been delivered%')";

  private static final String LIST =
      """
      SELECT delivery.id, account.name AS account, call_id AS call, sink, wanted_version AS version,
        attempts, attempted_at, reason
      FROM delivery JOIN account ON account.id = delivery.account_id
      WHERE %s
      """;

  /** In the order in which pages are recorded, so that the two cannot lock each other out. */
  private static final String NEXT =
      """
      SELECT lead.call_id FROM lead
      WHERE lead.account_id = :account AND lead.call_id > :after %s
        AND EXISTS (
          SELECT 1 FROM delivery WHERE delivery.account_id = lead.account_id
            AND delivery.call_id = lead.call_id AND %s)
      ORDER BY lead.call_id LIMIT :most <forUpdate>
      """;

  private static final String SENDABLE =
      """
      AND lead.withdrawn_at IS NULL AND EXISTS (
        SELECT 1 FROM call WHERE call.account_id = lead.account_id AND call.id = lead.call_id
          AND call.raw IS NOT NULL)
      """;

  /**
   * What may have arrived is looked up before it is sent; a sink that cannot look up sends it,
   * because a person said so. That one must not become a dead letter again for what the ledger
   * forgot.
   */
  private static final String REPLAY =
      """
      UPDATE delivery SET state = CASE WHEN %1$s THEN 'unknown' ELSE 'pending' END,
        place = CASE WHEN COALESCE(reason, '') LIKE 'may have been delivered%%' THEN NULL
          ELSE place END,
        attempts = 0, looks = 0, due_at = <now>, reason = NULL
      WHERE account_id = :account AND call_id IN (<calls>) AND dropped = 0 AND %2$s
      """;

  /** Should a new version bring it back, what may have arrived is looked up first. */
  private static final String DISCARD =
      """
      UPDATE delivery SET state = 'cancelled', reason = :discarded, attempts = 0, looks = 0,
        look_first = CASE WHEN %1$s THEN 1 ELSE 0 END
      WHERE account_id = :account AND call_id IN (<calls>) AND %2$s
      """;

  private static final int MAX_AT_ONCE = 500;

  private final Ledger ledger;

  public DeadLetters(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Which dead letters are meant.
   *
   * @param ids of deliveries, empty for all
   * @param sink null for all
   * @param account its name, null for all
   */
  public record Selection(List<Long> ids, String sink, String account) {

    private String sql() {
      return "delivery.state = 'dead'"
          + (ids.isEmpty() ? "" : " AND delivery.id IN (<ids>)")
          + (sink == null ? "" : " AND delivery.sink = :sink");
    }

    private <T extends SqlStatement<T>> T bound(T statement) {
      if (!ids.isEmpty()) {
        statement.bindList("ids", ids);
      }
      if (sink != null) {
        statement.bind("sink", sink);
      }
      return account == null ? statement : statement.bind("name", account);
    }
  }

  /**
   * A dead letter, without the lead's data.
   *
   * @param attemptedAt when it was tried last, null when it never was
   */
  public record DeadLetter(
      long id,
      String account,
      long call,
      String sink,
      int version,
      int attempts,
      Instant attemptedAt,
      String reason) {}

  /**
   * What a replay did.
   *
   * @param again deliveries that are due again
   * @param left dead letters whose lead was withdrawn, whose sink the rule does not name any more,
   *     or whose call's data was removed since
   */
  public record Replayed(int again, int left) {}

  /**
   * Lists them in the order of their ids.
   *
   * @throws SettingsException when the ledger does not know the account, or an id is no dead letter
   *     of the selection
   */
  public List<DeadLetter> list(Selection selection) {
    return ledger.jdbi.withHandle(
        h -> {
          if (selection.account() != null) {
            Accounts.refuseUnknown(h, selection.account());
          }
          String which =
              selection.sql() + (selection.account() == null ? "" : " AND account.name = :name");
          List<DeadLetter> found =
              selection
                  .bound(h.createQuery(String.format(Locale.ROOT, LIST, which)))
                  .mapTo(DeadLetter.class)
                  .stream()
                  // Here, because SQLite would read all deliveries in that order instead.
                  .sorted(Comparator.comparingLong(DeadLetter::id))
                  .toList();
          refuseOthers(selection, found);
          return found;
        });
  }

  private static void refuseOthers(Selection selection, List<DeadLetter> found) {
    List<Long> others = new ArrayList<>(selection.ids());
    others.removeAll(found.stream().map(DeadLetter::id).toList());
    if (!others.isEmpty()) {
      throw new SettingsException(
          others.get(0)
              + " is not the id of such a dead letter: lead-routes dead-letters list shows them.");
    }
  }

  /**
   * Makes dead letters due again, with as many attempts as a new lead has. Withdrawn leads and
   * those without data stay as they are.
   *
   * @throws SettingsException as {@link #list}; then nothing was replayed
   */
  public Replayed replay(Selection selection) {
    int selected = list(selection).size();
    int again = change(selection, SENDABLE, REPLAY);
    return new Replayed(again, Math.max(0, selected - again));
  }

  /**
   * Gives dead letters up.
   *
   * @return how many
   * @throws SettingsException as {@link #list}; then nothing was discarded
   */
  public int discard(Selection selection) {
    list(selection);
    return change(selection, "", DISCARD);
  }

  private int change(Selection selection, String leads, String update) {
    String next = String.format(Locale.ROOT, NEXT, leads, selection.sql());
    String change = String.format(Locale.ROOT, update, MAY_HAVE_ARRIVED, selection.sql());
    int changed = 0;
    for (long account : accounts(selection)) {
      long after = Long.MIN_VALUE;
      Portion portion;
      do {
        // In portions, because the service beside waits for each of them.
        long behind = after;
        portion = ledger.writer.write(h -> portion(h, selection, account, behind, next, change));
        changed += portion.changed();
        after = portion.last();
      } while (portion.calls() == MAX_AT_ONCE);
    }
    return changed;
  }

  private List<Long> accounts(Selection selection) {
    String all = "SELECT id FROM account";
    return ledger.jdbi.withHandle(
        h ->
            (selection.account() == null
                    ? h.createQuery(all + " ORDER BY id")
                    : h.createQuery(all + " WHERE name = :name").bind("name", selection.account()))
                .mapTo(Long.class)
                .list());
  }

  private record Portion(int calls, long last, int changed) {}

  private static Portion portion(
      Handle h, Selection selection, long account, long after, String next, String change) {
    List<Long> calls =
        selection
            .bound(h.createQuery(next))
            .bind("account", account)
            .bind("after", after)
            .bind("most", MAX_AT_ONCE)
            .mapTo(Long.class)
            .list();
    if (calls.isEmpty()) {
      return new Portion(0, after, 0);
    }
    int changed =
        selection
            .bound(h.createUpdate(change))
            .bind("account", account)
            .bind("discarded", DISCARDED)
            .bindList("calls", calls)
            .execute();
    return new Portion(calls.size(), calls.get(calls.size() - 1), changed);
  }
}
