package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.lead.Delivery;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.LedgerFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G3: what a sink costs while nothing is new hangs on the sink, not on the number of accounts, and
 * accounts that hang leave room for the others. Statements and threads are counted, not seconds.
 */
class ManyAccountsTest {

  private static final int MANY = 200;

  @TempDir private Path directory;

  private LedgerFixture fixture;
  private CamelContext context;

  @BeforeEach
  void open() {
    // Half the lease is the time between two looks.
    fixture = new LedgerFixture(Databases.SQLITE.settings(directory, Map.of("ledger.lease", "1s")));
    context = new DefaultCamelContext();
    context.getRegistry().bind("deliveries", fixture.deliveries);
    context.getRegistry().bind("leases", new Leases(fixture.ledger));
    UnaryOperator<String> own = account -> account;
    context.getRegistry().bind("own", own);
  }

  @AfterEach
  void close() {
    context.stop();
    fixture.close();
  }

  private List<Account> accounts(int count) {
    List<Account> accounts =
        IntStream.range(0, count)
            .mapToObj(
                i -> fixture.accounts.account("a" + i, "https://example.com/api", Instant.EPOCH))
            .toList();
    context.getRegistry().bind("rules", DeliveryRules.of(fixture.settings, accounts));
    return accounts;
  }

  private void route(String uri, Processor sink) throws Exception {
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            errorHandler(noErrorHandler());
            from(uri).process(sink);
          }
        });
    context.start();
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains(name))
        .count();
  }

  private void awaitDelivered(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'delivered'") == count);
  }

  /** The statements between two looks for what is due, of a sink of so many accounts. */
  private List<String> statementsOfALook() {
    List<String> all = fixture.statements();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> all.stream().filter(ManyAccountsTest::looks).count() >= 3);
    List<String> seen = List.copyOf(all);
    int first =
        IntStream.range(0, seen.size()).filter(i -> looks(seen.get(i))).findFirst().orElse(0);
    int next =
        IntStream.range(first + 1, seen.size())
            .filter(i -> looks(seen.get(i)))
            .findFirst()
            .orElse(0);
    return seen.subList(first, next);
  }

  private static boolean looks(String statement) {
    return statement.contains("first_new");
  }

  @Test
  void while_nothing_is_new_a_sink_asks_the_same_few_questions_however_many_accounts_there_are()
      throws Exception {
    List<Account> accounts = accounts(MANY);
    route("leads:slack?updates=true&lookup=true&place=#own&concurrentConsumers=4", exchange -> {});
    accounts.forEach(account -> fixture.recordLeadsOf(account, 1, "slack"));
    awaitDelivered(MANY);

    assertThat(statementsOfALook()).hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void a_sink_has_a_bounded_number_of_threads_however_many_accounts_have_leads() throws Exception {
    Set<Thread> senders = ConcurrentHashMap.newKeySet();
    List<Account> accounts = accounts(MANY);
    route("leads:slack?concurrentConsumers=4", exchange -> senders.add(Thread.currentThread()));

    accounts.forEach(account -> fixture.recordLeadsOf(account, 3, "slack"));

    awaitDelivered(3 * MANY);
    assertThat(senders).hasSizeLessThanOrEqualTo(64);
    assertThat(threads("leads-slack-claims")).isOne();
  }

  @Test
  void of_many_accounts_one_with_a_backlog_that_hangs_leaves_half_of_the_threads()
      throws Exception {
    List<Account> accounts = accounts(MANY);
    CountDownLatch release = new CountDownLatch(1);
    route(
        "leads:slack?lookup=true&concurrentConsumers=4",
        exchange -> {
          if (exchange.getMessage().getBody(Delivery.class).account().equals("a0")) {
            release.await(30, TimeUnit.SECONDS);
          }
        });
    fixture.recordLeadsOf(accounts.get(0), 100, "slack");
    await()
        .until(() -> fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'") >= 16);

    accounts.subList(1, MANY).forEach(account -> fixture.recordLeadsOf(account, 2, "slack"));

    awaitDelivered(2 * (MANY - 1));
    release.countDown();
    awaitDelivered(2 * (MANY - 1) + 100);
  }

  /** With the usual lease there are seconds between two looks. */
  private List<String> statementsWithSeldomLooks(String uri) throws Exception {
    route(uri, exchange -> {});
    List<String> statements = fixture.statements();
    await().until(() -> statements.stream().anyMatch(ManyAccountsTest::looks));
    return statements;
  }

  private void reopen() {
    close();
    fixture = new LedgerFixture(Databases.SQLITE.settings(directory, Map.of()));
    context = new DefaultCamelContext();
    context.getRegistry().bind("deliveries", fixture.deliveries);
    context.getRegistry().bind("leases", new Leases(fixture.ledger));
  }

  @Test
  void leads_that_are_recorded_while_all_is_quiet_need_no_look() throws Exception {
    reopen();
    List<Account> accounts = accounts(2);
    List<String> statements = statementsWithSeldomLooks("leads:slack");

    fixture.recordLeadsOf(accounts.get(1), 1, "slack");

    awaitDelivered(1);
    assertThat(statements.stream().filter(ManyAccountsTest::looks)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void what_does_not_fit_into_memory_comes_as_soon_as_there_is_room() throws Exception {
    reopen();
    List<Account> accounts = accounts(1);
    List<String> statements =
        statementsWithSeldomLooks("leads:slack?lookup=true&concurrentConsumers=8");

    fixture.recordLeadsOf(
        accounts.get(0),
        LongStream.rangeClosed(1, 150).mapToObj(id -> fixture.large(id, 299_000)).toList(),
        "slack");

    awaitDelivered(150);
    assertThat(statements.stream().filter(ManyAccountsTest::looks)).hasSizeLessThanOrEqualTo(4);
  }
}
