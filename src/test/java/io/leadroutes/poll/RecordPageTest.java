package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import io.leadroutes.ledger.LedgerFixture;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G4: a page on its way from the list to the ledger. */
class RecordPageTest {

  @TempDir Path directory;

  private PollingRoutes routes;

  private void start(String... files) throws Exception {
    routes =
        new PollingRoutes(directory, "http://127.0.0.1:1/api", Map.of("lead.sinks", "file"), files);
  }

  @AfterEach
  void stop() {
    routes.close();
  }

  private Exchange record(Call... calls) {
    PageRequest request = routes.page(1);
    Exchange exchange = new org.apache.camel.support.DefaultExchange(routes.context);
    exchange.setVariable("request", request);
    exchange
        .getMessage()
        .setBody(new FetchedPage(request, LedgerFixture.page(calls), routes.fixture.after()));
    return routes.context.createProducerTemplate().send("direct:record-page", exchange);
  }

  private int count(String condition) {
    return routes.fixture.count("SELECT COUNT(*) FROM call WHERE " + condition);
  }

  @Test
  void calls_are_judged_and_recorded_with_the_filter_that_rejected_them() throws Exception {
    start("record-page", "judge-call");
    LedgerFixture ledger = routes.fixture;

    Exchange exchange =
        record(
            ledger.qualified(1),
            ledger.call(2, "ringing", "null"),
            ledger.call(3, "completed", "null"),
            ledger.call(4, "completed", "{\"outcome\": \"no\"}"));

    assertThat(exchange.getException()).isNull();
    assertThat(count("id = 1 AND state = 'lead'")).isEqualTo(1);
    assertThat(count("id = 2 AND state = 'open' AND rejected_by = 'ended'")).isEqualTo(1);
    assertThat(count("id = 3 AND state = 'open' AND rejected_by = 'evaluated'")).isEqualTo(1);
    assertThat(count("id = 4 AND state = 'rejected' AND rejected_by = 'outcome'")).isEqualTo(1);
    assertThat(ledger.count("SELECT COUNT(*) FROM delivery WHERE sink = 'file'")).isEqualTo(1);
  }

  @Test
  void a_call_whose_judging_throws_costs_only_itself() throws Exception {
    start("record-page");
    routes.load(
        """
        - route:
            id: judge-call
            from:
              uri: direct:judge-call
              steps:
                - bean: {ref: judge, method: judge}
                - choice:
                    when:
                      - expression: {simple: {expression: "${body.lead.callId} == 2"}}
                        steps:
                          - throwException: {exceptionType: java.lang.IllegalStateException, message: no}
        """,
        "judge-call");
    LedgerFixture ledger = routes.fixture;

    Exchange exchange = record(ledger.qualified(1), ledger.qualified(2), ledger.qualified(3));

    assertThat(exchange.getException()).isNull();
    assertThat(count("state = 'lead'")).isEqualTo(2);
    assertThat(count("id = 2 AND state = 'failed' AND error LIKE '%IllegalState%'")).isEqualTo(1);
  }

  @Test
  void a_judge_call_that_ends_without_a_verdict_makes_no_leads() throws Exception {
    start("record-page");
    routes.load(
        """
        - route:
            id: judge-call
            from:
              uri: direct:judge-call
              steps:
                - setBody: {expression: {constant: {expression: yes}}}
        """,
        "judge-call");

    record(routes.fixture.qualified(1));

    assertThat(count("state = 'failed'")).isEqualTo(1);
  }

  @Test
  void the_same_page_again_changes_nothing() throws Exception {
    start("record-page", "judge-call");
    record(routes.fixture.qualified(1));
    String observed = routes.fixture.text("SELECT observed_at FROM call");

    Exchange again = record(routes.fixture.qualified(1));

    assertThat(again.getException()).isNull();
    assertThat(routes.fixture.text("SELECT observed_at FROM call")).isEqualTo(observed);
  }

  @Test
  void a_judge_call_that_stops_after_its_verdict_keeps_the_page_from_nothing() throws Exception {
    start("record-page");
    routes.load(
        """
        - route:
            id: judge-call
            from:
              uri: direct:judge-call
              steps:
                - bean: {ref: judge, method: judge}
                - choice:
                    when:
                      - expression: {simple: {expression: "${body.lead.callId} == 1"}}
                        steps:
                          - setBody: {expression: {simple: {expression: "${body.reject('odd')}"}}}
                          - stop: {}
        """,
        "judge-call");
    LedgerFixture ledger = routes.fixture;

    record(ledger.qualified(1), ledger.qualified(2));

    assertThat(count("id = 1 AND rejected_by = 'odd'")).isEqualTo(1);
    assertThat(count("id = 2 AND state = 'lead'")).isEqualTo(1);
  }
}
