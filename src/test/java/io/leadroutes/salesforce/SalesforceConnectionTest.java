package io.leadroutes.salesforce;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.sun.net.httpserver.HttpServer;
import io.leadroutes.http.NotSentException;
import io.leadroutes.http.Proxies;
import io.leadroutes.http.SendLimit;
import io.leadroutes.http.SendLimit.Moment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds for every request to Salesforce. */
@Timeout(60)
class SalesforceConnectionTest {

  @RegisterExtension
  static final WireMockExtension SERVER =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  private final DefaultCamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private HttpClient client(String loginUrl) {
    SERVER.stubFor(any(anyUrl()).willReturn(ok("answered")));
    SalesforceConnection connection = new SalesforceConnection();
    connection.setLoginUrl(loginUrl);
    connection.setClientId("id");
    connection.setClientSecret("secret");
    connection.setLazyLogin(true);
    context.addComponent("salesforce", connection);
    context.start();
    return connection.getHttpClient();
  }

  /** G2: as when the process was suspended for longer than its lease. */
  @Test
  void a_request_whose_claim_has_lapsed_does_not_leave() {
    HttpClient client = client(SERVER.baseUrl());
    SendLimit lapsed = new SendLimit(new Moment(System.nanoTime() - 2, 0), Duration.ofNanos(1));
    Throwable[] failure = new Throwable[1];

    lapsed.during(() -> failure[0] = catchThrowable(() -> client.GET(SERVER.url("/upsert"))));

    assertThat(failure[0]).hasRootCauseInstanceOf(NotSentException.class);
    assertThat(lapsed.hasRefused()).isTrue();
    assertThat(SERVER.getAllServeEvents()).isEmpty();
  }

  @Test
  void a_request_whose_claim_holds_leaves() throws Exception {
    HttpClient client = client(SERVER.baseUrl());
    SendLimit limit = new SendLimit(Moment.now(), Duration.ofMinutes(2));

    limit.during(() -> assertThat(catchThrowable(() -> client.GET(SERVER.url("/")))).isNull());

    assertThat(limit.hasSent()).isTrue();
  }

  @Test
  void a_header_without_measure_is_not_held() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("X-Long", "a".repeat(200_000));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      HttpClient client = client(SERVER.baseUrl());
      String url = "http://localhost:" + server.getAddress().getPort();

      assertThat(catchThrowable(() -> client.GET(url))).isNotNull();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void requests_go_through_the_proxy_that_all_others_take() throws Exception {
    Map<String, String> environment =
        Map.of("HTTP_PROXY", SERVER.baseUrl(), "NO_PROXY", "internal.example.com");
    context.getRegistry().bind("proxies", Proxies.of(environment::get, new Properties()));

    ContentResponse answer = client("http://login.example.com").GET("http://na1.example.com/data");

    assertThat(answer.getContentAsString()).isEqualTo("answered");
    assertThat(SERVER.getAllServeEvents()).hasSize(1);
  }
}
