package io.leadroutes.http;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SafeHttpTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @RegisterExtension
  static final WireMockExtension SERVER =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort().dynamicHttpsPort())
          .build();

  private static Exchange get(String url) throws Exception {
    SERVER.stubFor(any(anyUrl()).willReturn(ok("answered")));
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      SafeHttp.in(context, TIMEOUT, TIMEOUT, Proxies.none());
      context.start();
      return context.createProducerTemplate().request(url, exchange -> {});
    }
  }

  @Test
  void a_server_whose_certificate_nobody_vouches_for_is_told_nothing() throws Exception {
    Exchange exchange = get("https://localhost:" + SERVER.getHttpsPort());

    assertThat(exchange.getException()).isInstanceOf(SSLHandshakeException.class);
    assertThat(SERVER.getAllServeEvents()).isEmpty();
  }

  @Test
  void a_server_without_tls_is_spoken_to_without() throws Exception {
    Exchange exchange = get("http://localhost:" + SERVER.getPort());

    assertThat(exchange.getException()).isNull();
    assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("answered");
  }
}
