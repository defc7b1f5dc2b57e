package io.leadroutes.poll;

import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.ledger.Look;
import io.leadroutes.poll.ListedPage.ListedCall;
import io.leadroutes.poll.Walk.Discrepancy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A pass that reads every page of its days: of one window, or day by day in slices that overlap. A
 * slice is walked until the walks have seen everything together; what they cannot see together is
 * looked for in smaller lists, of days and then of single statuses.
 */
final class SlicedPass extends Pass {

  private static final int MAX_WALKS = 3;

  /** Of a slice that hides calls, as long as each brings others to light. */
  private static final int MAX_UNITED_WALKS = 10;

  /** Walks in a row that brought nothing to light until it is given up. */
  private static final int MAX_IN_VAIN = 2;

  /** A list of more pages is cut into days before it is walked more than twice. */
  private static final int LONG_LIST_PAGES = 20;

  /** Beyond so many pages nothing is walked again: what is missing is said instead. */
  private static final int MAX_PAGES_TO_UNITE = 1000;

  /** Calls that two slices must share before days are taken to be whole on both ends. */
  private static final int PROOF = 10;

  private static final int PROOF_PART = 4;

  /** How many days before the first readable call are looked at first, then twice as many. */
  private static final int FIRST_DAYS_BACK = 7;

  private static final int MAX_DAYS_BACK = 112;

  private enum Phase {
    PAGES,
    HEAD
  }

  private final Window whole;
  private final LocalDate today;
  private final PageQueue queue;
  private final Traits traits;
  private Window slice;

  /** The last day of slices of days, null while the whole window is read as one list. */
  private LocalDate lastDay;

  /** Statuses of the present days that are still to be read one by one. */
  private final Deque<String> statuses = new ArrayDeque<>();

  private boolean inclusive;
  private final boolean isRefusedBySlice;
  private final Look.Span counted;
  private int countedCalls;
  private SeenIds countedBefore = new SeenIds();
  private SeenIds countedNow = new SeenIds();
  private SeenIds before;
  private SeenIds dayIds = new SeenIds();

  private Walk walk;
  private Phase phase;
  private int next;
  private int head;
  private int walks;
  private List<Integer> sizes;
  private int sizesTried;
  private int inVain;
  private boolean broughtToLight;
  private SeenIds united = new SeenIds();
  private List<SeenIds> known = List.of();
  private long unread;
  private Discrepancy first;
  private boolean same;
  private int lastPage;
  private int asked;
  private int usual;
  private long sliceTotal = -1;
  private long wholeTotal = -1;
  private final SeenIds all = new SeenIds();
  private Instant oldest;
  private long missingInStatuses;
  private long totalOfStatuses;
  private long totalOfDays;

  /** The first day of those read so far, while a list without a first day is read in days. */
  private LocalDate reachedBack;

  private int daysBack;
  private int seenBefore;

  private boolean newestFirst = true;
  private boolean done;
  private LocalDate doneBefore;
  private boolean isSlowSaid;
  private int oddSlices;
  private long missing;
  private long promised;
  private boolean capped;
  private String remark;
  private String refused;
  private Traits learnt;
  private Suspects suspects;
  private Suspects foundNow = Suspects.NONE;

  private SlicedPass(
      PassScope scope,
      long startedAt,
      Window whole,
      Traits traits,
      Suspects suspects,
      Look.Span counted) {
    super(scope, startedAt);
    this.whole = whole;
    this.traits = traits;
    this.suspects = suspects;
    this.counted = counted;
    isRefusedBySlice = scope.kind() == Kind.FULL || scope.kind() == Kind.BACKFILL;
    learnt = traits;
    lastPage = traits.lastPage();
    today = Instant.ofEpochMilli(startedAt).atZone(ZoneOffset.UTC).toLocalDate();
    queue = new PageQueue(scope, this::culprit);
  }

  /** A pass over one window, as it is. */
  static SlicedPass whole(
      PassScope scope, long startedAt, Window window, Traits traits, Suspects suspects) {
    SlicedPass pass = new SlicedPass(scope, startedAt, window, traits, suspects, null);
    pass.slice = window;
    pass.known = traits.recent();
    if (traits.lastPage() > 0 && window.from() != null) {
      pass.beginDays(new Window(window.from(), pass.today.plusDays(1)));
    } else {
      pass.begin();
    }
    return pass;
  }

  /**
   * A pass over days, oldest first, in slices of two. They overlap by one, because it is not known
   * whether the API takes the last day for included; once two slices share their calls it is.
   *
   * @param days both included
   * @param counted a span whose different calls are counted, or null
   */
  static SlicedPass days(PassScope scope, long startedAt, Window days, Look.Span counted) {
    SlicedPass pass = new SlicedPass(scope, startedAt, days, Traits.NONE, Suspects.NONE, counted);
    pass.beginDays(days);
    return pass;
  }

  private void beginDays(Window days) {
    lastDay = days.to();
    slice = two(days.from());
    begin();
  }

  /**
   * Two days; the last ones without an end, because an API may refuse days to come, and which day
   * it has is not known.
   */
  private Window two(LocalDate day) {
    Window two = new Window(day, day.plusDays(1));
    return two.to().isBefore(today) ? two : two.open();
  }

  private void begin() {
    walks = 0;
    same = true;
    first = null;
    inVain = 0;
    broughtToLight = false;
    united = new SeenIds();
    unread = 0;
    sliceTotal = -1;
    sizes = null;
    sizesTried = 0;
    beginWalk(slice.equals(whole) ? traits.size(source().perPage()) : source().perPage());
  }

  private void beginWalk(int size) {
    asked = size;
    walk = new Walk(size);
    phase = Phase.PAGES;
    next = 1;
    head = 1;
  }

  /** The next page size that the slice was not walked with, or 0. */
  private int nextSize() {
    if (sizes == null) {
      int first = asked;
      sizes =
          Traits.sizes(usual > 0 ? usual : source().perPage()).stream()
              .filter(size -> size != first)
              .toList();
    }
    return sizesTried < sizes.size() ? sizes.get(sizesTried++) : 0;
  }

  @Override
  void advance() {
    while (!done && queue.isEmpty()) {
      if (phase == Phase.PAGES) {
        askPages();
      }
      if (phase == Phase.HEAD && queue.isEmpty()) {
        if (walk.needsHead() && !walk.isCapped()) {
          queue.ask(slice, head++, walk.size());
        } else {
          walkEnded();
        }
      }
    }
  }

  private void askPages() {
    long last = next == 1 ? 1 : walk.last();
    int atOnce = traits.withoutPages() ? 1 : MAX_ROUND;
    for (int i = 0; i < atOnce && next <= last; i++) {
      queue.ask(slice, next++, walk.size());
    }
    if (queue.isEmpty()) {
      phase = Phase.HEAD;
    }
  }

  private void walkEnded() {
    Discrepancy found = walk.discrepancy();
    walks++;
    sliceTotal = walk.totalAtEnd();
    usual = walk.size() < asked ? walk.size() : usual;
    if (walks == 1) {
      first = found;
    }
    same &= found == first;
    newestFirst &= walk.newestFirst();
    unite();
    long open = open();
    if (found == null) {
      learn(null, 0);
      sliceEnds(0);
    } else if (found == Discrepancy.CAPPED) {
      cut(Math.max(0, open));
    } else if (walk.isWithoutPages()) {
      pagesRepeat(found);
    } else if (open > 0 && isHiding(found)) {
      someAreMissing(open);
    } else if (open == 0 && isWholeTogether(found)) {
      learn(Discrepancy.MISSING, 0);
      sliceEnds(0);
    } else if (isTrait(found, walk.missing())) {
      accept(found, walk.missing());
    } else if (walks < MAX_WALKS) {
      beginWalk(walk.size());
    } else {
      takeAsItIs(found, walk.missing());
    }
  }

  /** Whether calls are missing because of how the list is, and not because it changed. */
  private boolean isHiding(Discrepancy found) {
    return walk.isSteady()
        && (found == Discrepancy.MISSING || walks >= MAX_WALKS || (walks > 1 && found == first));
  }

  /** Whether the walks together have seen all that is promised, though none has by itself. */
  private boolean isWholeTogether(Discrepancy found) {
    return walk.isSteady() && (found == Discrepancy.MISSING || walks > 1);
  }

  /** Adds a walk to those of the slice before it. */
  private void unite() {
    if (walk.lostCalls()) {
      // A call that is gone would stand for one that no page showed.
      united = new SeenIds();
      known = List.of();
    }
    int before = united.distinct();
    united.addAll(walk.seen());
    boolean more = united.distinct() > before;
    broughtToLight |= walks > 1 && more;
    inVain = more ? 0 : inVain + 1;
    unread = Math.max(unread, walk.unread());
  }

  private void pagesRepeat(Discrepancy found) {
    if (walks < 2 && !traits.withoutPages()) {
      beginWalk(walk.size());
      return;
    }
    refuse(
        "ClickSpeak answers every page with the first one"
            + (walk.namesCursor() ? ", because it lists calls by a cursor" : "")
            + " ("
            + found.text
            + "): only its newest calls are read. Ask ClickSpeak's support for a list with page"
            + " numbers, as its documentation describes.");
    learnt = new Traits(usual, null, 0, -1, lastPage, true, 0, List.of());
  }

  /**
   * Calls that the total promises and that no walk of the slice, nor of passes before, has seen.
   */
  private long open() {
    if (sliceTotal < 0) {
      return 0;
    }
    if (walks == 1 && knewOthers()) {
      known = List.of();
    }
    long open = sliceTotal - united.distinctWith(known) - unread;
    if (open < 0 && (walks > 1 || !known.isEmpty())) {
      // Something that was seen before is gone.
      united = new SeenIds();
      known = List.of();
      united.addAll(walk.seen());
      unread = walk.unread();
      open = walk.missing();
    }
    return open;
  }

  /**
   * The list promises more than its pages showed. Calls of equal times may stand in another order
   * on each page, so that the same ones are on none: other page sizes have their borders elsewhere.
   */
  private void someAreMissing(long open) {
    if (isTrait(Discrepancy.MISSING, open)) {
      accept(Discrepancy.MISSING, open);
    } else if (walks >= 2 && lastDay == null && walk.last() > LONG_LIST_PAGES) {
      cut(open);
    } else {
      int size = mayWalkAgain() ? nextSize() : 0;
      if (size > 0) {
        beginWalk(size);
      } else if (broughtToLight && slice.status() == null) {
        cut(open);
      } else {
        takeAsItIs(Discrepancy.MISSING, open);
      }
    }
  }

  /** Whether calls are gone that passes before have seen: they would stand for hidden ones. */
  private boolean knewOthers() {
    long fresh = united.distinctWith(known) - new SeenIds().distinctWith(known);
    return traits.total() >= 0 && walk.totalAtEnd() < traits.total() + fresh;
  }

  private boolean mayWalkAgain() {
    return walks < MAX_UNITED_WALKS && inVain < MAX_IN_VAIN && pages() < MAX_PAGES_TO_UNITE;
  }

  /** Whether a pass before has accepted just this of this window. */
  private boolean isTrait(Discrepancy found, long missing) {
    return slice.equals(whole) && traits.accepted() == found && traits.missing() == missing;
  }

  private void takeAsItIs(Discrepancy found, long missing) {
    if (same || (found == Discrepancy.MISSING && broughtToLight)) {
      accept(found, missing);
    } else {
      String trouble =
          "The list changed while it was walked, " + walks + " times: " + found.text + ".";
      if (isRefusedBySlice) {
        refuse(trouble);
      } else {
        oddSlices++;
        sliceEnds(0);
      }
    }
  }

  private void accept(Discrepancy found, long missing) {
    if (found == Discrepancy.MISSING && missing > 0) {
      promised = Math.max(promised, sliceTotal);
    } else {
      remark =
          "Accepted though "
              + found.text
              + (slice.equals(whole) && walks < MAX_WALKS
                  ? ", as before."
                  : " in " + walks + " walks.");
    }
    learn(found, missing);
    sliceEnds(found == Discrepancy.MISSING ? Math.max(0, missing) : 0);
  }

  private void learn(Discrepancy accepted, long missing) {
    if (slice.equals(whole) && lastDay == null) {
      SeenIds hidden = accepted == Discrepancy.MISSING && missing >= 0 ? united : null;
      remember(accepted, missing, sliceTotal, Traits.recent(known, hidden));
    }
  }

  private void remember(Discrepancy accepted, long missing, long total, List<SeenIds> recent) {
    int turn = traits.turn() + Math.max(1, walks);
    learnt = new Traits(usual, accepted, missing, total, lastPage, false, turn, recent);
  }

  /** Reads the slice in smaller lists; where it cannot be cut, what is missing is said. */
  private void cut(long missing) {
    if (walk.isCapped()) {
      capped = true;
      lastPage = (int) walk.last();
    }
    if (lastDay == null && firstDay() != null) {
      wholeTotal = walk.totalAtEnd();
      all.addAll(united);
      reachedBack = firstDay();
      beginDays(new Window(reachedBack, today.plusDays(1)));
    } else if (slice.status() == null && lastDay != null) {
      totalOfDays = walk.totalAtEnd();
      totalOfStatuses = 0;
      missingInStatuses = 0;
      dayIds.addAll(united);
      statuses.addAll(Window.STATUSES);
      slice = slice.of(statuses.poll());
      begin();
    } else {
      promised = Math.max(promised, sliceTotal);
      sliceEnds(missing);
    }
  }

  private LocalDate firstDay() {
    if (whole.from() != null || oldest == null) {
      return whole.from();
    }
    return oldest.atZone(ZoneOffset.UTC).toLocalDate().minusDays(1);
  }

  private void refuse(String sentence) {
    refused = sentence;
    done = true;
  }

  /**
   * Goes on to what is read next.
   *
   * @param left calls that the slice promises and that no walk of it has seen
   */
  private void sliceEnds(long left) {
    dayIds.addAll(united);
    if (slice.status() != null) {
      missingInStatuses += left;
      totalOfStatuses += Math.max(0, sliceTotal);
      if (!statuses.isEmpty()) {
        slice = new Window(slice.from(), slice.to(), statuses.poll());
        begin();
        return;
      }
      // What is left are calls with a status that nobody documented.
      long others = totalOfDays - Math.max(totalOfStatuses, dayIds.distinct());
      missing += Math.max(missingInStatuses, others);
      promised = Math.max(promised, totalOfDays);
    } else {
      missing += left;
    }
    daysEnd();
  }

  private void daysEnd() {
    count();
    SeenIds seen = dayIds;
    dayIds = new SeenIds();
    if (kind() == Kind.FULL) {
      all.addAll(seen);
    }
    if (before != null && !inclusive) {
      int shared = seen.shared(before);
      inclusive = shared >= PROOF && shared * PROOF_PART >= seen.distinct();
    }
    before = seen;
    if (lastDay == null) {
      done = true;
      return;
    }
    boolean end = slice.to() == null;
    LocalDate following = end ? lastDay.plusDays(1) : slice.from().plusDays(inclusive ? 2 : 1);
    doneBefore = following;
    if (following.isAfter(lastDay)) {
      done = true;
      wholeEnds();
    } else {
      slice = two(following);
      begin();
    }
  }

  /** After days that stood for one window which could not be read as one list. */
  private void wholeEnds() {
    if (kind() == Kind.FULL) {
      long open = Math.max(0, wholeTotal - all.distinct() - unread);
      if (whole.from() == null && open > missing) {
        if (goesBack()) {
          return;
        }
        // Older days than the first call that could be read.
        missing = open;
        promised = wholeTotal;
      }
      boolean oneListAgain = !capped && all.distinct() <= (long) lastPage * source().perPage();
      lastPage = oneListAgain ? 0 : lastPage;
      remember(Discrepancy.MISSING, open, wholeTotal, Traits.recent(known, all));
    }
  }

  /**
   * Goes on with the days before those that were read, as long as they hold calls. The first call
   * that could be read of a list that ends early does not tell how far back it goes.
   */
  private boolean goesBack() {
    if (daysBack > 0 && all.distinct() == seenBefore) {
      return false;
    }
    seenBefore = all.distinct();
    daysBack = Math.min(MAX_DAYS_BACK, daysBack == 0 ? FIRST_DAYS_BACK : daysBack * 2);
    LocalDate last = reachedBack.minusDays(1);
    reachedBack = reachedBack.minusDays(daysBack);
    done = false;
    beginDays(new Window(reachedBack, last));
    return true;
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
  boolean explains(PageRequest request, PollException failure) {
    boolean wholePage = request.perPage() == walk.size();
    if (phase == Phase.PAGES && !wholePage && request.number() > 1 && failure.isRefusal()) {
      walk.endsBefore(request.number(), request.perPage());
      return true;
    }
    if (phase == Phase.PAGES && wholePage && request.number() > 1) {
      if (walk.isPastEnd(request.number()) && failure.isAnswerWithoutPage()) {
        walk.ends(request.number());
        return true;
      }
      if (failure.isRefusal()) {
        if (walk.tellsEnd()) {
          walk.capped(request.number());
        } else {
          walk.ends(request.number());
        }
        return true;
      }
    }
    if (phase == Phase.HEAD && request.number() > 1 && failure.isRefusal()) {
      walk.headEnds();
      return true;
    }
    return phase == Phase.PAGES && request.number() == 1 && failure.isRefusal() && explainsFirst();
  }

  /** The first page is refused: for days to come, for a page size of ours, or for a status. */
  private boolean explainsFirst() {
    if (slice.to() != null && !slice.to().isBefore(today.minusDays(2))) {
      slice = slice.open();
      beginWalk(source().perPage());
      return true;
    }
    if (walks == 0 && asked != source().perPage()) {
      beginWalk(source().perPage());
      return true;
    }
    if (walks > 0) {
      int size = nextSize();
      if (size > 0) {
        beginWalk(size);
      } else {
        long open = Math.max(0, sliceTotal - united.distinctWith(known) - unread);
        takeAsItIs(Discrepancy.MISSING, open);
      }
      return true;
    }
    if (slice.status() != null || daysBack > 0) {
      // A status that it does not know, or days too long ago: what they hide is told as missing.
      // The second day of two may be one that it shows.
      inclusive &= daysBack == 0;
      sliceEnds(0);
      return true;
    }
    return false;
  }

  @Override
  void read(PageRequest request, ListedPage page, Recorded recorded) {
    if (phase == Phase.PAGES) {
      walk.page(request.number(), request.perPage(), page);
    } else {
      walk.head(page);
    }
    for (ListedCall call : page.calls()) {
      Instant created = call.createdAt();
      if (created != null && (oldest == null || created.isBefore(oldest))) {
        oldest = created;
      }
      if (counted != null && created != null && counted.holds(created)) {
        countedNow.add(call.id());
      }
    }
  }

  private void culprit(long offset) {
    if (phase == Phase.PAGES) {
      walk.hidden();
      culprits.add(offset);
    }
    if (slice.equals(whole)) {
      foundNow = foundNow.with(offset, walk.total());
    }
  }

  @Override
  long[] suspectPlaces() {
    return slice.equals(whole) ? suspects.and(foundNow).places(walk.total()) : new long[0];
  }

  @Override
  Suspects suspects() {
    return foundNow;
  }

  @Override
  Window window() {
    return whole;
  }

  @Override
  String remark() {
    if (missing > 0) {
      return missing
          + " of the "
          + promised
          + " calls that the list's total promises are on no page"
          + (capped ? ", because ClickSpeak refuses pages from " + (lastPage + 1) + " on" : "")
          + ", with other page sizes and in smaller lists too: they may be leads that never come."
          + (capped
              ? " Raise clickspeak.per-page if it is below 100, or ask ClickSpeak's support."
              : " Either the total counts too many, or calls of the same second are listed in no"
                  + " fixed order: ask ClickSpeak's support to order them by id too.");
    }
    return oddSlices == 0
        ? remark
        : oddSlices + " slices of its days changed while they were walked.";
  }

  @Override
  String refused() {
    return refused;
  }

  /** Whether the calls were listed newest first, when it came to its end. */
  boolean newestFirst() {
    return newestFirst;
  }

  /**
   * Why it cannot come to its end in time, said once; else null. Full and wide passes together have
   * half of the account's budget.
   *
   * @param period in which a full pass is to follow the one before
   */
  String saysSlow(Duration period) {
    String slow = isSlowSaid ? null : slow(period);
    isSlowSaid |= slow != null;
    return slow;
  }

  private String slow(Duration period) {
    long all =
        walk.total() < 0 || lastDay != null ? 0 : (walk.total() + walk.size() - 1) / walk.size();
    long perMinute = Math.max(1, source().budget().perMinute() / 2);
    long minutes = all / perMinute;
    if (whole.from() == null || minutes <= period.toMinutes()) {
      return null;
    }
    return "A full pass needs "
        + all
        + " requests, which clickspeak.requests-per-minute="
        + source().budget().perMinute()
        + " stretches over about "
        + minutes
        + " minutes; it should be over within poll.full-period. It goes on, but what changed late"
        + " is seen late: raise clickspeak.requests-per-minute, clickspeak.per-page ("
        + walk.size()
        + " now) or poll.full-period, or lower poll.look-back.";
  }

  /** The first of its days that is not done yet; null before the first of them is. */
  LocalDate doneBefore() {
    return doneBefore;
  }

  /** What the next pass should know of the list. */
  Traits traits() {
    return learnt;
  }

  /** The span that it counts, or null. */
  Look.Span counted() {
    return counted;
  }

  /** How many different calls of the span it has seen. */
  int countedCalls() {
    return countedCalls;
  }
}
