package com.example.leads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.Sandbox;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service with the folder's routes, against the sandbox and a partner of the test. */
@Timeout(120)
class WholeWayTest {

  /** The folder that the service is started from. */
  private static final Path FOLDER = Path.of("src/test/resources/leads");

  @TempDir Path data;

  private final Sandbox sandbox = Sandbox.start();
  private final List<String> posts = new CopyOnWriteArrayList<>();
  private HttpServer partner;

  @BeforeEach
  void openPartner() throws IOException {
    partner = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    partner.createContext(
        "/leads",
        exchange -> {
          posts.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    partner.start();
  }

  @AfterEach
  void close() {
    partner.stop(0);
    sandbox.close();
  }

  /** The folder's own settings, pointed at the sandbox and in a hurry. */
  private Settings settings() throws IOException {
    Map<String, String> settings = new HashMap<>(sandbox.settings());
    settings.put("partner.url", "http://localhost:" + partner.getAddress().getPort() + "/leads");
    settings.put("poll.period", "1s");
    settings.put("poll.start", "all");
    settings.put("console.port", freePort());
    settings.put("ledger.url", "jdbc:sqlite:" + data.resolve("ledger.db"));
    settings.put("file.directory", data.resolve("leads").toString());
    return Settings.load(FOLDER, Map.of(), new Properties()).with(settings);
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return String.valueOf(socket.getLocalPort());
    }
  }

  @Test
  void a_call_from_here_arrives_everywhere_and_one_from_abroad_nowhere() throws IOException {
    sandbox.clickSpeak().put(SandboxCall.qualified(1).phone("+493023125000"));
    sandbox.clickSpeak().put(SandboxCall.qualified(2).phone("+12025550101"));

    try (Service service = Service.start(settings(), FOLDER)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  sandbox.salesforce().count() == 1
                      && sandbox.slack().messages().size() == 1
                      && posts.size() == 1);
    }

    assertThat(posts.get(0)).contains("default-2");
  }
}
