package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.ClickSpeak;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G3: poll-calls and walk-pages, from the timer to the last page. */
class WalkPagesTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final ClickSpeak api = ClickSpeak.start(0);
  private PollingRoutes routes;

  @BeforeEach
  void start() throws Exception {
    routes =
        new PollingRoutes(
            directory,
            api.url(),
            Map.of(
                "clickspeak.token",
                api.token(),
                "clickspeak.accounts",
                "one, two",
                "clickspeak.account.two.clickspeak.token",
                "wrong",
                "poll.period",
                "300ms",
                "lead.sinks",
                "file"),
            PollingRoutes.READING);
  }

  @AfterEach
  void stop() {
    routes.close();
    api.close();
  }

  private void pollOne() throws Exception {
    routes.poll("one");
    routes.load("hand-out-rounds");
    routes.load("poll-calls");
  }

  /** A pass that tells nothing new takes the row of the one before, and a number of its own. */
  private void awaitPasses(int accepted) {
    await()
        .atMost(LONG)
        .until(
            () ->
                routes.fixture.count("SELECT COALESCE(MAX(id), 0) FROM pass WHERE refused IS NULL")
                    >= accepted);
  }

  private int calls() {
    return routes.fixture.count("SELECT COUNT(*) FROM call");
  }

  private static List<String> pages(List<Map<String, String>> queries) {
    return queries.stream().map(query -> query.get("page")).toList();
  }

  @Test
  void a_full_pass_reads_every_page_once_and_the_head_again_and_leaves_a_row() throws Exception {
    api.population(1050, 10, 1);

    pollOne();
    awaitPasses(1);

    assertThat(calls()).isEqualTo(1050);
    assertThat(pages(api.queries().subList(0, 12)))
        .containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "1");
    assertThat(
            routes.fixture.count(
                "SELECT COUNT(*) FROM pass WHERE kind = 'full' AND pages = 12 AND requests = 12"
                    + " AND new_calls = 1050"))
        .isEqualTo(1);
  }

  @Test
  void with_nothing_new_a_poll_of_a_long_list_costs_two_requests() throws Exception {
    api.population(5000, 10, 1);

    pollOne();
    awaitPasses(4);

    assertThat(
            routes.fixture.count(
                "SELECT COUNT(*) FROM pass WHERE kind = 'quick' AND requests <> 2"))
        .isZero();
    assertThat(routes.fixture.count("SELECT COUNT(*) FROM pass WHERE kind = 'full'")).isEqualTo(1);
  }

  @Test
  void a_new_call_is_found_by_a_quick_pass() throws Exception {
    api.population(500, 10, 1);
    pollOne();
    awaitPasses(1);

    api.put(SandboxCall.qualified(9_000_000).createdAt(java.time.Instant.now()));

    await()
        .atMost(LONG)
        .until(
            () ->
                routes.fixture.count(
                        "SELECT COUNT(*) FROM pass WHERE kind = 'quick' AND new_calls = 1")
                    == 1);
    assertThat(calls()).isEqualTo(501);
  }

  @Test
  void pages_that_come_while_it_walks_are_walked_too() throws Exception {
    api.population(200, 0, 1);
    ConcurrentLinkedQueue<Integer> fetched = new ConcurrentLinkedQueue<>();
    routes.beforeEachPage(
        request -> {
          fetched.add(request.number());
          if (request.number() == 2) {
            for (int i = 0; i < 150; i++) {
              api.put(SandboxCall.rejected(9_000_000 + i));
            }
          }
        });

    pollOne();
    awaitPasses(1);

    assertThat(fetched).contains(1, 2, 3, 4);
  }

  @Test
  void large_pages_leave_their_room_when_they_are_recorded() throws Exception {
    String text = "x".repeat(PageRoom.USUAL / 100);
    for (int i = 1; i <= 600; i++) {
      api.put(SandboxCall.qualified(i).transcript(text));
    }

    pollOne();
    awaitPasses(1);

    assertThat(calls()).isEqualTo(600);
  }

  @Test
  void a_page_that_fails_for_a_moment_is_asked_for_again_within_the_pass() throws Exception {
    api.population(300, 0, 1);
    api.faults().next(1, Fault.status(503));

    pollOne();
    awaitPasses(1);

    assertThat(calls()).isEqualTo(300);
    assertThat(routes.fixture.count("SELECT COUNT(*) FROM pass WHERE refused IS NOT NULL"))
        .isZero();
  }

  @Test
  void an_outage_refuses_the_pass_and_the_next_one_starts_over() throws Exception {
    api.population(300, 0, 1);
    api.faults().next(3, Fault.dropBeforeWork());

    pollOne();
    awaitPasses(1);

    assertThat(calls()).isEqualTo(300);
    assertThat(routes.fixture.text("SELECT refused FROM pass WHERE refused IS NOT NULL LIMIT 1"))
        .contains("cannot be reached");
  }

  @Test
  void a_record_that_breaks_its_page_costs_only_itself_and_is_shown() throws Exception {
    api.population(300, 0, 1);
    // The population's newest is 100300; the record stands at place 137.
    api.faults().always(Fault.status(500).when(WalkPagesTest::showsPlace137));

    pollOne();
    awaitPasses(1);

    assertThat(calls()).isEqualTo(299);
    assertThat(routes.fixture.text("SELECT reason FROM set_aside"))
        .contains("cannot list the record behind call 100164");
  }

  private static boolean showsPlace137(io.leadroutes.sandbox.Request request) {
    int size = Integer.parseInt(request.query().get("per_page"));
    return (Integer.parseInt(request.query().get("page")) - 1) == 137 / size;
  }

  @Test
  void a_wrong_token_pauses_its_account_and_holds_no_other() throws Exception {
    api.population(100, 0, 1);
    routes.poll("two");

    pollOne();
    awaitPasses(2);

    assertThat(calls()).isEqualTo(100);
    assertThat(routes.fixture.text("SELECT paused FROM account WHERE name = 'two'"))
        .contains("clickspeak.token");
    assertThat(
            routes.fixture.count(
                "SELECT COUNT(*) FROM pass JOIN account ON account.id = account_id WHERE name ="
                    + " 'two'"))
        .isEqualTo(1);
  }

  @Test
  void a_stop_ends_a_pass_at_its_next_page() throws Exception {
    api.population(20_000, 0, 1);
    api.faults().always(Fault.delay(Duration.ofMillis(100)));
    pollOne();
    await().atMost(LONG).until(() -> api.requestCount() > 3);

    long begin = System.nanoTime();
    routes.context.stop();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    assertThat(api.requestCount()).isLessThan(60);
    assertThat(routes.fixture.text("SELECT refused FROM pass")).contains("The service stopped");
  }
}
