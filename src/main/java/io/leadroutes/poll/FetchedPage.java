package io.leadroutes.poll;

import io.leadroutes.call.CallPage;

/**
 * A page that was read.
 *
 * @param clockAhead by how many milliseconds the ledger's clock is ahead of the API's, null where
 *     the answer does not tell
 */
public record FetchedPage(PageRequest request, CallPage page, Long clockAhead) {}
