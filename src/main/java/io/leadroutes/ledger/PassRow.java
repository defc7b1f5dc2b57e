package io.leadroutes.ledger;

/**
 * One walk over the pages of an account, as the ledger keeps it.
 *
 * @param kind quick, full, wide, backfill or preview
 * @param dateFrom as it was asked for, null for all calls
 * @param dateTo last day, null for no end
 * @param startedAt milliseconds, by the database's clock
 * @param remark what was odd about it all the same, or null
 * @param refused null when the pass was accepted, else why not
 */
public record PassRow(
    Account account,
    String kind,
    String dateFrom,
    String dateTo,
    long startedAt,
    int pages,
    int requests,
    int newCalls,
    int changed,
    String remark,
    String refused) {}
