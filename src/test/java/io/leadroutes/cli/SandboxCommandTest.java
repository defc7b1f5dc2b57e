package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** lead-routes sandbox: what it prints is a file of settings, and points at what is there. */
@Timeout(60)
class SandboxCommandTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private CommandLineOfTests commands() {
    return new CommandLineOfTests(Settings.load(directory, Map.of(), new Properties()), directory);
  }

  @Test
  void what_it_prints_is_a_file_of_settings_that_points_at_its_calls() throws Exception {
    CommandLineOfTests commands = commands();
    Thread sandbox = new Thread(() -> commands.run("sandbox", "--no-live", "--calls=30"));
    sandbox.start();
    await().atMost(LONG).until(() -> commands.out().endsWith("\n\n"));
    Files.writeString(directory.resolve("application.properties"), commands.out());
    Settings settings = Settings.load(directory, Map.of(), new Properties());

    JsonNode page =
        get(
            settings.text("clickspeak.base-url") + "/user/calls",
            settings.text("clickspeak.token"));
    JsonNode counts = get(settings.text("salesforce.login-url") + "/sandbox/counts", "");

    assertThat(page.path("total").asInt()).isEqualTo(30);
    assertThat(counts.path("callsRequests").asInt()).isOne();
    sandbox.interrupt();
    sandbox.join(LONG.toMillis());
    assertThat(sandbox.isAlive()).isFalse();
  }

  @Test
  void more_leads_than_calls_and_a_port_that_is_taken_are_a_sentence() throws IOException {
    CommandLineOfTests commands = commands();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(commands.run("sandbox", "--calls=3", "--leads=4")).isEqualTo(2);
      assertThat(commands.run("sandbox", "--port=" + taken.getLocalPort())).isEqualTo(2);

      assertThat(commands.err().lines())
          .containsExactly(
              "--leads=4 of --calls=3 cannot be: write fewer leads.",
              "--port: port "
                  + taken.getLocalPort()
                  + " of 127.0.0.1 is taken: choose another one.");
    }
  }

  private static JsonNode get(String url, String token) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Accept", "application/json")
            .header("Authorization", "Bearer " + token)
            .build();
    return JSON.readTree(
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
