package io.leadroutes.poll;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** G5, G6: one HTTP GET, one page; and everything that is no page. */
class FetchPageTest {

  private static final String PAGE =
      """
      {"current_page": 3, "last_page": 7, "per_page": 100, "total": 690,
       "next_page_url": "http://elsewhere.example/api/user/calls?page=4",
       "data": [{"id": 11, "status": "completed", "created_at": "2026-02-01 10:00:00"}]}
      """;

  @TempDir Path directory;

  private final WireMockServer api =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().gzipDisabled(true));
  private final WireMockServer elsewhere =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());
  private PollingRoutes routes;

  @BeforeEach
  void start() throws Exception {
    api.start();
    elsewhere.start();
    elsewhere.stubFor(any(anyUrl()).willReturn(json(PAGE)));
    routes = new PollingRoutes(directory, api.url("/api"), Map.of(), "fetch-page");
  }

  @AfterEach
  void stop() {
    routes.close();
    api.stop();
    elsewhere.stop();
  }

  private static ResponseDefinitionBuilder json(String body) {
    return aResponse().withHeader("Content-Type", "application/json").withBody(body);
  }

  private void answer(ResponseDefinitionBuilder response) {
    api.stubFor(any(anyUrl()).willReturn(response));
  }

  private Exchange fetch(LocalDate dateFrom, int number) {
    return routes.send("fetch-page", routes.page(dateFrom, number));
  }

  private PollException refusal() {
    Exception failure = fetch(null, 1).getException();
    assertThat(failure).isInstanceOf(PollException.class);
    return (PollException) failure;
  }

  @Test
  void a_page_is_asked_for_by_parameters_with_the_token_in_its_header() {
    answer(json(PAGE));

    fetch(LocalDate.parse("2026-02-01"), 3);

    LoggedRequest request = api.findAll(getRequestedFor(urlPathEqualTo("/api/user/calls"))).get(0);
    assertThat(request.getUrl())
        .isEqualTo("/api/user/calls?per_page=100&page=3&date_from=2026-02-01");
    assertThat(request.getHeader("Authorization")).isEqualTo("Bearer token-1");
    assertThat(request.getHeader("Accept")).isEqualTo("application/json");
  }

  @Test
  void all_calls_are_asked_for_without_a_date() {
    answer(json(PAGE));

    fetch(null, 1);

    assertThat(api.findAll(getRequestedFor(urlPathEqualTo("/api/user/calls"))).get(0).getUrl())
        .isEqualTo("/api/user/calls?per_page=100&page=1");
  }

  @Test
  void a_page_is_read_and_no_link_of_it_followed() {
    answer(json(PAGE));

    Exchange exchange = fetch(null, 3);

    FetchedPage fetched = exchange.getMessage().getBody(FetchedPage.class);
    assertThat(fetched.page().lastPage()).isEqualTo(7);
    assertThat(fetched.page().calls()).hasSize(1);
    assertThat(elsewhere.getAllServeEvents()).isEmpty();
  }

  @Test
  void no_header_names_another_address_and_the_token_does_not_leave_the_route() {
    answer(json(PAGE).withHeader("CamelHttpUri", elsewhere.baseUrl()).withHeader("X-Left", "1"));

    Exchange exchange =
        routes.send("fetch-page", routes.page(1), Map.of("CamelHttpUri", elsewhere.baseUrl()));

    assertThat(exchange.getMessage().getHeaders())
        .doesNotContainKeys("Authorization", "CamelHttpUri", "X-Left");
    assertThat(elsewhere.getAllServeEvents()).isEmpty();
  }

  @Test
  void a_cookie_of_the_api_is_not_sent_back() {
    answer(json(PAGE).withHeader("Set-Cookie", "session=1; Path=/"));

    fetch(null, 1);
    fetch(null, 2);

    assertThat(api.findAll(getRequestedFor(urlPathEqualTo("/api/user/calls"))))
        .hasSize(2)
        .noneMatch(request -> request.containsHeader("Cookie"));
  }

  @ParameterizedTest
  @CsvSource({
    "401, clickspeak.token",
    "403, clickspeak.token",
    "402, balance",
    "404, clickspeak.base-url",
    "422, clickspeak.per-page"
  })
  void a_refusal_that_only_a_person_can_end_says_what_to_do(int status, String remedy) {
    answer(json("{\"message\": \"no\"}").withStatus(status));

    PollException refusal = refusal();

    assertThat(refusal.paused()).isTrue();
    assertThat(refusal).hasMessageContaining(remedy).hasMessageContaining("HTTP " + status);
  }

  @Test
  void a_redirect_is_not_followed_and_the_token_goes_nowhere_else() {
    answer(aResponse().withStatus(302).withHeader("Location", elsewhere.url("/login")));

    assertThat(refusal().paused()).isTrue();

    assertThat(elsewhere.getAllServeEvents()).isEmpty();
  }

  @Test
  void a_login_page_means_that_the_token_is_wrong() {
    answer(
        aResponse()
            .withHeader("Content-Type", "text/html")
            .withBody("<!DOCTYPE html><html></html>"));

    assertThat(refusal().paused()).isTrue();
  }

  @Test
  void a_limit_says_in_its_header_or_its_body_how_long_to_wait() {
    answer(json("{}").withStatus(429).withHeader("Retry-After", "7"));
    assertThat(refusal().retryAfter()).isEqualTo(Duration.ofSeconds(7));
    forgetTheWait();

    answer(json("{\"message\":\"Too Many Attempts.\",\"retry_after\":60}").withStatus(429));
    assertThat(refusal().retryAfter()).isEqualTo(Duration.ofSeconds(60));
    forgetTheWait();

    answer(json("{\"retry_after\":999999}").withStatus(429));
    assertThat(refusal().retryAfter()).isEqualTo(Duration.ofHours(24));
  }

  /** As if it were over. */
  private void forgetTheWait() {
    routes.fixture.execute("UPDATE account SET quiet_until = 0");
  }

  @ParameterizedTest
  @CsvSource({"500", "502", "503", "504"})
  void a_failure_of_the_api_may_pass_and_is_asked_for_once(int status) {
    answer(aResponse().withStatus(status).withBody("oops"));

    assertThat(refusal().paused()).isFalse();

    assertThat(api.getAllServeEvents()).hasSize(1);
  }

  @Test
  void a_body_that_is_cut_off_is_no_page() {
    answer(json(PAGE.substring(0, 120)));

    assertThat(refusal().paused()).isFalse();
  }

  @Test
  void a_connection_that_breaks_is_a_failure_and_is_asked_for_once() {
    answer(aResponse().withFault(Fault.EMPTY_RESPONSE));

    assertThat(fetch(null, 1).getException()).isInstanceOf(IOException.class);

    assertThat(api.getAllServeEvents()).hasSize(1);
  }

  @Test
  void an_answer_that_does_not_come_in_time_is_a_failure() {
    answer(json(PAGE).withFixedDelay(6000));

    assertThat(fetch(null, 1).getException()).isInstanceOf(IOException.class);
  }

  @Test
  void an_answer_that_trickles_in_is_given_up_when_its_time_is_over() {
    answer(json(PAGE).withChunkedDribbleDelay(10, 6000));

    assertThat(refusal()).hasMessageContaining("clickspeak.timeout");
  }

  @Test
  void a_compressed_page_is_read() throws IOException {
    answer(gzip(PAGE.getBytes(StandardCharsets.UTF_8), 1));

    assertThat(fetch(null, 1).getMessage().getBody(FetchedPage.class).page().calls()).hasSize(1);
  }

  @Test
  void a_page_that_unpacks_to_more_than_32_mebibytes_is_refused() throws IOException {
    answer(gzip(new byte[1024 * 1024], 64));

    assertThat(refusal()).hasMessageContaining("32 MiB");
  }

  @Test
  void whatever_becomes_of_a_large_answer_the_next_one_has_room() {
    String large = " ".repeat(PageRoom.USUAL);
    List<ResponseDefinitionBuilder> broken =
        List.of(
            json(large + "{"),
            json(large + "<"),
            json(large).withStatus(503),
            json(large).withStatus(401),
            json(large + PAGE).withHeader("Content-Length", "" + 2 * PageRoom.USUAL),
            aResponse().withBody(large).withFault(Fault.RANDOM_DATA_THEN_CLOSE));

    // More than there is room for, should any of them keep it.
    for (int i = 0; i < 3; i++) {
      for (ResponseDefinitionBuilder answer : broken) {
        answer(answer);
        assertThat(fetch(null, 1).getException()).isNotNull();
      }
    }

    answer(json(large + PAGE));
    assertThat(fetch(null, 3).getMessage().getBody()).isInstanceOf(FetchedPage.class);
  }

  @Test
  void an_answer_that_goes_on_and_on_is_hung_up_on_at_the_cap() throws Exception {
    AtomicLong sent = new AtomicLong();
    HttpServer endless =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endless.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] part = new byte[64 * 1024];
          try (exchange) {
            while (sent.get() < 1024 * 1024 * 1024) {
              exchange.getResponseBody().write(part);
              sent.addAndGet(part.length);
            }
          }
        });
    endless.start();
    String url = "http://127.0.0.1:" + endless.getAddress().getPort();
    try (PollingRoutes other =
        new PollingRoutes(directory.resolve("endless"), url, Map.of(), "fetch-page")) {
      Exception failure = other.send("fetch-page", other.page(1)).getException();

      assertThat(failure).hasMessageContaining("32 MiB");
      // What the sockets hold comes on top.
      assertThat(sent.get()).isLessThan(48 * 1024 * 1024);
    } finally {
      endless.stop(0);
    }
  }

  private static ResponseDefinitionBuilder gzip(byte[] part, int times) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      for (int i = 0; i < times; i++) {
        gzip.write(part);
      }
    }
    return aResponse()
        .withHeader("Content-Type", "application/json")
        .withHeader("Content-Encoding", "gzip")
        .withBody(packed.toByteArray());
  }

  @Test
  void the_token_is_in_no_message_of_a_failure() {
    for (ResponseDefinitionBuilder response :
        List.of(json("{}").withStatus(401), json("x"), aResponse().withStatus(500))) {
      answer(response);
      assertThat(fetch(null, 1).getException().toString()).doesNotContain("token-1");
    }
  }
}
