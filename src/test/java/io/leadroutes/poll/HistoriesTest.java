package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.judge.Judge;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.ledger.PageChanges;
import io.leadroutes.ledger.SteppedClock;
import io.leadroutes.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * G1: whatever the list does while it is read, once it has come to rest every qualifying call is in
 * the ledger as a lead, once. More histories by {@code -Pthorough}; a failing one prints the seed
 * that replays it.
 */
class HistoriesTest {

  private static final SteppedClock CLOCK = new SteppedClock();

  private static Path directory;
  private static LedgerFixture fixture;
  private Judge judge;
  private Runnable clockIsSet = () -> {};
  private static Settings settings;
  private static int accounts;

  @BeforeContainer
  static void open() throws Exception {
    // In memory where the system has such a folder: here nothing crashes, and a sync costs most.
    Path memory = Path.of("/dev/shm");
    directory =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "histories")
            : Files.createTempDirectory("histories");
    settings =
        Databases.SQLITE.settings(
            directory,
            Map.of(
                "clickspeak.token", "token-1",
                "clickspeak.per-page", "10",
                "lead.sinks", "file",
                "lead.settle", "1ms",
                "poll.period", "1ms"));
    fixture = new LedgerFixture(settings, CLOCK);
  }

  @AfterContainer
  static void close() throws Exception {
    fixture.close();
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Provide
  Arbitrary<Long> seeds() {
    Long given = Long.getLong("history");
    return given != null ? Arbitraries.just(given) : Arbitraries.longs().greaterOrEqual(1);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void every_qualifying_call_becomes_a_lead_once_when_the_list_has_come_to_rest(
      @ForAll("seeds") long seed) throws Exception {
    ListedCalls list = new ListedCalls(seed, Instant.ofEpochMilli(fixture.ledger.now()));
    try {
      play(list, new Random(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("Replay with -Dhistory=" + seed + ". " + list, e);
    }
  }

  /** Far less than a look-back: what that does not reach any more nobody promises. */
  @Property(shrinking = ShrinkingMode.OFF, tries = 25)
  void every_qualifying_call_becomes_a_lead_once_though_the_clock_is_set_between_its_passes(
      @ForAll("seeds") long seed) throws Exception {
    Random steps = new Random(seed);
    clockIsSet = () -> CLOCK.set(Duration.ofMinutes(steps.nextInt(241) - 120));
    try {
      every_qualifying_call_becomes_a_lead_once_when_the_list_has_come_to_rest(seed);
    } finally {
      clockIsSet = () -> {};
      CLOCK.set(Duration.ZERO);
    }
  }

  private void play(ListedCalls list, Random random) throws Exception {
    String name = "a" + ++accounts;
    String baseUrl = settings.text("clickspeak.base-url");
    fixture.accounts.account(name, baseUrl, list.start());
    judge = new Judge(settings.with(Map.of("clickspeak.accounts", name)), "");
    Passes passes = new Passes(fixture.ledger, fixture.calls, settings);
    Account account = passes.add(settings, name, LedgerFixture.RULE);
    boolean newestFirst = false;
    for (int i = 0; i < 2 + random.nextInt(4); i++) {
      newestFirst = walk(passes, account, newestFirst ? Kind.QUICK : Kind.FULL, list, newestFirst);
    }
    list.rest();
    for (int i = 0; i < list.passesAtRest(); i++) {
      boolean quick = newestFirst && i % 2 == 1;
      newestFirst = walk(passes, account, quick ? Kind.QUICK : Kind.FULL, list, newestFirst);
    }
    Set<Long> missing = without(list.qualifying(), leads(account));
    Set<Long> pending =
        ids(
            "SELECT call_id FROM delivery WHERE state = 'pending' AND account_id = "
                + account.id());
    // Leads of calls that were deleted from the list stay what they were.
    Set<Long> stale = without(pending, list.qualifying());
    stale.removeIf(id -> !list.shows(id));
    if (list.mayHide() && !(missing.isEmpty() && stale.isEmpty())) {
      // No page of any size shows them, or pages that lie kept them from being looked for: the
      // list is said not to be read whole.
      assertThat(lastRemark(account)).isNotNull();
    } else {
      assertThat(missing).isEmpty();
      assertThat(stale).isEmpty();
    }
    assertThat(without(without(list.qualifying(), missing), pending)).isEmpty();
    assertThat(list.everQualified()).containsAll(leads(account));
  }

  private static Set<Long> without(Collection<Long> all, Collection<Long> those) {
    Set<Long> left = new HashSet<>(all);
    left.removeAll(those);
    return left;
  }

  private static String lastRemark(Account account) {
    return fixture.text(
        "SELECT remark FROM pass WHERE kind = 'full' AND account_id = "
            + account.id()
            + " ORDER BY id DESC LIMIT 1");
  }

  private static Set<Long> leads(Account account) {
    return ids("SELECT call_id FROM lead WHERE account_id = " + account.id());
  }

  private static Set<Long> ids(String sql) {
    return new HashSet<>(fixture.numbers(sql));
  }

  /** Walks as the routes do; whether a full pass proved the list newest first. */
  private boolean walk(
      Passes passes, Account account, Kind kind, ListedCalls list, boolean newestFirst) {
    clockIsSet.run();
    fixture.after();
    Pass pass = null;
    try {
      pass = passes.start(account, kind);
      List<PageRequest> round = pass.next(List.of());
      while (!round.isEmpty()) {
        List<PageResult> results = new ArrayList<>();
        for (PageRequest request : round) {
          results.add(step(request, list));
        }
        round = pass.next(results);
      }
    } catch (Exception e) {
      passes.refuse(pass, e);
      return false;
    }
    passes.accept(pass);
    return pass instanceof SlicedPass full
        ? full.refused() == null && full.newestFirst()
        : newestFirst && pass.remark() == null;
  }

  private PageResult step(PageRequest asked, ListedCalls list) {
    clockIsSet.run();
    assertThat(list.requests()).as("requests of a history").isLessThan(20000);
    PageRequest request =
        asked.permitted(new PageRequest.Permit(fixture.ledger.now(), System.nanoTime()));
    try {
      ListedCalls.Answer answer = list.get(request.number(), request.perPage(), request.window());
      FetchedPage page = Pages.read(request, answer.status(), answer.headers(), answer.body());
      PageRecorder recorder = PageRecorder.into(fixture.calls);
      PageChanges changes = recorder.compare(page);
      List<Verdict> verdicts = changes.calls().stream().map(judge::judge).toList();
      return recorder.record(verdicts, page, changes);
    } catch (PollException | java.io.IOException e) {
      return PageResult.failed(request, e);
    }
  }
}
