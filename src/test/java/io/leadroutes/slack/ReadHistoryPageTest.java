package io.leadroutes.slack;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SlackWorkspace;
import io.leadroutes.settings.Settings;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import io.leadroutes.slack.SlackSearch.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One page of a channel's history; {@link LookUpSlackTest} has the whole search. */
class ReadHistoryPageTest {

  private final SlackWorkspace slack = SlackWorkspace.start(0);
  private SinkRoute route;

  @BeforeEach
  void start() {
    route = new SinkRoute(settings(), new SlackSink()::bind, "read-history-page");
  }

  private Settings settings() {
    return SinkRoute.settings(
        Map.of(
            "slack.api-url", slack.url(),
            "slack.token", slack.token(),
            "slack.channel", slack.channel()));
  }

  @AfterEach
  void stop() {
    route.close();
    slack.close();
  }

  private SlackSearch readPage() {
    Delivery delivery = Deliveries.unknown(1, Deliveries.earlier(0, 1));
    Window all = new Window(Instant.EPOCH, null);
    SlackSearch search = SlackSearch.of(delivery, all, Duration.ofSeconds(1));
    Exchange exchange = route.send(delivery, Map.of("search", search));
    assertThat(exchange.getException()).isNull();
    assertThat(exchange.getMessage().getHeaders()).doesNotContainKey("Authorization");
    return exchange.getVariable("search", SlackSearch.class);
  }

  @Test
  void an_empty_history_ends_the_search_after_one_page() {
    SlackSearch search = readPage();

    assertThat(search.unfinished()).isFalse();
    assertThat(search.outcome().kind()).isEqualTo(Kind.LOOK_AGAIN);
    assertThat(slack.requestCount()).isEqualTo(1);
  }

  @Test
  void a_page_that_cannot_be_had_ends_the_search_and_proves_nothing() {
    slack.faults().next(Fault.dropBeforeWork());

    assertThat(readPage().outcome().kind()).isEqualTo(Kind.SINK_DOWN);
  }

  @Test
  void a_look_that_is_refused_pauses_the_sink() {
    slack.scopes("chat:write");

    assertThat(readPage().outcome().kind()).isEqualTo(Kind.PAUSED);
  }

  /** Fifteen at once is what Slack shows to some apps. */
  @Test
  void six_thousand_messages_behind_it_hide_no_message() throws Exception {
    try (SinkRoute whole =
        new SinkRoute(
            settings(),
            new SlackSink()::bind,
            "deliver-slack",
            "edit-slack",
            "look-up-slack",
            "read-history-page")) {
      String ts = whole.send(Deliveries.first(1)).getMessage().getBody(Outcome.class).sinkId();
      slack.chatter(slack.channel(), 6000);
      slack.historyPages(15);
      Delivery delivery = present();
      Outcome outcome;
      do {
        outcome = whole.send(delivery).getMessage().getBody(Outcome.class);
      } while (outcome.kind() == Kind.LOOKING);

      assertThat(outcome).isEqualTo(Outcome.delivered(ts, slack.channel()));
      assertThat(slack.posts()).isEqualTo(1);
    }
  }

  /** Attempted a moment ago, by a clock like Slack's. */
  private static Delivery present() {
    Instant now = Instant.now();
    return Deliveries.unknown(1, new Delivery.Earlier(now.minusSeconds(2), now, 0, null));
  }
}
