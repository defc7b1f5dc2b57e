package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.poll.Walk.Discrepancy;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** G1: whether a walk can have seen everything there was. */
class WalkTest {

  private static final CallPageReader READER = new CallPageReader("default", ZoneOffset.UTC);
  private static final Instant NEWEST = Instant.parse("2026-03-10T12:00:00Z");

  private final Walk walk = new Walk(3);

  /** A call that is older the smaller its id is. */
  private static Call call(long id) {
    return READER.readCall(
        "{\"id\": %d, \"created_at\": \"%s\"}"
            .formatted(id, NEWEST.minusSeconds(1000 - id).toString()));
  }

  private static ListedPage page(int number, int last, int perPage, long total, long... ids) {
    List<Call> calls = Arrays.stream(ids).mapToObj(WalkTest::call).toList();
    return ListedPage.of(new CallPage("default", number, last, perPage, total, calls, List.of()));
  }

  private void read(int number, int last, int perPage, long total, long... ids) {
    walk.page(number, 3, page(number, last, perPage, total, ids));
  }

  private void head(long total, long... ids) {
    walk.head(page(1, 9, 3, total, ids));
  }

  @Test
  void one_page_that_holds_as_many_as_it_says_is_the_whole_list() {
    read(1, 1, 3, 2, 9, 8);

    assertThat(walk.needsHead()).isFalse();
    assertThat(walk.discrepancy()).isNull();
    assertThat(walk.last()).isEqualTo(1);
  }

  @Test
  void several_pages_are_whole_when_the_head_and_the_total_are_as_before() {
    read(1, 2, 3, 5, 9, 8, 7);
    read(2, 2, 3, 5, 6, 5);
    assertThat(walk.needsHead()).isTrue();
    head(5, 9, 8, 7);

    assertThat(walk.discrepancy()).isNull();
    assertThat(walk.newestFirst()).isTrue();
  }

  @Test
  void inserts_at_the_head_are_no_discrepancy() {
    read(1, 2, 3, 5, 9, 8, 7);
    read(2, 2, 3, 6, 7, 6, 5);
    head(6, 10, 9, 8);

    assertThat(walk.discrepancy()).isNull();
  }

  @Test
  void a_head_of_new_calls_alone_is_followed_until_a_known_one() {
    read(1, 2, 3, 4, 9, 8, 7);
    read(2, 2, 3, 4, 6);
    head(7, 12, 11, 10);
    assertThat(walk.needsHead()).isTrue();
    head(7, 9, 8, 7);

    assertThat(walk.needsHead()).isFalse();
    assertThat(walk.discrepancy()).isNull();
  }

  @Test
  void a_delete_that_hid_a_call_is_a_discrepancy() {
    read(1, 2, 3, 5, 9, 8, 7);
    // 8 was deleted: 6 moved to page 1.
    read(2, 2, 3, 4, 5);
    head(4, 9, 7, 6);

    assertThat(walk.discrepancy()).isEqualTo(Discrepancy.TOTAL);
  }

  @Test
  void a_delete_with_a_compensating_insert_is_a_discrepancy() {
    read(1, 2, 3, 5, 9, 8, 7);
    // 8 was deleted, so 6 is hidden; then 10 came.
    read(2, 2, 3, 4, 5);
    head(5, 10, 9, 7);

    assertThat(walk.discrepancy()).isNotNull();
  }

  @Test
  void a_delete_at_the_head_is_one_although_an_insert_at_the_end_makes_up_for_it() {
    read(1, 3, 3, 9, 9, 8, 7);
    read(2, 3, 3, 9, 6, 5, 4);
    // 9 is deleted and 0 inserted: the last but two, 3, has moved to page 2.
    read(3, 3, 3, 9, 2, 1, 0);
    head(9, 8, 7, 6);

    assertThat(walk.discrepancy()).isEqualTo(Discrepancy.HEAD_GONE);
  }

  @Test
  void a_call_that_moved_to_the_head_pushes_others_out_and_is_no_discrepancy() {
    read(1, 2, 3, 5, 9, 8, 7);
    read(2, 2, 3, 5, 6, 5);
    head(5, 6, 9, 8);

    assertThat(walk.discrepancy()).isNull();
  }

  @Test
  void a_total_that_does_not_fit_the_calls_is_a_discrepancy() {
    read(1, 2, 3, 9, 9, 8, 7);
    read(2, 2, 3, 9, 6, 5);
    head(9, 9, 8, 7);

    assertThat(walk.discrepancy()).isEqualTo(Discrepancy.MISSING);
  }

  @Test
  void a_page_answered_with_another_is_a_discrepancy() {
    read(1, 2, 3, 5, 9, 8, 7);
    walk.page(2, 3, page(1, 2, 3, 5, 9, 8, 7));

    assertThat(walk.discrepancy()).isEqualTo(Discrepancy.WRONG_PAGE);
  }

  @Test
  void a_page_that_comes_twice_under_another_number_is_a_discrepancy() {
    read(1, 2, 3, 5, 9, 8, 7);
    read(2, 2, 3, 5, 9, 8, 7);

    assertThat(walk.discrepancy()).isEqualTo(Discrepancy.PAGE_TWICE);
  }

  @Test
  void an_api_that_answers_page_one_for_ever_ends_the_walk() {
    for (int number = 1; number <= 4; number++) {
      walk.page(number, 3, page(1, 1_000_000, 3, 3_000_000, 9, 8, 7));
    }

    assertThat(walk.last()).isEqualTo(4);
  }

  @Test
  void a_short_page_in_the_middle_is_a_discrepancy() {
    read(1, 3, 3, 7, 9, 8, 7);
    read(2, 3, 3, 7, 6);
    read(3, 3, 3, 7, 5);

    assertThat(walk.discrepancy()).isEqualTo(Discrepancy.SHORT_PAGE);
  }

  @Test
  void a_full_last_page_is_not_the_end_whatever_the_numbers_say() {
    read(1, 1, 3, 3, 9, 8, 7);

    assertThat(walk.last()).isEqualTo(2);
  }

  @Test
  void an_empty_page_ends_the_list_however_long_it_is_said_to_be() {
    read(1, 1_000_000, 3, 3_000_000, 9, 8, 7);
    read(2, 1_000_000, 3, 3_000_000);

    assertThat(walk.last()).isEqualTo(1);
  }

  @Test
  void a_size_that_the_api_clamps_is_taken_over() {
    Walk clamped = new Walk(100);
    clamped.page(1, 100, page(1, 2, 3, 5, 9, 8, 7));

    assertThat(clamped.size()).isEqualTo(3);
    assertThat(clamped.last()).isEqualTo(2);
  }

  @Test
  void a_list_that_is_not_newest_first_is_told() {
    read(1, 2, 3, 5, 9, 8, 7);
    read(2, 2, 3, 5, 6, 10);
    assertThat(walk.newestFirst()).isFalse();
  }

  @Test
  void pages_are_held_in_order_whenever_they_came() {
    read(1, 3, 3, 8, 9, 8, 7);
    read(3, 3, 3, 8, 3, 2);
    read(2, 3, 3, 8, 6, 5, 4);

    assertThat(walk.newestFirst()).isTrue();
  }

  @Test
  void without_a_total_nothing_is_promised_and_nothing_missed() {
    read(1, 0, 3, -1, 9, 8, 7);
    read(2, 0, 3, -1, 6);
    head(-1, 9, 8, 7);

    assertThat(walk.discrepancy()).isNull();
  }

  @Test
  void a_first_page_that_is_read_in_pieces_is_not_the_end() {
    walk.page(1, 1, page(1, 9, 1, 9, 9));
    walk.page(3, 1, page(3, 9, 1, 9, 7));

    assertThat(walk.last()).isEqualTo(2);
  }

  @Test
  void a_record_that_cannot_be_read_even_alone_counts_as_seen() {
    walk.page(1, 3, page(1, 2, 3, 5, 9, 8, 7));
    walk.page(4, 1, page(4, 5, 1, 5, 6));
    walk.hidden();
    head(5, 9, 8, 7);

    assertThat(walk.discrepancy()).isNull();
  }
}
