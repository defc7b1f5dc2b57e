package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G1 and G6: the platform's post-call webhook brings the next look at the list, and no more. */
class HintTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SECRET = "3f9Zk-_qT7wLx2Rb";

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private Arrivals arrivals;
  private Map<String, String> settings;
  private int port;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
    settings = new HashMap<>(arrivals.settings());
    port = Integer.parseInt(settings.get("console.port"));
    // Whatever is seen within a test is seen because of the hint.
    settings.put("poll.period", "1h");
    settings.put("webhook.secret", SECRET);
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private Service start() {
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(settings), directory);
  }

  /** Waits until the passes of the start are over: nothing but a hint brings another one then. */
  private void awaitRest() {
    long[] before = {-1};
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(700))
        .until(
            () -> {
              long requests = arrivals.sandbox.clickSpeak().requestCount();
              boolean rest = requests > 0 && requests == before[0];
              before[0] = requests;
              return rest;
            });
  }

  private int postHint(String body) {
    return post("/hooks/calls/" + SECRET, body);
  }

  /** The status of the answer. */
  private int post(String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The status line of an answer to exactly these bytes. */
  private String answer(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return firstLine(socket);
    }
  }

  private static String firstLine(Socket socket) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = socket.getInputStream().read(); c != '\r' && c >= 0; ) {
      line.write(c);
      c = socket.getInputStream().read();
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void a_lead_is_in_slack_and_salesforce_within_a_second_of_the_hint() throws Exception {
    arrivals.sandbox.clickSpeak().population(300, 0, 1);
    try (Service service = start()) {
      awaitRest();
      List<Long> took = new ArrayList<>();
      for (int lead = 1; lead <= 5; lead++) {
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(9_000_000 + lead));
        Instant posted = Instant.now();

        assertThat(postHint("{}")).isEqualTo(202);

        int leads = lead;
        await()
            .pollInterval(Duration.ofMillis(10))
            .atMost(LONG)
            .until(() -> arrivals.slack() == leads && arrivals.salesforce() == leads);
        took.add(Duration.between(posted, Instant.now()).toMillis());
        // Hints closer together than a second wait for it to be over.
        await().atMost(LONG).until(() -> Instant.now().isAfter(posted.plusMillis(1200)));
      }
      assertThat(took.stream().sorted().skip(2).findFirst().orElseThrow())
          .as("the median of %s milliseconds", took)
          .isLessThan(1000);
    }
  }

  @Test
  void a_flood_of_hints_starts_at_most_one_pass_a_second() throws Exception {
    try (Service service = start()) {
      awaitRest();
      long before = arrivals.passes();
      Instant began = Instant.now();

      List<Integer> answers =
          IntStream.range(0, 1000)
              .parallel()
              .mapToObj(number -> postHint("{}"))
              .distinct()
              .toList();
      assertThat(answers).containsExactly(202);
      awaitRest();

      long seconds = Duration.between(began, Instant.now()).toSeconds();
      assertThat(arrivals.passes() - before).isBetween(1L, 1 + seconds);
    }
  }

  @Test
  void nothing_in_the_body_is_believed() throws Exception {
    try (Service service = start()) {
      awaitRest();
      assertThat(
              postHint(
                  "{\"id\":7,\"status\":\"completed\",\"evaluation\":{\"outcome\":\"qualified_lead\"},"
                      + "\"client_phone_number\":\"+12025550101\"}"))
          .isEqualTo(202);
      assertThat(postHint("not even JSON")).isEqualTo(202);
      awaitRest();
    }
    arrivals.assertEachOnce(0);
  }

  @Test
  void a_hint_brings_a_list_that_is_not_newest_first_as_well() throws Exception {
    // Without a time of creation nothing proves the order.
    arrivals.sandbox.clickSpeak().putRaw(1, Instant.now(), "{\"id\": 1, \"status\": \"failed\"}");
    try (Service service = start()) {
      awaitRest();
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(3));

      assertThat(postHint("{}")).isEqualTo(202);

      await().atMost(LONG).until(() -> arrivals.all(1));
    }
  }

  @Test
  void a_body_of_more_than_a_mebibyte_is_cut_off() throws Exception {
    try (Service service = start()) {
      String path = "/hooks/calls/" + SECRET;
      assertThat(post(path, "x".repeat(1 << 20))).isEqualTo(202);
      awaitRest();
      long before = arrivals.passes();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(10_000);
        OutputStream out = socket.getOutputStream();
        String head = "POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes();
        // Endless, for whoever reads to the end.
        int sent = 0;
        try {
          for (; sent < 1000; sent++) {
            out.write(chunk);
          }
        } catch (SocketException e) {
          // cut off, as it should be
        }
        assertThat(sent).isLessThan(1000);
      }
      awaitRest();
      assertThat(arrivals.passes()).isEqualTo(before);
    }
  }

  @Test
  void only_the_exact_path_is_let_in() throws Exception {
    try (Service service = start()) {
      awaitRest();
      long before = arrivals.passes();
      for (String path :
          List.of(
              "/",
              "/hooks",
              "/hooks/calls",
              "/hooks/calls/",
              "/hooks/calls/wrong-secret-of-16",
              "/hooks/calls/" + SECRET + "/",
              "/hooks/calls/" + SECRET + "/more",
              "/hooks/calls/" + SECRET.toLowerCase(Locale.ROOT),
              "/hooks/calls/" + SECRET.substring(1),
              "/hooks/calls/%33" + SECRET.substring(1),
              "/hooks/calls//" + SECRET,
              "//hooks/calls/" + SECRET,
              "/hooks/./calls/" + SECRET,
              "/observe/../hooks/calls/" + SECRET,
              "/observe/health/..%2f..%2fhooks/calls/" + SECRET,
              "/hooks/calls;x/" + SECRET,
              "/hooks%2fcalls%2f" + SECRET,
              "/observe",
              "/observe/health/",
              "/observe/health/live/x",
              "/observe/dev",
              "/q/health",
              "/q/dev")) {
        for (String method : List.of("POST", "GET", "PUT")) {
          String request =
              method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
          assertThat(answer(request)).as(method + " " + path).contains(" 404 ");
        }
      }
      String hook = "/hooks/calls/" + SECRET + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
      assertThat(answer("GET " + hook)).contains(" 405 ");
      assertThat(answer("DELETE " + hook)).contains(" 405 ");
      assertThat(answer("GET /observe/health/ready HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 200 ");
      assertThat(answer("GET /observe/health/live HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 200 ");
      awaitRest();
      assertThat(arrivals.passes()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/none"})
  void without_a_secret_nothing_is_let_in(String path) throws Exception {
    settings.put("webhook.secret", "");
    try (Service service = start()) {
      assertThat(post("/hooks/calls" + path, "{}")).isEqualTo(404);
    }
  }
}
