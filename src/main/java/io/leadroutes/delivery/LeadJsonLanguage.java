package io.leadroutes.delivery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.LanguageSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Camel's language {@code lead-json}: a document in YAML or JSON, whose texts may hold Simple
 * expressions, as bytes of JSON. What an expression yields is data: it is escaped, cannot leave its
 * text, and is not evaluated again. A text that is one expression alone keeps its type, so that a
 * number stays a number and what is not known is null. An empty document stands for the whole lead,
 * as a line of the file has it.
 */
public final class LeadJsonLanguage extends LanguageSupport {

  private static final JsonFactory JSON = new JsonFactory();
  private static final LoadSettings YAML =
      LoadSettings.builder().setAllowDuplicateKeys(false).setAllowRecursiveKeys(false).build();

  @FunctionalInterface
  private interface Node {
    void write(JsonGenerator json, Exchange exchange) throws IOException;
  }

  @Override
  public Predicate createPredicate(String document) {
    throw new UnsupportedOperationException(
        "lead-json makes JSON, which is neither true nor false.");
  }

  /**
   * @throws IllegalArgumentException for a document that is neither YAML nor JSON, or whose
   *     expressions cannot be read
   */
  @Override
  public Expression createExpression(String document) {
    Node node = document.isBlank() ? null : compiled(read(document));
    return new ExpressionAdapter() {
      @Override
      public Object evaluate(Exchange exchange) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
          if (node == null) {
            LeadJson.write(bytes, delivery(exchange), handedOver(exchange));
          } else {
            node.write(json, exchange);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
      }
    };
  }

  private static Object read(String document) {
    try {
      Object read = new Load(YAML).loadFromString(document);
      if (read instanceof Map || read instanceof List) {
        return read;
      }
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException("The document is neither YAML nor JSON.", e);
    }
    throw new IllegalArgumentException("The document has no names with values.");
  }

  private static Delivery delivery(Exchange exchange) {
    Delivery delivery = exchange.getMessage().getBody(Delivery.class);
    if (delivery == null) {
      throw new IllegalArgumentException(
          "The body is no lead any more: use lead-json before any other step changes it.");
    }
    return delivery;
  }

  private static Instant handedOver(Exchange exchange) {
    return Instant.ofEpochMilli(exchange.getClock().getCreated());
  }

  private Node compiled(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Node> members = new LinkedHashMap<>();
      map.forEach((name, member) -> members.put(String.valueOf(name), compiled(member)));
      return (json, exchange) -> {
        json.writeStartObject();
        for (Map.Entry<String, Node> member : members.entrySet()) {
          json.writeFieldName(member.getKey());
          member.getValue().write(json, exchange);
        }
        json.writeEndObject();
      };
    }
    if (value instanceof List<?> list) {
      List<Node> items = new ArrayList<>();
      list.forEach(item -> items.add(compiled(item)));
      return (json, exchange) -> {
        json.writeStartArray();
        for (Node item : items) {
          item.write(json, exchange);
        }
        json.writeEndArray();
      };
    }
    if (value instanceof String text && text.contains("${")) {
      Expression expression =
          getCamelContext().resolveLanguage("simple").createExpression(text.strip());
      expression.init(getCamelContext());
      return (json, exchange) -> LeadJson.write(json, expression.evaluate(exchange, Object.class));
    }
    return (json, exchange) -> LeadJson.write(json, value);
  }
}
