package io.leadroutes.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.delivery.Places;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sandbox.SlackWorkspace;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G2, G3, G4: the channel of a lead is chosen by a rule. */
class ChannelByRuleTest {

  private static final String POST = "/api/chat.postMessage";
  private static final String EAST = "C0EAST";

  /** Whatever the evaluation says: data, as far as Slack is concerned. */
  private static final String RULE = "${body.outcome}";

  private final SlackWorkspace slack = SlackWorkspace.start(0);
  private final List<String> noted = new ArrayList<>();
  private Places places = (batch, place) -> noted.add(batch.get(0).id() + " " + place);
  private SinkRoute route;

  @BeforeEach
  void open() {
    slack.addChannel(EAST, "east");
  }

  @AfterEach
  void close() {
    if (route != null) {
      route.close();
    }
    slack.close();
  }

  private Settings settings(String rule, String perSecond) {
    Map<String, String> values = new HashMap<>();
    values.put("slack.api-url", slack.url());
    values.put("slack.token", slack.token());
    values.put("slack.channel", rule);
    values.put("slack.per-second", perSecond);
    values.put("slack.look-again", "1s");
    values.put("sink.timeout", "1500ms");
    return SinkRoute.settings(values);
  }

  private void start(String rule, String perSecond) {
    route =
        new SinkRoute(
            settings(rule, perSecond),
            (context, settings) -> {
              context.getRegistry().bind("places", (Places) (b, p) -> places.note(b, p));
              new SlackSink().bind(context, settings);
            },
            "deliver-slack",
            "edit-slack",
            "look-up-slack",
            "read-history-page");
  }

  private static Lead outcome(long id, String outcome) {
    Lead lead = Deliveries.lead(id);
    return new Lead(
        lead.key(),
        lead.name(),
        lead.firstName(),
        lead.lastName(),
        lead.email(),
        lead.phone(),
        lead.company(),
        outcome,
        lead.call());
  }

  private Outcome send(Delivery delivery) {
    Exchange exchange = route.send(delivery);
    assertThat(exchange.getException()).isNull();
    return exchange.getMessage().getBody(Outcome.class);
  }

  private Outcome send(long id, String outcome) {
    return send(Deliveries.of(id, outcome(id, outcome)));
  }

  private long requests(String path) {
    return slack.requests().stream().filter(request -> request.path().equals(path)).count();
  }

  @Test
  void each_lead_goes_where_its_rule_says_and_the_ledger_knows_before() {
    start("${iif(${body.outcome} == 'east', '" + EAST + "', '" + slack.channel() + "')}", "0");

    Outcome east = send(1, "east");
    Outcome other = send(2, "anything");

    assertThat(east.kind()).isEqualTo(Kind.DELIVERED);
    assertThat(east.memo()).isEqualTo(EAST);
    assertThat(other.memo()).isEqualTo(slack.channel());
    assertThat(slack.messages(EAST)).hasSize(1);
    assertThat(slack.messages(slack.channel())).hasSize(1);
    assertThat(noted).containsExactly("1 slack " + EAST, "2 slack " + slack.channel());
  }

  @Test
  void nothing_is_posted_where_the_channel_could_not_be_noted() {
    places =
        (batch, place) -> {
          throw new IllegalStateException("The claim has lapsed.");
        };
    start(RULE, "0");

    assertThat(route.send(Deliveries.of(1, outcome(1, EAST))).getException()).isNotNull();

    assertThat(slack.requests()).isEmpty();
  }

  @Test
  void an_edit_goes_to_the_message_though_the_rule_chooses_another_channel_by_now() {
    start(RULE, "0");
    Outcome posted = send(1, EAST);

    Lead changed = outcome(1, slack.channel());
    Delivery edit =
        new Delivery(1, "default", changed, 2, 1, posted.sinkId(), posted.memo(), false, null, 7);
    Outcome edited = send(edit);

    assertThat(edited).isEqualTo(Outcome.delivered(posted.sinkId(), EAST));
    assertThat(slack.messages(EAST)).extracting(Message::edits).containsExactly(1);
    assertThat(slack.messages(slack.channel())).isEmpty();
  }

  @Test
  void a_lost_answer_is_looked_up_where_the_post_went_though_the_rule_has_changed() {
    start(RULE, "0");
    Outcome posted = send(1, EAST);

    Delivery lost =
        new Delivery(
            1,
            "default",
            outcome(1, slack.channel()),
            1,
            1,
            null,
            null,
            true,
            Deliveries.noted("slack " + EAST),
            7);
    Outcome found = send(lost);

    assertThat(found).isEqualTo(Outcome.alreadyThere(posted.sinkId(), EAST));
    assertThat(requests(POST)).isOne();
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void data_that_is_no_channel_is_refused_without_a_request(String data) {
    start(RULE, "0");

    Outcome outcome = send(1, data);

    assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
    assertThat(outcome.reason()).contains("slack.channel").endsWith(".");
    assertThat(data.isBlank() || !outcome.reason().contains(data)).isTrue();
    assertThat(slack.requests()).isEmpty();
    assertThat(send(2, EAST).kind()).isEqualTo(Kind.DELIVERED);
  }

  @Test
  void an_expression_that_fails_for_a_lead_refuses_that_lead() {
    start("${body.lastName.substring(0, 3)}", "0");

    assertThat(send(Deliveries.of(1, Deliveries.bare(1))).kind()).isEqualTo(Kind.REFUSED);
    assertThat(slack.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"C0NOWHERE", "left", "archived"})
  void a_channel_that_cannot_be_posted_to_is_no_outage_of_the_others(String which) {
    start(RULE, "0");
    if (which.equals("left")) {
      slack.leave(EAST);
    } else if (which.equals("archived")) {
      slack.archive(EAST);
    }

    Outcome outcome = send(1, which.startsWith("C0") ? which : EAST);

    assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
    assertThat(send(2, slack.channel()).kind()).isEqualTo(Kind.DELIVERED);
  }

  @Test
  void each_channel_has_its_own_pace_and_who_comes_first_goes_first() {
    start(RULE, "0.01");
    for (int i = 1; i <= 5; i++) {
      assertThat(send(i, EAST).kind()).isEqualTo(Kind.DELIVERED);
    }

    Outcome sixth = send(6, EAST);
    Outcome seventh = send(7, EAST);

    assertThat(sixth.kind()).isEqualTo(Kind.LOOKING);
    assertThat(sixth.retryAfter()).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(100));
    assertThat(seventh.retryAfter()).isGreaterThan(Duration.ofSeconds(180));
    assertThat(send(6, EAST).retryAfter()).isLessThan(Duration.ofSeconds(101));
    assertThat(send(8, slack.channel()).kind()).isEqualTo(Kind.DELIVERED);
    assertThat(slack.messages(EAST)).hasSize(5);
  }

  @Test
  void a_turn_that_has_come_is_taken_once() {
    long[] now = {0};
    SlackMemory memory = new SlackMemory(() -> now[0]);
    for (int i = 1; i <= 5; i++) {
      assertThat(memory.untilTurn(i, EAST, 1)).isZero();
    }
    assertThat(memory.untilTurn(6, EAST, 1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(memory.untilTurn(7, EAST, 1)).isEqualTo(Duration.ofSeconds(2));

    now[0] = Duration.ofSeconds(1).toNanos();

    assertThat(memory.untilTurn(6, EAST, 1)).isZero();
    assertThat(memory.untilTurn(8, EAST, 1)).isEqualTo(Duration.ofSeconds(2));
    now[0] = Duration.ofSeconds(100).toNanos();
    for (int i = 11; i <= 15; i++) {
      assertThat(memory.untilTurn(i, EAST, 1)).isZero();
    }
    assertThat(memory.untilTurn(16, EAST, 1)).isPositive();
  }

  @Test
  @SuppressWarnings("unchecked")
  void accounts_of_one_app_share_a_process_where_one_has_a_rule() {
    Settings settings =
        settings(slack.channel(), "1")
            .with(
                Map.of(
                    "clickspeak.accounts", "default, acme, other",
                    "clickspeak.account.acme.slack.channel", RULE,
                    "clickspeak.account.other.slack.token", "xoxb-other"));
    CamelContext context = new DefaultCamelContext();
    new SlackSink().bind(context, settings);
    UnaryOperator<String> place =
        context.getRegistry().lookupByNameAndType("slackPlace", UnaryOperator.class);
    ToDoubleFunction<String> pace =
        context.getRegistry().lookupByNameAndType("slackPace", ToDoubleFunction.class);

    assertThat(place.apply("default")).isEqualTo(place.apply("acme"));
    assertThat(SlackWorkspaces.isChannel(place.apply("acme"))).isFalse();
    assertThat(place.apply("other")).isEqualTo(slack.channel());
    assertThat(pace.applyAsDouble("default")).isZero();
    assertThat(pace.applyAsDouble("other")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"${body.nam}", "${iif(}", "#${body.outcome"})
  void an_expression_that_is_none_stops_the_start_with_a_sentence(String rule) {
    assertThatThrownBy(() -> new SlackSink().bind(new DefaultCamelContext(), settings(rule, "0")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("slack.channel=")
        .hasMessageContaining("Simple expression over a lead");
  }
}
