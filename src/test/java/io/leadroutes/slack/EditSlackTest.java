package io.leadroutes.slack;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SlackWorkspace;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** G2: a lead that has its message, from the door of {@code deliver-slack} on. */
class EditSlackTest {

  private static final String UPDATE = "/api/chat.update";

  private final SlackWorkspace slack = SlackWorkspace.start(0);
  private SinkRoute route;
  private String ts;

  @BeforeEach
  void post() {
    route =
        new SinkRoute(
            SinkRoute.settings(
                Map.of(
                    "slack.api-url", slack.url(),
                    "slack.token", slack.token(),
                    "slack.channel", slack.channel(),
                    "sink.timeout", "1500ms")),
            new SlackSink()::bind,
            "deliver-slack",
            "edit-slack",
            "look-up-slack",
            "read-history-page");
    ts = outcome(route.send(Deliveries.first(1))).sinkId();
  }

  /** Whatever becomes of an edit, nothing is posted and nothing is looked up. */
  @AfterEach
  void the_one_post_stayed_the_only_one() {
    route.close();
    slack.close();
    assertThat(slack.requests())
        .extracting(request -> request.path())
        .containsOnlyOnce("/api/chat.postMessage")
        .containsOnly("/api/chat.postMessage", UPDATE);
  }

  @Test
  void a_new_version_is_put_into_the_message_that_is_there() {
    Outcome outcome = outcome(route.send(second(Deliveries.bare(1))));

    assertThat(outcome).isEqualTo(Outcome.delivered(ts, slack.channel()));
    Message message = message();
    assertThat(message.ts()).isEqualTo(ts);
    assertThat(message.edits()).isEqualTo(1);
    assertThat(message.text()).isEqualTo("New lead: default-1");
    assertThat(message.metadata().at("/event_payload/delivery").asText()).isEqualTo("1");
  }

  @Test
  void the_token_does_not_leave_the_route() {
    assertThat(route.send(second(Deliveries.lead(1))).getMessage().getHeaders())
        .doesNotContainKey("Authorization");
  }

  @Test
  void an_edit_whose_answer_was_lost_is_made_again_without_a_look() {
    slack.faults().next(Fault.statusAfterWork(500).on(UPDATE));
    assertThat(outcome(route.send(second(Deliveries.bare(1)))).kind()).isEqualTo(Kind.UNKNOWN);

    Delivery again = edited(Deliveries.bare(1), Deliveries.earlier(0, 1));

    assertThat(outcome(route.send(again))).isEqualTo(Outcome.delivered(ts, slack.channel()));
    assertThat(message().edits()).isEqualTo(2);
  }

  @Test
  void an_edit_that_breaks_off_is_never_taken_for_done() {
    slack.faults().next(Fault.dropBeforeWork().on(UPDATE));

    Exchange exchange = route.send(second(Deliveries.bare(1)));

    // Either the component gets the exception and calls it unknown, or the route does.
    if (exchange.getException() == null) {
      assertThat(outcome(exchange).kind()).isEqualTo(Kind.UNKNOWN);
    }
    assertThat(message().edits()).isZero();
  }

  @Test
  void a_message_that_was_deleted_is_a_dead_letter_and_not_posted_again() {
    slack.clear();

    Outcome outcome = outcome(route.send(second(Deliveries.lead(1))));

    assertThat(outcome.kind()).isEqualTo(Kind.DEAD_LETTER);
    assertThat(outcome.reason()).contains("message_not_found").contains(slack.channel());
    assertThat(slack.messages()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "cant_update_message,REFUSED",
    "edit_window_closed,REFUSED",
    "msg_too_long,REFUSED",
    "invalid_auth,PAUSED",
    "not_in_channel,PAUSED",
    "internal_error,UNKNOWN",
    "some_day_added,LATER"
  })
  void a_refused_edit_says_in_its_body_why(String code, Kind kind) {
    slack.faults().next(Fault.status(200, "{\"ok\":false,\"error\":\"" + code + "\"}").on(UPDATE));

    assertThat(outcome(route.send(second(Deliveries.lead(1)))).kind()).isEqualTo(kind);
    assertThat(message().edits()).isZero();
  }

  @Test
  void a_rate_limit_waits_as_long_as_slack_asks() {
    slack.faults().next(Fault.status(429).header("Retry-After", "30").on(UPDATE));

    Outcome outcome = outcome(route.send(second(Deliveries.lead(1))));

    assertThat(outcome.kind()).isEqualTo(Kind.SINK_DOWN);
    assertThat(outcome.retryAfter()).isEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void whatever_a_caller_says_is_text_in_an_edit_too(String text) {
    assertThat(outcome(route.send(second(Deliveries.hostile(1, text)))))
        .isEqualTo(Outcome.delivered(ts, slack.channel()));
  }

  private Delivery second(Lead lead) {
    return edited(lead, null);
  }

  private Delivery edited(Lead lead, Delivery.Earlier earlier) {
    return new Delivery(1, "default", lead, 2, 1, ts, null, earlier != null, earlier, 8);
  }

  private Message message() {
    assertThat(slack.messages()).hasSize(1);
    return slack.messages().get(0);
  }

  private static Outcome outcome(Exchange exchange) {
    assertThat(exchange.getException()).isNull();
    return exchange.getMessage().getBody(Outcome.class);
  }
}
