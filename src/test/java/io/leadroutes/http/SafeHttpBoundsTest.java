package io.leadroutes.http;

import static java.io.OutputStream.nullOutputStream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G3, G8: whatever a server sends, and however slowly, a request ends in time and is bounded. */
@Timeout(60)
class SafeHttpBoundsTest {

  private static final Duration USUAL = Duration.ofMillis(700);
  private static final Duration LONGEST = Duration.ofMillis(1500);
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

  private final DefaultCamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private Exchange post(Drip server, String options) {
    return post(server.url() + options, Proxies.none());
  }

  private Exchange post(String url, Proxies proxies) {
    if (!context.isStarted()) {
      SafeHttp.in(context, USUAL, LONGEST, proxies);
      context.start();
    }
    return context.createProducerTemplate().request(url, e -> e.getMessage().setBody("a lead"));
  }

  /** The parts of an answer that can be sent a byte at a time. */
  private enum Slow {
    NOTHING("", ""),
    STATUS("HTTP/1.1 20", "0"),
    HEADER(OK + "X-Long: ", "a"),
    HEADERS(OK, "A: b\r\n"),
    INTERIM("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
    BODY(OK + "Content-Length: 100000\r\n\r\n", "a"),
    BODY_WITHOUT_LENGTH(OK + "Connection: close\r\n\r\n", "a"),
    CHUNKS(CHUNKED, "1\r\na\r\n"),
    CHUNK_LENGTH(CHUNKED, "0"),
    TRAILERS(CHUNKED + "0\r\n", "A: b\r\n");

    final String begin;
    final String piece;

    Slow(String begin, String piece) {
      this.begin = begin;
      this.piece = piece;
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_that_drips_is_broken_off_and_may_have_been_sent(Slow slow) throws Exception {
    try (Drip server =
        new Drip(
            (client, drip) -> {
              Drip.send(client, slow.begin);
              drip.forEver(client, slow.piece);
            })) {
      long began = System.nanoTime();

      Exchange exchange = post(server, "?soTimeout=600000&connectTimeout=600000");

      assertThat(exchange.getException()).isInstanceOf(IOException.class);
      assertThat(exchange.getException()).isNotInstanceOf(ConnectTimeoutException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void a_body_that_is_read_as_a_stream_has_the_same_deadline() throws Exception {
    try (Drip server =
        new Drip(
            (client, drip) -> {
              Drip.send(client, CHUNKED);
              drip.forEver(client, "1\r\na\r\n");
            })) {
      SafeHttp.in(context, USUAL, LONGEST, Proxies.none());
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("direct:read")
                  .streamCache(false)
                  .to(server.url() + "?disableStreamCache=true")
                  .process(
                      e ->
                          e.getMessage().getBody(InputStream.class).transferTo(nullOutputStream()));
            }
          });
      context.start();

      Exchange exchange = context.createProducerTemplate().request("direct:read", e -> {});

      assertThat(exchange.getException()).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void an_address_cannot_ask_for_more_than_the_longest() throws Exception {
    try (Drip server = new Drip((client, drip) -> drip.forEver(client, "HTTP"))) {
      assertThat(post(server, "?responseTimeout=6000000&soTimeout=6000000").getException())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void where_no_tls_comes_about_nothing_was_sent() throws Exception {
    try (Drip server = new Drip((client, drip) -> {})) {
      Exchange exchange =
          post("https://localhost:" + server.port() + "?soTimeout=600000", Proxies.none());

      assertThat(exchange.getException()).isInstanceOf(ConnectTimeoutException.class);
    }
  }

  @Test
  void a_header_line_without_end_is_not_held() throws Exception {
    assertTooMuch(OK + "X-Long: ", "a".repeat(8192));
  }

  @Test
  void a_header_line_that_is_folded_without_end_is_not_held() throws Exception {
    assertTooMuch(OK + "X-Long: a\r\n", " " + "a".repeat(4096) + "\r\n");
  }

  @Test
  void headers_without_end_are_not_held() throws Exception {
    assertTooMuch(OK, "X-Many: " + "a".repeat(4096) + "\r\n");
  }

  @Test
  void a_status_line_without_end_is_not_held() throws Exception {
    assertTooMuch(OK.strip(), "a".repeat(8192));
  }

  private void assertTooMuch(String begin, String piece) throws IOException {
    try (Drip server =
        new Drip(
            (client, drip) -> {
              Drip.send(client, begin);
              Drip.flood(client, piece);
            })) {
      assertThat(post(server, "").getException()).isInstanceOf(MessageConstraintException.class);
    }
  }

  @Test
  void trailers_without_end_are_not_held() throws Exception {
    try (Drip server =
        new Drip(
            (client, drip) -> {
              Drip.send(client, CHUNKED + "0\r\n");
              Drip.flood(client, "X-Many: " + "a".repeat(4096) + "\r\n");
            })) {
      assertThat(post(server, "").getException()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void an_answer_over_four_mebibytes_is_not_held() throws Exception {
    String mebibyte = "a".repeat(1 << 20);
    try (Drip server =
        new Drip(
            (client, drip) -> {
              Drip.send(client, OK + "Content-Length: " + (5 << 20) + "\r\n\r\n");
              for (int i = 0; i < 5; i++) {
                Drip.send(client, mebibyte);
              }
            })) {
      assertThat(post(server, "").getException()).hasMessageContaining("larger than 4194304");
      assertThat(post(server, "?disableStreamCache=true").getException()).isNull();
    }
  }

  @Test
  void a_claim_that_has_lapsed_is_noticed_when_the_connection_stands() throws Exception {
    SendLimit lapsed =
        new SendLimit(new SendLimit.Moment(System.nanoTime() - 2, 0), Duration.ofNanos(1));
    try (Drip server = new Drip((client, drip) -> Drip.send(client, OK + "\r\n"))) {
      Exchange[] sent = new Exchange[1];

      lapsed.during(() -> sent[0] = post(server, ""));

      assertThat(sent[0].getException()).isInstanceOf(NotSentException.class);
      await().untilAsserted(() -> assertThat(server.connections()).isOne());
      assertThat(server.requests).isEmpty();
    }
  }

  @Test
  void a_redirect_is_not_followed_whatever_the_address_says() throws Exception {
    try (Drip server =
        new Drip(
            (client, drip) ->
                Drip.send(
                    client,
                    "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))) {
      post(server, "?followRedirects=true&httpMethod=GET");

      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void what_is_on_its_way_is_broken_off_before_a_stop_gives_up() throws Exception {
    try (Deadlines deadlines = new Deadlines()) {
      CompletableFuture<Void> early = new CompletableFuture<>();
      CompletableFuture<Void> late = new CompletableFuture<>();
      deadlines.watch(Duration.ofHours(1), () -> early.complete(null));

      deadlines.breakOffAllIn(Duration.ofMillis(50));
      deadlines.watch(Duration.ofHours(1), () -> late.complete(null));

      CompletableFuture.allOf(early, late).get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_request_goes_through_the_proxy() throws Exception {
    try (Drip proxy =
        new Drip((client, drip) -> Drip.send(client, OK + "Content-Length: 0\r\n\r\n"))) {
      Proxies proxies =
          Proxies.of(
              Map.of("HTTP_PROXY", "http://me:s%3Acret@localhost:" + proxy.port())::get,
              new Properties());

      assertThat(post("http://hooks.example.com/leads", proxies).getException()).isNull();

      assertThat(proxy.requests.peek()).startsWith("POST http://hooks.example.com");
    }
  }

  @Test
  void tls_goes_through_a_tunnel_of_the_proxy_which_may_ask_for_a_password() throws Exception {
    try (Drip proxy =
        new Drip(
            (client, drip) ->
                Drip.send(
                    client,
                    "HTTP/1.1 407 Proxy Authentication Required\r\n"
                        + "Proxy-Authenticate: Basic realm=\"proxy\"\r\n"
                        + "Connection: close\r\nContent-Length: 0\r\n\r\n"))) {
      Proxies proxies =
          Proxies.of(
              Map.of("https_proxy", "http://me:secret@localhost:" + proxy.port())::get,
              new Properties());

      assertThat(post("https://hooks.example.com/leads", proxies).getException()).isNotNull();

      assertThat(proxy.requests).allMatch(head -> head.startsWith("CONNECT hooks.example.com:443"));
      assertThat(Stream.of(proxy.requests.toArray(String[]::new)).skip(1).findFirst().orElse(""))
          .contains("Proxy-Authorization: Basic bWU6c2VjcmV0");
    }
  }
}
