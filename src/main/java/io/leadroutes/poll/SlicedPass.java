package io.leadroutes.poll;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.ledger.Look;
import io.leadroutes.poll.Walk.Discrepancy;
import java.time.LocalDate;
import java.util.function.Predicate;

/**
 * A pass that reads every page of its days: of one window, or day by day in slices that overlap.
 * Each slice is walked until one walk has seen everything, three times at most.
 */
final class SlicedPass extends Pass {

  private static final int MOST_WALKS = 3;

  /** Calls that two slices must share before days are taken to be whole on both ends. */
  private static final int PROOF = 10;

  private static final int PROOF_PART = 4;

  private enum Phase {
    PAGES,
    HEAD
  }

  private final Window whole;
  private final PageQueue queue;
  private Predicate<LocalDate> sliceEnded = day -> true;
  private Window slice;
  private boolean inclusive;
  private boolean refusedSliceEnds = true;
  private Look.Span counted;
  private int countedCalls;
  private SeenIds countedBefore = new SeenIds();
  private SeenIds countedNow = new SeenIds();
  private SeenIds before;
  private Tally tally;

  private Walk walk;
  private Phase phase;
  private int next;
  private int head;
  private int walks;
  private Discrepancy first;
  private boolean same;
  private boolean newestFirst = true;
  private boolean done;
  private int oddSlices;
  private String remark;
  private String refused;
  private Suspect suspect;

  private SlicedPass(
      Source source, Kind kind, Look look, long startedAt, Window whole, Window firstSlice) {
    super(source, kind, look, startedAt);
    this.whole = whole;
    slice = firstSlice;
    queue = new PageQueue(this, this::culprit);
    begin();
  }

  /** A pass over one window, as it is. */
  static SlicedPass whole(
      Source source, Look look, long startedAt, Window window, Suspect suspect) {
    SlicedPass pass = new SlicedPass(source, Kind.FULL, look, startedAt, window, window);
    pass.suspect = suspect;
    return pass;
  }

  /**
   * A pass over days, oldest first, in slices of two. They overlap by one, because it is not known
   * whether the API takes the last day for included; once two slices share their calls it is.
   *
   * @param days both included
   */
  static SlicedPass days(Source source, Kind kind, Look look, long startedAt, Window days) {
    return new SlicedPass(source, kind, look, startedAt, days, two(days.from()));
  }

  /** Told the first day that is not done yet, whenever a slice is; says whether to go on. */
  SlicedPass sliceEnded(Predicate<LocalDate> listener) {
    sliceEnded = listener;
    return this;
  }

  /** Counts the different calls created in a span; a slice that cannot be relied on is noted. */
  SlicedPass counting(Look.Span span) {
    counted = span;
    refusedSliceEnds = false;
    return this;
  }

  /** Judges all calls and records nothing. */
  SlicedPass into(Tally tally) {
    this.tally = tally;
    refusedSliceEnds = false;
    return this;
  }

  private static Window two(LocalDate day) {
    return new Window(day, day.plusDays(1));
  }

  private void begin() {
    walks = 0;
    same = true;
    first = null;
    beginWalk();
  }

  private void beginWalk() {
    walk = new Walk(source.perPage());
    phase = Phase.PAGES;
    next = 1;
    head = 1;
  }

  @Override
  void advance() {
    while (!done && queue.isEmpty()) {
      if (phase == Phase.PAGES) {
        askPages();
      }
      if (phase == Phase.HEAD && queue.isEmpty()) {
        if (walk.needsHead()) {
          queue.ask(slice, head++, walk.size());
        } else {
          walkEnded();
        }
      }
    }
  }

  private void askPages() {
    long last = next == 1 ? 1 : walk.last();
    for (int i = 0; i < AT_ONCE && next <= last; i++) {
      queue.ask(slice, next++, walk.size());
    }
    if (queue.isEmpty()) {
      phase = Phase.HEAD;
    }
  }

  private void walkEnded() {
    Discrepancy discrepancy = walk.discrepancy();
    walks++;
    if (walks == 1) {
      first = discrepancy;
    }
    same &= discrepancy == first;
    if (discrepancy == null) {
      sliceEnds(null);
    } else if (walks < MOST_WALKS) {
      beginWalk();
    } else if (same) {
      remark = "Accepted though " + discrepancy.text + " in " + MOST_WALKS + " walks.";
      sliceEnds(null);
    } else {
      sliceEnds("The list changed while it was walked: " + discrepancy.text + ".");
    }
  }

  private void sliceEnds(String trouble) {
    newestFirst &= walk.newestFirst();
    if (trouble != null && refusedSliceEnds) {
      refused = trouble;
      done = true;
      return;
    }
    oddSlices += trouble == null ? 0 : 1;
    count();
    boolean overlap = before != null && !inclusive;
    SeenIds seen = walk.seen();
    if (overlap) {
      int shared = seen.shared(before);
      inclusive = shared >= PROOF && shared * PROOF_PART >= seen.distinct();
    }
    before = seen;
    LocalDate following = slice.from() == null ? null : slice.from().plusDays(inclusive ? 2 : 1);
    boolean wanted = sliceEnded.test(following);
    if (!wanted || slice.equals(whole) || following == null || following.isAfter(whole.to())) {
      done = true;
    } else {
      slice = two(following);
      begin();
    }
  }

  private void count() {
    if (counted != null) {
      countedCalls += countedNow.distinct() - countedNow.shared(countedBefore);
      countedBefore = countedNow;
      countedNow = new SeenIds();
    }
  }

  @Override
  PageQueue queue() {
    return queue;
  }

  @Override
  void read(PageRequest request, CallPage page) {
    if (phase == Phase.PAGES) {
      walk.page(request.number(), request.perPage(), page);
    } else {
      walk.head(page);
    }
    if (counted != null) {
      for (Call call : page.calls()) {
        if (call.createdAt() != null && counted.holds(call)) {
          countedNow.add(call.id());
        }
      }
    }
  }

  @Override
  void learn(PageRequest request, CallPage page, Recorded recorded) {
    // Every page is read, whatever the ledger knew of it.
  }

  private void culprit(long offset) {
    if (phase == Phase.PAGES) {
      walk.hidden();
      culprits.add(offset);
    }
    suspect = Suspect.at(offset, walk.total());
  }

  @Override
  long suspectPlace() {
    return suspect == null || kind != Kind.FULL ? -1 : suspect.place(walk.total());
  }

  @Override
  synchronized Suspect suspect() {
    return suspect;
  }

  @Override
  Window window() {
    return whole;
  }

  @Override
  Tally tally() {
    return tally;
  }

  @Override
  synchronized String remark() {
    return oddSlices == 0
        ? remark
        : oddSlices + " slices of its days changed while they were walked.";
  }

  @Override
  synchronized String refused() {
    return refused;
  }

  /** Whether the calls were listed newest first, when it came to its end. */
  synchronized boolean newestFirst() {
    return newestFirst;
  }

  /** The span that it counts, or null. */
  Look.Span counted() {
    return counted;
  }

  /** How many different calls of the span it has seen. */
  synchronized int countedCalls() {
    return countedCalls;
  }
}
