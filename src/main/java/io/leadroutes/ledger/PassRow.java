package io.leadroutes.ledger;

/**
 * One walk over the pages of an account, as the ledger keeps it.
 *
 * @param kind quick, full, wide, backfill or preview
 * @param dateFrom as it was asked for, null for all calls
 * @param dateTo last day, null for no end
 * @param startedAt milliseconds, by the database's clock
 * @param records how many the pass met, those that cannot be read included
 * @param unreadable how many of them cannot be read
 * @param clockAhead by how many milliseconds the ledger's clock is ahead of the API's, or null
 * @param remark what was odd about it all the same, or null
 * @param refused null when the pass was accepted, else why not
 * @param stopped whether only the end of the service ended it, which is no trouble
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
    int records,
    int unreadable,
    Long clockAhead,
    String remark,
    String refused,
    boolean stopped) {

  /** Whether it looked for what is new, rather than at days long past. */
  boolean isLive() {
    return kind.equals("quick") || isFull();
  }

  boolean isFull() {
    return kind.equals("full");
  }
}
