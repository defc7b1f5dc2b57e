package io.leadroutes.poll;

import io.leadroutes.call.CallPage;
import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.ledger.Look;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One walk over the pages of an account. It says which pages to ask for and learns from what comes
 * back. Its pages are fetched some at a time, so what it knows is guarded.
 */
public abstract class Pass {

  /** Asked for before the answers are looked at: a last page that cannot be must not cost much. */
  static final int AT_ONCE = 32;

  final Source source;
  final Kind kind;
  final Look look;
  final long startedAt;

  /** Places of records that could not be read even alone. Guarded by the pass. */
  final List<Long> culprits = new ArrayList<>();

  /** Which call stands before a place, where pages were read in pieces. */
  private final Map<Long, Long> edges = new HashMap<>();

  private int pages;
  private int requests;
  private int calls;
  private int unreadable;
  private int newCalls;
  private int changed;
  private int leads;
  private Long clockAhead;
  private boolean ended;
  private Exception cause;

  /**
   * @param startedAt milliseconds, by the ledger's clock
   */
  Pass(Source source, Kind kind, Look look, long startedAt) {
    this.source = source;
    this.kind = kind;
    this.look = look;
    this.startedAt = startedAt;
  }

  /** Whether there are pages to be asked for. Called when none is on its way. */
  public final synchronized boolean hasPages() {
    if (queue().isEmpty() && !ended) {
      advance();
    }
    return !ended && !queue().isEmpty();
  }

  /** The pages to ask for now, in any order. */
  public final synchronized List<PageRequest> nextPages() {
    return queue().take();
  }

  /** All that was asked for has come: asks for more, or for nothing when it is done. */
  abstract void advance();

  abstract PageQueue queue();

  /** Learns from a page before it is recorded. */
  abstract void read(PageRequest request, CallPage page);

  /** Learns from what the ledger made of a page. */
  abstract void learn(PageRequest request, CallPage page, Recorded recorded);

  /** Where in the list records are thought to be that cannot be read, ascending. */
  abstract long[] suspectPlaces();

  /** Records that could not be read even alone, for the next pass to know. */
  abstract Suspects suspects();

  /** Whether a page that was not read tells something of the list, such as its end. */
  abstract boolean explains(PageRequest request, PollException failure);

  /** The days it asked for. */
  abstract Window window();

  /** Where its calls are counted instead of recorded, or null. */
  Tally tally() {
    return null;
  }

  /** What was odd about it though it came to its end, or null. */
  abstract String remark();

  /** Why it cannot be relied on though it came to its end, or null. */
  abstract String refused();

  final synchronized void fetched(PageRequest request, CallPage page) {
    if (request.isControl()) {
      queue().isThere();
      return;
    }
    pages++;
    calls += page.calls().size();
    unreadable += page.setAside().size();
    queue().answered();
    if (request.perPage() < source.perPage() && !page.calls().isEmpty()) {
      int rows = page.calls().size();
      edges.put(request.offset() + rows, page.calls().get(rows - 1).id());
    }
    read(request, page);
  }

  /** Learns what the ledger made of a page. */
  final synchronized void recorded(PageRequest request, CallPage page, Recorded recorded) {
    newCalls += recorded.newCalls();
    changed += recorded.changed();
    leads += recorded.leads();
    learn(request, page, recorded);
  }

  /**
   * Decides what follows from a page that was not read or not recorded.
   *
   * @throws Exception the failure, when the pass cannot go on
   */
  final synchronized void failed(PageRequest request, Exception failure) throws Exception {
    if (cause != null) {
      // What ended the pass, not what came of that.
      throw cause;
    }
    PollException known = PollException.in(failure);
    if (known != null && !ended && explains(request, known)) {
      return;
    }
    try {
      queue().failed(request, failure, suspectPlaces());
    } catch (Exception e) {
      ended = true;
      cause = e;
      throw e;
    }
  }

  /** Ends the pass: pages that still wait for their turn are not asked for any more. */
  final synchronized void end() {
    ended = true;
  }

  final synchronized boolean isEnded() {
    return ended;
  }

  /** The calls behind which a record could not be read; 0 where that is not known. */
  final synchronized List<Long> hiddenBehind() {
    return culprits.stream().map(place -> edges.getOrDefault(place, 0L)).distinct().toList();
  }

  /** Notes by how much the ledger's clock is ahead of the API's; null where it does not tell. */
  final synchronized void heard(Long ahead) {
    clockAhead = ahead == null ? clockAhead : ahead;
  }

  /** By how many milliseconds the ledger's clock was ahead last, or null. */
  final synchronized Long clockAhead() {
    return clockAhead;
  }

  final synchronized void requested() {
    requests++;
  }

  final synchronized int pages() {
    return pages;
  }

  final synchronized int requests() {
    return requests;
  }

  /** Calls on the pages, those that came twice counted twice. */
  final synchronized int calls() {
    return calls;
  }

  /** Records that it met, those that came twice counted twice. */
  final synchronized int records() {
    return calls + unreadable();
  }

  /** Records among them that cannot be read, or that keep their page from being read. */
  final synchronized int unreadable() {
    return unreadable + culprits.size();
  }

  final synchronized int newCalls() {
    return newCalls;
  }

  final synchronized int changed() {
    return changed;
  }

  final synchronized int leads() {
    return leads;
  }

  @Override
  public final String toString() {
    return "Pass[" + source.account().name() + " " + kind.word() + "]";
  }
}
