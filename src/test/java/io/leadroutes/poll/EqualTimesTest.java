package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.poll.WalkedAccount.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G6, G11: calls of one second, whose order a database leaves to chance, page by page. */
class EqualTimesTest {

  private static final int PER_PAGE = 100;

  @TempDir Path directory;

  private final SortedRows rows = new SortedRows();
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private WalkedAccount account;

  @BeforeEach
  void open() {
    account = new WalkedAccount(directory, PER_PAGE, this::answer);
  }

  @AfterEach
  void close() {
    account.close();
  }

  /** A campaign begins so many calls in one second. */
  private void burst(int calls, Duration ago) {
    for (int i = 0; i < calls; i++) {
      rows.add(rows.size() + 1, now.minus(ago));
    }
  }

  private Set<Long> onSomePage(int perPage) {
    Set<Long> shown = new HashSet<>();
    for (int page = 1; (page - 1) * perPage < rows.size(); page++) {
      rows.page(page, perPage).forEach(row -> shown.add(row.id()));
    }
    return shown;
  }

  private Answer answer(PageRequest request) {
    SortedRows asked = asked(request.window());
    String calls =
        asked.page(request.number(), request.perPage()).stream()
            .map(
                row ->
                    """
                    {"id": %d, "status": "completed", "evaluation": {"outcome": "qualified_lead"},
                     "created_at": "%s"}
                    """
                        .formatted(row.id(), row.created()))
            .collect(Collectors.joining(","));
    int last = Math.max(1, (asked.size() + request.perPage() - 1) / request.perPage());
    return Answer.page(
        """
        {"current_page": %d, "per_page": %d, "last_page": %d, "total": %d, "data": [%s]}
        """
            .formatted(request.number(), request.perPage(), last, asked.size(), calls));
  }

  private SortedRows asked(Window window) {
    SortedRows asked = new SortedRows();
    for (SortedRows.Row row : rows.all()) {
      LocalDate day = row.created().atZone(ZoneOffset.UTC).toLocalDate();
      boolean after = window.from() == null || !day.isBefore(window.from());
      boolean before = window.to() == null || !day.isAfter(window.to());
      if (after && before && (window.status() == null || window.status().equals("completed"))) {
        asked.add(row.id(), row.created());
      }
    }
    return asked;
  }

  @Test
  void calls_in_threes_of_one_second_are_all_found_by_one_full_pass() throws Exception {
    for (int i = 0; i < 650; i++) {
      rows.add(i + 1, now.minusSeconds(3600 - i / 3));
    }
    assertThat(onSomePage(PER_PAGE)).as("what one page size shows").hasSizeLessThan(650);

    Pass full = account.walk(Kind.FULL);

    assertThat(account.leads()).isEqualTo(650);
    assertThat(full.refused()).isNull();
    assertThat(full.remark()).isNull();
  }

  @Test
  void calls_of_two_bursts_are_found_or_named_and_cost_little_when_nothing_is_new()
      throws Exception {
    burst(400, Duration.ofMinutes(90));
    burst(400, Duration.ofMinutes(30));
    int shown = onSomePage(PER_PAGE).size();
    assertThat(shown).as("what one page size shows").isLessThan(750);

    account.walk(Kind.FULL);
    account.requests();
    Pass last = null;
    for (int i = 0; i < 5; i++) {
      last = account.walk(Kind.FULL);
    }

    int missing = 800 - account.leads();
    assertThat(missing).isLessThan(8);
    // Where a day ends between the bursts, a later pass finds what the first one could only name.
    assertThat(String.valueOf(last.remark()))
        .startsWith(missing == 0 ? "null" : missing + " of the 800 calls");
    // Some eight pages and a look at the head.
    assertThat(account.requests()).as("requests of five full passes").isLessThan(5 * 16);
  }

  @Test
  void a_quick_pass_over_calls_of_one_second_reads_the_head_only() throws Exception {
    burst(400, Duration.ofMinutes(90));
    burst(400, Duration.ofMinutes(30));
    account.walk(Kind.FULL);
    account.requests();

    Pass quick = account.walk(Kind.QUICK);

    assertThat(quick.remark()).isNull();
    assertThat(account.requests()).isLessThanOrEqualTo(3);
  }
}
