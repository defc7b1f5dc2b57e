package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeatsTest {

  @Test
  void an_account_alone_has_all() {
    assertThat(Seats.free(16, 3, 3, 1, 1)).isEqualTo(13);
  }

  @Test
  void of_several_none_has_more_than_half() {
    assertThat(Seats.free(16, 0, 0, 2, 0)).isEqualTo(8);
    assertThat(Seats.free(16, 5, 5, 2, 1)).isEqualTo(3);
    assertThat(Seats.free(16, 8, 8, 2, 1)).isZero();
  }

  /** G3: however many accounts hang, the next one has its own. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "16, 2", "16, 5", "16, 16", "32, 7", "32, 31"})
  void whoever_takes_all_it_may_leaves_one_for_each_of_the_others(int seats, int accounts) {
    Map<Integer, Integer> taken = new HashMap<>();
    for (int account = 0; account < accounts; account++) {
      int all = taken.values().stream().mapToInt(own -> own).sum();
      int free = Seats.free(seats, all, 0, accounts, taken.size());
      assertThat(free).as("account %d of %d", account, accounts).isPositive();
      taken.put(account, free);
    }
    assertThat(taken.values().stream().mapToInt(own -> own).sum()).isLessThanOrEqualTo(seats);
  }

  @Test
  void of_a_thousand_accounts_a_busy_one_leaves_half_of_all() {
    assertThat(Seats.free(32, 0, 0, 1000, 0)).isEqualTo(16);
    assertThat(Seats.free(32, 16, 0, 1000, 1)).isOne();
    assertThat(Seats.free(32, 17, 16, 1000, 2)).isZero();
  }
}
