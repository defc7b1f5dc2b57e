package io.leadroutes.ledger;

import io.leadroutes.call.Call;
import io.leadroutes.call.ContentHash;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.PageChanges.Known;
import java.time.Duration;
import java.util.Objects;

/** One row to write: a call, and what was decided about it. */
record CallRow(Call call, CallState state, Verdict verdict, Known before) {

  private static final Duration ONE_DAY = Duration.ofDays(1);

  static CallRow of(Verdict verdict, Known before) {
    CallState state =
        verdict.error() != null
            ? CallState.FAILED
            : verdict.qualified()
                ? CallState.LEAD
                : verdict.call().open() ? CallState.OPEN : CallState.REJECTED;
    return new CallRow(verdict.call(), state, verdict, before);
  }

  boolean differs(Look look) {
    return before == null
        || !before.contentHash().equals(call.contentHash())
        || !Objects.equals(before.judgedHash(), judgedHash())
        || !look.rule().equals(before.rule())
        || before.state() != state
        || !Objects.equals(before.rejectedBy(), rejectedBy())
        || !Objects.equals(before.error(), error());
  }

  /** A lead that is known may lack deliveries that a backfill wants. */
  boolean isToWrite(Look look) {
    return differs(look) || (state == CallState.LEAD && look.lifts(call));
  }

  /**
   * By how much the version rises. A hash of another rule says nothing, so the row is rewritten
   * without a word.
   */
  int changed() {
    return before != null
            && ContentHash.comparable(before.contentHash(), call.contentHash())
            && !before.contentHash().equals(call.contentHash())
        ? 1
        : 0;
  }

  /**
   * How long it keeps windows open: one that is not over for a day from its beginning, one that
   * waits for its evaluation as long as {@code lead.settle} says.
   */
  Long openUntil(long began, Look look) {
    if (state != CallState.OPEN) {
      return null;
    }
    if (call.terminal()) {
      return began + look.settleMillis();
    }
    long created = call.createdAt() == null ? began : call.createdAt().toEpochMilli();
    return created + ONE_DAY.toMillis();
  }

  boolean wasLead() {
    return before != null && before.lead();
  }

  /** Null where there is no verdict to rely on, so that the call is judged again. */
  String judgedHash() {
    return verdict == null || error() != null ? null : call.judgedOn();
  }

  String rejectedBy() {
    return verdict == null ? null : verdict.rejectedBy();
  }

  String error() {
    return verdict == null ? null : verdict.error();
  }

  /** Leads need it for delivery, a withdrawn one until its deliveries are settled. */
  String raw() {
    boolean kept = state == CallState.BASELINE || (state == CallState.REJECTED && !wasLead());
    return kept ? null : call.raw().json();
  }
}
