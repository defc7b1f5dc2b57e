package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A sandbox, the settings that point a service at it, and what arrived in its three places. */
public final class Arrivals implements AutoCloseable {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Camel's Salesforce client throws in a thread of its own where an answer has no body, as that
    // of a sandbox that is closed; a test that waits for something else would fail by it.
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }

  public final Sandbox sandbox = Sandbox.start();
  private final Path directory;

  public Arrivals(Path directory) {
    this.directory = directory;
  }

  /** Settings for a service that polls without pause and paces nothing. */
  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(sandbox.settings());
    settings.put("poll.start", "all");
    settings.put("poll.period", "200ms");
    settings.put("clickspeak.requests-per-minute", "100000");
    settings.put("clickspeak.requests-per-10-seconds", "100000");
    settings.put("slack.per-second", "0");
    settings.put("slack.look-again", "1s");
    settings.put("sink.timeout", "2s");
    settings.put("ledger.lease", "12s");
    settings.put("ledger.url", "jdbc:sqlite:" + directory.resolve("ledger.db"));
    settings.put("file.directory", directory.resolve("leads").toString());
    settings.put("console.port", String.valueOf(freePort()));
    return settings;
  }

  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int salesforce() {
    return sandbox.salesforce().count();
  }

  public int slack() {
    return sandbox.slack().messages().size();
  }

  /** The lines of all files, torn ones included. */
  public List<String> lines() {
    Path leads = directory.resolve("leads");
    if (!Files.isDirectory(leads)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(leads)) {
      return files
          .filter(Files::isRegularFile)
          .sorted()
          .flatMap(
              file -> {
                try {
                  return Files.readAllLines(file).stream();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean all(int leads) {
    return salesforce() == leads && slack() == leads && lines().size() == leads;
  }

  /** Each lead once in each place, and nothing else. */
  public void assertEachOnce(int leads) throws IOException {
    assertThat(sandbox.salesforce().records()).hasSize(leads);
    assertThat(sandbox.salesforce().creates()).isEqualTo(leads);
    assertThat(sandbox.slack().messages()).hasSize(leads);
    assertThat(sandbox.slack().deliveryKeys()).hasSize(leads);
    Set<Long> ids = new HashSet<>();
    for (String line : lines()) {
      assertThat(ids.add(JSON.readTree(line).path("id").asLong())).as(line).isTrue();
    }
    assertThat(ids).hasSize(leads);
  }

  /** How many passes have begun. */
  public long passes() {
    return sandbox.clickSpeak().queries().stream()
        .filter(query -> "1".equals(query.get("page")))
        .count();
  }

  /** Waits until two passes have begun and ended, whatever was going on before. */
  public void awaitTwoMorePasses() {
    long before = passes();
    await().atMost(LONG).until(() -> passes() >= before + 3);
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
