package io.leadroutes.ledger;

/**
 * An account as the ledger remembers it.
 *
 * @param leadKey what the external keys of its leads begin with: the name it was first known by
 * @param startAt calls created before it are baseline: remembered, never judged; milliseconds
 * @param acceptedAt when the last full pass began that was accepted, milliseconds, or null
 * @param wideAt when the last wide pass began that came through, milliseconds, or null
 */
public record Account(
    long id, String name, String leadKey, long startAt, Long acceptedAt, Long wideAt) {}
