package io.leadroutes.poll;

import io.leadroutes.ledger.Calls.Recorded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One walk over the pages of an account, as a fold: a round of requests goes out, its results come
 * in, and what they tell decides on the next round. Used by one thread at a time; it knows neither
 * the API nor the ledger.
 */
public abstract class Pass {

  /** Requests of a round: an outage, or a last page that lies, costs no more than these. */
  static final int MAX_ROUND = 4;

  final PassScope scope;
  final long startedAt;

  /** Places of records that could not be read even alone. */
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

  /**
   * @param startedAt milliseconds, by the ledger's clock
   */
  Pass(PassScope scope, long startedAt) {
    this.scope = scope;
    this.startedAt = startedAt;
  }

  /**
   * Learns from the results of a round and says what to ask for next.
   *
   * @param results one for each request of the round before; none at the beginning
   * @return the requests of the next round, in any order; none when the pass has come to its end
   * @throws Exception the failure of a page without which the pass cannot go on
   */
  final List<PageRequest> next(List<PageResult> results) throws Exception {
    Exception end = null;
    for (PageResult result : results) {
      count(result);
      end = end == null ? learn(result) : end;
    }
    if (end != null) {
      throw end;
    }
    if (queue().isEmpty()) {
      advance();
    }
    return queue().take(MAX_ROUND);
  }

  private void count(PageResult result) {
    requests += result.isUnasked() ? 0 : 1;
    clockAhead = result.clockAhead() == null ? clockAhead : result.clockAhead();
    newCalls += result.recorded().newCalls();
    changed += result.recorded().changed();
    leads += result.recorded().leads();
    if (result.page() != null && !result.request().isControl()) {
      pages++;
      calls += result.page().calls().size();
      unreadable += result.page().setAside().size();
    }
  }

  /** What ends the pass, or null. */
  private Exception learn(PageResult result) {
    PageRequest request = result.request();
    if (result.isUnasked()) {
      queue().putBack(request);
    } else if (result.failure() != null) {
      return failed(request, result.failure());
    } else if (request.isControl()) {
      queue().isThere();
    } else {
      ListedPage page = result.page();
      queue().answered();
      if (request.perPage() < scope.source().perPage() && !page.calls().isEmpty()) {
        int rows = page.calls().size();
        edges.put(request.offset() + rows, page.calls().get(rows - 1).id());
      }
      read(request, page, result.recorded());
    }
    return null;
  }

  private Exception failed(PageRequest request, Exception failure) {
    PollException known = PollException.in(failure);
    if (known != null && explains(request, known)) {
      return null;
    }
    try {
      queue().failed(request, failure, suspectPlaces());
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  /** All that was asked for has come: asks for more, or for nothing when it is done. */
  abstract void advance();

  abstract PageQueue queue();

  /** Learns from a page and from what the ledger made of it. */
  abstract void read(PageRequest request, ListedPage page, Recorded recorded);

  /** Where in the list records are thought to be that cannot be read, ascending. */
  abstract long[] suspectPlaces();

  /** Records that could not be read even alone, for the next pass to know. */
  abstract Suspects suspects();

  /** Whether a page that was not read tells something of the list, such as its end. */
  abstract boolean explains(PageRequest request, PollException failure);

  /** The days it asked for. */
  abstract Window window();

  /** What was odd about it though it came to its end, or null. */
  abstract String remark();

  /** Why it cannot be relied on though it came to its end, or null. */
  abstract String refused();

  final Source source() {
    return scope.source();
  }

  final Kind kind() {
    return scope.kind();
  }

  /** The calls behind which a record could not be read; 0 where that is not known. */
  final List<Long> hiddenBehind() {
    return culprits.stream().map(place -> edges.getOrDefault(place, 0L)).distinct().toList();
  }

  /** By how many milliseconds the ledger's clock was ahead of the API's last, or null. */
  final Long clockAhead() {
    return clockAhead;
  }

  final int pages() {
    return pages;
  }

  final int requests() {
    return requests;
  }

  /** Calls on the pages, those that came twice counted twice. */
  final int calls() {
    return calls;
  }

  /** Records that it met, those that came twice counted twice. */
  final int records() {
    return calls + unreadable();
  }

  /** Records among them that cannot be read, or that keep their page from being read. */
  final int unreadable() {
    return unreadable + culprits.size();
  }

  final int newCalls() {
    return newCalls;
  }

  final int changed() {
    return changed;
  }

  final int leads() {
    return leads;
  }

  @Override
  public final String toString() {
    return "Pass[" + source().account().name() + " " + kind().word() + "]";
  }
}
