package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clock, and which accounts it finds due. */
class HandOutRoundsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();
  private final AtomicInteger beats = new AtomicInteger();
  private PollingRoutes routes;

  @BeforeEach
  void start() throws Exception {
    routes =
        new PollingRoutes(
            directory,
            "http://127.0.0.1:1/api",
            Map.of(
                "clickspeak.accounts", "one, two", "lead.sinks", "file", "poll.period", "300ms"));
    routes.context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("seda:walk-pages")
                .process(
                    exchange ->
                        begun.add(
                            exchange.getMessage().getBody(Round.class).source().account().name()));
          }
        });
  }

  @AfterEach
  void stop() {
    routes.close();
  }

  private void load() throws Exception {
    routes.load("hand-out-rounds");
    AdviceWith.adviceWith(
        routes.context,
        "hand-out-rounds",
        advice -> advice.weaveAddFirst().process(exchange -> beats.incrementAndGet()));
  }

  @Test
  void every_account_that_is_due_gets_a_pass_and_none_while_it_has_one() throws Exception {
    routes.poll("one");
    routes.poll("two");

    load();

    await().atMost(LONG).until(() -> begun.size() == 2);
    // Both passes run for ever here; further beats of the timer must not begin others.
    int before = beats.get();
    await().atMost(LONG).until(() -> beats.get() >= before + 2);
    assertThat(begun).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void an_account_is_due_again_when_its_pass_has_ended_and_its_period_is_over() {
    routes.poll("one");

    Pass pass = begin(routes.passes);
    assertThat(routes.passes.due()).isEmpty();
    routes.passes.accept(pass);
    assertThat(routes.passes.due()).isEmpty();
    routes.passes.wantHeads();

    assertThat(routes.passes.due()).hasSize(1);
  }

  /** Begins the one pass that is due. */
  private static Pass begin(Passes passes) {
    List<Round> due = passes.due();
    assertThat(due).hasSize(1);
    return passes.permit(due.get(0)).pass();
  }

  /** Of one account, whose period is over in an hour. */
  private Passes rarely() {
    Settings settings = routes.settings().with(Map.of("poll.period", "1h"));
    Passes passes = new Passes(routes.fixture.ledger, routes.calls, settings);
    passes.add(settings.forAccount("one"), "one", LedgerFixture.RULE);
    return passes;
  }

  @Test
  void a_hint_that_comes_during_a_pass_brings_one_more_when_it_has_ended() {
    Passes passes = rarely();
    Pass first = begin(passes);

    passes.hinted();
    passes.hinted();
    assertThat(passes.due()).isEmpty();
    passes.accept(first);

    assertThat(passes.due()).hasSize(1);
    assertThat(passes.due()).isEmpty();
  }

  @Test
  void a_hint_shortens_no_wait_after_a_failure() {
    Passes passes = rarely();
    passes.refuse(begin(passes), PollException.paused("ClickSpeak refuses the token."));

    passes.hinted();

    assertThat(passes.due()).isEmpty();
  }

  @Test
  void a_beat_asks_the_ledger_as_much_for_two_hundred_accounts_as_for_one() {
    assertThat(statementsOfABeat(200)).isEqualTo(statementsOfABeat(1));
  }

  /** While the passes of all of them are on their way, and leases and backfills are looked at. */
  private int statementsOfABeat(int accounts) {
    Settings settings = routes.settings().with(Map.of("ledger.lease", "1s"));
    Passes passes = new Passes(routes.fixture.ledger, routes.calls, settings);
    passes.add(
        IntStream.range(0, accounts)
            .mapToObj(i -> new Passes.Added(settings, "a" + i, LedgerFixture.RULE))
            .toList());
    List<String> statements = routes.fixture.statements();
    assertThat(passes.due()).isNotEmpty();
    passes.release();
    return statements.size();
  }
}
