package io.leadroutes.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.http.Proxies;
import io.leadroutes.http.SafeHttp;
import io.leadroutes.lead.Outcome;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BiConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;

/** A sink's route files in a Camel of their own, entered at the door where deliveries come in. */
public final class SinkRoute implements AutoCloseable {

  private static final String DOOR = "direct:door";

  private final CamelContext context = new DefaultCamelContext();

  /**
   * @param route the route whose {@code leads:} becomes the door
   * @param others further route files it calls
   */
  public SinkRoute(
      Settings settings, BiConsumer<CamelContext, Settings> sink, String route, String... others) {
    try {
      context.getPropertiesComponent().setInitialProperties(settings.asProperties());
      Duration timeout = settings.duration(Keys.SINK_TIMEOUT);
      SafeHttp.in(context, timeout, timeout, Proxies.none());
      sink.accept(context, settings);
      load("on-failure");
      load(route);
      for (String other : others) {
        load(other);
      }
      AdviceWith.adviceWith(context, route, advice -> advice.replaceFromWith(DOOR));
      context.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The defaults with these values; no file, environment or system property has a say. */
  public static Settings settings(Map<String, String> values) {
    return Settings.load(Path.of("target/no-such-directory"), Map.of(), new Properties())
        .with(values);
  }

  /** Sends a body through the route; what came out, failed or not. */
  public Exchange send(Object body) {
    return send(body, Map.of());
  }

  /** The same with what earlier routes left in variables. */
  public Exchange send(Object body, Map<String, Object> variables) {
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(body);
    variables.forEach(exchange::setVariable);
    return context.createProducerTemplate().send(DOOR, exchange);
  }

  /** What became of each delivery, without the memo that is for its next version. */
  public static List<Outcome> outcomes(Exchange exchange) {
    assertThat(exchange.getException()).isNull();
    List<?> outcomes = exchange.getMessage().getBody(List.class);
    return outcomes.stream()
        .map(Outcome.class::cast)
        .map(o -> new Outcome(o.kind(), o.reason(), o.retryAfter(), o.sinkId()))
        .toList();
  }

  @Override
  public void close() {
    context.stop();
  }

  private void load(String route) throws Exception {
    var resource =
        PluginHelper.getResourceLoader(context)
            .resolveResource("file:routes/" + route + ".camel.yaml");
    PluginHelper.getRoutesLoader(context).loadRoutes(resource);
  }
}
