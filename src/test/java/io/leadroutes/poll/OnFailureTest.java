package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one routeConfiguration. */
class OnFailureTest {

  @TempDir Path directory;

  @Test
  void a_failure_in_any_route_is_left_to_the_ledger_and_repeated_by_nobody_else() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (PollingRoutes routes = new PollingRoutes(directory, "http://127.0.0.1:1/api", Map.of())) {
      routes.context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("direct:any-route")
                  .process(
                      exchange -> {
                        calls.incrementAndGet();
                        throw new IllegalStateException("refused");
                      });
            }
          });

      Exchange exchange = routes.send("any-route", "x");

      assertThat(exchange.getException()).isInstanceOf(IllegalStateException.class);
      assertThat(calls).hasValue(1);
      assertThat(exchange.getProperty(Exchange.FAILURE_HANDLED)).isNull();
    }
  }
}
