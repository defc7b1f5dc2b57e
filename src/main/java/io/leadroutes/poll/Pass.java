package io.leadroutes.poll;

import io.leadroutes.call.CallPage;
import io.leadroutes.ledger.Calls.Recorded;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One walk over the pages of an account. Its pages are fetched some at a time, so what it counts is
 * guarded.
 */
public final class Pass {

  final Source source;
  final LocalDate dateFrom;
  final long startedAt;

  /** Handed out at once: a number of pages that cannot be must not fill the memory. */
  private static final int MOST_PAGES = 1000;

  private int next = 1;
  private int last = 1;
  private int pages;
  private int requests;
  private int newCalls;
  private int changed;
  private int setAside;
  private int notJudged;
  private boolean refused;

  /**
   * @param dateFrom first day of the window, null for all calls
   * @param startedAt milliseconds, by the ledger's clock
   */
  Pass(Source source, LocalDate dateFrom, long startedAt) {
    this.source = source;
    this.dateFrom = dateFrom;
    this.startedAt = startedAt;
  }

  /** Whether there are pages that were not asked for yet. */
  public synchronized boolean hasPages() {
    return next <= last;
  }

  /** Some of the pages known so far that were not asked for yet: page 1 first, alone. */
  public synchronized List<PageRequest> nextPages() {
    int end = (int) Math.min(last + 1L, next + (long) MOST_PAGES);
    List<PageRequest> requests =
        IntStream.range(next, end).mapToObj(n -> new PageRequest(this, n)).toList();
    next = end;
    return requests;
  }

  /** Ends the pass before its last page. */
  synchronized void refused() {
    refused = true;
  }

  /** Whether pages that still wait for their turn are not to be asked for any more. */
  synchronized boolean isRefused() {
    return refused;
  }

  synchronized void requested() {
    requests++;
  }

  /** Learns from a page how many there are. A page that is empty ends the list. */
  synchronized void fetched(CallPage page) {
    pages++;
    if (!page.calls().isEmpty() || !page.setAside().isEmpty()) {
      last = Math.max(last, page.lastPage());
    }
  }

  /**
   * @param failed calls of the page whose judging failed
   */
  synchronized void recorded(Recorded recorded, int failed) {
    newCalls += recorded.newCalls();
    changed += recorded.changed();
    setAside += recorded.setAside();
    notJudged += failed;
  }

  synchronized int pages() {
    return pages;
  }

  synchronized int requests() {
    return requests;
  }

  synchronized int newCalls() {
    return newCalls;
  }

  synchronized int changed() {
    return changed;
  }

  /** Records that cannot be read and were not seen in an earlier pass. */
  synchronized int setAside() {
    return setAside;
  }

  /** Calls whose judging failed, in this pass. */
  synchronized int notJudged() {
    return notJudged;
  }

  @Override
  public String toString() {
    return "Pass[" + source.account().name() + " from " + dateFrom + "]";
  }
}
