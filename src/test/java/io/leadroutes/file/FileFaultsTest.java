package io.leadroutes.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.file.FailingChannels.Way;
import io.leadroutes.ledger.Account;
import io.leadroutes.sinks.SinkOnLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G1, G2: the Nth operation on a file fails, for N = 1, 2, 3 … until no more is needed, before its
 * work, after it or half-way, once or until somebody repairs the disk. Each of these has an account
 * of its own, so that all run beside each other. The leads: two, of which the first changes after
 * its delivery.
 */
class FileFaultsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST = 24;

  /** One way to fail, from the Nth operation of one account's files on. */
  private static final class Case {

    final Way way;
    final boolean lasting;
    final int n;
    final AtomicInteger seen = new AtomicInteger();
    volatile boolean struck;
    volatile boolean repaired;

    Case(Way way, boolean lasting, int n) {
      this.way = way;
      this.lasting = lasting;
      this.n = n;
    }

    String account() {
      return (way.name() + (lasting ? "lasting" : "once")).toLowerCase(Locale.ROOT) + n;
    }

    Way next() {
      int number = seen.incrementAndGet();
      boolean strikes = !repaired && (lasting ? number >= n : number == n);
      struck |= strikes;
      return strikes ? way : null;
    }
  }

  @TempDir Path directory;

  private final Map<String, Case> cases = new ConcurrentHashMap<>();

  @Test
  void whichever_operation_fails_each_version_of_a_lead_is_one_line() throws IOException {
    for (Way way : Way.values()) {
      for (boolean lasting : List.of(false, true)) {
        IntStream.rangeClosed(1, MOST)
            .mapToObj(n -> new Case(way, lasting, n))
            .forEach(c -> cases.put(c.account(), c));
      }
    }
    try (SinkOnLedger sink =
        new SinkOnLedger(
            "file",
            directory,
            Map.of("file.directory", directory.resolve("leads").toString()),
            this::bind,
            List.copyOf(cases.keySet()))) {
      sink.accounts.forEach(
          account -> sink.record(account, sink.fixture.qualified(1), sink.fixture.qualified(2)));
      awaitRestOrTrouble(sink);
      sink.accounts.forEach(account -> sink.record(account, changed(sink)));
      awaitRestOrTrouble(sink);
      cases.values().forEach(c -> c.repaired = true);

      await().atMost(LONG).until(sink::allDelivered);
      for (Account account : sink.accounts) {
        assertOnce(account.name());
      }
    }
    assertEachWasStruckUntilNoMoreWasNeeded();
  }

  private void bind(CamelContext context, SinkOnLedger sink) {
    Channels channels = new FailingChannels(path -> of(path).next());
    context
        .getRegistry()
        .bind(
            "leadFiles",
            new LeadFiles(
                sink.settings(),
                sink.fixture.deliveries::note,
                Clock.systemUTC(),
                1 << 20,
                channels));
    UnaryOperator<String> place = account -> account;
    context.getRegistry().bind("filePlace", place);
  }

  /** The folders above an account's are made by whoever comes first, and belong to nobody. */
  private Case of(Path path) {
    for (Path part : path) {
      if (cases.containsKey(part.toString())) {
        return cases.get(part.toString());
      }
    }
    return new Case(Way.UNDONE, false, 0);
  }

  private static io.leadroutes.call.Call changed(SinkOnLedger sink) {
    return sink.fixture.call(
        1, "completed", "{\"outcome\": \"qualified_lead\", \"phone\": \"+15550199\"}");
  }

  /** Each account's leads are delivered, or it failed often enough to know how they wait. */
  private static void awaitRestOrTrouble(SinkOnLedger sink) {
    await()
        .atMost(LONG)
        .until(
            () ->
                sink.fixture.count(
                        """
                        SELECT COUNT(*) FROM account WHERE EXISTS (
                          SELECT 1 FROM delivery WHERE account_id = account.id
                            AND (state <> 'delivered' OR wanted_version > sent_version))
                        AND NOT EXISTS (
                          SELECT 1 FROM sink_state WHERE account_id = account.id AND failures > 1)
                        """)
                    == 0);
  }

  /** Version 1 of the lead that changed may have been overtaken by the change. */
  private void assertOnce(String account) throws IOException {
    List<String> versions = new ArrayList<>();
    for (String line : lines(account)) {
      JsonNode json = JSON.readTree(line);
      versions.add(json.path("id").asInt() + " " + json.path("version").asInt());
    }
    assertThat(versions)
        .as(account)
        .doesNotHaveDuplicates()
        .contains("1 2", "2 1")
        .isSubsetOf("1 1", "1 2", "2 1");
    if (versions.contains("1 1")) {
      assertThat(versions.indexOf("1 1")).as(account).isLessThan(versions.indexOf("1 2"));
    }
  }

  private List<String> lines(String account) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("leads").resolve(account))) {
      List<String> lines = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
      return lines;
    }
  }

  private void assertEachWasStruckUntilNoMoreWasNeeded() {
    for (Way way : Way.values()) {
      for (boolean lasting : List.of(false, true)) {
        List<Integer> struck =
            cases.values().stream()
                .filter(c -> c.way == way && c.lasting == lasting && c.struck)
                .map(c -> c.n)
                .sorted()
                .toList();
        assertThat(struck)
            .as("%s %s", way, lasting)
            .hasSizeBetween(10, MOST - 1)
            .containsExactlyElementsOf(IntStream.rangeClosed(1, struck.size()).boxed().toList());
      }
    }
  }
}
