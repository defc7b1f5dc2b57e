package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.ClickSpeak;
import io.leadroutes.sandbox.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of one page of a round. */
class ReadPageTest {

  @TempDir Path directory;

  private final ClickSpeak api = ClickSpeak.start(0);
  private PollingRoutes routes;

  @BeforeEach
  void start() throws Exception {
    api.population(5, 2, 1);
    routes =
        new PollingRoutes(
            directory,
            api.url(),
            Map.of("clickspeak.token", api.token(), "lead.sinks", "file"),
            PollingRoutes.READING);
  }

  @AfterEach
  void stop() {
    routes.close();
    api.close();
  }

  private PageResult read(PageRequest request) {
    Exchange exchange = routes.send("read-page", request);
    assertThat(exchange.getException()).isNull();
    return exchange.getMessage().getBody(PageResult.class);
  }

  @Test
  void a_page_is_recorded_and_its_result_tells_what_it_listed_and_what_was_new() {
    PageResult result = read(routes.page(1));

    assertThat(result.failure()).isNull();
    assertThat(result.page().calls()).hasSize(5);
    assertThat(result.recorded().newCalls()).isEqualTo(5);
    assertThat(routes.fixture.count("SELECT COUNT(*) FROM call")).isEqualTo(5);
  }

  @Test
  void a_page_that_fails_is_a_result_that_says_why() {
    api.faults().next(1, Fault.status(500));

    PageResult result = read(routes.page(1));

    assertThat(result.page()).isNull();
    assertThat(result.failure()).hasMessageContaining("HTTP 500");
  }

  @Test
  void a_request_that_waited_for_too_long_is_not_made_and_needs_another_permit() {
    long longAgo = System.nanoTime() - Duration.ofMinutes(1).toNanos();
    PageRequest.Permit stale = new PageRequest.Permit(routes.fixture.ledger.now(), longAgo);

    PageResult result = read(routes.page(1).permitted(stale));

    assertThat(result.isUnasked()).isTrue();
    assertThat(result.request().permit()).isNull();
    assertThat(api.requestCount()).isZero();
  }
}
