package io.leadroutes.ledger;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.call.SetAside;
import io.leadroutes.judge.Verdict;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.LeadReader;
import io.leadroutes.ledger.Deliveries.Portion;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;

/** A ledger with one account, and calls to put into it. */
public final class LedgerFixture implements AutoCloseable {

  public static final String RULE = "rule-1";

  /** As passes look that judge by {@link #RULE}. */
  public static final Look LOOK = Look.live(RULE, 0, Duration.ofMinutes(15).toMillis());

  public final Settings settings;
  public final Ledger ledger;
  public final Calls calls;
  public final Accounts accounts;
  public final PassLog passes;
  public final Retention retention;
  public final Deliveries deliveries;
  public final Account account;
  private final CallPageReader reader = new CallPageReader("default", ZoneOffset.UTC);
  private final LeadReader leads;

  public LedgerFixture(Databases database, Path directory) {
    this(database.settings(directory, Map.of()));
  }

  public LedgerFixture(Settings settings) {
    this(settings, new LedgerClock());
  }

  /** The same on a machine whose clock the test sets. */
  public LedgerFixture(Settings settings, InstantSource wall) {
    this(settings, new LedgerClock(wall));
  }

  /** The same with a clock that the test sets. */
  LedgerFixture(Settings settings, LedgerClock clock) {
    this.settings = settings;
    leads = new LeadReader(settings.forAccount("default"));
    ledger = Ledger.open(settings, clock);
    calls = new Calls(ledger);
    accounts = new Accounts(ledger);
    passes = new PassLog(ledger);
    retention = new Retention(ledger);
    deliveries =
        new Deliveries(
            ledger, (account, raw) -> leads.lead(reader.readCall(raw), account.leadKey()));
    account =
        accounts.account(
            "default", "https://example.com/api", Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** Deliveries whose leads pass through something that may fail. */
  public Deliveries deliveriesReadBy(UnaryOperator<Lead> then) {
    return new Deliveries(
        ledger, (account, raw) -> then.apply(leads.lead(reader.readCall(raw), account.leadKey())));
  }

  /** Lets so many queries of the ledger come through and the one after them fail. */
  public void failQueryAfter(int queries) {
    AtomicInteger left = new AtomicInteger(queries);
    ledger.jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logBeforeExecution(StatementContext context) {
            if (left.getAndDecrement() == 0) {
              throw new LedgerException("The ledger does not answer.", null);
            }
          }
        });
  }

  /** The statements of the ledger from now on, as they are executed. */
  public List<String> statements() {
    List<String> statements = new CopyOnWriteArrayList<>();
    ledger.jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logBeforeExecution(StatementContext context) {
            statements.add(context.getRenderedSql());
          }
        });
    return statements;
  }

  /** A call as the API would list it. */
  public Call call(long id, String status, String evaluation) {
    return call(id, status, evaluation, "2026-02-01 10:00:00");
  }

  public Call call(long id, String status, String evaluation, String createdAt) {
    return reader.readCall(
        """
        {"id": %d, "status": "%s", "evaluation": %s, "client_phone_number": "+15550100",
         "variables": {"customer_name": "Ada Example"}, "created_at": "%s"}
        """
            .formatted(id, status, evaluation, createdAt));
  }

  /** A call as the API would list it, written out. */
  public Call read(String json) {
    return reader.readCall(json);
  }

  public Call qualified(long id) {
    return call(id, "completed", "{\"outcome\": \"qualified_lead\"}");
  }

  /** A qualified call with a transcript of so many letters. */
  public Call large(long id, int transcript) {
    return read(
        "{\"id\": "
            + id
            + ", \"status\": \"completed\", \"evaluation\": {\"outcome\": \"qualified_lead\"},"
            + " \"created_at\": \"2026-02-01 10:00:00\", \"transcript\": \""
            + "a".repeat(transcript)
            + "\"}");
  }

  public static CallPage page(Call... calls) {
    return new CallPage("default", 1, 1, 100, calls.length, List.of(calls), List.of());
  }

  public static CallPage pageWith(SetAside record) {
    return new CallPage("default", 1, 1, 100, 1, List.of(), List.of(record));
  }

  public Verdict lead(Call call, String... sinks) {
    return Verdict.accepted(leads.lead(call), List.of(sinks));
  }

  public Verdict rejected(Call call, String filter) {
    return Verdict.rejected(leads.lead(call), filter);
  }

  /** Compares and records a page that begins now, as a pass does. */
  public Calls.Recorded record(CallPage page, Verdict... verdicts) {
    return calls.record(compare(page), List.of(verdicts));
  }

  /** Compares a page whose request begins strictly after everything recorded so far. */
  public PageChanges compare(CallPage page) {
    return calls.compare(account, page, after(), LOOK, false);
  }

  /** Waits until the ledger's clock has moved on by a millisecond. */
  public long after() {
    long start = ledger.now();
    long now = start;
    while (now == start) {
      now = ledger.now();
    }
    return now;
  }

  /** Records so many leads for the sinks, with ids from 1. */
  public void recordLeads(int count, String... sinks) {
    recordLeadsOf(account, count, sinks);
  }

  /** The same for another account. */
  public void recordLeadsOf(Account account, int count, String... sinks) {
    recordLeadsOf(
        account, IntStream.rangeClosed(1, count).mapToObj(this::qualified).toList(), sinks);
  }

  /** Records these calls as leads of an account. */
  public void recordLeadsOf(Account account, List<Call> all, String... sinks) {
    calls.record(
        calls.compare(account, page(all.toArray(Call[]::new)), after(), LOOK, false),
        all.stream().map(call -> lead(call, sinks)).toList());
  }

  /** What a claim brought, with what was read of it. */
  public record Claimed(
      List<Delivery> deliveries, List<Delivery> unreadable, int failures, boolean paused) {

    public boolean isEmpty() {
      return deliveries.isEmpty() && unreadable.isEmpty();
    }
  }

  /** Claims and reads as a sink does, without a limit of bytes. */
  public Claimed claim(String sink, Account account, int most, String place) {
    return claim(deliveries, sink, account, most, place);
  }

  public Claimed claim(String sink, Account account, Portion portion) {
    return claim(deliveries, sink, account, portion);
  }

  public static Claimed claim(
      Deliveries deliveries, String sink, Account account, int most, String place) {
    return claim(deliveries, sink, account, new Portion(most, Long.MAX_VALUE, 0, 0, place));
  }

  private static Claimed claim(
      Deliveries deliveries, String sink, Account account, Portion portion) {
    Deliveries.Claimed claimed = deliveries.claim(sink, account, portion);
    Deliveries.Read read = deliveries.read(account, claimed.claims());
    return new Claimed(read.deliveries(), read.unreadable(), claimed.failures(), claimed.paused());
  }

  /** Whether a sink has something due for an account. */
  public boolean due(String sink, Account account) {
    return deliveries.due(sink).accounts().contains(account.id());
  }

  /** How many rows a query counts. */
  public int count(String sql) {
    return ledger.jdbi.withHandle(h -> h.createQuery(sql).mapTo(Integer.class).one());
  }

  /** The numbers a query finds. */
  public List<Long> numbers(String sql) {
    return ledger.jdbi.withHandle(h -> h.createQuery(sql).mapTo(Long.class).list());
  }

  public String text(String sql) {
    return ledger.jdbi.withHandle(h -> h.createQuery(sql).mapTo(String.class).one());
  }

  /** The texts a query finds. */
  public List<String> texts(String sql) {
    return ledger.jdbi.withHandle(h -> h.createQuery(sql).mapTo(String.class).list());
  }

  /** Sets the rows up as a test needs them. */
  public void execute(String sql) {
    ledger.jdbi.useHandle(h -> h.createUpdate(sql).execute());
  }

  @Override
  public void close() {
    ledger.close();
  }
}
