package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G3, G7: whoever knocks at the port costs no lead, and no line of the log. */
class StrangersIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String HEALTH =
      "GET /observe/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  @TempDir Path directory;

  private Arrivals arrivals;
  private Process service;
  private int port;

  @BeforeEach
  void start() throws Exception {
    arrivals = new Arrivals(directory);
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    var settings = arrivals.settings();
    port = Integer.parseInt(settings.get("console.port"));
    service = Jar.start(directory, settings);
    await().atMost(LONG).until(() -> arrivals.all(1));
    await().atMost(LONG).until(() -> answer(HEALTH).startsWith("HTTP/1.1 200"));
  }

  @AfterEach
  void stop() throws Exception {
    service.destroy();
    assertThat(service.waitFor(1, TimeUnit.MINUTES)).isTrue();
    arrivals.close();
  }

  private Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** What comes first of an answer; empty where the connection is cut. */
  private String answer(String request) {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      byte[] head = socket.getInputStream().readNBytes(12);
      return new String(head, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean isCutOff(Socket socket) {
    try {
      socket.setSoTimeout(1);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void two_thousand_slow_connections_hold_no_lead_and_no_other_request() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 2000; i++) {
        Socket socket = socket();
        slow.add(socket);
        try {
          socket
              .getOutputStream()
              .write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
          // cut off already
        }
      }

      await().atMost(LONG).until(() -> answer(HEALTH).startsWith("HTTP/1.1 200"));
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));
      await().atMost(LONG).until(() -> arrivals.all(2));
      await().atMost(LONG).until(() -> slow.stream().allMatch(StrangersIT::isCutOff));
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void only_http_1_is_spoken() {
    assertThat(answer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")).contains(" 501");
    assertThat(
            answer(
                "GET / HTTP/1.1\r\n"
                    + "Host: x\r\n"
                    + "Connection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"))
        .contains(" 404");
  }

  @Test
  void no_request_writes_a_line_of_the_log() throws Exception {
    String before = Jar.log(directory);
    for (String request :
        List.of(
            "\0\1garbage\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /observe/health/live?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /observe/../observe/health HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n")) {
      answer(request);
      try (Socket socket = socket()) {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.setSoLinger(true, 0); // reset
      }
    }
    assertThat(answer(HEALTH)).startsWith("HTTP/1.1 200");

    assertThat(Jar.log(directory)).isEqualTo(before);
  }
}
