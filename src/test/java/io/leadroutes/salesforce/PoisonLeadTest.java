package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G4: a lead whose value makes Salesforce refuse the whole request that it is in. */
@Timeout(30)
class PoisonLeadTest {

  private static final int MAX_REQUESTS = 40;

  private final SalesforceOrg org = SalesforceOrg.start(0);
  private SinkRoute route;

  @BeforeEach
  void start() {
    org.addNumberField("Score__c");
    route =
        new SinkRoute(
            SinkRoute.settings(
                Map.of(
                    "salesforce.login-url", org.url(),
                    "salesforce.client-id", org.clientId(),
                    "salesforce.client-secret", org.clientSecret(),
                    "salesforce.lead.Score__c", "${body.evaluated('score')}")),
            new SalesforceSink()::bind,
            "deliver-salesforce");
  }

  @AfterEach
  void stop() {
    route.close();
    org.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 101, 200})
  void of_two_hundred_leads_only_the_one_that_cannot_be_read_is_not_delivered(int culprit) {
    List<Outcome> outcomes = send(batch(200, Set.of(culprit)));

    assertThat(org.records()).hasSize(199);
    for (int i = 0; i < 200; i++) {
      Kind kind = outcomes.get(i).kind();
      if (i + 1 == culprit) {
        assertThat(kind).isEqualTo(Kind.REFUSED);
        assertThat(outcomes.get(i).reason()).contains("JSON_PARSER_ERROR", "not of its field's");
      } else {
        assertThat(kind).isEqualTo(Kind.DELIVERED);
      }
    }
    assertThat(org.requestCount() - org.logins()).isLessThanOrEqualTo(17);
  }

  @Test
  void a_lone_lead_that_cannot_be_read_may_be_to_blame_or_not() {
    Outcome outcome = send(List.of(poison(2))).get(0);

    assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
    assertThat(outcome.reason()).contains("JSON_PARSER_ERROR", "correct salesforce.lead.");
  }

  @Test
  void where_no_lead_can_be_read_none_is_given_up() {
    List<Outcome> outcomes =
        send(LongStream.rangeClosed(1, 200).mapToObj(PoisonLeadTest::poison).toList());

    assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.REFUSED, Kind.LATER);
    assertThat(org.requestCount() - org.logins()).isLessThanOrEqualTo(MAX_REQUESTS);
  }

  @Test
  void several_culprits_are_found_over_some_attempts() {
    Set<Integer> culprits = Set.of(3, 50, 77, 120, 199);
    List<Delivery> waiting = new ArrayList<>(batch(200, culprits));

    for (int attempt = 0; attempt < 8 && !waiting.isEmpty(); attempt++) {
      List<Outcome> outcomes = send(waiting);
      List<Delivery> later = new ArrayList<>();
      for (int i = 0; i < waiting.size(); i++) {
        if (outcomes.get(i).kind() == Kind.LATER) {
          later.add(waiting.get(i));
        }
      }
      waiting = later;
    }

    assertThat(waiting).isEmpty();
    assertThat(org.records()).hasSize(195);
  }

  @Test
  void an_outage_while_the_culprit_is_searched_for_ends_the_attempt() {
    send(batch(1, Set.of()));
    long before = org.requestCount();
    String path = "/services/data";
    // refused as a whole; the first half arrives; the rest meets the outage
    org.faults().next(Fault.status(400, "[{\"errorCode\":\"JSON_PARSER_ERROR\"}]").on(path));
    org.faults().next(Fault.status(400, "[{\"errorCode\":\"JSON_PARSER_ERROR\"}]").on(path));
    org.faults().next(Fault.status(503).on(path));

    List<Outcome> outcomes = send(batch(8, Set.of()));

    assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.UNKNOWN, Kind.SINK_DOWN);
    assertThat(org.requestCount() - before).isEqualTo(3);
  }

  @Test
  void a_limit_that_is_reached_while_the_culprit_is_searched_for_gives_no_lead_up() {
    send(batch(1, Set.of()));
    org.apiLimit(2);

    List<Outcome> outcomes = send(batch(8, Set.of(8)));

    assertThat(outcomes.subList(0, 4)).extracting(Outcome::kind).containsOnly(Kind.DELIVERED);
    assertThat(outcomes.subList(4, 8)).extracting(Outcome::kind).containsOnly(Kind.PAUSED);
  }

  private static List<Delivery> batch(int size, Set<Integer> culprits) {
    return IntStream.rangeClosed(1, size)
        .mapToObj(id -> culprits.contains(id) ? poison(id) : Deliveries.first(id))
        .toList();
  }

  private static Delivery poison(long id) {
    return Deliveries.of(
        id,
        Deliveries.lead(
            id, "Ada", "Ada", "Byron", null, null, "Co", null, null, Map.of("score", "high")));
  }

  private List<Outcome> send(List<Delivery> deliveries) {
    return SinkRoute.outcomes(route.send(deliveries));
  }
}
