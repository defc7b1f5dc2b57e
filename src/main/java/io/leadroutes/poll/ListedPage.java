package io.leadroutes.poll;

import io.leadroutes.call.CallPage;
import io.leadroutes.call.CallPage.Next;
import java.time.Instant;
import java.util.List;

/**
 * What a pass learns from a page: which calls it lists and what it tells of the list, without the
 * calls' data, so that a pass may hold some pages at a time.
 *
 * @param currentPage the number the answer gives itself, from 1; 0 where it gives none
 * @param lastPage the last page there is, as the answer says; 0 where it does not say
 * @param perPage calls a page, as the answer says
 * @param total calls in the whole list, as the answer says; -1 where it does not say
 * @param calls in their order
 * @param setAside of each record that could not be read, a hash of its text
 * @param next whether the answer says that a page follows this one
 * @param cursor whether it names a cursor for the next page
 */
record ListedPage(
    int currentPage,
    int lastPage,
    int perPage,
    long total,
    List<ListedCall> calls,
    List<Integer> setAside,
    Next next,
    boolean cursor) {

  /**
   * One call of the list.
   *
   * @param createdAt null where it has no creation time
   */
  record ListedCall(long id, Instant createdAt) {}

  static ListedPage of(CallPage page) {
    return new ListedPage(
        page.currentPage(),
        page.lastPage(),
        page.perPage(),
        page.total(),
        page.calls().stream().map(call -> new ListedCall(call.id(), call.createdAt())).toList(),
        page.setAside().stream().map(record -> record.raw().json().hashCode()).toList(),
        page.next(),
        page.cursor());
  }

  /** Whether the answer says how many calls the list has. */
  boolean tellsTotal() {
    return total >= 0;
  }

  /** Whether the answer says which page is the last. */
  boolean tellsLastPage() {
    return lastPage > 0;
  }

  /** Records of the page, those that could not be read too. */
  int rows() {
    return calls.size() + setAside.size();
  }
}
