package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What follows from pages that were not read. */
class PageQueueTest {

  private final List<Long> culprits = new ArrayList<>();
  private final PageQueue queue = new PageQueue(null, culprits::add);

  private static PollException serverError() {
    return PollException.of(PollException.Kind.SERVER_ERROR, "ClickSpeak failed (HTTP 500).");
  }

  /**
   * Answers as a list does that fails wherever it has to show one of the bad records.
   *
   * @return how many requests it took
   */
  private int drain(Set<Long> bad, Exception failure, Set<Long> read, long suspect)
      throws Exception {
    int requests = 0;
    while (!queue.isEmpty()) {
      for (PageRequest request : queue.take(100)) {
        requests++;
        if (request.isControl()) {
          queue.isThere();
          continue;
        }
        long from = request.offset();
        long to = from + request.perPage();
        if (bad.stream().anyMatch(place -> place >= from && place < to)) {
          queue.failed(request, failure, suspect);
        } else {
          queue.answered();
          for (long place = from; place < to; place++) {
            read.add(place);
          }
        }
      }
    }
    return requests;
  }

  private int drain(Set<Long> bad, Exception failure, Set<Long> read) throws Exception {
    return drain(bad, failure, read, -1);
  }

  @Test
  void a_page_that_one_record_spoils_is_cut_until_that_record_is_alone() throws Exception {
    Set<Long> read = new TreeSet<>();
    queue.ask(Window.ALL, 3, 100);

    int requests = drain(Set.of(237L), serverError(), read);

    assertThat(culprits).containsExactly(237L);
    assertThat(read).hasSize(99).doesNotContain(237L).contains(200L, 299L);
    assertThat(requests).isLessThanOrEqualTo(24);
  }

  @Test
  void a_page_over_the_cap_is_cut_without_a_second_try() throws Exception {
    Set<Long> read = new TreeSet<>();
    queue.ask(Window.ALL, 1, 100);

    int requests =
        drain(Set.of(0L), PollException.of(PollException.Kind.TOO_LARGE, "too large"), read);

    assertThat(culprits).containsExactly(0L);
    assertThat(read).hasSize(99);
    assertThat(requests).isLessThanOrEqualTo(19);
  }

  @Test
  void several_records_of_a_page_are_found() throws Exception {
    Set<Long> read = new TreeSet<>();
    queue.ask(Window.ALL, 1, 100);

    drain(Set.of(7L, 33L, 60L, 99L), serverError(), read);

    assertThat(culprits).containsExactlyInAnyOrder(7L, 33L, 60L, 99L);
    assertThat(read).hasSize(96);
  }

  @Test
  void a_page_size_that_no_piece_divides_is_cut_too() throws Exception {
    Set<Long> read = new TreeSet<>();
    queue.ask(Window.ALL, 2, 30);

    drain(Set.of(45L), serverError(), read);

    assertThat(culprits).contains(45L);
    for (long place = 30; place < 60; place++) {
      assertThat(read.contains(place) || place == 45).isTrue();
    }
  }

  @Test
  void where_the_record_is_known_the_search_is_not_repeated() throws Exception {
    Set<Long> read = new TreeSet<>();
    queue.ask(Window.ALL, 1, 100);

    int requests = drain(Set.of(37L), serverError(), read, 37);

    assertThat(culprits).containsExactly(37L);
    assertThat(read).hasSize(99);
    assertThat(requests).isLessThanOrEqualTo(8);
  }

  @Test
  void a_record_that_is_suspected_wrongly_is_read() throws Exception {
    Set<Long> read = new TreeSet<>();
    queue.ask(Window.ALL, 1, 100);

    drain(Set.of(38L), serverError(), read, 37);

    assertThat(culprits).containsExactly(38L);
    assertThat(read).hasSize(99).contains(37L);
  }

  /** How many requests it takes until the pass is given up, where each one fails like this. */
  private int givenUpAfter(Exception failure, int pages) {
    for (int number = 1; number <= pages; number++) {
      queue.ask(Window.ALL, number, 100);
    }
    int requests = 0;
    while (!queue.isEmpty()) {
      for (PageRequest request : queue.take(100)) {
        requests++;
        try {
          queue.failed(request, failure, -1);
        } catch (Exception e) {
          assertThat(e).isSameAs(failure);
          return requests;
        }
      }
    }
    throw new AssertionError("It was not given up.");
  }

  @Test
  void a_server_that_fails_for_everything_is_not_searched_for_a_bad_record() {
    assertThat(givenUpAfter(serverError(), 1)).isEqualTo(3);
  }

  @Test
  void an_outage_is_not_searched_for_a_bad_record() {
    PollException outage = PollException.of(PollException.Kind.OUTAGE, "in maintenance");

    assertThat(givenUpAfter(outage, 1)).isLessThanOrEqualTo(3);
    assertThat(givenUpAfter(outage, 30)).isLessThanOrEqualTo(3);
    assertThat(culprits).isEmpty();
  }

  @Test
  void a_control_that_is_refused_shows_that_the_api_is_there() throws Exception {
    queue.ask(Window.ALL, 1, 100);
    queue.failed(queue.take(100).get(0), serverError(), -1);
    queue.failed(queue.take(100).get(0), serverError(), -1);
    PageRequest control = queue.take(100).get(0);
    assertThat(control.isControl()).isTrue();

    queue.failed(control, PollException.paused("no such days").answered(422, null), -1);

    assertThat(queue.take(100)).extracting(PageRequest::perPage).containsOnly(50);
  }

  @Test
  void a_failure_that_passes_costs_one_more_request() throws Exception {
    queue.ask(Window.ALL, 1, 100);
    PageRequest request = queue.take(100).get(0);

    queue.failed(request, new IOException("reset"), -1);

    List<PageRequest> again = queue.take(100);
    assertThat(again).hasSize(1);
    assertThat(again.get(0).perPage()).isEqualTo(100);
    assertThat(again.get(0).attempt()).isEqualTo(1);
    assertThat(again.get(0).notBefore()).isNotZero();
  }

  @Test
  void a_page_that_cannot_be_had_ends_the_pass_after_three_attempts() {
    queue.ask(Window.ALL, 1, 100);
    IOException failure = new IOException("reset");

    assertThatThrownBy(() -> drain(Set.of(5L), failure, new TreeSet<>())).isSameAs(failure);
  }

  @Test
  void a_server_that_fails_for_everything_is_not_asked_on_and_on() {
    queue.ask(Window.ALL, 1, 100);
    Exception failure = serverError();
    List<PageRequest> asked = new ArrayList<>();

    assertThatThrownBy(
            () -> {
              while (!queue.isEmpty()) {
                for (PageRequest request : queue.take(100)) {
                  asked.add(request);
                  queue.failed(request, failure, -1);
                }
              }
            })
        .isSameAs(failure);

    assertThat(asked).hasSizeLessThanOrEqualTo(12);
    assertThat(culprits).isEmpty();
  }

  @Test
  void a_wish_to_wait_costs_the_page_no_attempt() throws Exception {
    queue.ask(Window.ALL, 1, 100);

    queue.failed(queue.take(100).get(0), PollException.busy("wait", Duration.ofSeconds(1)), -1);

    assertThat(queue.take(100).get(0).attempt()).isZero();
  }

  @Test
  void a_refusal_that_only_a_person_can_end_ends_the_pass_at_once() {
    queue.ask(Window.ALL, 1, 100);
    PollException paused = PollException.paused("correct clickspeak.token");

    assertThatThrownBy(() -> queue.failed(queue.take(100).get(0), paused, -1)).isSameAs(paused);
  }

  @Test
  void a_stretch_is_covered_by_few_pages_and_nothing_else() {
    for (long from = 0; from < 120; from += 7) {
      for (long to = from; to < from + 100; to += 3) {
        List<int[]> pieces = PageQueue.cover(from, to, 100);
        long at = from;
        for (int[] piece : pieces) {
          assertThat((piece[0] - 1L) * piece[1]).isEqualTo(at);
          at += piece[1];
        }
        assertThat(at).isEqualTo(to);
      }
    }
    assertThat(PageQueue.cover(0, 37, 100)).hasSize(1);
  }
}
