package io.leadroutes.ledger;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a page holds that the ledger does not know yet.
 *
 * @param began when the page's request began, by the database's clock: nothing that was recorded
 *     later is overwritten by it
 * @param look how the pass looks at calls
 * @param baseline new calls from before the account's start
 * @param calls new or changed calls, those whose rule changed and those that settled: they are to
 *     be judged
 * @param known what the ledger knew of this page's calls, by id
 */
public record PageChanges(
    Account account,
    CallPage page,
    long began,
    Look look,
    List<Call> baseline,
    List<Call> calls,
    Map<Long, Known> known) {

  /**
   * A row of the ledger, as far as it decides what a page changes.
   *
   * @param changedAt when its content last changed, milliseconds by the ledger's clock
   * @param forgotten whether its data was removed: nothing that comes later about it counts
   * @param lead whether it is or was a lead, whatever its state is now
   */
  public record Known(
      String contentHash,
      String judgedHash,
      long changedAt,
      boolean forgotten,
      String rule,
      CallState state,
      String rejectedBy,
      String error,
      boolean lead) {}

  /** Prints numbers only. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "PageChanges[%s, %d calls to judge]", page, calls.size());
  }
}
