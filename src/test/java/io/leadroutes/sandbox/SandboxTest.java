package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
