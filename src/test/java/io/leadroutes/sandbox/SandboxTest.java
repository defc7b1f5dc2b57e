package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SandboxTest {

  private final SandboxClient client = new SandboxClient();

  @Test
  void the_settings_point_at_the_three_servers() {
    try (Sandbox sandbox = Sandbox.start()) {
      assertThat(sandbox.settings())
          .containsOnlyKeys(
              "clickspeak.base-url",
              "clickspeak.token",
              "salesforce.login-url",
              "salesforce.client-id",
              "salesforce.client-secret",
              "slack.api-url",
              "slack.token",
              "slack.channel")
          .containsEntry("clickspeak.base-url", sandbox.clickSpeak().url())
          .containsEntry("salesforce.login-url", sandbox.salesforce().url())
          .containsEntry("slack.api-url", sandbox.slack().url());
    }
  }

  @Test
  void fixed_ports_follow_each_other_and_a_taken_one_is_named() {
    int port = firstOfThreeFreePorts();
    try (Sandbox sandbox = Sandbox.start(port)) {
      assertThat(sandbox.clickSpeak().port()).isEqualTo(port);
      assertThat(sandbox.salesforce().port()).isEqualTo(port + 1);
      assertThat(sandbox.slack().port()).isEqualTo(port + 2);
      assertThatThrownBy(() -> Sandbox.start(port))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("port " + port + " of 127.0.0.1 is taken");
    }
  }

  @Test
  void only_this_machine_is_listened_to() throws IOException {
    try (SalesforceOrg org = SalesforceOrg.start(0);
        Socket elsewhere = new Socket()) {
      InetSocketAddress other = new InetSocketAddress("127.0.0.2", org.port());

      assertThatThrownBy(() -> elsewhere.connect(other, 2_000)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_process_of_its_own_prints_its_settings_and_counts_what_arrived() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SandboxServer.class.getName(),
                "--calls",
                "30",
                "--leads",
                "5",
                "--seed",
                "9")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream stdin = process.getOutputStream();
        BufferedReader out =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      Properties settings = new Properties();
      for (String line = out.readLine(); line != null && !line.isEmpty(); line = out.readLine()) {
        settings.setProperty(line.substring(0, line.indexOf('=')), line.replaceFirst("[^=]*=", ""));
      }
      String calls = settings.getProperty("clickspeak.base-url") + "/user/calls";
      JsonNode page = client.get(calls, settings.getProperty("clickspeak.token")).json();
      JsonNode counts =
          client.get(settings.getProperty("salesforce.login-url") + "/sandbox/counts", null).json();

      assertThat(page.path("total").asInt()).isEqualTo(30);
      assertThat(counts.path("callsRequests").asInt()).isOne();
      assertThat(counts.fieldNames())
          .toIterable()
          .contains(
              "salesforceRecords",
              "salesforceUpsertRequests",
              "slackMessages",
              "slackDeliveryKeys");

      stdin.close();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static int firstOfThreeFreePorts() {
    return IntStream.iterate(15_000 + (int) (ProcessHandle.current().pid() % 5_000), i -> i + 3)
        .filter(port -> isFree(port) && isFree(port + 1) && isFree(port + 2))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
