package io.leadroutes.ledger;

import io.leadroutes.call.Call;
import java.time.Instant;
import java.util.List;

/**
 * How a pass looks at the calls of an account.
 *
 * @param rule fingerprint of the account's present rule
 * @param againFrom calls created since are judged again where they were judged by another rule;
 *     milliseconds
 * @param settleMillis how long a call may stay as it is before it counts as settled
 * @param lifted calls created in it are judged even when they are baseline, null for none
 * @param sinks where leads in the lifted range go, empty for all
 */
public record Look(
    String rule, long againFrom, long settleMillis, Span lifted, List<String> sinks) {

  /**
   * A span of creation times.
   *
   * @param from included, milliseconds
   * @param to not included
   */
  public record Span(long from, long to) {

    /** Whether the call belongs to it; one without a creation time does, because it was listed. */
    public boolean holds(Call call) {
      return call.createdAt() == null || holds(call.createdAt());
    }

    /** Whether a call created then belongs to it. */
    public boolean holds(Instant created) {
      return created.toEpochMilli() >= from && created.toEpochMilli() < to;
    }
  }

  /** As a pass looks that lifts nothing. */
  public static Look live(String rule, long againFrom, long settleMillis) {
    return new Look(rule, againFrom, settleMillis, null, List.of());
  }

  boolean lifts(Call call) {
    return lifted != null && lifted.holds(call);
  }

  boolean again(Call call, String judgedBy) {
    return !rule.equals(judgedBy) && isRecent(call);
  }

  /** Whether a call is recent enough to be judged again by today's rule. */
  boolean isRecent(Call call) {
    return call.createdAt() == null || call.createdAt().toEpochMilli() >= againFrom;
  }
}
