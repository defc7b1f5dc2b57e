package io.leadroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.kafka.UnreliableLine.Way;
import io.leadroutes.ledger.Account;
import io.leadroutes.sinks.SinkOnLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * G1, G2: the Nth request to Kafka fails, for N = 1, 2, 3 … until a run needs no more, for a moment
 * or until somebody repairs it, in each way beside the others. The leads: two, of which the first
 * changes after its delivery.
 */
@Timeout(300)
class KafkaFaultsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST = 20;

  @TempDir Path directory;

  private Broker broker;

  @Test
  void whichever_request_fails_each_version_of_a_lead_is_a_record_and_twice_only_if_lost()
      throws Exception {
    List<Way> ways = List.of(Way.values());
    broker = Broker.start(directory, 2 * ways.size());
    ExecutorService threads = Executors.newFixedThreadPool(2 * ways.size());
    try {
      List<CompletableFuture<Void>> cases = new ArrayList<>();
      for (Way way : ways) {
        cases.add(run(threads, way, false, broker.lines().get(2 * way.ordinal())));
        cases.add(run(threads, way, true, broker.lines().get(2 * way.ordinal() + 1)));
      }
      cases.forEach(CompletableFuture::join);
    } finally {
      threads.shutdownNow();
      broker.close();
    }
  }

  private CompletableFuture<Void> run(
      ExecutorService threads, Way way, boolean lasting, Broker.Line line) {
    return CompletableFuture.runAsync(
        () -> {
          try (UnreliableLine unreliable = new UnreliableLine(line)) {
            untilARunNeedsNoMore(way, lasting, unreliable);
          } catch (Exception e) {
            throw new IllegalStateException(way + (lasting ? " lasting" : " once"), e);
          }
        },
        threads);
  }

  private void untilARunNeedsNoMore(Way way, boolean lasting, UnreliableLine line)
      throws Exception {
    int n = 1;
    while (struck(way, lasting, n, line)) {
      assertThat(n++).as("a run needs no end of requests").isLessThan(MOST);
    }
    assertThat(n).as("several requests were struck, one after the other").isGreaterThan(4);
  }

  /** Returns whether a request was struck. */
  private boolean struck(Way way, boolean lasting, int n, UnreliableLine line) throws Exception {
    String name = (way.name() + (lasting ? "-lasting-" : "-once-") + n).toLowerCase(Locale.ROOT);
    broker.topic(name, Map.of());
    line.plan(number -> (lasting ? number >= n : number == n) ? way : null);
    Map<String, String> settings =
        Map.of(
            "kafka.brokers",
            line.brokers(),
            "kafka.topic",
            name,
            "sink.timeout",
            way.undone() ? "3s" : "2s");
    try (SinkOnLedger sink =
        new SinkOnLedger(
            "kafka",
            Files.createDirectory(directory.resolve(name)),
            settings,
            (context, ledger) -> new KafkaSink().bind(context, ledger.settings()),
            List.of("default"))) {
      Account account = sink.accounts.get(0);
      sink.record(account, sink.fixture.qualified(1), sink.fixture.qualified(2));
      awaitRestOrTrouble(sink);
      String changed = "{\"outcome\": \"qualified_lead\", \"phone\": \"+15550199\"}";
      sink.record(account, sink.fixture.call(1, "completed", changed));
      awaitRestOrTrouble(sink);
      boolean struck = line.struck();
      line.repair();

      await().atMost(LONG).until(sink::allDelivered);
      assertArrived(way, lasting, name);
      return struck;
    }
  }

  private static void awaitRestOrTrouble(SinkOnLedger sink) {
    await()
        .atMost(LONG)
        .until(
            () ->
                sink.allDelivered()
                    || sink.fixture.count("SELECT COUNT(*) FROM sink_state WHERE failures > 0")
                        > 0);
  }

  private void assertArrived(Way way, boolean lasting, String name) throws IOException {
    List<String> records = new ArrayList<>();
    for (ConsumerRecord<String, String> record : broker.records(name)) {
      records.add(record.key() + " " + JSON.readTree(record.value()).path("version").asInt());
    }
    assertThat(records)
        .as(name)
        .contains("default-1 2", "default-2 1")
        .isSubsetOf("default-1 1", "default-1 2", "default-2 1");
    if (way.undone()) {
      assertThat(records).as(name).doesNotHaveDuplicates();
    }
    List<String> ofTheChanged =
        new LinkedHashSet<>(records)
            .stream().filter(record -> record.startsWith("default-1 ")).toList();
    assertThat(ofTheChanged).as(name).isSorted();
  }
}
