package io.leadroutes.http;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.unauthorized;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.X509TrustManager;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.HttpConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * G7: whatever a route forgets to remove, no header of a request or an answer goes on to another.
 */
@Timeout(60)
class HeadersOfOneRequestTest {

  private static final String TOKEN = "Bearer secret-of-the-first";

  @RegisterExtension static final WireMockExtension FIRST = server();
  @RegisterExtension static final WireMockExtension SECOND = server();

  private final DefaultCamelContext context = new DefaultCamelContext();

  private static WireMockExtension server() {
    return WireMockExtension.newInstance()
        .options(WireMockConfiguration.wireMockConfig().dynamicPort().dynamicHttpsPort())
        .build();
  }

  @BeforeEach
  void answers() {
    answers(ok("taken"));
    SECOND.stubFor(any(anyUrl()).willReturn(ok()));
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private static void answers(ResponseDefinitionBuilder answer) {
    FIRST.stubFor(
        any(anyUrl())
            .willReturn(
                answer
                    .withHeader("Content-Type", "application/xml; charset=ISO-8859-1")
                    .withHeader("Retry-After", "7")
                    .withHeader("X-RateLimit-Remaining", "3")
                    .withHeader("X-Of-First", "1")
                    .withHeader("CamelHttpUri", "http://evil.example")
                    .withHeader("Set-Cookie", "session=1; Path=/")));
  }

  private Exchange run(RouteBuilder route) throws Exception {
    return run(route, Map.of());
  }

  private Exchange run(RouteBuilder route, Map<String, Object> headers) throws Exception {
    Duration timeout = Duration.ofSeconds(20);
    SafeHttp.in(context, timeout, timeout, Proxies.none());
    context.addRoutes(route);
    context.start();
    return context
        .createProducerTemplate()
        .request(
            "direct:in",
            exchange -> {
              exchange.getMessage().setBody("a lead");
              exchange.getMessage().setHeaders(new HashMap<>(headers));
            });
  }

  private static String plain(WireMockExtension server) {
    return "http://localhost:" + server.getPort();
  }

  private static LoggedRequest got(WireMockExtension server) {
    List<LoggedRequest> requests = server.findAll(anyRequestedFor(anyUrl()));
    assertThat(requests).hasSize(1);
    return requests.get(0);
  }

  private static void assertBare(LoggedRequest request) {
    assertThat(request.getAllHeaderKeys())
        .map(String::toLowerCase)
        .doesNotContain(
            "authorization",
            "cookie",
            "x-key",
            "x-of-first",
            "retry-after",
            "x-ratelimit-remaining",
            "content-type");
    assertThat(request.getUrl()).isEqualTo("/");
    assertThat(request.getMethod().getName()).isEqualTo("POST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?copyHeaders=true", "?copyHeaders=true&bridgeEndpoint=true"})
  void neither_token_nor_answer_of_the_first_request_reaches_the_second(String options)
      throws Exception {
    Exchange exchange =
        run(
            new RouteBuilder() {
              @Override
              public void configure() {
                from("direct:in")
                    .setHeader("Authorization", constant(TOKEN))
                    .setHeader("X-Key", constant("k"))
                    .setHeader("Content-Type", constant("application/json"))
                    .setHeader(HttpConstants.HTTP_QUERY, constant("q=1"))
                    .setHeader(HttpConstants.HTTP_PATH, constant("leads"))
                    .setHeader(HttpConstants.HTTP_METHOD, constant("PUT"))
                    .to(plain(FIRST) + options)
                    .setBody(constant("ü"))
                    .to(plain(SECOND) + "/" + options);
              }
            });

    assertThat(exchange.getException()).isNull();
    LoggedRequest first = got(FIRST);
    assertThat(first.getUrl()).isEqualTo("/leads?q=1");
    assertThat(first.getMethod().getName()).isEqualTo("PUT");
    assertThat(first.getHeader("Authorization")).isEqualTo(TOKEN);
    assertThat(first.getHeader("X-Key")).isEqualTo("k");
    assertThat(first.getHeader("Content-Type")).startsWith("application/json");
    assertBare(got(SECOND));
  }

  @Test
  void what_follows_a_refusal_does_not_get_the_token_either() throws Exception {
    answers(unauthorized());
    run(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:in")
                .setHeader("Authorization", constant(TOKEN))
                .doTry()
                .to(plain(FIRST))
                .doCatch(Exception.class)
                .to(plain(SECOND))
                .end();
          }
        });

    assertBare(got(SECOND));
  }

  @Test
  void an_enrich_that_fails_leaves_no_token_behind() throws Exception {
    answers(unauthorized());
    run(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:in")
                .setHeader("Authorization", constant(TOKEN))
                .doTry()
                .enrich(plain(FIRST))
                .doCatch(Exception.class)
                .to(plain(SECOND))
                .end();
          }
        });

    assertBare(got(SECOND));
  }

  @Test
  void an_answer_tells_how_it_was_meant_and_no_more() throws Exception {
    Exchange exchange =
        run(
            new RouteBuilder() {
              @Override
              public void configure() {
                from("direct:in")
                    .setHeader("Authorization", constant(TOKEN))
                    .toD(plain(FIRST) + "?throwExceptionOnFailure=false");
              }
            });

    Map<String, Object> headers = exchange.getMessage().getHeaders();
    assertThat(headers)
        .containsEntry("CamelHttpResponseCode", 200)
        .containsEntry("Retry-After", "7")
        .containsEntry("X-RateLimit-Remaining", "3");
    assertThat(headers.keySet())
        .isSubsetOf(
            Set.of(
                "CamelHttpResponseCode",
                "Content-Type",
                "Retry-After",
                "X-RateLimit-Remaining",
                "Date"));
  }

  @Test
  void a_header_that_names_another_address_is_not_obeyed() throws Exception {
    run(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:in").to(plain(SECOND));
          }
        },
        Map.of(
            "CamelHttpUri",
            plain(FIRST) + "/{{token}}",
            "CamelRestHttpUri",
            plain(FIRST),
            "Host",
            "evil.example"));

    LoggedRequest request = got(SECOND);
    assertThat(request.getUrl()).isEqualTo("/");
    assertThat(request.getHeader("Host")).isEqualTo("localhost:" + SECOND.getPort());
    assertThat(FIRST.getAllServeEvents()).isEmpty();
  }

  @Test
  void a_header_that_is_set_anew_goes_out_anew_over_tls_and_by_toD_too() throws Exception {
    SSLContextParameters anybody = new SSLContextParameters();
    anybody.setTrustManagers(new TrustManagersParameters());
    anybody.getTrustManagers().setTrustManager(new TrustsAnybody());
    context.setSSLContextParameters(anybody);
    Exchange exchange =
        run(
            new RouteBuilder() {
              @Override
              public void configure() {
                String tls = "?x509HostnameVerifier=#any";
                getContext().getRegistry().bind("any", NoopHostnameVerifier.INSTANCE);
                from("direct:in")
                    .setHeader("Authorization", constant(TOKEN))
                    .toD("https://localhost:" + FIRST.getHttpsPort() + "/${body.length}" + tls)
                    .setHeader("Content-Type", constant("text/plain"))
                    .setHeader("Authorization", constant("Bearer of-the-second"))
                    .toD("https://localhost:" + SECOND.getHttpsPort() + "/${body.length}" + tls);
              }
            });

    assertThat(exchange.getException()).isNull();
    assertThat(got(FIRST).getHeader("Authorization")).isEqualTo(TOKEN);
    assertThat(got(FIRST).getUrl()).isEqualTo("/6");
    assertThat(got(SECOND).getHeader("Authorization")).isEqualTo("Bearer of-the-second");
    assertThat(got(SECOND).getHeader("Content-Type")).startsWith("text/plain");
  }

  @Test
  void a_server_that_hangs_is_given_up_after_sink_timeout_by_a_route_that_says_nothing_of_it()
      throws Exception {
    try (Drip hanging = new Drip((client, drip) -> drip.forEver(client, ""))) {
      Duration timeout = Duration.ofMillis(500);
      SafeHttp.in(context, timeout, timeout, Proxies.none());
      context.start();

      Exchange exchange =
          context
              .createProducerTemplate()
              .request(hanging.url(), e -> e.getMessage().setBody("a lead"));

      assertThat(exchange.getException()).isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static final class TrustsAnybody implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
