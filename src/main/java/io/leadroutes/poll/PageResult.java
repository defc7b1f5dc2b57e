package io.leadroutes.poll;

import io.leadroutes.ledger.Calls.Recorded;

/**
 * What became of one request of a round.
 *
 * @param page what it listed, null where no page was read
 * @param recorded what the ledger made of it
 * @param failure why the page was not read or not recorded; null with a page, and where the request
 *     was not made at all
 * @param clockAhead by how many milliseconds the ledger's clock is ahead of the API's, null where
 *     the answer does not tell
 */
public record PageResult(
    PageRequest request, ListedPage page, Recorded recorded, Exception failure, Long clockAhead) {

  static PageResult of(FetchedPage fetched, Recorded recorded) {
    ListedPage page = ListedPage.of(fetched.page());
    return new PageResult(fetched.request(), page, recorded, null, fetched.clockAhead());
  }

  static PageResult failed(PageRequest request, Exception failure) {
    PollException known = PollException.in(failure);
    Long ahead = known == null ? null : known.clockAhead();
    return new PageResult(request, null, Recorded.NOTHING, failure, ahead);
  }

  /** The budget had no room for it yet. */
  static PageResult unasked(PageRequest request) {
    return new PageResult(request.waiting(request.notBefore()), null, Recorded.NOTHING, null, null);
  }

  boolean isUnasked() {
    return page == null && failure == null;
  }
}
