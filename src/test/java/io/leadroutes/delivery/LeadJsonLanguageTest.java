package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.LeadJson;
import io.leadroutes.sinks.Deliveries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G7: what a caller said is data in the JSON that a route makes of it. */
class LeadJsonLanguageTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final DefaultCamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private JsonNode json(String document, Lead lead) throws IOException {
    Expression expression = context.resolveLanguage("lead-json").createExpression(document);
    expression.init(context);
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(Deliveries.of(1, lead));
    return JSON.readTree(expression.evaluate(exchange, byte[].class));
  }

  @Test
  void names_with_values_become_json_with_their_types() throws IOException {
    String document =
        """
        lead: ${body.lead.key}
        seconds: ${body.lead.durationSeconds}
        line: "${body.lead.name} · ${body.lead.phone}"
        fixed: {source: AI call, version: 2, again: false, nothing: null}
        list: ["${body.version}", "x"]
        evaluation: ${body.lead.evaluation}
        """;

    assertThat(json(document, Deliveries.lead(7)))
        .isEqualTo(
            JSON.readTree(
                """
                {"lead": "default-7", "seconds": 95,
                 "line": "Ada Lovelace · +44 20 7946 0000",
                 "fixed": {"source": "AI call", "version": 2, "again": false, "nothing": null},
                 "list": [1, "x"],
                 "evaluation": {"outcome": "qualified_lead", "score": 87}}
                """));
  }

  @Test
  void the_same_may_be_written_as_json() throws IOException {
    assertThat(json("{\"a\": {\"b\": [\"${body.lead.firstName}\"]}}", Deliveries.lead(1)))
        .isEqualTo(JSON.readTree("{\"a\": {\"b\": [\"Ada\"]}}"));
  }

  @Test
  void what_is_not_known_is_null_and_nothing_within_a_text() throws IOException {
    assertThat(json("{a: '${body.lead.email}', b: 'to ${body.lead.email}.'}", Deliveries.bare(1)))
        .isEqualTo(JSON.readTree("{\"a\": null, \"b\": \"to .\"}"));
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void data_stays_in_its_text_and_is_not_evaluated_again(String text) throws IOException {
    String known = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

    JsonNode json = json("{a: '${body.lead.name}', b: 'by ${body.lead.name}'}", hostile(text));

    assertThat(json.size()).isEqualTo(2);
    assertThat(json.path("a").asText()).isEqualTo(known);
    assertThat(json.path("b").asText()).isEqualTo("by " + known);
  }

  private static Lead hostile(String text) {
    return Deliveries.hostile(1, text);
  }

  @Test
  void an_empty_document_is_the_whole_lead_as_in_a_line_of_the_file() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    LeadJson.write(line, Deliveries.first(1), Instant.EPOCH);

    JsonNode json = json("", Deliveries.lead(1));

    assertThat(json.fieldNames())
        .toIterable()
        .containsExactlyElementsOf(() -> read(line).fieldNames());
    assertThat(json.path("name").asText()).isEqualTo("Ada Lovelace");
  }

  private static JsonNode read(ByteArrayOutputStream line) {
    try {
      return JSON.readTree(line.toByteArray());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: b: c", "just words", "{\"a\": ", "a: 1\na: 2", "a: '${body.lead'"})
  void a_document_that_cannot_be_read_is_refused_when_the_route_is_made(String document) {
    assertThatThrownBy(() -> context.resolveLanguage("lead-json").createExpression(document))
        .isInstanceOf(RuntimeException.class);
  }
}
