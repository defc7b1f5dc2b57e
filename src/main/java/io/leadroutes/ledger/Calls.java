package io.leadroutes.ledger;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.ContentHash;
import io.leadroutes.call.RawRecord;
import io.leadroutes.call.SetAside;
import io.leadroutes.judge.Verdict;
import io.leadroutes.lead.Delivery;
import io.leadroutes.ledger.PageChanges.Known;
import io.leadroutes.settings.SettingsException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The left side of the ledger: accounts, passes, calls, and the leads and deliveries that follow
 * from verdicts. Everything here may be repeated: it writes only what is newer and different.
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

  /**
   * The version stands for the content that was a lead last, whatever the call was in between. A
   * hash of another rule says nothing.
   */
  private static final String UPSERT_LEAD =
      """
      INSERT INTO lead (account_id, call_id, version, content_hash, found_at)
      VALUES (:account, :id, 1, :hash, <now>)
      ON CONFLICT (account_id, call_id) DO UPDATE SET
        version = lead.version + CASE
          WHEN lead.content_hash <> excluded.content_hash AND lead.content_hash LIKE :sameRule
          THEN 1 ELSE 0 END,
        content_hash = excluded.content_hash,
        withdrawn_at = NULL
      """;

  /**
   * Raises the wanted version only; state and lease belong to whoever claimed it. What a ledger may
   * have forgotten, because it was restored from a backup, begins as unknown: see {@link Restores}.
   */
  private static final String UPSERT_DELIVERY =
      """
      INSERT INTO delivery (account_id, call_id, sink, state, wanted_version, due_at, recorded_at,
                            attempted_at, place, reason)
      SELECT account_id, call_id, :sink, CASE WHEN since IS NULL THEN 'pending' ELSE 'unknown' END,
        version, <now>, <now>, since, CASE WHEN since IS NULL THEN NULL ELSE :forgotten END,
        CASE WHEN since IS NULL THEN NULL ELSE :restored END
      FROM (
        SELECT account_id, call_id, version, (
          SELECT MIN(restored.since) FROM restored JOIN call ON call.account_id = lead.account_id
            AND call.id = lead.call_id
          WHERE call.created_at IS NULL OR call.created_at < restored.at) AS since
        FROM lead) AS found
      WHERE account_id = :account AND call_id = :id
      ON CONFLICT (account_id, call_id, sink) DO UPDATE SET
        wanted_version = excluded.wanted_version,
        state = CASE WHEN delivery.state <> 'cancelled' THEN delivery.state
          WHEN delivery.look_first = 1 THEN 'unknown' ELSE 'pending' END,
        reason = CASE WHEN delivery.state = 'cancelled' THEN NULL ELSE delivery.reason END,
        dropped = 0
      WHERE (delivery.wanted_version < excluded.wanted_version OR delivery.dropped = 1
          OR (delivery.state = 'cancelled' AND COALESCE(delivery.reason, '') <> :discarded))
        AND (:lifted = 1 OR delivery.state <> 'cancelled' OR COALESCE(delivery.reason, '') <> :leftOut)
      """;

  /** A sink that a backfill leaves out stays left out, whatever happens to the lead later. */
  private static final String LEAVE_OUT =
      """
      INSERT INTO delivery (account_id, call_id, sink, state, wanted_version, due_at, recorded_at,
                            reason)
      VALUES (:account, :id, :sink, 'cancelled', 1, <now>, <now>, :leftOut)
      ON CONFLICT (account_id, call_id, sink) DO NOTHING
      """;

  private static final String LEFT_OUT = "left out by a backfill";

  /**
   * A sink that the rule does not name any more gets nothing that it has not got yet. What is on
   * its way, or may have arrived, is settled first.
   */
  private static final String DROP =
      """
      UPDATE delivery SET dropped = 1,
        reason = CASE WHEN state = 'pending' THEN :dropped ELSE reason END,
        held_at = CASE WHEN state = 'pending' THEN NULL ELSE held_at END,
        state = CASE WHEN state = 'pending' THEN 'cancelled' ELSE state END
      WHERE account_id = :account AND call_id = :id AND sink = :sink AND sent_version = 0
        AND state IN ('pending', 'sending', 'unknown', 'dead') AND dropped = 0
      """;

  private static final String WITHDRAW_LEAD =
      """
      UPDATE lead SET withdrawn_at = <now>
      WHERE account_id = :account AND call_id = :id AND withdrawn_at IS NULL
      """;

  private static final String CANCEL_DELIVERIES =
      """
      UPDATE delivery SET state = 'cancelled', held_at = NULL
      WHERE account_id = :account AND call_id = :id AND state = 'pending' AND sent_version = 0
      """;

  private static final String SET_ASIDE =
      """
      INSERT INTO set_aside (account_id, hash, reason, raw, seen_at)
      VALUES (:account, :hash, :reason, :raw, <now>) ON CONFLICT (account_id, hash) DO NOTHING
      """;

  /** What has lost its data is not found again, so each portion begins where the last one ended. */
  private static final String FORGET =
      """
      UPDATE call SET raw = NULL, forgotten_at = <now>
      WHERE account_id = :account AND id IN (
        SELECT id FROM call AS old
        WHERE old.account_id = :account AND old.raw IS NOT NULL
          AND COALESCE(old.created_at, old.observed_at) < <now> - :age
          AND old.observed_at < <now> - :age
          AND NOT EXISTS (
            SELECT 1 FROM delivery WHERE delivery.account_id = old.account_id
              AND delivery.call_id = old.id AND delivery.state IN ('pending', 'sending', 'unknown'))
        ORDER BY COALESCE(old.created_at, old.observed_at) LIMIT :most)
      """;

  private static final List<String> FORGET_ROWS =
      List.of(
          "DELETE FROM set_aside WHERE account_id = :account AND seen_at < <now> - :age",
          "DELETE FROM pass WHERE account_id = :account AND ended_at < <now> - :age",
          "DELETE FROM job WHERE account_id = :account AND ended_at < <now> - :age");

  /** Records of an account that cannot be read and are kept all the same. */
  private static final int MOST_SET_ASIDE = 1000;

  private static final long MOST_SET_ASIDE_BYTES = 16L * 1024 * 1024;

  /**
   * The last pass of a kind where it told nothing but that all is as it was, or failed for the same
   * reason: the next one like it takes its place, so that rows come with news and not with time.
   */
  private static final String SAME_AS_BEFORE =
      """
      DELETE FROM pass
      WHERE id = (SELECT MAX(id) FROM pass WHERE account_id = :account AND kind = :kind)
        AND new_calls = 0 AND changed = 0 AND :newCalls = 0 AND :changed = 0
        AND COALESCE(remark, '') = COALESCE(:remark, '')
        AND COALESCE(refused, '') = COALESCE(:refused, '')
        AND (kind = 'quick' OR refused IS NOT NULL)
      """;

  /** Start of an account that a command knows and no service has polled yet. */
  private static final long NOT_STARTED = -1;

  private static final int FORGET_AT_ONCE = 1000;
  private static final int HASHES_AT_ONCE = 1000;
  private static final int BOUND_AT_ONCE = 2 * 1024 * 1024;
  private static final long ONE_DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final Ledger ledger;

  public Calls(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * The account of this name, remembered from its first start on.
   *
   * @param baseUrl where it is read; the same name with another one would mix two lists of calls
   * @param startAt start of a new account, null for a command that only looks; an account that was
   *     started keeps its own
   * @throws SettingsException when the account is known with another base URL, or when the keys of
   *     its leads would be those of another account
   */
  public Account account(String name, String baseUrl, Instant startAt) {
    return accounts(List.of(new Started(name, baseUrl, startAt))).get(0);
  }

  /** An account as it is set: see {@link #account}. */
  public record Started(String name, String baseUrl, Instant startAt) {}

  /** The same for several accounts, in one transaction. */
  public List<Account> accounts(List<Started> accounts) {
    return ledger.writer.write(h -> accounts.stream().map(account -> account(h, account)).toList());
  }

  private static Account account(Handle h, Started wanted) {
    String name = wanted.name();
    Accounts.refuseFormerName(h, name);
    h.createUpdate(
            """
            INSERT INTO account (name, lead_key, base_url, start_at, wide_at)
            VALUES (:name, :name, :url, :start, <now>)
            ON CONFLICT (name) DO NOTHING
            """)
        .bind("name", name)
        .bind("url", wanted.baseUrl())
        .bind("start", wanted.startAt() == null ? NOT_STARTED : wanted.startAt().toEpochMilli())
        .execute();
    if (wanted.startAt() != null) {
      h.createUpdate(
              """
              UPDATE account SET start_at = :start, wide_at = <now>
              WHERE name = :name AND start_at = :notStarted
              """)
          .bind("start", wanted.startAt().toEpochMilli())
          .bind("name", name)
          .bind("notStarted", NOT_STARTED)
          .execute();
    }
    return h.createQuery("SELECT * FROM account WHERE name = :name")
        .bind("name", name)
        .map((rs, ctx) -> account(rs, wanted))
        .one();
  }

  private static Account account(ResultSet row, Started wanted) throws SQLException {
    if (!row.getString("base_url").equals(wanted.baseUrl())) {
      throw new SettingsException(
          "clickspeak.base-url: account '"
              + wanted.name()
              + "' was read from "
              + row.getString("base_url")
              + " before: give the new address an account name of its own in"
              + " clickspeak.accounts.");
    }
    return new Account(
        row.getLong("id"),
        wanted.name(),
        row.getString("lead_key"),
        row.getLong("start_at"),
        nullable(row, "accepted_at"),
        nullable(row, "wide_at"));
  }

  /** Takes back the start of an account that was never read; the next one fixes it anew. */
  public void unstart(Account account) {
    ledger.writer.write(
        h ->
            h.createUpdate(
                    "UPDATE account SET start_at = :notStarted"
                        + " WHERE id = :id AND accepted_at IS NULL")
                .bind("notStarted", NOT_STARTED)
                .bind("id", account.id())
                .execute());
  }

  private static Long nullable(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
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
      } else if (!row.forgotten() && !row.state().equals("baseline")) {
        boolean settled = settled(call, row, began, look);
        boolean settledNow = settled && row.state().equals("open");
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
    return !row.state().equals("open")
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
    Map<Long, Known> known = new HashMap<>();
    if (!page.calls().isEmpty()) {
      ledger.jdbi.useHandle(
          h ->
              h.createQuery(
                      """
                      SELECT id, content_hash, judged_hash, changed_at, forgotten_at, rule, state,
                        rejected_by, error,
                        EXISTS (SELECT 1 FROM lead WHERE lead.account_id = call.account_id
                          AND lead.call_id = call.id) AS lead
                      FROM call WHERE account_id = :account AND id IN (<ids>)
                      """)
                  .bind("account", account.id())
                  .bindList("ids", page.calls().stream().map(Call::id).toList())
                  .map(
                      (rs, ctx) ->
                          known.put(
                              rs.getLong("id"),
                              new Known(
                                  rs.getString("content_hash"),
                                  rs.getString("judged_hash"),
                                  rs.getLong("changed_at"),
                                  rs.getObject("forgotten_at") != null,
                                  rs.getString("rule"),
                                  rs.getString("state"),
                                  rs.getString("rejected_by"),
                                  rs.getString("error"),
                                  rs.getBoolean("lead"))))
                  .list());
    }
    return known;
  }

  /** One row to write: a call, and what was decided about it. */
  private record Row(Call call, String state, Verdict verdict, Known before) {

    static Row of(Verdict verdict, Known before) {
      String state =
          verdict.error() != null
              ? "failed"
              : verdict.qualified() ? "lead" : verdict.call().open() ? "open" : "rejected";
      return new Row(verdict.call(), state, verdict, before);
    }

    boolean differs(Look look) {
      return before == null
          || !before.contentHash().equals(call.contentHash())
          || !Objects.equals(before.judgedHash(), judgedHash())
          || !look.rule().equals(before.rule())
          || !before.state().equals(state)
          || !Objects.equals(before.rejectedBy(), rejectedBy())
          || !Objects.equals(before.error(), error());
    }

    /** A lead that is known may lack deliveries that a backfill wants. */
    boolean isToWrite(Look look) {
      return differs(look) || (state.equals("lead") && look.lifts(call));
    }

    /**
     * By how much the version rises. A hash of another rule says nothing, so the row is rewritten
     * without a word.
     */
    int changed() {
      return before != null
              && ContentHash.comparable(before.contentHash(), call.contentHash())
              && !before.contentHash().equals(call.contentHash())
          ? 1
          : 0;
    }

    /**
     * How long it keeps windows open: one that is not over for a day from its beginning, one that
     * waits for its evaluation as long as {@code lead.settle} says.
     */
    Long openUntil(long began, Look look) {
      if (!state.equals("open")) {
        return null;
      }
      if (call.terminal()) {
        return began + look.settleMillis();
      }
      long created = call.createdAt() == null ? began : call.createdAt().toEpochMilli();
      return created + ONE_DAY_MILLIS;
    }

    boolean wasLead() {
      return before != null && before.lead();
    }

    /** Null where there is no verdict to rely on, so that the call is judged again. */
    String judgedHash() {
      return verdict == null || error() != null ? null : call.judgedOn();
    }

    String rejectedBy() {
      return verdict == null ? null : verdict.rejectedBy();
    }

    String error() {
      return verdict == null ? null : verdict.error();
    }

    /** Leads need it for delivery, a withdrawn one until its deliveries are settled. */
    String raw() {
      boolean kept = state.equals("baseline") || (state.equals("rejected") && !wasLead());
      return kept ? null : call.raw().json();
    }
  }

  /**
   * Records a page in one transaction: calls, leads, one delivery per sink, records set aside.
   * Unchanged calls cost nothing, and a page without changes not even a transaction.
   *
   * @param verdicts one for each of {@link PageChanges#calls()}
   * @return how many calls were new, and how many changed
   */
  public Recorded record(PageChanges changes, List<Verdict> verdicts) {
    List<Row> rows = new ArrayList<>();
    changes.baseline().forEach(call -> rows.add(new Row(call, "baseline", null, null)));
    for (Verdict verdict : verdicts) {
      Row row = Row.of(verdict, changes.known().get(verdict.call().id()));
      if (row.isToWrite(changes.look())) {
        rows.add(row);
      }
    }
    if (rows.isEmpty() && changes.page().setAside().isEmpty()) {
      return Recorded.NOTHING;
    }
    // One order for all processes, so that two pollers cannot lock each other out.
    rows.sort(Comparator.comparingLong(row -> row.call().id()));
    Map<String, SetAside> setAside = new LinkedHashMap<>();
    changes.page().setAside().forEach(record -> setAside.put(hash(record.identity()), record));
    Recorded recorded = ledger.writer.write(h -> write(h, changes, rows, setAside));
    if (rows.stream().anyMatch(row -> row.state().equals("lead"))) {
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
      Handle h, PageChanges changes, List<Row> rows, Map<String, SetAside> records) {
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
                    .bind("state", row.state())
                    .bind("rejectedBy", row.rejectedBy())
                    .bind("error", row.error())
                    .bind("changed", row.changed())
                    .bind("openUntil", row.openUntil(changes.began(), look))
                    .bind("raw", row.raw())
                    .bind("began", changes.began()));
    List<Row> written = new ArrayList<>();
    int fresh = 0;
    int changed = 0;
    int leads = 0;
    for (int i = 0; i < counts.length; i++) {
      Row row = rows.get(i);
      if (counts[i] > 0) {
        written.add(row);
        fresh += row.before() == null ? 1 : 0;
        changed += row.before() != null && row.differs(look) ? 1 : 0;
        leads += row.state().equals("lead") && !row.wasLead() ? 1 : 0;
      }
    }
    recordLeads(h, account, look, written);
    countJudged(h, account, look, written);
    int setAside = setAside(h, account, records);
    return new Recorded(fresh, changed, setAside, leads, rows.size());
  }

  /** How many calls the present rule decided, and how many of them are leads. */
  private static void countJudged(Handle h, long account, Look look, List<Row> written) {
    long leads = written.stream().filter(row -> row.state().equals("lead")).count();
    long judged = leads + written.stream().filter(row -> row.state().equals("rejected")).count();
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

  /** A delivery that a lead wants or does not want any more, or that a backfill leaves out. */
  private record Wanted(long call, String sink, boolean lifted) {}

  private static void recordLeads(Handle h, long account, Look look, List<Row> written) {
    List<Row> leads = written.stream().filter(row -> row.state().equals("lead")).toList();
    batch(
        h,
        UPSERT_LEAD,
        leads,
        (batch, row) ->
            batch
                .bind("account", account)
                .bind("id", row.call().id())
                .bind("sameRule", ContentHash.rule(row.call().contentHash()) + "%")
                .bind("hash", row.call().contentHash()));
    List<Wanted> wanted = new ArrayList<>();
    List<Wanted> leftOut = new ArrayList<>();
    List<Wanted> dropped = new ArrayList<>();
    for (Row row : leads) {
      boolean lifted = look.lifts(row.call());
      row.verdict().known().stream()
          .filter(sink -> !row.verdict().sinks().contains(sink))
          .sorted()
          .forEach(sink -> dropped.add(new Wanted(row.call().id(), sink, lifted)));
      for (String sink : row.verdict().sinks()) {
        boolean chosen = !lifted || look.sinks().isEmpty() || look.sinks().contains(sink);
        (chosen ? wanted : leftOut).add(new Wanted(row.call().id(), sink, lifted));
      }
    }
    batch(
        h,
        UPSERT_DELIVERY,
        wanted,
        (batch, delivery) ->
            batch
                .bind("account", account)
                .bind("id", delivery.call())
                .bind("sink", delivery.sink())
                .bind("lifted", delivery.lifted() ? 1 : 0)
                .bind("leftOut", LEFT_OUT)
                .bind("discarded", DeadLetters.DISCARDED)
                .bind("forgotten", Delivery.Earlier.FORGOTTEN)
                .bind("restored", Restores.REASON));
    batch(
        h,
        LEAVE_OUT,
        leftOut,
        (batch, delivery) ->
            batch
                .bind("account", account)
                .bind("id", delivery.call())
                .bind("sink", delivery.sink())
                .bind("leftOut", LEFT_OUT));
    batch(
        h,
        DROP,
        dropped,
        (batch, delivery) ->
            batch
                .bind("account", account)
                .bind("id", delivery.call())
                .bind("sink", delivery.sink())
                .bind("dropped", Deliveries.DROPPED));
    List<Row> withdrawn =
        written.stream()
            .filter(Row::wasLead)
            .filter(row -> row.state().equals("rejected") || row.state().equals("open"))
            .toList();
    for (String sql : List.of(WITHDRAW_LEAD, CANCEL_DELIVERIES)) {
      batch(
          h,
          sql,
          withdrawn,
          (batch, row) -> batch.bind("account", account).bind("id", row.call().id()));
    }
  }

  /**
   * Keeps records that were not seen before, as long as there is room; how many the list has in all
   * is noted with each pass.
   *
   * @param records by the hashes of what they are known by
   * @return how many were kept
   */
  private static int setAside(Handle h, long account, Map<String, SetAside> records) {
    if (records.isEmpty()) {
      return 0;
    }
    Map<String, SetAside> fresh = new LinkedHashMap<>(records);
    List<String> hashes = List.copyOf(records.keySet());
    for (int from = 0; from < hashes.size(); from += HASHES_AT_ONCE) {
      h.createQuery("SELECT hash FROM set_aside WHERE account_id = :account AND hash IN (<hashes>)")
          .bind("account", account)
          .bindList("hashes", hashes.subList(from, Math.min(hashes.size(), from + HASHES_AT_ONCE)))
          .mapTo(String.class)
          .forEach(fresh::remove);
    }
    if (fresh.isEmpty()) {
      return 0;
    }
    long[] kept =
        h.createQuery(
                """
                SELECT COUNT(*) AS records, COALESCE(SUM(OCTET_LENGTH(raw)), 0) AS bytes
                FROM set_aside WHERE account_id = :account
                """)
            .bind("account", account)
            .map((rs, ctx) -> new long[] {rs.getLong("records"), rs.getLong("bytes")})
            .one();
    int count = 0;
    for (Map.Entry<String, SetAside> record : fresh.entrySet()) {
      RawRecord raw = record.getValue().raw();
      kept[0]++;
      kept[1] += raw.end() - raw.start();
      if (kept[0] > MOST_SET_ASIDE || kept[1] > MOST_SET_ASIDE_BYTES) {
        break;
      }
      count += setAside(h, account, record.getKey(), record.getValue().reason(), raw.json());
    }
    return count;
  }

  private static int setAside(Handle h, long account, String hash, String reason, String raw) {
    return h.createUpdate(SET_ASIDE)
        .bind("account", account)
        .bind("hash", hash)
        .bind("reason", reason)
        .bind("raw", raw)
        .execute();
  }

  private static <T> int[] batch(
      Handle h, String sql, List<T> rows, BiConsumer<PreparedBatch, T> bind) {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedBatch batch = h.prepareBatch(sql)) {
      for (T row : rows) {
        bind.accept(batch, row);
        batch.add();
      }
      return batch.execute();
    }
  }

  /** Rows with the texts of their calls, a few MiB at a time: the driver holds what is bound. */
  private static int[] inPortions(
      Handle h, String sql, List<Row> rows, BiConsumer<PreparedBatch, Row> bind) {
    int[] counts = new int[rows.size()];
    for (int from = 0, to; from < rows.size(); from = to) {
      long bytes = 0;
      for (to = from; to < rows.size() && bytes < BOUND_AT_ONCE; to++) {
        RawRecord raw = rows.get(to).call().raw();
        bytes += raw.end() - raw.start();
      }
      int[] some = batch(h, sql, rows.subList(from, to), bind);
      System.arraycopy(some, 0, counts, from, some.length);
    }
    return counts;
  }

  private static Long milliseconds(Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }

  /** Keeps a pass; a full one that was accepted moves the window of the next. */
  public void passEnded(PassRow pass) {
    ledger.writer.write(
        h -> {
          if (pass.refused() == null) {
            h.createUpdate("UPDATE account SET paused = NULL WHERE id = :id AND paused IS NOT NULL")
                .bind("id", pass.account().id())
                .execute();
          }
          if (pass.refused() == null
              && (pass.kind().equals("full") || pass.kind().equals("wide"))) {
            String column = pass.kind().equals("full") ? "accepted_at" : "wide_at";
            h.createUpdate("UPDATE account SET " + column + " = :at WHERE id = :id")
                .bind("at", pass.startedAt())
                .bind("id", pass.account().id())
                .execute();
          }
          if (pass.isLive() && !pass.stopped()) {
            noteReading(h, pass);
          }
          h.createUpdate(SAME_AS_BEFORE)
              .bind("account", pass.account().id())
              .bind("kind", pass.kind())
              .bind("newCalls", pass.newCalls())
              .bind("changed", pass.changed())
              .bind("remark", pass.remark())
              .bind("refused", pass.refused())
              .execute();
          return h.createUpdate(
                  """
                  INSERT INTO pass (account_id, kind, date_from, date_to, started_at, ended_at, pages,
                                    requests, new_calls, changed, remark, refused)
                  VALUES (:account, :kind, :dateFrom, :dateTo, :startedAt, <now>, :pages,
                          :requests, :newCalls, :changed, :remark, :refused)
                  """)
              .bind("account", pass.account().id())
              .bind("kind", pass.kind())
              .bind("dateFrom", pass.dateFrom())
              .bind("dateTo", pass.dateTo())
              .bind("startedAt", pass.startedAt())
              .bind("pages", pass.pages())
              .bind("requests", pass.requests())
              .bind("newCalls", pass.newCalls())
              .bind("changed", pass.changed())
              .bind("remark", pass.remark())
              .bind("refused", pass.refused())
              .execute();
        });
  }

  /**
   * What the watch goes by. A quick pass may meet another unreadable record at the head; only a
   * full one tells that there is none any more.
   */
  private static void noteReading(Handle h, PassRow pass) {
    h.createUpdate(
            """
            UPDATE account SET
              read_at = CASE WHEN :refused IS NULL THEN <now> ELSE read_at END,
              trouble = :refused,
              trouble_since = CASE WHEN :refused IS NULL THEN NULL
                ELSE COALESCE(trouble_since, <now>) END,
              listed = CASE WHEN :replace = 1 THEN :records ELSE listed END,
              unreadable = CASE WHEN :replace = 1 THEN :unreadable ELSE unreadable END,
              clock_ahead = :clockAhead
            WHERE id = :id
            """)
        .bind("refused", pass.refused())
        .bind("replace", pass.isFull() && pass.refused() == null || pass.unreadable() > 0 ? 1 : 0)
        .bind("records", pass.records())
        .bind("unreadable", pass.unreadable())
        .bind("clockAhead", pass.clockAhead())
        .bind("id", pass.account().id())
        .execute();
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

  /** Notes that a record keeps its page from being read, where the list shows it behind a call. */
  public void hidden(Account account, String place, String reason) {
    ledger.writer.write(
        h -> {
          int kept =
              h.createQuery("SELECT COUNT(*) FROM set_aside WHERE account_id = :account")
                  .bind("account", account.id())
                  .mapTo(Integer.class)
                  .one();
          return kept < MOST_SET_ASIDE ? setAside(h, account.id(), hash(place), reason, "") : 0;
        });
  }

  /**
   * Removes the raw data of calls, the records set aside and the passes that are older than so many
   * milliseconds. Keys and states stay; calls with a delivery that is still to be made wait for it.
   *
   * @return how many calls lost their data
   */
  public int forget(Account account, long olderThanMillis) {
    ledger.writer.write(
        h -> {
          for (String sql : FORGET_ROWS) {
            h.createUpdate(sql)
                .bind("account", account.id())
                .bind("age", olderThanMillis)
                .execute();
          }
          return null;
        });
    int all = 0;
    int some;
    do {
      // In portions, because everybody waits for the writer.
      some = ledger.writer.write(h -> forget(h, account, olderThanMillis));
      all += some;
    } while (some == FORGET_AT_ONCE);
    return all;
  }

  private static int forget(Handle h, Account account, long age) {
    return h.createUpdate(FORGET)
        .bind("account", account.id())
        .bind("age", age)
        .bind("most", FORGET_AT_ONCE)
        .execute();
  }

  /**
   * A full pass was read to its end: the calls inside the look-back are judged by this rule now,
   * and what waits may go.
   */
  public void counts(Account account, String rule) {
    int changed =
        ledger.writer.write(
            h ->
                h.createUpdate(
                        """
                        UPDATE account SET rule = :rule, counted_rule = :rule
                        WHERE id = :id AND (rule <> :rule OR counted_rule <> :rule)
                        """)
                    .bind("rule", rule)
                    .bind("id", account.id())
                    .execute());
    if (changed > 0) {
      ledger.recordings.tell(account.id());
    }
  }

  /** Remembers that this process begins to poll accounts. */
  public void begins(List<Account> accounts) {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE account SET began_at = <now> WHERE id IN (<ids>)")
                .bindList("ids", accounts.stream().map(Account::id).toList())
                .execute());
  }

  /** Remembers why an account is not read, and what to do. */
  public void paused(Account account, String reason) {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE account SET paused = :reason WHERE id = :id")
                .bind("reason", reason)
                .bind("id", account.id())
                .execute());
  }
}
