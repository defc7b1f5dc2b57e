package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandboxFaultsTest {

  private final SlackWorkspace slack = SlackWorkspace.start(0);
  private final SandboxClient client = new SandboxClient();

  @AfterEach
  void stop() {
    slack.close();
  }

  @Test
  void a_status_is_answered_before_the_work() throws IOException {
    slack.faults().next(Fault.status(503, "{\"message\":\"busy\"}").header("Retry-After", "3"));

    Reply struck = post();

    assertThat(struck.status()).isEqualTo(503);
    assertThat(struck.text()).isEqualTo("{\"message\":\"busy\"}");
    assertThat(struck.header("Retry-After")).hasValue("3");
    assertThat(slack.posts()).isZero();
    assertThat(post().status()).isEqualTo(200);
    assertThat(slack.faults().struck()).isOne();
  }

  @Test
  void a_status_after_the_work_leaves_the_work_done() throws IOException {
    slack.faults().next(Fault.statusAfterWork(500));

    assertThat(post().status()).isEqualTo(500);
    assertThat(slack.posts()).isOne();
  }

  @Test
  void a_lost_answer_leaves_the_work_done_and_the_connection_broken() throws IOException {
    post();
    slack.faults().next(Fault.dropAfterWork());

    assertThatThrownBy(this::post)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(HttpTimeoutException.class);
    assertThat(slack.posts()).isEqualTo(2);
  }

  @Test
  void a_connection_dropped_before_the_work_leaves_nothing() throws IOException {
    slack.faults().next(Fault.dropBeforeWork());

    assertThatThrownBy(this::post).isInstanceOf(IOException.class);
    assertThat(slack.posts()).isZero();
  }

  @Test
  void a_dropped_connection_carries_not_one_byte() throws IOException {
    slack.faults().next(Fault.dropAfterWork());

    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", slack.port()), 2_000);
      socket.setSoTimeout(5_000);
      String request = "POST /api/auth.test HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void a_cut_body_ends_half_way() {
    slack.faults().next(Fault.cutBody());

    assertThatThrownBy(this::post).isInstanceOf(IOException.class);
    assertThat(slack.posts()).isOne();
  }

  @Test
  void a_delay_outlasts_the_patience_of_the_client() {
    slack.faults().next(Fault.delayAfterWork(Duration.ofMinutes(1)));

    assertThatThrownBy(() -> post(Duration.ofMillis(200))).isInstanceOf(HttpTimeoutException.class);
    assertThat(slack.posts()).isOne();
  }

  @Test
  void a_delay_before_the_work_is_followed_by_work_and_answer() throws IOException {
    slack.faults().next(Fault.delay(Duration.ofMillis(50)));

    assertThat(post().status()).isEqualTo(200);
    assertThat(slack.posts()).isOne();
  }

  @Test
  void a_fault_waits_for_the_requests_it_is_meant_for() throws IOException {
    slack.faults().next(2, Fault.status(500).on("/api/chat.postMessage"));

    Reply other = client.post(slack.url() + "/auth.test", slack.token(), Json.object());

    assertThat(other.status()).isEqualTo(200);
    assertThat(post().status()).isEqualTo(500);
    assertThat(slack.faults().planned()).isOne();
    assertThat(post().status()).isEqualTo(500);
    assertThat(post().status()).isEqualTo(200);
  }

  @Test
  void a_standing_fault_strikes_until_it_is_cleared() throws IOException {
    slack.faults().always(Fault.status(502).when(request -> request.text().contains("Lead")));

    assertThat(post().status()).isEqualTo(502);
    assertThat(post().status()).isEqualTo(502);
    slack.faults().clear();
    assertThat(post().status()).isEqualTo(200);
  }

  @Test
  void a_stopped_server_refuses_and_a_restarted_one_remembers() throws IOException {
    post();
    int port = slack.port();

    slack.stop();
    assertThatThrownBy(this::post).isInstanceOf(ConnectException.class);
    slack.restart();

    assertThat(slack.port()).isEqualTo(port);
    assertThat(post().status()).isEqualTo(200);
    assertThat(slack.posts()).isEqualTo(2);
  }

  private Reply post() throws IOException {
    return post(Duration.ofSeconds(10));
  }

  private Reply post(Duration timeout) throws IOException {
    ObjectNode message = Json.object().put("channel", slack.channel()).put("text", "Lead");
    return client.send(
        SandboxClient.request(slack.url() + "/chat.postMessage", slack.token())
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(message.toString()))
            .build());
  }
}
