package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.ledger.Account;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** G3: whose turn it is to be read. */
class TurnsTest {

  private final Turns turns = new Turns();

  private static Round round(String account, String host) {
    Account of = new Account(1, account, account, 0, null, null);
    Source source = new Source(of, "http://" + host, "", 1, null, null, null, null, "", null, null);
    return Round.first(source, Kind.FULL, host);
  }

  private void add(int rounds, String share) {
    for (int i = 0; i < rounds; i++) {
      turns.add(round(share + i, share));
    }
  }

  private List<String> released() {
    return turns.release().stream().map(Round::share).toList();
  }

  @Test
  void rounds_come_in_the_order_in_which_they_began_to_wait() {
    add(3, "a");

    assertThat(turns.release())
        .extracting(round -> round.source().account().name())
        .containsExactly("a0", "a1", "a2");
    assertThat(turns.release()).isEmpty();
  }

  @Test
  void a_host_that_hangs_holds_half_of_the_readers_at_most() {
    add(500, "hangs");
    add(1, "answers");

    assertThat(released()).contains("answers").hasSizeLessThanOrEqualTo(9);
  }

  @Test
  void accounts_that_failed_hold_half_of_the_readers_together() {
    add(500, Round.FAILED);
    add(1, "answers");

    assertThat(released()).contains("answers").hasSizeLessThanOrEqualTo(9);
  }

  @Test
  void a_host_alone_may_have_all_the_readers_but_not_without_end() {
    add(500, "a");

    assertThat(released()).hasSize(64);
    assertThat(released()).isEmpty();
  }

  @Test
  void what_is_given_back_makes_room() {
    add(9, Round.FAILED);
    List<Round> first = turns.release();
    assertThat(first).hasSize(8);

    turns.giveBack(first.get(0));

    assertThat(released()).hasSize(1);
  }

  @Test
  void what_waits_for_its_time_holds_nobody() {
    turns.add(round("later", "a"), System.nanoTime() + Duration.ofHours(1).toNanos());
    add(1, "a");

    assertThat(turns.release())
        .extracting(round -> round.source().account().name())
        .containsExactly("a0");
  }
}
