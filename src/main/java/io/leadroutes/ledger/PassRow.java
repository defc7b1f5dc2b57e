package io.leadroutes.ledger;

/**
 * One walk over the pages of an account, as the ledger keeps it.
 *
 * @param kind full
 * @param dateFrom as it was asked for, null for all calls
 * @param startedAt milliseconds, by the database's clock
 * @param refused null when the pass was accepted, else why not
 */
public record PassRow(
    Account account,
    String kind,
    String dateFrom,
    long startedAt,
    int pages,
    int requests,
    int newCalls,
    int changed,
    String refused) {}
