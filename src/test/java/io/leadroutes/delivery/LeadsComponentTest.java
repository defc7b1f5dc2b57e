package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.leadroutes.call.Call;
import io.leadroutes.http.NotSentException;
import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.DeadLetters;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.settings.Settings;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G3, G5: the leads: component with a ledger and routes of one step. */
class LeadsComponentTest {

  @TempDir Path directory;

  private LedgerFixture fixture;
  private CamelContext context;

  @BeforeEach
  void start() {
    fixture =
        new LedgerFixture(
            Databases.SQLITE.settings(
                directory, Map.of("ledger.lease", "2s", "retry.schedule", "20ms, 20ms")));
    context = new DefaultCamelContext();
    context.getRegistry().bind("deliveries", fixture.deliveries);
    context.getRegistry().bind("leases", new Leases(fixture.ledger));
    context
        .getRegistry()
        .bind("rules", DeliveryRules.of(fixture.settings, List.of(fixture.account)));
  }

  @AfterEach
  void stop() {
    context.stop();
    fixture.close();
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

  private void awaitStates(String state, int count) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(
                        fixture.count(
                            "SELECT COUNT(*) FROM delivery WHERE state = '" + state + "'"))
                    .isEqualTo(count));
  }

  @Test
  void a_route_that_ends_without_an_exception_has_delivered() throws Exception {
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    route(
        "leads:slack",
        exchange -> seen.add(exchange.getMessage().getBody(Delivery.class).lead().key()));

    fixture.recordLeads(20, "slack");

    awaitStates("delivered", 20);
    assertThat(seen).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void without_a_look_up_what_a_restored_ledger_forgot_is_a_dead_letter_and_the_rest_is_sent()
      throws Exception {
    fixture.recordLeads(2, "slack");
    fixture.execute(
        "UPDATE delivery SET state = 'unknown', attempted_at = 0, place = 'forgotten'"
            + " WHERE call_id = 1");
    ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();

    route(
        "leads:slack?batchSize=10",
        exchange ->
            exchange
                .getMessage()
                .getBody(List.class)
                .forEach(delivery -> seen.add(((Delivery) delivery).lead().callId())));

    awaitStates("delivered", 1);
    awaitStates("dead", 1);
    assertThat(seen).containsExactly(2L);
    assertThat(fixture.text("SELECT reason FROM delivery WHERE call_id = 1"))
        .isEqualTo("may have been delivered: the ledger was restored from a backup");
  }

  @Test
  void without_a_look_up_what_may_have_been_delivered_is_sent_again_when_a_person_says_so()
      throws Exception {
    fixture.recordLeads(2, "slack");
    fixture.execute(
        "UPDATE delivery SET state = 'unknown', attempted_at = 0, place = 'forgotten'"
            + " WHERE call_id = 1");
    fixture.execute(
        "UPDATE delivery SET state = 'sending', attempted_at = 0, lease_until = 0"
            + " WHERE call_id = 2");
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    route(
        "leads:slack",
        exchange -> seen.add(exchange.getMessage().getBody(Delivery.class).lead().key()));
    awaitStates("dead", 2);
    assertThat(seen).isEmpty();

    new DeadLetters(fixture.ledger).replay(new DeadLetters.Selection(List.of(), null, null));

    awaitStates("delivered", 2);
    assertThat(seen).containsExactlyInAnyOrder("default-1", "default-2");
  }

  @Test
  void a_lead_recorded_while_all_is_quiet_is_handed_out_within_a_second() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    route("leads:slack", exchange -> seen.countDown());

    fixture.recordLeads(1, "slack");

    assertThat(seen.await(1, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void an_outcome_says_it_better_than_the_end_of_the_route() throws Exception {
    route(
        "leads:slack",
        exchange -> exchange.getMessage().setBody(Outcome.deadLetter("no such field")));

    fixture.recordLeads(1, "slack");

    awaitStates("dead", 1);
    assertThat(fixture.text("SELECT reason FROM delivery")).isEqualTo("no such field");
  }

  @Test
  void a_batch_is_settled_one_by_one_in_the_order_of_its_outcomes() throws Exception {
    ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
    fixture.recordLeads(5, "salesforce");

    route(
        "leads:salesforce?batchSize=3",
        exchange -> {
          List<?> batch = exchange.getMessage().getBody(List.class);
          sizes.add(batch.size());
          exchange
              .getMessage()
              .setBody(
                  IntStream.range(0, batch.size())
                      .mapToObj(
                          i -> i == 1 ? Outcome.deadLetter("bad") : Outcome.delivered("id" + i))
                      .toList());
        });

    awaitStates("delivered", 3);
    awaitStates("dead", 2);
    assertThat(sizes).containsExactly(3, 2);
    assertThat(fixture.text("SELECT sink_id FROM delivery WHERE call_id = 3")).isEqualTo("id2");
  }

  @Test
  void too_few_outcomes_for_a_batch_leave_all_of_it_unknown() throws Exception {
    fixture.recordLeads(3, "salesforce");
    AtomicInteger calls = new AtomicInteger();
    route(
        "leads:salesforce?batchSize=3&lookup=true",
        exchange -> {
          if (calls.getAndIncrement() == 0) {
            exchange.getMessage().setBody(List.of(Outcome.delivered()));
          }
        });

    awaitStates("delivered", 3);
    assertThat(calls).hasValueGreaterThan(1);
  }

  @Test
  void a_failure_that_an_error_handler_handled_is_not_taken_for_delivered() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            onException(IllegalStateException.class).handled(true);
            from("leads:slack")
                .process(
                    exchange -> {
                      if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("refused");
                      }
                    });
          }
        });
    context.start();

    fixture.recordLeads(1, "slack");

    awaitStates("delivered", 1);
    assertThat(calls).hasValue(2);
    assertThat(fixture.count("SELECT failures FROM sink_state")).isZero();
  }

  @Test
  void a_lead_that_keeps_failing_becomes_a_dead_letter_after_its_schedule() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    route(
        "leads:slack",
        exchange -> {
          if (exchange.getMessage().getBody(Delivery.class).lead().callId() == 1) {
            calls.incrementAndGet();
            throw new IllegalStateException("+1 555 0100");
          }
        });

    fixture.recordLeads(2, "slack");

    awaitStates("dead", 1);
    // The first one may come before anything shows whose fault it is.
    assertThat(calls).hasValueBetween(3, 4);
    assertThat(fixture.text("SELECT reason FROM delivery WHERE state = 'dead'"))
        .contains("3 attempts", "IllegalStateException")
        .doesNotContain("0100");
  }

  @Test
  void an_outage_burns_no_attempt_and_the_lead_is_delivered_after_it() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    route(
        "leads:slack?concurrentConsumers=4",
        exchange -> {
          if (calls.incrementAndGet() <= 2) {
            throw new ConnectException("refused");
          }
        });

    fixture.recordLeads(1, "slack");

    awaitStates("delivered", 1);
    assertThat(fixture.count("SELECT attempts FROM delivery")).isZero();
    assertThat(fixture.count("SELECT failures FROM sink_state")).isZero();
  }

  @Test
  void an_unknown_outcome_comes_back_to_a_sink_that_looks_first() throws Exception {
    ConcurrentLinkedQueue<Boolean> looks = new ConcurrentLinkedQueue<>();
    route(
        "leads:slack?lookup=true",
        exchange -> {
          boolean look = exchange.getMessage().getBody(Delivery.class).lookFirst();
          looks.add(look);
          if (!look) {
            throw new SocketTimeoutException("no answer");
          }
        });

    fixture.recordLeads(1, "slack");

    awaitStates("delivered", 1);
    assertThat(looks).containsExactly(false, true);
  }

  @Test
  void an_unknown_outcome_without_look_up_needs_a_person() throws Exception {
    route(
        "leads:slack",
        exchange -> {
          throw new SocketTimeoutException("no answer");
        });

    fixture.recordLeads(1, "slack");

    awaitStates("dead", 1);
    assertThat(fixture.text("SELECT reason FROM delivery")).startsWith("may have been delivered");
  }

  @Test
  void a_paused_sink_burns_nothing_and_keeps_its_leads() throws Exception {
    route(
        "leads:slack", exchange -> exchange.getMessage().setBody(Outcome.paused("set the token")));

    fixture.recordLeads(3, "slack");

    await()
        .untilAsserted(
            () ->
                assertThat(
                        fixture.count("SELECT COUNT(*) FROM sink_state WHERE paused IS NOT NULL"))
                    .isEqualTo(1));
    awaitStates("pending", 3);
    assertThat(fixture.count("SELECT SUM(attempts) FROM delivery")).isZero();
  }

  /** G2: as when the process was suspended for longer than its lease. */
  @Test
  void what_another_process_has_taken_over_is_not_sent_and_says_nothing_of_the_sink()
      throws Exception {
    fixture.recordLeads(1, "slack");
    CountDownLatch refused = new CountDownLatch(1);
    route(
        "leads:slack",
        exchange -> {
          fixture.execute("UPDATE delivery SET claim = claim + 1, lease_until = lease_until * 2");
          await()
              .pollInSameThread()
              .atMost(Duration.ofSeconds(10))
              .until(() -> catchThrowable(SendLimit::check) instanceof NotSentException);
          refused.countDown();
          SendLimit.check();
        });

    assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();

    context.stop();
    assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'")).isOne();
    assertThat(fixture.count("SELECT COUNT(*) FROM sink_state WHERE failures > 0")).isZero();
  }

  @Test
  void a_slow_sink_delays_no_other() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("leads:slack").process(exchange -> release.await(10, TimeUnit.SECONDS));
            from("leads:file").log("${body}");
          }
        });
    context.start();

    fixture.recordLeads(10, "slack", "file");

    awaitStates("delivered", 10);
    assertThat(
            fixture.count(
                "SELECT COUNT(*) FROM delivery WHERE sink = 'file' AND state = 'delivered'"))
        .isEqualTo(10);
    release.countDown();
  }

  @Test
  void an_account_that_hangs_leaves_threads_for_the_others() throws Exception {
    Account other = accounts("other").get(0);
    context
        .getRegistry()
        .bind("rules", DeliveryRules.of(fixture.settings, List.of(fixture.account, other)));
    CountDownLatch release = new CountDownLatch(1);
    fixture.recordLeads(20, "slack");
    route(
        "leads:slack?concurrentConsumers=4",
        exchange -> {
          if (exchange.getMessage().getBody(Delivery.class).account().equals("default")) {
            release.await(20, TimeUnit.SECONDS);
          }
        });
    awaitStates("sending", 2);

    fixture.recordLeadsOf(other, 5, "slack");

    awaitStates("delivered", 5);
    release.countDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"leads:slack?concurrentConsumers=1", "leads:slack?perSecond=1000"})
  void there_is_a_thread_for_each_account_however_few_a_route_asks_for(String uri)
      throws Exception {
    List<Account> accounts = accounts("one", "two", "three");
    CountDownLatch release = new CountDownLatch(1);
    fixture.recordLeadsOf(accounts.get(0), 2, "slack");
    fixture.recordLeadsOf(accounts.get(1), 2, "slack");
    route(
        uri,
        exchange -> {
          if (!exchange.getMessage().getBody(Delivery.class).account().equals("three")) {
            release.await(20, TimeUnit.SECONDS);
          }
        });
    awaitStates("sending", 2);

    fixture.recordLeadsOf(accounts.get(2), 3, "slack");

    awaitStates("delivered", 3);
    release.countDown();
  }

  @Test
  void what_waits_for_a_sink_that_an_account_no_more_names_goes_on_waiting() throws Exception {
    Account other = accounts("other").get(0);
    context
        .getRegistry()
        .bind(
            "rules",
            DeliveryRules.of(
                fixture.settings.with(
                    Map.of("clickspeak.account.other.lead.sinks", "file, salesforce")),
                List.of(fixture.account, other)));
    fixture.recordLeadsOf(other, 2, "slack");
    fixture.recordLeads(3, "slack");

    route("leads:slack", exchange -> {});

    awaitStates("delivered", 3);
    awaitStates("pending", 2);
  }

  @Test
  void each_account_has_the_pace_that_the_bean_says() throws Exception {
    List<Account> accounts = accounts("quick", "slow");
    ToDoubleFunction<String> pace = account -> account.equals("slow") ? 0.001 : 0;
    context.getRegistry().bind("pace", pace);
    fixture.recordLeadsOf(accounts.get(0), 20, "slack");
    fixture.recordLeadsOf(accounts.get(1), 20, "slack");

    route("leads:slack?pace=#pace&concurrentConsumers=8", exchange -> {});

    // A burst of 5, and the sixth a quarter of an hour later.
    awaitStates("delivered", 25);
    awaitStates("pending", 15);
  }

  /** Further accounts, whose leads are delivered instead of the fixture's. */
  private List<Account> accounts(String... names) {
    List<Account> accounts =
        Stream.of(names)
            .map(name -> fixture.accounts.account(name, "https://example.com/api", Instant.EPOCH))
            .toList();
    context.getRegistry().bind("rules", DeliveryRules.of(fixture.settings, accounts));
    return accounts;
  }

  @Test
  void the_pace_is_kept_before_claiming() throws Exception {
    ConcurrentLinkedQueue<Long> times = new ConcurrentLinkedQueue<>();
    route(
        "leads:slack?perSecond=10&concurrentConsumers=8", exchange -> times.add(System.nanoTime()));

    fixture.recordLeads(12, "slack");

    awaitStates("delivered", 12);
    List<Long> sorted = times.stream().sorted().toList();
    // A burst of 5, then ten a second: the twelfth comes 0.7 s after the first at the earliest.
    assertThat(sorted.get(11) - sorted.get(0)).isGreaterThan(Duration.ofMillis(600).toNanos());
  }

  @Test
  void a_claim_is_renewed_while_its_exchange_runs() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    route(
        "leads:slack?lookup=true&concurrentConsumers=2",
        exchange -> {
          calls.incrementAndGet();
          // Longer than the lease and one look for lapsed ones, as a slow sink is.
          new CountDownLatch(1).await(8, TimeUnit.SECONDS);
        });

    fixture.recordLeads(1, "slack");

    awaitStates("sending", 1);
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'delivered'") == 1);
    assertThat(calls).hasValue(1);
  }

  @Test
  void a_stop_waits_for_what_is_on_its_way_and_hands_back_the_rest() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    route(
        "leads:slack",
        exchange -> {
          sending.countDown();
          release.await(10, TimeUnit.SECONDS);
        });
    fixture.recordLeads(3, "slack");
    assertThat(sending.await(5, TimeUnit.SECONDS)).isTrue();

    Thread stopper = new Thread(context::stop);
    stopper.start();
    await().until(context::isStopping);
    assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'")).isEqualTo(1);
    assertThat(stopper.isAlive()).isTrue();
    release.countDown();
    stopper.join(15_000);

    assertThat(stopper.isAlive()).isFalse();
    assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'")).isZero();
    assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'delivered'"))
        .isPositive();
  }

  @Test
  void what_a_process_that_died_had_claimed_is_looked_up_after_a_restart() throws Exception {
    fixture.recordLeads(4, "slack");
    fixture.claim("slack", fixture.account, 4, null);
    fixture.close();
    fixture = new LedgerFixture(fixture.settings);
    context.getRegistry().bind("deliveries", fixture.deliveries);
    context.getRegistry().bind("leases", new Leases(fixture.ledger));
    ConcurrentLinkedQueue<Boolean> looks = new ConcurrentLinkedQueue<>();

    route(
        "leads:slack?lookup=true",
        exchange -> looks.add(exchange.getMessage().getBody(Delivery.class).lookFirst()));

    awaitStates("delivered", 4);
    assertThat(looks).hasSize(4).containsOnly(true);
  }

  @Test
  void a_body_is_one_delivery_or_a_list_as_batch_size_says() throws Exception {
    ConcurrentLinkedQueue<Object> bodies = new ConcurrentLinkedQueue<>();
    Processor keep = exchange -> bodies.add(exchange.getMessage().getBody());
    fixture.recordLeads(1, "slack", "salesforce");
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("leads:slack").process(keep);
            from("leads:salesforce?batchSize=10").process(keep);
          }
        });
    context.start();

    awaitStates("delivered", 2);
    assertThat(bodies).anyMatch(Delivery.class::isInstance).anyMatch(List.class::isInstance);
    assertThat(bodies).noneMatch(Exchange.class::isInstance);
  }

  @Test
  void an_error_while_claiming_does_not_end_the_claiming() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    context
        .getRegistry()
        .bind(
            "deliveries",
            fixture.deliveriesReadBy(
                lead -> {
                  if (reads.getAndIncrement() == 0) {
                    throw new StackOverflowError();
                  }
                  return lead;
                }));
    route("leads:slack?lookup=true", exchange -> {});

    fixture.recordLeads(1, "slack");

    awaitStates("delivered", 1);
    assertThat(reads).hasValue(2);
    assertThat(fixture.count("SELECT looks FROM delivery")).isZero();
    assertThat(fixture.count("SELECT attempts FROM delivery")).isEqualTo(1);
  }

  /** It would come round and round otherwise, and nobody would know. */
  @Test
  void a_lead_that_runs_out_of_memory_each_time_ends_as_a_dead_letter_and_holds_no_other()
      throws Exception {
    context
        .getRegistry()
        .bind(
            "deliveries",
            fixture.deliveriesReadBy(
                lead -> {
                  if (lead.callId() == 1) {
                    throw new OutOfMemoryError();
                  }
                  return lead;
                }));
    route("leads:slack?lookup=true&concurrentConsumers=2", exchange -> {});

    fixture.recordLeads(3, "slack");

    awaitStates("delivered", 2);
    awaitStates("dead", 1);
    assertThat(fixture.text("SELECT reason FROM delivery WHERE state = 'dead'"))
        .isEqualTo("given up after 3 attempts: the call could not be read: OutOfMemoryError");
  }

  @Test
  void a_batch_holds_no_more_bytes_than_its_sink_may_have_and_all_of_it_comes() throws Exception {
    List<Call> calls =
        LongStream.rangeClosed(1, 60).mapToObj(id -> fixture.large(id, 299 * 1024)).toList();
    fixture.recordLeadsOf(fixture.account, calls, "file");
    ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();

    route(
        "leads:file?batchSize=500",
        exchange -> sizes.add(exchange.getMessage().getBody(List.class).size()));

    awaitStates("delivered", 60);
    assertThat(sizes).allMatch(size -> size * 299 <= 8 * 1024).hasSizeLessThan(20);
  }

  @Test
  void a_call_that_alone_is_too_large_is_a_dead_letter_with_its_size() throws Exception {
    fixture.recordLeadsOf(
        fixture.account,
        List.of(
            fixture.large(1, 20_000),
            fixture.large(2, 100),
            fixture.large(3, 7 << 20),
            fixture.large(4, 20_000)),
        "file");
    // As ledgers of before may hold one: it is set aside today.
    fixture.execute("UPDATE call SET raw = raw || printf('%*s', 9437000, '') WHERE id = 2");
    ConcurrentLinkedQueue<Object> seen = new ConcurrentLinkedQueue<>();

    route(
        "leads:file?batchSize=500",
        exchange ->
            exchange
                .getMessage()
                .getBody(List.class)
                .forEach(delivery -> seen.add(((Delivery) delivery).lead().callId())));

    awaitStates("delivered", 3);
    awaitStates("dead", 1);
    assertThat(seen).containsExactlyInAnyOrder(1L, 3L, 4L);
    assertThat(fixture.text("SELECT reason FROM delivery WHERE state = 'dead'"))
        .isEqualTo("The call is too large to be delivered: 9.0 MiB, and 8 MiB are the most.");
  }

  @Test
  void of_very_large_leads_one_is_on_its_way_at_a_time_whichever_its_sink() throws Exception {
    fixture.recordLeadsOf(
        fixture.account,
        List.of(fixture.large(1, 5 << 20), fixture.large(2, 5 << 20)),
        "slack",
        "file");
    CyclicBarrier two = new CyclicBarrier(2);
    AtomicInteger together = new AtomicInteger();
    Processor sink =
        exchange -> {
          try {
            two.await(200, TimeUnit.MILLISECONDS);
            together.incrementAndGet();
          } catch (TimeoutException | BrokenBarrierException e) {
            two.reset(); // as it should be: nobody else came
          }
        };
    route("leads:slack", sink);

    route("leads:file?batchSize=500", sink);

    awaitStates("delivered", 4);
    assertThat(together).hasValue(0);
  }

  @Test
  void an_error_in_a_route_settles_its_delivery_and_frees_its_thread() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    route(
        "leads:slack",
        exchange -> {
          if (calls.getAndIncrement() == 0) {
            throw new NoClassDefFoundError();
          }
        });

    fixture.recordLeads(2, "slack");

    awaitStates("delivered", 2);
  }

  /** At Slack's pace of one a second, 1,500 leads that changed would take 25 minutes. */
  @Test
  void new_leads_overtake_those_that_changed_and_yet_these_do_not_wait_for_ever() throws Exception {
    fixture.recordLeads(30, "slack");
    fixture.execute(
        "UPDATE delivery SET state = 'delivered', sent_version = 1, wanted_version = 2");
    fixture.recordLeadsOf(
        fixture.account,
        LongStream.rangeClosed(101, 130).mapToObj(fixture::qualified).toList(),
        "slack");
    ConcurrentLinkedQueue<Integer> versions = new ConcurrentLinkedQueue<>();

    route(
        "leads:slack?updates=true&perSecond=50",
        exchange -> versions.add(exchange.getMessage().getBody(Delivery.class).version()));

    awaitStates("delivered", 60);
    List<Integer> order = List.copyOf(versions);
    int lastNew = order.lastIndexOf(1);
    long overtook = order.subList(0, lastNew).stream().filter(version -> version == 2).count();
    assertThat(overtook).isBetween(1L, 8L);
  }

  /** A list that cannot even be looked at. */
  private static final class Broken extends AbstractList<Object> {

    @Override
    public Object get(int index) {
      throw new StackOverflowError();
    }

    @Override
    public int size() {
      return 1;
    }
  }

  @Test
  void an_error_while_settling_leaves_the_delivery_to_its_lease_and_the_thread_to_the_next()
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    route(
        "leads:slack?lookup=true",
        exchange -> {
          if (calls.getAndIncrement() == 0) {
            exchange.getMessage().setBody(new Broken());
          }
        });

    fixture.recordLeads(2, "slack");

    awaitStates("delivered", 2);
    assertThat(calls).hasValue(3);
  }

  private void bindPlace() {
    UnaryOperator<String> here = account -> "here";
    context.getRegistry().bind("here", here);
  }

  @Test
  void a_place_belongs_to_one_process_until_it_is_given_back_or_its_lease_has_lapsed()
      throws Exception {
    bindPlace();
    Leases dead = new Leases(fixture.ledger);
    assertThat(dead.hold("slack here")).isTrue();
    Leases other = new Leases(fixture.ledger);
    assertThat(other.hold("slack here")).isFalse();
    fixture.recordLeads(1, "slack");
    CountDownLatch seen = new CountDownLatch(1);
    route("leads:slack?place=#here", exchange -> seen.countDown());

    assertThat(seen.await(1, TimeUnit.SECONDS)).as("within the lease of 2 s").isFalse();

    awaitStates("delivered", 1);
    assertThat(other.hold("slack here")).isFalse();
    assertThat(dead.hold("slack here")).isFalse();
  }

  @Test
  void accounts_whose_leads_go_to_one_place_share_its_pace() throws Exception {
    bindPlace();
    Account acme =
        fixture.accounts.account(
            "acme", "https://example.com/api", Instant.parse("2026-01-01T00:00:00Z"));
    context
        .getRegistry()
        .bind("rules", DeliveryRules.of(twoAccounts(), List.of(fixture.account, acme)));
    fixture.recordLeads(4, "slack");
    fixture.recordLeadsOf(acme, 4, "slack");
    ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();

    route("leads:slack?place=#here&perSecond=2", exchange -> seen.add(System.nanoTime()));

    awaitStates("delivered", 8);
    List<Long> times = List.copyOf(seen);
    // A burst of 5, then three more at half a second each.
    assertThat(Duration.ofNanos(times.get(7) - times.get(0)))
        .isGreaterThan(Duration.ofMillis(1200));
  }

  private Settings twoAccounts() {
    return fixture.settings.with(Map.of("clickspeak.accounts", "default, acme"));
  }
}
