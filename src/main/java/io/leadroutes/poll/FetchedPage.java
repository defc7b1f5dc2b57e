package io.leadroutes.poll;

import io.leadroutes.call.CallPage;

/**
 * A page that was read.
 *
 * @param began when its request began, milliseconds by the ledger's clock
 */
public record FetchedPage(PageRequest request, CallPage page, long began) {

  Pass pass() {
    return request.pass();
  }
}
