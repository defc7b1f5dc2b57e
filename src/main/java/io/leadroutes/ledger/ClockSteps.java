package io.leadroutes.ledger;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a clock that is set from changing how long anything waits: what lies ahead, and what is
 * counted from, moves along with the clock, in one transaction and by one process only. So a lease
 * neither lapses nor lasts, a budget neither refills nor stays empty, and times that are written
 * down follow the clock as it was corrected. All of it happens in the writer's thread, before
 * anything else is written.
 */
final class ClockSteps {

  private static final Logger LOG = LoggerFactory.getLogger(ClockSteps.class);

  /** What two processes may differ by anyway. */
  private static final long STEP_MILLIS = 2_000;

  private static final long NOTE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LOOK_NANOS = Duration.ofSeconds(5).toNanos();

  /** What is counted from or waited for, in the order in which others lock rows. */
  private static final List<String> MOVE =
      List.of(
          """
          UPDATE account SET held_until = held_until + :by,
            quiet_until = CASE WHEN quiet_until > 0 THEN quiet_until + :by ELSE 0 END
          """,
          "UPDATE request SET at = at + :by",
          "UPDATE place SET held_until = held_until + :by",
          "UPDATE call SET changed_at = changed_at + :by WHERE state = 'open'",
          """
          UPDATE delivery SET due_at = due_at + :by, lease_until = lease_until + :by,
            attempted_at = attempted_at + :by
          WHERE state IN ('pending', 'sending', 'unknown')
          """,
          "UPDATE sink_state SET not_before = not_before + :by WHERE not_before > 0");

  /** What was written by a clock that was ahead would outrank all that comes, until it is past. */
  private static final List<String> OUT_OF_THE_FUTURE =
      List.of(
          """
          UPDATE account SET
            accepted_at = CASE WHEN accepted_at > :now THEN :now ELSE accepted_at END,
            wide_at = CASE WHEN wide_at > :now THEN :now ELSE wide_at END,
            hinted_at = CASE WHEN hinted_at > :now THEN :now ELSE hinted_at END
          """,
          "UPDATE request SET at = :now WHERE at > :now",
          """
          UPDATE call SET observed_at = :now,
            changed_at = CASE WHEN changed_at > :now THEN :now ELSE changed_at END
          WHERE observed_at > :now
          """);

  private final Dialect dialect;
  private final LedgerClock clock;
  private boolean began;
  private long steps;
  private long lookedAt;
  private long notedAt;

  ClockSteps(Dialect dialect, LedgerClock clock) {
    this.dialect = dialect;
    this.clock = clock;
  }

  private record Row(long at, long steps, long now) {}

  /**
   * @param by how far the clock was set forward, negative for back
   * @param now what it says now
   * @param found the row as it was
   */
  private record Step(long by, long now, Row found) {

    boolean happened() {
      return Math.abs(by) > STEP_MILLIS;
    }
  }

  /** Whether the clock was set, as far as can be told without asking the database. */
  boolean noticed() {
    return dialect == Dialect.SQLITE && Math.abs(clock.wallAhead()) > STEP_MILLIS;
  }

  /** Moves what has to move, if the clock was set since the last time. */
  void follow(Jdbi jdbi) {
    boolean looks =
        !began
            || noticed()
            || (dialect != Dialect.SQLITE && clock.nanos() - lookedAt >= LOOK_NANOS);
    if (!looks) {
      return;
    }
    Step step = jdbi.inTransaction(this::follow);
    if (step.happened() || dialect != Dialect.SQLITE) {
      clock.set(step.now());
    }
    boolean ours = !began || step.found().steps() == steps;
    steps = step.found().steps() + (step.happened() && ours ? 1 : 0);
    began = true;
    lookedAt = clock.nanos();
    if (step.happened()) {
      LOG.warn(
          "The clock of {} was set {} by {}: whatever waits keeps waiting for as long as it had"
              + " to.",
          dialect == Dialect.SQLITE ? "this machine" : "the ledger's database",
          step.by() > 0 ? "forward" : "back",
          TimeSpan.said(Duration.ofMillis(step.by())));
    }
  }

  private Step follow(Handle h) {
    Row row =
        h.createQuery("SELECT at, steps, <now> AS now FROM ledger_clock <forUpdate>")
            .map((rs, ctx) -> new Row(rs.getLong("at"), rs.getLong("steps"), rs.getLong("now")))
            .one();
    long now = dialect == Dialect.SQLITE ? clock.wall() : row.now();
    // Of a process that was not there nobody can tell a clock that was set forward from a pause.
    long by = began ? now - clock.millis() : Math.min(0, now - newest(h, row));
    Step step = new Step(by, now, row);
    boolean ours = !began || row.steps() == steps;
    if (step.happened() && ours) {
      MOVE.forEach(sql -> h.createUpdate(sql).bind("by", by).execute());
      if (by < 0) {
        OUT_OF_THE_FUTURE.forEach(sql -> h.createUpdate(sql).bind("now", now).execute());
      }
    }
    h.createUpdate("UPDATE ledger_clock SET at = :now, steps = steps + :more")
        .bind("now", now)
        .bind("more", step.happened() && ours ? 1 : 0)
        .execute();
    return step;
  }

  /** When anything was last written, by the clock of then. */
  private long newest(Handle h, Row row) {
    if (dialect != Dialect.SQLITE) {
      // Others are at work, and move what they know of.
      return row.at();
    }
    return h.createQuery("SELECT COALESCE(MAX(at), 0) FROM request")
        .mapTo(Long.class)
        .map(asked -> Math.max(asked, row.at()))
        .one();
  }

  /** Notes the time in a transaction that is written anyway. */
  void note(Handle h) {
    if (dialect == Dialect.SQLITE && clock.nanos() - notedAt >= NOTE_NANOS) {
      h.execute("UPDATE ledger_clock SET at = <now>");
      notedAt = clock.nanos();
    }
  }
}
