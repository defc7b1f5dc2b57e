package io.leadroutes.ledger;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.SetAside;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.PageChanges.Known;
import io.leadroutes.settings.SettingsException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
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
                        state, rejected_by, error, observed_at, raw)
      VALUES (:account, :id, :status, :createdAt, 1, :hash, :judgedHash, :rule,
              :state, :rejectedBy, :error, <now>, :raw)
      ON CONFLICT (account_id, id) DO UPDATE SET
        status = excluded.status,
        version = call.version + CASE WHEN call.content_hash = excluded.content_hash THEN 0 ELSE 1 END,
        content_hash = excluded.content_hash,
        judged_hash = excluded.judged_hash,
        rule = excluded.rule,
        state = excluded.state,
        rejected_by = excluded.rejected_by,
        error = excluded.error,
        observed_at = excluded.observed_at,
        raw = excluded.raw
      WHERE call.observed_at < :began
      """;

  private static final String UPSERT_LEAD =
      """
      INSERT INTO lead (account_id, call_id, version, content_hash, found_at)
      VALUES (:account, :id, 1, :hash, <now>)
      ON CONFLICT (account_id, call_id) DO UPDATE SET
        version = lead.version + CASE WHEN lead.content_hash = excluded.content_hash THEN 0 ELSE 1 END,
        content_hash = excluded.content_hash,
        withdrawn_at = NULL
      """;

  /** Raises the wanted version only; state and lease belong to whoever claimed it. */
  private static final String UPSERT_DELIVERY =
      """
      INSERT INTO delivery (account_id, call_id, sink, state, wanted_version, due_at, recorded_at)
      SELECT account_id, call_id, :sink, 'pending', version, <now>, <now>
      FROM lead WHERE account_id = :account AND call_id = :id
      ON CONFLICT (account_id, call_id, sink) DO UPDATE SET
        wanted_version = excluded.wanted_version,
        state = CASE WHEN delivery.state = 'cancelled' THEN 'pending' ELSE delivery.state END
      WHERE delivery.wanted_version < excluded.wanted_version OR delivery.state = 'cancelled'
      """;

  private static final String WITHDRAW_LEAD =
      """
      UPDATE lead SET withdrawn_at = <now>
      WHERE account_id = :account AND call_id = :id AND withdrawn_at IS NULL
      """;

  private static final String CANCEL_DELIVERIES =
      """
      UPDATE delivery SET state = 'cancelled'
      WHERE account_id = :account AND call_id = :id AND state = 'pending' AND sent_version = 0
      """;

  private final Ledger ledger;

  public Calls(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * The account of this name, remembered from its first start on.
   *
   * @param baseUrl where it is read; the same name with another one would mix two lists of calls
   * @param startAt start of a new account; an account that is known keeps its own
   * @throws SettingsException when the account is known with another base URL
   */
  public Account account(String name, String baseUrl, Instant startAt) {
    return ledger.writer.write(
        h -> {
          h.createUpdate(
                  """
                  INSERT INTO account (name, base_url, start_at) VALUES (:name, :url, :start)
                  ON CONFLICT (name) DO NOTHING
                  """)
              .bind("name", name)
              .bind("url", baseUrl)
              .bind("start", startAt.toEpochMilli())
              .execute();
          return h.createQuery("SELECT * FROM account WHERE name = :name")
              .bind("name", name)
              .map(
                  (rs, ctx) -> {
                    if (!rs.getString("base_url").equals(baseUrl)) {
                      throw new SettingsException(
                          "clickspeak.base-url: account '"
                              + name
                              + "' was read from "
                              + rs.getString("base_url")
                              + " before: give the new address an account name of its own in"
                              + " clickspeak.accounts.");
                    }
                    long accepted = rs.getLong("accepted_at");
                    return new Account(
                        rs.getLong("id"),
                        name,
                        rs.getLong("start_at"),
                        rs.wasNull() ? null : accepted);
                  })
              .one();
        });
  }

  /** When the oldest open call younger than the bound was created, milliseconds, or null. */
  public Long oldestOpenCall(Account account, long createdAfter) {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT MIN(created_at) FROM call
                    WHERE account_id = :account AND state = 'open' AND created_at >= :after
                    """)
                .bind("account", account.id())
                .bind("after", createdAfter)
                .mapTo(Long.class)
                .one());
  }

  /**
   * Compares a page with the ledger: one query.
   *
   * @param began when its request began, by {@link Ledger#now()}
   * @param rule fingerprint of the account's present rule
   */
  public PageChanges compare(Account account, CallPage page, long began, String rule) {
    Map<Long, Known> known = known(account, page);
    List<Call> baseline = new ArrayList<>();
    List<Call> changed = new ArrayList<>();
    for (Call call : page.calls()) {
      Known row = known.get(call.id());
      if (row == null) {
        boolean old =
            call.createdAt() != null && call.createdAt().toEpochMilli() < account.startAt();
        (old ? baseline : changed).add(call);
      } else if (!row.state().equals("baseline")
          && (row.state().equals("failed")
              || !row.contentHash().equals(call.contentHash())
              || !rule.equals(row.rule()))) {
        changed.add(call);
      }
    }
    return new PageChanges(account, page, began, rule, baseline, changed, known);
  }

  private Map<Long, Known> known(Account account, CallPage page) {
    Map<Long, Known> known = new HashMap<>();
    if (!page.calls().isEmpty()) {
      ledger.jdbi.useHandle(
          h ->
              h.createQuery(
                      """
                      SELECT id, content_hash, rule, state, rejected_by, error,
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

    boolean differs(String rule) {
      return before == null
          || !before.contentHash().equals(call.contentHash())
          || !rule.equals(before.rule())
          || !before.state().equals(state)
          || !Objects.equals(before.rejectedBy(), rejectedBy())
          || !Objects.equals(before.error(), error());
    }

    boolean wasLead() {
      return before != null && before.lead();
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
      if (row.differs(changes.rule())) {
        rows.add(row);
      }
    }
    if (rows.isEmpty() && changes.page().setAside().isEmpty()) {
      return new Recorded(0, 0, 0);
    }
    // One order for all processes, so that two pollers cannot lock each other out.
    rows.sort(Comparator.comparingLong(row -> row.call().id()));
    return ledger.writer.write(h -> write(h, changes, rows));
  }

  /**
   * Counts of one page.
   *
   * @param setAside records that cannot be read and were not seen before
   */
  public record Recorded(int newCalls, int changed, int setAside) {}

  private static Recorded write(Handle h, PageChanges changes, List<Row> rows) {
    long account = changes.account().id();
    int[] counts =
        batch(
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
                    .bind("judgedHash", judgedHash(row))
                    .bind("rule", row.verdict() == null ? null : changes.rule())
                    .bind("state", row.state())
                    .bind("rejectedBy", row.rejectedBy())
                    .bind("error", row.error())
                    .bind("raw", row.raw())
                    .bind("began", changes.began()));
    List<Row> written = new ArrayList<>();
    int fresh = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        written.add(rows.get(i));
        fresh += rows.get(i).before() == null ? 1 : 0;
      }
    }
    recordLeads(h, account, written);
    int setAside = setAside(h, account, changes.page().setAside());
    return new Recorded(fresh, written.size() - fresh, setAside);
  }

  private static void recordLeads(Handle h, long account, List<Row> written) {
    List<Row> leads = written.stream().filter(row -> row.state().equals("lead")).toList();
    batch(
        h,
        UPSERT_LEAD,
        leads,
        (batch, row) ->
            batch
                .bind("account", account)
                .bind("id", row.call().id())
                .bind("hash", row.call().contentHash()));
    record Wanted(long call, String sink) {}
    List<Wanted> wanted =
        leads.stream()
            .flatMap(row -> row.verdict().sinks().stream().map(s -> new Wanted(row.call().id(), s)))
            .toList();
    batch(
        h,
        UPSERT_DELIVERY,
        wanted,
        (batch, delivery) ->
            batch
                .bind("account", account)
                .bind("id", delivery.call())
                .bind("sink", delivery.sink()));
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

  private static int setAside(Handle h, long account, List<SetAside> records) {
    int[] counts =
        batch(
            h,
            """
        INSERT INTO set_aside (account_id, hash, reason, raw, seen_at)
        VALUES (:account, :hash, :reason, :raw, <now>) ON CONFLICT (account_id, hash) DO NOTHING
        """,
            records,
            (batch, record) -> {
              String raw = record.raw().json();
              batch
                  .bind("account", account)
                  .bind("hash", hash(raw))
                  .bind("reason", record.reason())
                  .bind("raw", raw);
            });
    return IntStream.of(counts).sum();
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

  private static String judgedHash(Row row) {
    return row.verdict() == null || row.error() != null ? null : row.call().contentHash();
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

  /** Keeps a pass; an accepted one moves the window of the next. */
  public void passEnded(PassRow pass) {
    ledger.writer.write(
        h -> {
          if (pass.refused() == null) {
            h.createUpdate("UPDATE account SET accepted_at = :at, paused = NULL WHERE id = :id")
                .bind("at", pass.startedAt())
                .bind("id", pass.account().id())
                .execute();
          }
          return h.createUpdate(
                  """
                  INSERT INTO pass (account_id, kind, date_from, started_at, ended_at, pages,
                                    requests, new_calls, changed, refused)
                  VALUES (:account, :kind, :dateFrom, :startedAt, <now>, :pages,
                          :requests, :newCalls, :changed, :refused)
                  """)
              .bind("account", pass.account().id())
              .bind("kind", pass.kind())
              .bind("dateFrom", pass.dateFrom())
              .bind("startedAt", pass.startedAt())
              .bind("pages", pass.pages())
              .bind("requests", pass.requests())
              .bind("newCalls", pass.newCalls())
              .bind("changed", pass.changed())
              .bind("refused", pass.refused())
              .execute();
        });
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
