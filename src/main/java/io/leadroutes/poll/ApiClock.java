package io.leadroutes.poll;

import io.leadroutes.http.ServerTime;
import io.leadroutes.ledger.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** How far the ledger's clock is from ClickSpeak's, by what its answers say. */
final class ApiClock {

  /** An answer may take a minute, and half an hour moves midnight for few calls only. */
  private static final Duration TOO_WRONG_TO_BEGIN = Duration.ofMinutes(10);

  private ApiClock() {}

  /**
   * By how many milliseconds the ledger's clock is ahead, negative for behind; null where the
   * answer does not tell.
   *
   * @param began when the request began, by the ledger's clock
   */
  static Long ahead(Map<String, Object> headers, long began) {
    Instant told = ServerTime.in(headers);
    return told == null ? null : began - told.toEpochMilli();
  }

  /**
   * When the start of an account was fixed that was never read before.
   *
   * @param at by the ledger's clock, milliseconds
   * @param nanos the same moment by {@link System#nanoTime}, which nobody sets
   */
  record Beginning(long at, long nanos) {

    /** By how much the ledger's clock was ahead then, by what time an answer tells now. */
    private Duration ahead(Instant told) {
      long since = (System.nanoTime() - nanos) / 1_000_000;
      return Duration.ofMillis(at - (told.toEpochMilli() - since));
    }
  }

  /**
   * Refuses to begin an account on a day that a wrong clock has chosen.
   *
   * @throws PollException with what to do
   */
  static void check(Beginning beginning, Map<String, Object> headers) throws PollException {
    Instant told = beginning == null ? null : ServerTime.in(headers);
    if (told == null || beginning.ahead(told).abs().compareTo(TOO_WRONG_TO_BEGIN) <= 0) {
      return;
    }
    Duration ahead = beginning.ahead(told);
    throw PollException.of(
        PollException.Kind.CLOCK,
        "The clock is "
            + TimeSpan.said(ahead)
            + (ahead.isNegative() ? " behind" : " ahead of")
            + " ClickSpeak's, and poll.start=today would begin on a wrong day: set the clock of"
            + " this machine (or of the ledger's database) right; nothing is read until then.");
  }
}
