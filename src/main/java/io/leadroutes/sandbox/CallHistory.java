package io.leadroutes.sandbox;

import io.leadroutes.sandbox.CallList.Filter;
import io.leadroutes.sandbox.FictionalCalls.Ending;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;

/**
 * Calls of years that nobody holds in memory: each is a function of its id, and made anew whenever
 * it is asked for. Their ids rise from 100001 with time, evenly over the days.
 */
final class CallHistory {

  /** When the first call is made; fixed, so that the same id is the same call after a restart. */
  static final LocalDate FIRST_DAY = LocalDate.of(2025, 1, 1);

  private static final long FIRST_ID = 100_001;
  private static final long SECONDS_OF_A_DAY = 86_400;

  private final int count;
  private final int perDay;
  private final int leadsPerThousand;

  CallHistory(int count, int perDay, int leadsPerThousand) {
    if (count < 0 || perDay < 1 || leadsPerThousand < 0 || leadsPerThousand > 1_000) {
      throw new IllegalArgumentException(
          count
              + " calls, "
              + perDay
              + " a day, of a thousand "
              + leadsPerThousand
              + " leads: no such history is possible");
    }
    this.count = count;
    this.perDay = perDay;
    this.leadsPerThousand = leadsPerThousand;
  }

  /**
   * Returns the calls of the filter's days.
   *
   * @throws IllegalArgumentException when it asks for more than days, which would mean making all
   */
  FoundCalls select(Filter filter) {
    if (!filter.equals(filter.daysOnly())) {
      throw new IllegalArgumentException("A generated history is found by its dates only.");
    }
    int begin = filter.from() == null ? 0 : firstOf(filter.from());
    int end = filter.to() == null ? count : firstOf(filter.to().plusDays(1));
    return new FoundCalls(Math.max(0, end - begin), place -> call(end - 1 - place).bytes());
  }

  /** Returns the record with this id, null where there is none. */
  byte[] json(long id) {
    boolean there = id >= FIRST_ID && id < FIRST_ID + count;
    return there ? call((int) (id - FIRST_ID)).bytes() : null;
  }

  /** How many calls were made before this day. */
  private int firstOf(LocalDate day) {
    long before = ChronoUnit.DAYS.between(FIRST_DAY, day) * perDay;
    return (int) Math.max(0, Math.min(count, before));
  }

  private SandboxCall call(int index) {
    long id = FIRST_ID + index;
    // Mixed, because neighbouring seeds would begin alike.
    FictionalCalls fiction = new FictionalCalls(new SplittableRandom(id).nextLong());
    boolean qualified =
        (index + 1L) * leadsPerThousand / 1_000 > (long) index * leadsPerThousand / 1_000;
    return fiction.finished(
        id,
        FIRST_DAY
            .atStartOfDay()
            .plusSeconds(index * SECONDS_OF_A_DAY / perDay)
            .toInstant(ZoneOffset.UTC),
        qualified ? Ending.QUALIFIED : fiction.rejectionAfterTalk(),
        FictionalCalls.POPULATION_BYTES);
  }
}
