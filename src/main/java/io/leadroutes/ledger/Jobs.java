package io.leadroutes.ledger;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Backfills: added by a command, worked by whoever polls the account, kept until they are done. */
public final class Jobs {

  /**
   * Only what nobody but a backfill delivers: calls from before the account's start. What may have
   * been sent is settled first.
   */
  private static final String WITHDRAW =
      """
      UPDATE delivery SET state = 'cancelled', held_at = NULL, reason = 'its backfill was cancelled'
      WHERE account_id = :account AND state = 'pending' AND sent_version = 0
        AND recorded_at >= (SELECT created_at FROM job WHERE id = :job)
        AND call_id IN (
          SELECT call.id FROM call JOIN account ON account.id = call.account_id
          WHERE call.account_id = :account AND call.created_at >= :from AND call.created_at < :to
            AND call.created_at < account.start_at)
      """;

  private final Ledger ledger;

  public Jobs(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * A backfill of these days. One that was interrupted goes on instead of a second one like it.
   *
   * @param to last day, included
   * @param sinks where its leads go, empty for all
   * @return its id
   */
  public long add(Account account, LocalDate from, LocalDate to, List<String> sinks) {
    String names = sinks.isEmpty() ? null : String.join(",", sinks);
    return ledger.writer.write(
        h ->
            h.createQuery(
                    """
                    SELECT id FROM job WHERE account_id = :account AND from_day = :from
                      AND to_day = :to AND COALESCE(sinks, '') = :sinks AND ended_at IS NULL
                    """)
                .bind("account", account.id())
                .bind("from", from.toString())
                .bind("to", to.toString())
                .bind("sinks", names == null ? "" : names)
                .mapTo(Long.class)
                .findFirst()
                .orElseGet(
                    () ->
                        h.createQuery(
                                """
                                INSERT INTO job (account_id, from_day, to_day, sinks, next_day,
                                                 created_at)
                                VALUES (:account, :from, :to, :sinks, :from, <now>) RETURNING id
                                """)
                            .bind("account", account.id())
                            .bind("from", from.toString())
                            .bind("to", to.toString())
                            .bind("sinks", names)
                            .mapTo(Long.class)
                            .one()));
  }

  public Job job(long id) {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery("SELECT *, ended_at IS NOT NULL AS ended FROM job WHERE id = :id")
                .bind("id", id)
                .mapTo(Job.class)
                .one());
  }

  /** The account's oldest backfill that is not done. */
  public Optional<Job> next(Account account) {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT *, 0 AS ended FROM job WHERE account_id = :account AND ended_at IS NULL
                    ORDER BY id LIMIT 1
                    """)
                .bind("account", account.id())
                .mapTo(Job.class)
                .findFirst());
  }

  /** The ids of the accounts that have a backfill which is not done. */
  public Set<Long> waiting() {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery("SELECT DISTINCT account_id FROM job WHERE ended_at IS NULL")
                .mapTo(Long.class)
                .set());
  }

  /**
   * Notes what was done since the last time.
   *
   * @param next everything before this day is done
   * @param ended whether it is done altogether
   * @return false where it was cancelled meanwhile
   */
  public boolean progress(Job job, LocalDate next, int pages, int calls, int leads, boolean ended) {
    return ledger.writer.write(
        h ->
            h.createUpdate(
                        """
                        UPDATE job SET next_day = :next, pages = pages + :pages, calls = calls + :calls,
                          leads = leads + :leads, remark = NULL,
                          ended_at = CASE WHEN :ended = 1 THEN <now> END
                        WHERE id = :id AND ended_at IS NULL
                        """)
                    .bind("next", next.toString())
                    .bind("pages", pages)
                    .bind("calls", calls)
                    .bind("leads", leads)
                    .bind("ended", ended ? 1 : 0)
                    .bind("id", job.id())
                    .execute()
                > 0);
  }

  /**
   * What was cancelled.
   *
   * @param jobs as they were left
   * @param deliveries of their leads that waited and are not sent
   */
  public record Cancelled(List<Job> jobs, int deliveries) {}

  /**
   * Ends the backfills of an account that are not done, and withdraws what they found and was not
   * sent yet. Ordering the days again brings it back.
   *
   * @param zone of the account
   */
  public Cancelled cancel(Account account, ZoneId zone) {
    return ledger.writer.write(
        h -> {
          List<Job> jobs =
              h.createQuery(
                      """
                      UPDATE job SET ended_at = <now>, remark = :cancelled
                      WHERE account_id = :account AND ended_at IS NULL RETURNING *, 1 AS ended
                      """)
                  .bind("account", account.id())
                  .bind("cancelled", Job.CANCELLED)
                  .mapTo(Job.class)
                  .list();
          int deliveries = 0;
          for (Job job : jobs) {
            deliveries += withdraw(h, job, zone);
          }
          return new Cancelled(jobs, deliveries);
        });
  }

  /** Withdraws what a cancelled backfill found while it was cancelled. */
  public void withdraw(Job job, ZoneId zone) {
    ledger.writer.write(h -> withdraw(h, job, zone));
  }

  private static int withdraw(Handle h, Job job, ZoneId zone) {
    Look.Span days = job.span(zone);
    return h.createUpdate(WITHDRAW)
        .bind("account", job.accountId())
        .bind("job", job.id())
        .bind("from", days.from())
        .bind("to", days.to())
        .execute();
  }

  /** Notes why it stands still. */
  public void waits(Job job, String reason) {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE job SET remark = :reason WHERE id = :id AND ended_at IS NULL")
                .bind("reason", reason)
                .bind("id", job.id())
                .execute());
  }
}
