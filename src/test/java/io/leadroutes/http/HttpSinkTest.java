package io.leadroutes.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.leadroutes.sinks.Deliveries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the template http-sink sends, and what it takes for a failure. */
class HttpSinkTest {

  private static final String TOKEN = "s3cret";

  @RegisterExtension
  static final WireMockExtension PARTNER =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  private final DefaultCamelContext context = new DefaultCamelContext();

  @BeforeEach
  void answers() {
    PARTNER.stubFor(any(anyUrl()).willReturn(ok()));
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private void start(String sink, Map<String, String> parameters) throws Exception {
    Properties keys = new Properties();
    keys.putAll(Map.of("partner.url", PARTNER.baseUrl(), "partner.token", TOKEN));
    context.getPropertiesComponent().setInitialProperties(keys);
    Duration timeout = Duration.ofSeconds(20);
    SafeHttp.in(context, timeout, timeout, Proxies.none());
    StringBuilder route =
        new StringBuilder(
            """
            - templatedRoute:
                routeId: deliver-%1$s
                routeTemplateRef: http-sink
                parameters:
                  - {name: sink, value: %1$s}
                  - {name: url, value: "{{partner.url}}/leads"}
            """
                .formatted(sink));
    parameters.forEach(
        (name, value) -> route.append("      - {name: %s, value: '%s'}\n".formatted(name, value)));
    var loader = PluginHelper.getRoutesLoader(context);
    loader.loadRoutes(
        List.of(
            PluginHelper.getResourceLoader(context)
                .resolveResource("file:routes/http-sink.camel.yaml"),
            ResourceHelper.fromString("deliver-" + sink + ".camel.yaml", route.toString())));
    AdviceWith.adviceWith(
        context, "deliver-" + sink, advice -> advice.replaceFromWith("direct:" + sink));
    context.start();
  }

  private Exchange deliver() {
    return context
        .createProducerTemplate()
        .request("direct:partner", e -> e.getMessage().setBody(Deliveries.first(1)));
  }

  private static LoggedRequest sent() {
    List<LoggedRequest> requests = PARTNER.findAll(anyRequestedFor(anyUrl()));
    assertThat(requests).hasSize(1);
    return requests.get(0);
  }

  private static JsonNode json(LoggedRequest request) throws IOException {
    return new ObjectMapper().readTree(new String(request.getBody(), StandardCharsets.UTF_8));
  }

  @Test
  void two_parameters_make_a_sink_that_posts_the_whole_lead_without_a_token() throws Exception {
    start("partner", Map.of());

    assertThat(deliver().getException()).isNull();

    assertThat(sent().getUrl()).isEqualTo("/leads");
    assertThat(sent().getMethod().getName()).isEqualTo("POST");
    assertThat(sent().getHeader("Content-Type")).isEqualTo("application/json; charset=UTF-8");
    assertThat(sent().containsHeader("Authorization")).isFalse();
    assertThat(json(sent()).path("name").asText()).isEqualTo("Ada Lovelace");
    assertThat(json(sent()).path("version").asInt()).isEqualTo(1);
  }

  @Test
  void what_is_sent_where_and_with_which_token_is_said_by_parameters() throws Exception {
    start(
        "partner",
        Map.of(
            "body", "{who: \"${body.lead.name}\", key: \"${body.lead.key}\"}",
            "authorization", "Bearer {{partner.token}}",
            "method", "PUT"));

    deliver();

    assertThat(sent().getMethod().getName()).isEqualTo("PUT");
    assertThat(sent().getHeader("Authorization")).isEqualTo("Bearer " + TOKEN);
    assertThat(json(sent()))
        .isEqualTo(
            new ObjectMapper().readTree("{\"who\": \"Ada Lovelace\", \"key\": \"default-1\"}"));
  }

  @Test
  void a_key_of_its_own_header_goes_there() throws Exception {
    start(
        "partner",
        Map.of("authorizationHeader", "X-Api-Key", "authorization", "{{partner.token}}"));

    deliver();

    assertThat(sent().getHeader("X-Api-Key")).isEqualTo(TOKEN);
    assertThat(sent().containsHeader("Authorization")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"302", "400", "401", "429", "500"})
  void any_answer_but_2xx_is_a_failure_with_its_code(int status) throws Exception {
    PARTNER.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status)));
    start("partner", Map.of());

    assertThat(deliver().getException())
        .isInstanceOfSatisfying(
            HttpOperationFailedException.class,
            refused -> assertThat(refused.getStatusCode()).isEqualTo(status));
    assertThat(PARTNER.findAll(anyRequestedFor(anyUrl()))).hasSize(1);
  }
}
