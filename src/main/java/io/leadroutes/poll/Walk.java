package io.leadroutes.poll;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.SetAside;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one walk over a list has seen, and whether that can have been all of it. A list of page
 * numbers changes while it is walked: an insert repeats rows, a delete hides some. So the pages are
 * held against each other, against the totals they tell, and against the head of the list at the
 * end. A pure record of answers: it knows nothing of requests.
 */
final class Walk {

  /** What does not fit. Three walks in a row with the same are taken as a trait of the API. */
  enum Discrepancy {
    WRONG_PAGE("a page was answered with another one"),
    PAGE_TWICE("a page came twice"),
    PAGE_SIZE("the size of the pages changed"),
    SHORT_PAGE("a page in the middle was not full"),
    TOTAL("the total does not tell of what was added meanwhile"),
    MISSING("more or fewer calls were listed than the total says"),
    HEAD_GONE("a call at the head of the list is gone");

    final String text;

    Discrepancy(String text) {
      this.text = text;
    }
  }

  /** Wrong or repeated pages until the walk gives up: an API that answers page 1 for ever. */
  private static final int MOST_REPEATS = 3;

  /** One page, as far as the order of the list is concerned. */
  private record Stretch(long offset, Instant first, boolean newestFirst) {}

  private final SeenIds seen = new SeenIds();
  private final Set<Integer> setAside = new HashSet<>();
  private final Set<Long> pages = new HashSet<>();
  private List<Long> headAtStart = List.of();
  private final List<Stretch> stretches = new ArrayList<>();
  private int size;
  private boolean sized;
  private long totalAtStart = -1;
  private long totalAtEnd = -1;
  private long last = 1;
  private long end = Long.MAX_VALUE;
  private int repeats;
  private int hidden;
  private int newAtHead;
  private boolean headSeen;
  private boolean headMet;
  private boolean headGone;
  private boolean single = true;
  private Discrepancy discrepancy;

  /**
   * @param perPage calls a page that will be asked for
   */
  Walk(int perPage) {
    size = perPage;
  }

  /** Calls a page, as the API answered for the first one: it may clamp what was asked for. */
  int size() {
    return size;
  }

  /** The last page there is, as far as it is known. */
  long last() {
    return Math.min(last, end);
  }

  /** Calls in the list, as page 1 said; below zero while that is not known. */
  long total() {
    return totalAtStart;
  }

  /** Adds the answer to a request for a page. */
  void page(int number, int asked, CallPage page) {
    int rows = page.calls().size() + page.setAside().size();
    boolean whole = asked == size;
    if (whole && !sized) {
      takeSize(page, rows);
    }
    if (number == 1 && totalAtStart < 0) {
      totalAtStart = page.total();
      totalAtEnd = page.total();
      headAtStart = page.calls().stream().map(Call::id).toList();
    }
    see(page);
    observeOrder((number - 1L) * asked, page);
    if (rows == 0) {
      end = Math.min(end, whole ? number - 1L : (number - 1L) * asked / size + 1);
    }
    if (whole) {
      extend(number, page, rows);
    } else if (rows > 0) {
      // A page read in pieces does not prove the end.
      last = Math.max(last, (number - 1L) * asked / size + 2);
      single = false;
    }
    if (page.currentPage() != 0 && page.currentPage() != number) {
      repeated(Discrepancy.WRONG_PAGE, number);
    } else if (whole && rows > 1 && !pages.add(signature(page))) {
      repeated(Discrepancy.PAGE_TWICE, number);
    } else if (whole && rows < size && number < page.lastPage()) {
      found(Discrepancy.SHORT_PAGE);
    }
  }

  private void takeSize(CallPage page, int rows) {
    boolean clamped = page.perPage() >= 1 && page.perPage() < size;
    // A single page that does not say its size tells the number of its rows.
    if (clamped && (rows >= page.perPage() || page.lastPage() > 1)) {
      size = page.perPage();
    }
    sized = true;
  }

  private void extend(int number, CallPage page, int rows) {
    boolean middle = number < page.lastPage();
    if (middle && page.perPage() >= 1 && page.perPage() != size) {
      found(Discrepancy.PAGE_SIZE);
    }
    if (rows == 0) {
      return;
    }
    last = Math.max(last, Math.max(page.lastPage(), number));
    if (page.total() > 0) {
      last = Math.max(last, (page.total() + size - 1) / size);
    }
    if (rows >= size) {
      // Only a page that is not full proves the end; the numbers may lie.
      last = Math.max(last, number + 1L);
    }
    single &= last == 1;
  }

  private void repeated(Discrepancy kind, int number) {
    found(kind);
    if (++repeats >= MOST_REPEATS) {
      end = Math.min(end, number);
    }
  }

  private void see(CallPage page) {
    page.calls().forEach(call -> seen.add(call.id()));
    for (SetAside record : page.setAside()) {
      setAside.add(record.raw().json().hashCode());
    }
  }

  private static long signature(CallPage page) {
    long signature = page.setAside().size();
    for (Call call : page.calls()) {
      signature = signature * 1_000_003 + call.id();
    }
    return signature;
  }

  private void observeOrder(long offset, CallPage page) {
    if (page.calls().isEmpty()) {
      return;
    }
    boolean newestFirst = true;
    Instant before = null;
    for (Call call : page.calls()) {
      Instant created = call.createdAt();
      newestFirst &= created != null && (before == null || !created.isAfter(before));
      before = created;
    }
    stretches.add(new Stretch(offset, page.calls().get(0).createdAt(), newestFirst));
  }

  /** Notes a record that cannot be read even alone. */
  void hidden() {
    hidden++;
  }

  private void found(Discrepancy kind) {
    if (discrepancy == null || kind.ordinal() < discrepancy.ordinal()) {
      discrepancy = kind;
    }
  }

  /**
   * Whether the head of the list has to be looked at again: not where one page held the whole list.
   */
  boolean needsHead() {
    boolean whole = totalAtEnd < 0 || listed() == totalAtEnd;
    return !(single && whole && discrepancy == null) && !headMet;
  }

  /** Adds a page of the head, as it is at the end. */
  void head(CallPage page) {
    if (!headSeen) {
      // Its first page: what came after that is not looked for any more.
      totalAtEnd = page.total();
      headSeen = true;
      headGone = lostOneOf(headAtStart, page);
    }
    int known = 0;
    for (Call call : page.calls()) {
      if (seen.contains(call.id())) {
        known++;
      } else {
        newAtHead++;
      }
    }
    int rows = page.calls().size() + page.setAside().size();
    headMet = known > 0 || rows < size || page.calls().isEmpty();
    see(page);
  }

  /**
   * Whether one of these is gone. So many of them as have come to the page from above or below may
   * have been pushed out of it, from their end; a delete further up moved all pages, and hid a call
   * where one was read before it and the next one after. An insert at the list's end makes up for
   * it in the total.
   */
  private static boolean lostOneOf(List<Long> before, CallPage page) {
    Set<Long> now = page.calls().stream().map(Call::id).collect(Collectors.toSet());
    if (now.size() != before.size()) {
      return false;
    }
    long others = now.stream().filter(id -> !before.contains(id)).count();
    return !now.containsAll(before.subList(0, before.size() - (int) others));
  }

  private long listed() {
    return seen.distinct() + setAside.size() + hidden;
  }

  /** What does not fit, or null when the walk has seen everything there was. */
  Discrepancy discrepancy() {
    if (discrepancy == null && totalAtStart >= 0 && totalAtEnd >= 0) {
      if (totalAtEnd != totalAtStart + newAtHead) {
        found(Discrepancy.TOTAL);
      } else if (listed() != totalAtEnd) {
        found(Discrepancy.MISSING);
      } else if (headGone) {
        found(Discrepancy.HEAD_GONE);
      }
    }
    return discrepancy;
  }

  /** Whether the calls were listed newest first. */
  boolean newestFirst() {
    stretches.sort(Comparator.comparingLong(Stretch::offset));
    Instant before = null;
    for (Stretch stretch : stretches) {
      // Inserts repeat the end of a page at the head of the next, so heads are held against heads.
      if (!stretch.newestFirst() || (before != null && stretch.first().isAfter(before))) {
        return false;
      }
      before = stretch.first();
    }
    return true;
  }

  /** The calls that were seen. */
  SeenIds seen() {
    return seen;
  }
}
