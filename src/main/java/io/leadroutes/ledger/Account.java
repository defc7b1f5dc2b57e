package io.leadroutes.ledger;

/**
 * An account as the ledger remembers it.
 *
 * @param startAt calls created before it are baseline: remembered, never judged; milliseconds
 * @param acceptedAt when the last full pass began that was accepted, milliseconds, or null
 * @param wideAt when the last wide pass began that came through, milliseconds, or null
 */
public record Account(long id, String name, long startAt, Long acceptedAt, Long wideAt) {}
