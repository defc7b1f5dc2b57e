package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G5: what is paused says so where somebody looks, and holds nothing else. */
class PausedTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void a_paused_sink_is_in_the_health_detail_with_its_remedy_and_the_service_stays_ready() {
    try (Arrivals arrivals = new Arrivals(directory)) {
      Map<String, String> settings = arrivals.settings();
      settings.put("sink.probe", "500ms");
      arrivals
          .sandbox
          .slack()
          .faults()
          .always(Fault.status(200, "{\"ok\":false,\"error\":\"not_in_channel\"}"));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      try (Service service =
          Service.start(
              Settings.load(directory, Map.of(), new Properties()).with(settings), directory)) {
        String port = settings.get("console.port");
        await().atMost(LONG).until(() -> health(port).body().contains("slack for account default"));
        assertThat(health(port).statusCode()).isEqualTo(200);
        assertThat(health(port).body()).contains("invite it to the channel");
        await().atMost(LONG).until(() -> arrivals.salesforce() == 1);

        arrivals.sandbox.slack().faults().clear();

        await().atMost(LONG).until(() -> arrivals.all(1));
        await().atMost(LONG).until(() -> !health(port).body().contains("slack for account"));
      }
    }
  }

  private static HttpResponse<String> health(String port) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/observe/health/ready"))
                  .build(),
              BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
