package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.LedgerFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose fault a refusal is, as other leads tell: the leads: component and routes of one step. */
class OneOrAllTest {

  private static final Outcome REFUSED = Outcome.refused("Region__c: map it.");

  @TempDir Path directory;

  private final Map<String, CamelContext> processes = new ConcurrentHashMap<>();
  private final Set<Long> bad = ConcurrentHashMap.newKeySet();
  private final Set<Long> asked = ConcurrentHashMap.newKeySet();
  private LedgerFixture fixture;

  @BeforeEach
  void open() {
    fixture =
        new LedgerFixture(
            Databases.SQLITE.settings(
                directory, Map.of("retry.schedule", "20ms, 20ms", "sink.probe", "1h")));
  }

  @AfterEach
  void close() {
    processes.values().forEach(CamelContext::stop);
    fixture.close();
  }

  /** A process with a sink that comes to this for each lead in {@link #bad}. */
  private void process(String name, String uri, Processor sink) throws Exception {
    CamelContext context = new DefaultCamelContext();
    processes.put(name, context);
    context.getRegistry().bind("deliveries", fixture.deliveries);
    context.getRegistry().bind("leases", new Leases(fixture.ledger));
    context
        .getRegistry()
        .bind("rules", DeliveryRules.of(fixture.settings, List.of(fixture.account)));
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

  private Processor single(Outcome outcome) {
    return exchange -> {
      Delivery delivery = exchange.getMessage().getBody(Delivery.class);
      asked.add(delivery.lead().callId());
      exchange
          .getMessage()
          .setBody(bad.contains(delivery.lead().callId()) ? outcome : Outcome.delivered());
    };
  }

  private Processor batch(Function<Delivery, Outcome> outcome) {
    return exchange -> exchange.getMessage().setBody(deliveries(exchange).map(outcome).toList());
  }

  private static Stream<Delivery> deliveries(Exchange exchange) {
    return ((List<?>) exchange.getMessage().getBody(List.class)).stream().map(Delivery.class::cast);
  }

  private void record(long... ids) {
    fixture.recordLeadsOf(
        fixture.account, LongStream.of(ids).mapToObj(fixture::qualified).toList(), "slack");
  }

  private void awaitCount(String state, int count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(count(state)).as(state).isEqualTo(count));
  }

  private int count(String state) {
    return fixture.count("SELECT COUNT(*) FROM delivery WHERE state = '" + state + "'");
  }

  private void awaitPaused() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        fixture.count(
                            "SELECT COUNT(*) FROM sink_state WHERE paused = 'Region__c: map it.'"))
                    .isEqualTo(1));
  }

  private void assertNoneBurned(int leads) {
    assertThat(count("dead")).isZero();
    assertThat(count("pending") + count("sending")).isEqualTo(leads);
    assertThat(fixture.count("SELECT MAX(attempts) FROM delivery")).isZero();
  }

  private void repair() {
    bad.clear();
    fixture.execute("UPDATE sink_state SET not_before = 0");
    fixture.execute("UPDATE delivery SET due_at = 0");
  }

  @Test
  void a_refusal_of_every_lead_pauses_the_sink_and_burns_none_though_they_go_one_at_a_time()
      throws Exception {
    bad.addAll(Set.of(1L, 2L, 3L, 4L, 5L));
    process("one", "leads:slack", single(REFUSED));
    record(1, 2, 3, 4, 5);

    awaitPaused();
    assertNoneBurned(5);
    repair();
    awaitCount("delivered", 5);
    assertThat(fixture.count("SELECT failures FROM sink_state")).isZero();
  }

  @Test
  void a_refusal_of_every_lead_of_a_batch_pauses_the_sink_and_burns_none() throws Exception {
    bad.addAll(Set.of(1L, 2L, 3L, 4L, 5L));
    process(
        "one",
        "leads:slack?batchSize=200",
        batch(d -> bad.contains(d.lead().callId()) ? REFUSED : Outcome.delivered()));
    record(1, 2, 3, 4, 5);

    awaitPaused();
    assertNoneBurned(5);
    repair();
    awaitCount("delivered", 5);
  }

  @Test
  void a_failure_for_every_lead_that_nobody_knows_pauses_the_sink_and_burns_none()
      throws Exception {
    bad.addAll(Set.of(1L, 2L));
    process("one", "leads:slack", single(Outcome.later("Region__c: map it.")));
    record(1, 2);

    awaitPaused();
    assertNoneBurned(2);
    repair();
    awaitCount("delivered", 2);
  }

  @Test
  void a_sink_of_ones_own_that_answers_400_to_all_is_paused_and_burns_none() throws Exception {
    bad.add(1L);
    process(
        "one",
        "leads:slack",
        exchange -> {
          if (!bad.isEmpty()) {
            throw new HttpOperationFailedException("http://x", 400, "No", null, Map.of(), "");
          }
        });
    record(1, 2, 3, 4);

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(fixture.text("SELECT COALESCE(MAX(paused), '') FROM sink_state"))
                    .contains("HTTP 400", "address"));
    assertNoneBurned(4);
    repair();
    awaitCount("delivered", 4);
  }

  @Test
  void one_lead_of_a_batch_that_is_answered_with_400_is_found_and_costs_no_other()
      throws Exception {
    bad.add(3L);
    process(
        "one",
        "leads:slack?batchSize=10",
        exchange -> {
          if (deliveries(exchange).anyMatch(d -> bad.contains(d.lead().callId()))) {
            throw new HttpOperationFailedException("http://x", 400, "No", null, Map.of(), "");
          }
        });
    record(1, 2, 3, 4);

    awaitCount("delivered", 3);
    awaitCount("dead", 1);
    assertThat(fixture.numbers("SELECT call_id FROM delivery WHERE state = 'dead'"))
        .containsExactly(3L);
  }

  @Test
  void a_lead_that_is_refused_alone_is_held_until_the_next_one_arrives_which_does_not_wait()
      throws Exception {
    bad.add(1L);
    process("one", "leads:slack", single(REFUSED));
    record(1);
    awaitPaused();
    assertNoneBurned(1);

    record(2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    awaitCount("delivered", 10);
    awaitCount("dead", 1);
    assertThat(fixture.text("SELECT reason FROM delivery WHERE state = 'dead'"))
        .isEqualTo("Region__c: map it.");
    assertThat(fixture.count("SELECT failures FROM sink_state")).isZero();
  }

  @Test
  void a_lead_that_is_refused_among_others_on_their_way_is_its_own_fault() throws Exception {
    bad.add(5L);
    process("one", "leads:slack?concurrentConsumers=4", single(REFUSED));
    record(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

    awaitCount("delivered", 9);
    awaitCount("dead", 1);
  }

  @Test
  void what_arrived_is_known_to_other_processes_and_after_a_restart() throws Exception {
    bad.add(1L);
    process("one", "leads:slack", single(REFUSED));
    record(1);
    awaitPaused();
    processes.remove("one").stop();

    process("two", "leads:slack", single(REFUSED));
    record(2);
    awaitCount("delivered", 1);
    processes.remove("two").stop();
    process("three", "leads:slack", single(REFUSED));

    awaitCount("dead", 1);
  }

  @Test
  void several_processes_find_together_that_every_lead_is_refused() throws Exception {
    bad.addAll(Set.of(1L, 2L, 3L, 4L, 5L, 6L));
    process("one", "leads:slack", single(REFUSED));
    process("two", "leads:slack", single(REFUSED));
    record(1, 2, 3, 4, 5, 6);

    awaitPaused();
    assertNoneBurned(6);
    repair();
    awaitCount("delivered", 6);
  }

  @Test
  void while_every_lead_is_refused_each_probe_is_another_one() throws Exception {
    bad.addAll(Set.of(1L, 2L, 3L, 4L, 5L, 6L));
    process("one", "leads:slack", single(REFUSED));
    record(1, 2, 3, 4, 5, 6);
    awaitPaused();

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              fixture.execute("UPDATE sink_state SET not_before = 0");
              assertThat(asked).hasSize(6);
            });
    assertNoneBurned(6);
  }

  @Test
  void changed_leads_that_are_refused_hold_no_new_one_and_are_not_given_up() throws Exception {
    process("one", "leads:slack?updates=true", single(REFUSED));
    record(1, 2);
    awaitCount("delivered", 2);
    bad.addAll(Set.of(1L, 2L));
    fixture.execute("UPDATE delivery SET wanted_version = 2");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE held_at IS NOT NULL"))
                    .isEqualTo(2));

    record(3, 4);

    awaitCount("delivered", 2);
    assertThat(count("dead")).isZero();
    assertThat(fixture.count("SELECT COUNT(*) FROM sink_state WHERE failures > 0")).isZero();
    bad.remove(2L);
    awaitCount("delivered", 3);
    awaitCount("dead", 1);
  }
}
