package io.leadroutes.ledger;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.RawRecord;
import io.leadroutes.call.SetAside;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.PageChanges.Known;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The left side of the ledger: a page is compared with what is known of its calls, and what is new
 * and different of it is recorded. It may be repeated at will.
 */
public final class Calls {

  private static final String UPSERT_CALL =
      """
      INSERT INTO call (account_id, id, status, created_at, version, content_hash, judged_hash, rule,
                        state, rejected_by, error, observed_at, changed_at, open_until, raw)
      VALUES (:account, :id, :status, :createdAt, 1, :hash, :judgedHash, :rule,
              :state, :rejectedBy, :error, <now>, <now>, :openUntil, :raw)
      ON CONFLICT (account_id, id) DO UPDATE SET
        status = excluded.status,
        created_at = excluded.created_at,
        version = call.version + :changed,
        content_hash = excluded.content_hash,
        judged_hash = excluded.judged_hash,
        rule = excluded.rule,
        state = excluded.state,
        rejected_by = excluded.rejected_by,
        error = excluded.error,
        observed_at = excluded.observed_at,
        changed_at = CASE WHEN :changed = 0 THEN call.changed_at ELSE excluded.changed_at END,
        open_until = excluded.open_until,
        raw = excluded.raw
      WHERE call.observed_at < :began
      """;

  private static final String KNOWN =
      """
      SELECT id, content_hash, judged_hash, changed_at, rule, state, rejected_by, error,
        forgotten_at IS NOT NULL AS forgotten,
        EXISTS (SELECT 1 FROM lead WHERE lead.account_id = call.account_id
          AND lead.call_id = call.id) AS lead
      FROM call WHERE account_id = :account AND id IN (<ids>)
      """;

  private static final int BOUND_AT_ONCE = 2 * 1024 * 1024;

  private final Ledger ledger;

  public Calls(Ledger ledger) {
    this.ledger = ledger;
  }

  /** When the oldest call was created that keeps windows open, milliseconds, or null. */
  public Long oldestOpenCall(Account account) {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT MIN(created_at) FROM call
                    WHERE account_id = :account AND state = 'open' AND open_until > <now>
                    """)
                .bind("account", account.id())
                .mapTo(Long.class)
                .one());
  }

  /**
   * Compares a page with the ledger: one query.
   *
   * @param began when its request began, by {@link Ledger#now()}
   * @param wide whether the page was read for what lies before the usual windows
   */
  public PageChanges compare(Account account, CallPage page, long began, Look look, boolean wide) {
    Map<Long, Known> known = known(account, page);
    List<Call> baseline = new ArrayList<>();
    List<Call> judged = new ArrayList<>();
    for (Call call : onceEach(page)) {
      Known row = known.get(call.id());
      if (row == null && old(call, account, wide) && !look.lifts(call)) {
        baseline.add(call);
      } else if (row == null || look.lifts(call)) {
        if (row == null || !row.forgotten()) {
          judged.add(settledIf(call, look.lifts(call) || settled(call, row, began, look)));
        }
      } else if (!row.forgotten() && row.state() != CallState.BASELINE) {
        boolean settled = settled(call, row, began, look);
        boolean settledNow = settled && row.state() == CallState.OPEN;
        if (settledNow
            || !call.sameContentAs(row.judgedHash())
            || otherFacts(call, row, look)
            || look.again(call, row.rule())) {
          judged.add(settledIf(call, settled));
        }
      }
    }
    return new PageChanges(account, page, began, look, baseline, judged, known);
  }

  /**
   * Each call once: of two records with one id the one that was updated last, else the first. Both
   * in turn would be a change in every pass.
   */
  private static Collection<Call> onceEach(CallPage page) {
    Map<Long, Call> calls = new LinkedHashMap<>();
    page.calls().forEach(call -> calls.merge(call.id(), call, Calls::newer));
    return calls.values();
  }

  private static Call newer(Call one, Call other) {
    return other.updatedAt() != null
            && (one.updatedAt() == null || other.updatedAt().isAfter(one.updatedAt()))
        ? other
        : one;
  }

  /**
   * Whether a verdict may become another one by what filters ask for alone. Not for a call that was
   * decided long ago: the name of its campaign may have changed, and today's rule is not meant for
   * it.
   */
  private static boolean otherFacts(Call call, Known row, Look look) {
    return row.state() != CallState.OPEN
        && look.isRecent(call)
        && !call.sameFactsAs(row.judgedHash());
  }

  /**
   * Whether a call was there before the account's start. Of one whose creation time cannot be read
   * it is taken to be so where it was over before the first full pass came to its end, or is met
   * where nobody looks for new ones: a lead less, which the watch names, is better than last year's
   * leads once more.
   */
  private static boolean old(Call call, Account account, boolean wide) {
    if (call.createdAt() != null) {
      return call.createdAt().toEpochMilli() < account.startAt();
    }
    if (account.startAt() == 0) {
      return false;
    }
    return call.updatedAt() != null && call.updatedAt().toEpochMilli() < account.startAt()
        || call.terminal() && (wide || account.acceptedAt() == null);
  }

  /** Whether a call that would be over if it were settled has stayed as it is for long enough. */
  private static boolean settled(Call call, Known row, long began, Look look) {
    return row != null
        && call.settles()
        && row.contentHash().equals(call.contentHash())
        && began - row.changedAt() >= look.settleMillis();
  }

  private static Call settledIf(Call call, boolean settled) {
    return settled ? call.settle() : call;
  }

  private Map<Long, Known> known(Account account, CallPage page) {
    if (page.calls().isEmpty()) {
      return Map.of();
    }
    Map<Long, Known> known = new HashMap<>();
    ledger.jdbi.useHandle(
        h ->
            h.createQuery(KNOWN)
                .bind("account", account.id())
                .bindList("ids", page.calls().stream().map(Call::id).toList())
                .map((rs, ctx) -> known.put(rs.getLong("id"), known(rs)))
                .list());
    return known;
  }

  /** By hand, because each call of each full pass comes by here. */
  private static Known known(ResultSet row) throws SQLException {
    return new Known(
        row.getString("content_hash"),
        row.getString("judged_hash"),
        row.getLong("changed_at"),
        row.getBoolean("forgotten"),
        row.getString("rule"),
        CallState.of(row.getString("state")),
        row.getString("rejected_by"),
        row.getString("error"),
        row.getBoolean("lead"));
  }

  /**
   * Records a page in one transaction: calls, leads, one delivery per sink, records set aside.
   * Unchanged calls cost nothing, and a page without changes not even a transaction.
   *
   * @param verdicts one for each of {@link PageChanges#calls()}
   * @return how many calls were new, and how many changed
   */
  public Recorded record(PageChanges changes, List<Verdict> verdicts) {
    List<CallRow> rows = new ArrayList<>();
    changes.baseline().forEach(call -> rows.add(new CallRow(call, CallState.BASELINE, null, null)));
    for (Verdict verdict : verdicts) {
      CallRow row = CallRow.of(verdict, changes.known().get(verdict.call().id()));
      if (row.isToWrite(changes.look())) {
        rows.add(row);
      }
    }
    if (rows.isEmpty() && changes.page().setAside().isEmpty()) {
      return Recorded.NOTHING;
    }
    // One order for all processes, so that two pollers cannot lock each other out.
    rows.sort(Comparator.comparingLong(row -> row.call().id()));
    Map<String, SetAside> setAside = SetAsides.byHash(changes.page().setAside());
    Recorded recorded = ledger.writer.write(h -> write(h, changes, rows, setAside));
    if (rows.stream().anyMatch(row -> row.state() == CallState.LEAD)) {
      ledger.recordings.tell(changes.account().id());
    }
    return recorded;
  }

  /**
   * Counts of one page.
   *
   * @param setAside records that cannot be read and were not seen before
   * @param leads calls that became leads
   * @param differed calls that differed from the ledger, also those that another page with newer
   *     knowledge had recorded in the meantime
   */
  public record Recorded(int newCalls, int changed, int setAside, int leads, int differed) {

    public static final Recorded NOTHING = new Recorded(0, 0, 0, 0, 0);
  }

  private static Recorded write(
      Handle h, PageChanges changes, List<CallRow> rows, Map<String, SetAside> records) {
    long account = changes.account().id();
    Look look = changes.look();
    int[] counts =
        inPortions(
            h,
            UPSERT_CALL,
            rows,
            (batch, row) ->
                batch
                    .bind("account", account)
                    .bind("id", row.call().id())
                    .bind("status", row.call().status())
                    .bind("createdAt", milliseconds(row.call().createdAt()))
                    .bind("hash", row.call().contentHash())
                    .bind("judgedHash", row.judgedHash())
                    .bind("rule", row.verdict() == null ? null : look.rule())
                    .bind("state", row.state().word())
                    .bind("rejectedBy", row.rejectedBy())
                    .bind("error", row.error())
                    .bind("changed", row.changed())
                    .bind("openUntil", row.openUntil(changes.began(), look))
                    .bind("raw", row.raw())
                    .bind("began", changes.began()));
    List<CallRow> written = new ArrayList<>();
    int fresh = 0;
    int changed = 0;
    int leads = 0;
    for (int i = 0; i < counts.length; i++) {
      CallRow row = rows.get(i);
      if (counts[i] > 0) {
        written.add(row);
        fresh += row.before() == null ? 1 : 0;
        changed += row.before() != null && row.differs(look) ? 1 : 0;
        leads += row.state() == CallState.LEAD && !row.wasLead() ? 1 : 0;
      }
    }
    Leads.record(h, account, look, written);
    countJudged(h, account, look, written);
    int setAside = SetAsides.keep(h, account, records);
    return new Recorded(fresh, changed, setAside, leads, rows.size());
  }

  /** How many calls the present rule decided, and how many of them are leads. */
  private static void countJudged(Handle h, long account, Look look, List<CallRow> written) {
    long leads = written.stream().filter(row -> row.state() == CallState.LEAD).count();
    long judged = leads + written.stream().filter(row -> row.state() == CallState.REJECTED).count();
    if (judged > 0) {
      h.createUpdate(
              """
              UPDATE account SET
                judged_calls = CASE WHEN judged_rule = :rule THEN judged_calls ELSE 0 END + :judged,
                judged_leads = CASE WHEN judged_rule = :rule THEN judged_leads ELSE 0 END + :leads,
                judged_rule = :rule
              WHERE id = :id
              """)
          .bind("rule", look.rule())
          .bind("judged", judged)
          .bind("leads", leads)
          .bind("id", account)
          .execute();
    }
  }

  /** Rows with the texts of their calls, a few MiB at a time: the driver holds what is bound. */
  private static int[] inPortions(
      Handle h, String sql, List<CallRow> rows, BiConsumer<PreparedBatch, CallRow> bind) {
    int[] counts = new int[rows.size()];
    for (int from = 0, to; from < rows.size(); from = to) {
      long bytes = 0;
      for (to = from; to < rows.size() && bytes < BOUND_AT_ONCE; to++) {
        RawRecord raw = rows.get(to).call().raw();
        bytes += raw.end() - raw.start();
      }
      int[] some = Batch.execute(h, sql, rows.subList(from, to), bind);
      System.arraycopy(some, 0, counts, from, some.length);
    }
    return counts;
  }

  private static Long milliseconds(Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }

  /** How many calls the ledger knows that were created in a span. */
  public int count(Account account, Look.Span span) {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT COUNT(*) FROM call
                    WHERE account_id = :account AND created_at >= :from AND created_at < :to
                    """)
                .bind("account", account.id())
                .bind("from", span.from())
                .bind("to", span.to())
                .mapTo(Integer.class)
                .one());
  }
}
