package io.leadroutes.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.DelegateEndpoint;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;

/**
 * An address of Camel's http component whose headers live for one request: what a route set goes
 * out once and is gone afterwards, whether the request came through or not; of an answer only what
 * tells how it was meant comes back, and nothing of it goes out again. An empty header is none, and
 * no header makes another address of the one that stands in the route.
 */
final class SafeHttpEndpoint extends DefaultEndpoint implements DelegateEndpoint {

  /** What came back last, and has not been set by anybody since. */
  private static final String ANSWERED = "LeadRoutesAnswered";

  private static final Set<String> OTHER_ADDRESSES =
      Set.of("CamelHttpUri", "CamelRestHttpUri", "CamelHttpProtocolVersion", "Host");

  private static final Set<String> COMES_BACK =
      Set.of(
          "camelhttpresponsecode",
          "content-type",
          "location",
          "date",
          "age",
          "retry-after",
          "retry-after-ms");

  private final HttpEndpoint http;

  SafeHttpEndpoint(HttpEndpoint http) {
    super(http.getEndpointUri(), http.getComponent());
    this.http = http;
  }

  @Override
  public Endpoint getEndpoint() {
    return http;
  }

  @Override
  public Producer createProducer() throws Exception {
    return new SafeProducer(http.createProducer());
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    return http.createConsumer(processor);
  }

  /** Parameters that are none of Camel's belong to the address. */
  @Override
  public boolean isLenientProperties() {
    return true;
  }

  /** The component has set them. */
  @Override
  public void configureProperties(Map<String, Object> options) {}

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    ServiceHelper.startService(http);
  }

  @Override
  protected void doStop() throws Exception {
    ServiceHelper.stopService(http);
    super.doStop();
  }

  private final class SafeProducer extends DefaultProducer {

    private final Producer producer;

    SafeProducer(Producer producer) {
      super(SafeHttpEndpoint.this);
      this.producer = producer;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
      Map<String, Object> headers = exchange.getMessage().getHeaders();
      Map<?, ?> answered = exchange.getProperty(ANSWERED, Map.of(), Map.class);
      headers
          .entrySet()
          .removeIf(
              header ->
                  header.getValue() == answered.get(header.getKey())
                      || "".equals(header.getValue()));
      OTHER_ADDRESSES.forEach(headers::remove);
      if (exchange.getProperty(Exchange.CHARSET_NAME) == answered.get(Exchange.CHARSET_NAME)) {
        exchange.removeProperty(Exchange.CHARSET_NAME);
      }
      Map<String, Object> sent = new HashMap<>(headers);
      try {
        producer.process(exchange);
      } finally {
        keepAnswer(exchange, sent);
      }
    }

    private void keepAnswer(Exchange exchange, Map<String, Object> sent) {
      Map<String, Object> headers = exchange.getMessage().getHeaders();
      headers
          .entrySet()
          .removeIf(
              header ->
                  !comesBack(header.getKey()) || header.getValue() == sent.get(header.getKey()));
      Map<String, Object> answered = new HashMap<>(headers);
      answered.put(Exchange.CHARSET_NAME, exchange.getProperty(Exchange.CHARSET_NAME));
      answered.values().removeIf(Objects::isNull);
      exchange.setProperty(ANSWERED, answered);
    }

    @Override
    protected void doInit() throws Exception {
      super.doInit();
      ServiceHelper.initService(producer);
    }

    @Override
    protected void doStart() throws Exception {
      super.doStart();
      ServiceHelper.startService(producer);
    }

    @Override
    protected void doStop() throws Exception {
      ServiceHelper.stopService(producer);
      super.doStop();
    }
  }

  private static boolean comesBack(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return COMES_BACK.contains(lower)
        || lower.startsWith("x-ratelimit-")
        || lower.startsWith("ratelimit");
  }
}
