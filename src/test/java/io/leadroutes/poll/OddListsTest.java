package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.poll.WalkedAccount.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G1, G4, G6: lists that end, stop or count in ways of their own. */
class OddListsTest {

  private static final int PER_PAGE = 100;
  private static final Answer REFUSED = new Answer(422, "{\"message\": \"Not so far.\"}");

  private record Row(long id, Instant created, String createdText) {}

  @TempDir Path directory;

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final List<Row> rows = new ArrayList<>();
  private final Set<Long> broken = new TreeSet<>();
  private WalkedAccount account;
  private int pastEnd = 200;
  private int cap = Integer.MAX_VALUE;
  private int totalOff;
  private boolean tellsLastPage = true;
  private int clamp = Integer.MAX_VALUE;
  private boolean refusesDaysToCome;
  private boolean refusesLongAgo;
  private long doubled = -1;

  /** Newest first by id, one a minute. */
  private void calls(int count) {
    calls(count, i -> now.minus(Duration.ofMinutes(i)));
  }

  /** Newest first by id, created when it says. */
  private void calls(int count, IntFunction<Instant> created) {
    calls(count, created, i -> created.apply(i).toString());
  }

  /** The same, with another text as creation time. */
  private void calls(int count, IntFunction<Instant> created, IntFunction<String> told) {
    for (int i = 0; i < count; i++) {
      rows.add(new Row(count - i, created.apply(i), told.apply(i)));
    }
    account = new WalkedAccount(directory, PER_PAGE, this::answer);
  }

  /** What a quick pass costs and says after a full one. */
  private void assertOnlyTheHeadIsRead() throws Exception {
    account.walk(Kind.FULL);
    account.requests();

    Pass quick = account.walk(Kind.QUICK);

    assertThat(quick.remark()).isNull();
    assertThat(account.requests()).isLessThanOrEqualTo(3);
  }

  @AfterEach
  void close() {
    account.close();
  }

  private Answer answer(PageRequest request) {
    Window window = request.window();
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    if (refusesDaysToCome && window.to() != null && window.to().isAfter(today)) {
      return REFUSED;
    }
    if (refusesLongAgo && window.from() != null && window.from().isBefore(today.minusDays(20))) {
      return REFUSED;
    }
    List<Row> asked =
        rows.stream()
            .filter(row -> window.from() == null || !day(row).isBefore(window.from()))
            .filter(row -> window.to() == null || !day(row).isAfter(window.to()))
            .filter(row -> window.status() == null || window.status().equals("completed"))
            .toList();
    int size = Math.min(request.perPage(), clamp);
    int from = Math.min(asked.size(), (request.number() - 1) * size);
    int to = Math.min(asked.size(), from + size);
    if (to > cap) {
      return REFUSED;
    }
    if (from >= asked.size() && request.number() > 1 && pastEnd != 200) {
      return new Answer(pastEnd, "{\"message\": \"No such page.\"}");
    }
    List<Row> page = asked.subList(from, to);
    if (page.stream().anyMatch(row -> broken.contains(row.id()))) {
      return new Answer(500, "{\"message\": \"Server Error\"}");
    }
    int last = Math.max(1, (asked.size() + size - 1) / size);
    return Answer.page(
        """
        {"current_page": %d, "per_page": %d, %s "total": %d, "data": [%s]}
        """
            .formatted(
                request.number(),
                size,
                tellsLastPage ? "\"last_page\": " + last + "," : "",
                asked.size() + totalOff,
                page.stream().map(this::json).collect(Collectors.joining(","))));
  }

  private String json(Row row) {
    String call =
        """
        {"id": %d, "status": "completed", "evaluation": {"outcome": "qualified_lead", "n": "%s"},
         "created_at": "%s"}
        """;
    String once = call.formatted(row.id(), "a", row.createdText());
    return row.id() == doubled
        ? once + "," + call.formatted(row.id(), "b", row.createdText())
        : once;
  }

  private static LocalDate day(Row row) {
    return row.created().atZone(ZoneOffset.UTC).toLocalDate();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 422, 500})
  void an_error_past_the_last_page_is_the_end_of_the_list(int status) throws Exception {
    pastEnd = status;
    calls(200);

    Pass full = account.walk(Kind.FULL);

    assertThat(account.leads()).isEqualTo(200);
    assertThat(full.refused()).isNull();
    assertThat(full.remark()).isNull();
    assertThat(account.requests()).isLessThanOrEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 13, 40})
  void a_list_that_is_capped_is_read_in_days_as_far_back_as_it_goes(int minutes) throws Exception {
    cap = 1000;
    calls(1500, i -> now.minus(Duration.ofMinutes((long) minutes * i)));

    Pass full = account.walk(Kind.FULL);

    assertThat(account.leads()).isEqualTo(1500);
    assertThat(full.refused()).isNull();
    assertThat(full.remark()).isNull();
  }

  @Test
  void what_a_capped_list_hides_in_days_that_are_refused_is_named() throws Exception {
    cap = 1000;
    refusesLongAgo = true;
    calls(1500, i -> now.minus(Duration.ofMinutes(25L * i)));

    Pass full = account.walk(Kind.FULL);

    LocalDate oldest = now.atZone(ZoneOffset.UTC).toLocalDate().minusDays(20);
    long listed = rows.stream().filter(row -> !day(row).isBefore(oldest)).count();
    assertThat(listed).isBetween(1001L, 1499L);
    assertThat(account.leads()).isEqualTo((int) listed);
    assertThat(full.refused()).isNull();
    assertThat(full.remark()).contains("on no page", "ClickSpeak refuses pages from 11 on");
  }

  @Test
  void a_day_that_is_capped_is_accepted_and_what_it_hides_is_named() throws Exception {
    cap = 1000;
    calls(1500, i -> now.minusSeconds(i / 100));

    Pass full = account.walk(Kind.FULL);

    assertThat(account.leads()).isGreaterThanOrEqualTo(1000).isLessThan(1500);
    assertThat(full.refused()).isNull();
    assertThat(full.remark()).contains("ClickSpeak refuses pages from 11 on");
    account.requests();
    account.walk(Kind.FULL);
    assertThat(account.requests()).as("requests once it is known").isLessThan(80);
  }

  @Test
  void days_to_come_that_are_refused_are_not_asked_for() throws Exception {
    refusesDaysToCome = true;
    calls(150);

    assertThat(account.walk(Kind.FULL).refused()).isNull();
    assertThat(account.walk(Kind.WIDE).refused()).isNull();

    assertThat(account.leads()).isEqualTo(150);
  }

  @Test
  void a_wide_pass_that_is_refused_pauses_nothing() throws Exception {
    calls(50);
    account.walk(Kind.FULL);
    refusesLongAgo = true;

    assertThatThrownBy(() -> account.walk(Kind.WIDE)).isInstanceOf(PollException.class);

    assertThat(account.trouble()).isNull();
    assertThat(account.lastRefusal())
        .contains("HTTP 422", "poll.wide-look-back")
        .doesNotContain("per-page");
    rows.add(0, new Row(51, now.plusSeconds(1), now.plusSeconds(1).toString()));
    account.walk(Kind.QUICK);
    assertThat(account.leads()).isEqualTo(51);
  }

  @Test
  void the_hour_that_comes_twice_does_not_have_the_whole_list_read() throws Exception {
    // Local times without an offset: 60 calls of the second hour are named as the first ones.
    calls(
        900,
        i -> now.minus(Duration.ofMinutes(i)),
        i -> now.minus(Duration.ofMinutes(i >= 60 && i < 120 ? i - 60 : i)).toString());
    assertOnlyTheHeadIsRead();
  }

  @Test
  void a_list_by_id_with_times_out_of_order_is_newest_first() throws Exception {
    calls(900, i -> now.minusSeconds(60L * i + (i % 7) * 200));
    assertOnlyTheHeadIsRead();
  }

  @Test
  void a_call_without_a_time_does_not_have_the_whole_list_read() throws Exception {
    calls(
        900,
        i -> now.minus(Duration.ofMinutes(i)),
        i -> i == 3 ? "soon" : now.minus(Duration.ofMinutes(i)).toString());
    assertOnlyTheHeadIsRead();
  }

  @Test
  void a_total_that_is_wrong_by_one_costs_nothing_once_it_is_known() throws Exception {
    totalOff = 1;
    calls(900);
    account.walk(Kind.FULL);
    account.walk(Kind.FULL);
    account.requests();

    account.walk(Kind.FULL);
    assertThat(account.requests()).as("of a full pass").isLessThanOrEqualTo(14);
    Pass quick = account.walk(Kind.QUICK);
    assertThat(quick.remark()).isNull();
    assertThat(account.requests()).as("of a quick one").isLessThanOrEqualTo(3);
  }

  @Test
  void pages_that_are_clamped_without_a_last_page_are_all_read() throws Exception {
    clamp = 25;
    tellsLastPage = false;
    calls(90);
    account.walk(Kind.FULL);
    assertThat(account.leads()).isEqualTo(90);
    List<Row> before = List.copyOf(rows);
    rows.clear();
    for (int i = 0; i < 60; i++) {
      Instant created = now.plusSeconds(60 - i);
      rows.add(new Row(150 - i, created, created.toString()));
    }
    rows.addAll(before);

    account.walk(Kind.QUICK);

    assertThat(account.leads()).isEqualTo(150);
  }

  @Test
  void two_broken_records_are_searched_for_once() throws Exception {
    broken.addAll(List.of(40L, 222L));
    calls(300);
    account.walk(Kind.FULL);
    assertThat(account.leads()).isEqualTo(298);
    int search = account.requests();

    account.walk(Kind.FULL);

    assertThat(account.leads()).isEqualTo(298);
    assertThat(account.requests()).isLessThan(search / 2).isLessThan(30);
  }

  @Test
  void the_same_call_twice_on_a_page_is_one_version() throws Exception {
    doubled = 5;
    calls(20);
    account.walk(Kind.FULL);
    account.walk(Kind.FULL);
    int versions = account.versions();

    account.walk(Kind.FULL);
    account.walk(Kind.FULL);

    assertThat(account.leads()).isEqualTo(20);
    assertThat(account.versions()).isEqualTo(versions);
  }

  @Test
  void one_record_that_every_page_shows_ends_the_walk() throws Exception {
    account =
        new WalkedAccount(
            directory,
            PER_PAGE,
            request ->
                Answer.page("{\"data\": [{\"id\": \"c-1\"}], \"total\": 1, \"last_page\": 1}"));

    Pass full = account.walk(Kind.FULL);

    assertThat(account.requests()).isLessThan(100);
    assertThat(full.remark() + full.refused()).isNotEqualTo("nullnull");
  }

  @Test
  void a_budget_that_is_too_small_for_the_list_is_named_with_what_to_raise() throws Exception {
    calls(9000, now::minusSeconds);
    account.walk(Kind.FULL);

    SlicedPass full = (SlicedPass) account.walk(Kind.FULL);

    assertThat(full.saysSlow(Duration.ofMinutes(1)))
        .contains("A full pass needs 90 requests", "raise clickspeak.requests-per-minute");
    assertThat(full.saysSlow(Duration.ofHours(1))).isNull();
  }
}
