package io.leadroutes.poll;

import io.leadroutes.call.CallPage.Next;
import io.leadroutes.poll.ListedPage.ListedCall;
import java.time.Instant;
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
    CAPPED("pages behind it are refused"),
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
  private static final int MAX_REPEATS = 3;

  /** Pages of one and the same row, one behind the other. */
  private static final int MAX_SAME = 10;

  private final SeenIds seen = new SeenIds();
  private final Set<Integer> setAside = new HashSet<>();
  private final Set<Long> pages = new HashSet<>();
  private List<ListedCall> headAtStart = List.of();
  private final Order order = new Order();
  private int size;
  private boolean sized;
  private long totalAtStart = -1;
  private long totalAtEnd = -1;
  private long last = 1;
  private long end = Long.MAX_VALUE;
  private int repeats;
  private int same;
  private long previous;
  private int hidden;
  private int doubles;
  private long firstPage;
  private boolean otherPages;
  private boolean cursor;
  private long pagesByTotal = -1;
  private long pagesTold;
  private int newAtHead;
  private boolean headSeen;
  private boolean headMet;
  private boolean headGone;
  private boolean single = true;
  private boolean refused;
  private final Set<Long> shorts = new HashSet<>();
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
  void page(int number, int asked, ListedPage page) {
    int rows = page.rows();
    boolean whole = asked == size;
    if (whole && number > 1 && isPastEnd(number) && isRepeated(number, page)) {
      // Some answer a page that there is not with the last or the first one.
      ends(number);
      return;
    }
    if (whole && !sized) {
      takeSize(page, rows);
    }
    if (number == 1 && totalAtStart < 0) {
      totalAtStart = page.total();
      totalAtEnd = page.total();
      headAtStart = page.calls();
    }
    cursor |= page.cursor();
    promise(page);
    seeAll(page);
    order.add((number - 1L) * asked, page, whole);
    if (rows == 0) {
      endsBefore(number, asked);
    }
    if (whole) {
      extend(number, page, rows);
    } else if (rows > 0) {
      // A page read in pieces does not prove the end.
      last = Math.max(last, (number - 1L) * asked / size + 2);
      single = false;
    }
    if (whole && rows < size) {
      shorts.add((long) number);
    }
    if (whole && rows > 1) {
      firstPage = number == 1 ? signature(page) : firstPage;
      otherPages |= number > 1 && signature(page) != firstPage;
    }
    if (page.currentPage() != 0 && page.currentPage() != number) {
      repeated(Discrepancy.WRONG_PAGE, number);
    } else if (whole && (isSameAgain(page, rows) || (rows > 1 && !pages.add(signature(page))))) {
      repeated(Discrepancy.PAGE_TWICE, number);
    } else if (whole && rows < size && number < page.lastPage()) {
      found(Discrepancy.SHORT_PAGE);
    }
  }

  /** Pages of one row may come twice where another one came before them, but not for ever. */
  private boolean isSameAgain(ListedPage page, int rows) {
    long signature = signature(page);
    same = rows == 1 && signature == previous ? same + 1 : 0;
    previous = signature;
    return same >= MAX_SAME;
  }

  private boolean isRepeated(int number, ListedPage page) {
    return (page.currentPage() != 0 && page.currentPage() != number)
        || (page.rows() > 0 && pages.contains(signature(page)));
  }

  private void takeSize(ListedPage page, int rows) {
    boolean clamped = page.perPage() >= 1 && page.perPage() < size;
    // A single page that does not say its size tells the number of its rows.
    if (clamped && (rows >= page.perPage() || page.lastPage() > 1)) {
      size = page.perPage();
    }
    sized = true;
  }

  private void extend(int number, ListedPage page, int rows) {
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
    // Only a page that is not full proves the end, because the numbers may lie; and not even that
    // does where nothing is told of the list: what is left out of a page need not be the last.
    boolean untold = !page.tellsTotal() && !page.tellsLastPage() && page.next() == Next.UNTOLD;
    if (rows >= size || page.next() == Next.FOLLOWS || untold) {
      last = Math.max(last, number + 1L);
    }
    single &= last == 1;
  }

  private void repeated(Discrepancy kind, int number) {
    found(kind);
    if (++repeats >= MAX_REPEATS) {
      end = Math.min(end, number);
    }
  }

  private void promise(ListedPage page) {
    if (page.tellsTotal()) {
      pagesByTotal = Math.max(pagesByTotal, (page.total() + size - 1) / size);
    }
    pagesTold = Math.max(pagesTold, page.lastPage());
  }

  /** Pages that the answers agree on, or below one where they tell none. */
  private long promised() {
    return pagesByTotal >= 0 && pagesTold > 0
        ? Math.min(pagesByTotal, pagesTold)
        : Math.max(pagesByTotal, pagesTold);
  }

  private void seeAll(ListedPage page) {
    see(page);
    doubles +=
        page.calls().size() - (int) page.calls().stream().map(ListedCall::id).distinct().count();
    setAside.addAll(page.setAside());
  }

  private void see(ListedPage page) {
    page.calls().forEach(call -> seen.add(call.id()));
  }

  /** Whether a page stands behind the last one that the answers agree on. */
  boolean isPastEnd(int number) {
    return tellsEnd() && number > promised();
  }

  /** Whether the answers tell how long the list is. */
  boolean tellsEnd() {
    return pagesByTotal >= 0 || pagesTold > 0;
  }

  /** A page or a piece of one holds nothing. */
  void endsBefore(int number, int asked) {
    end = Math.min(end, asked == size ? number - 1L : (number - 1L) * asked / size + 1);
  }

  /** There is no such page. */
  void ends(int number) {
    end = Math.min(end, number - 1L);
  }

  /** The API shows no page from this one on, though its numbers promise more. */
  void capped(int number) {
    end = Math.min(end, number - 1L);
    refused = true;
  }

  /**
   * Whether pages were refused that there must be: where the last one that was answered is not
   * full, the numbers lie.
   */
  boolean isCapped() {
    return refused && end < Long.MAX_VALUE && !shorts.contains(end);
  }

  /** The head has no more pages. */
  void headEnds() {
    headMet = true;
  }

  /** Whether every page was the first one again. */
  boolean isWithoutPages() {
    return repeats > 0 && !otherPages;
  }

  /** Whether the answers name a cursor for what follows. */
  boolean namesCursor() {
    return cursor;
  }

  private static long signature(ListedPage page) {
    long signature = page.setAside().size();
    for (ListedCall call : page.calls()) {
      signature = signature * 1_000_003 + call.id();
    }
    return signature;
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
  void head(ListedPage page) {
    if (!headSeen) {
      // Its first page: what came after that is not looked for any more.
      totalAtEnd = page.total();
      headSeen = true;
      headGone = lostOneOf(headAtStart, page);
    }
    int known = 0;
    for (ListedCall call : page.calls()) {
      if (seen.contains(call.id())) {
        known++;
      } else {
        newAtHead++;
      }
    }
    headMet = known > 0 || page.rows() < size || page.calls().isEmpty();
    see(page);
  }

  /**
   * Whether one of these is gone. So many of them as have come to the page from above or below may
   * have been pushed out of it, from their end; a delete further up moved all pages, and hid a call
   * where one was read before it and the next one after. An insert at the list's end makes up for
   * it in the total.
   */
  private static boolean lostOneOf(List<ListedCall> before, ListedPage page) {
    Set<Long> now = page.calls().stream().map(ListedCall::id).collect(Collectors.toSet());
    if (now.size() != before.size() || before.isEmpty()) {
      return false;
    }
    long others = now.stream().filter(id -> before.stream().noneMatch(b -> b.id() == id)).count();
    // Where calls have equal times, which of them stands at the border of a page is left to chance.
    Instant border = before.get(before.size() - 1).createdAt();
    return before.subList(0, before.size() - (int) others).stream()
        .filter(head -> border == null || !border.equals(head.createdAt()))
        .anyMatch(head -> !now.contains(head.id()));
  }

  private long listed() {
    return seen.distinct() + unread();
  }

  /** Records that the total counts and that are none of the calls that were seen. */
  long unread() {
    return setAside.size() + hidden + doubles;
  }

  /** Calls in the list when the walk ended, or below zero where that is not known. */
  long totalAtEnd() {
    return totalAtEnd;
  }

  /** How many calls more the total promises than were listed; may be below zero. */
  long missing() {
    return totalAtEnd < 0 ? 0 : totalAtEnd - listed();
  }

  /** Whether calls may have left the list while it was walked. */
  boolean lostCalls() {
    return headGone || (totalAtEnd >= 0 && totalAtEnd < totalAtStart + newAtHead);
  }

  /** Whether the list was the same while it was walked, but for what came at its head. */
  boolean isSteady() {
    return totalAtEnd >= 0 && totalAtEnd == totalAtStart + newAtHead && !headGone;
  }

  /** What does not fit, or null when the walk has seen everything there was. */
  Discrepancy discrepancy() {
    if (isCapped()) {
      found(Discrepancy.CAPPED);
    }
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
    return order.newestFirst();
  }

  /** The calls that were seen. */
  SeenIds seen() {
    return seen;
  }
}
