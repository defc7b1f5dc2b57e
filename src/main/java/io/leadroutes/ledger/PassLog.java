package io.leadroutes.ledger;

/** The passes there were, and what they tell of an account. */
public final class PassLog {

  /**
   * The last pass of a kind where it told nothing but that all is as it was, or failed for the same
   * reason: the next one like it takes its place, so that rows come with news and not with time.
   */
  private static final String SAME_AS_BEFORE =
      """
      DELETE FROM pass
      WHERE id = (SELECT MAX(id) FROM pass WHERE account_id = :account.id AND kind = :kind)
        AND new_calls = 0 AND changed = 0 AND :newCalls = 0 AND :changed = 0
        AND COALESCE(remark, '') = COALESCE(:remark, '')
        AND COALESCE(refused, '') = COALESCE(:refused, '')
        AND (kind = 'quick' OR refused IS NOT NULL)
      """;

  private static final String KEEP =
      """
      INSERT INTO pass (account_id, kind, date_from, date_to, started_at, ended_at, pages,
                        requests, new_calls, changed, remark, refused)
      VALUES (:account.id, :kind, :dateFrom, :dateTo, :startedAt, <now>, :pages,
              :requests, :newCalls, :changed, :remark, :refused)
      """;

  /**
   * A quick pass may meet another unreadable record at the head; only a full one tells that there
   * is none any more.
   */
  private static final String TELL_ACCOUNT =
      """
      UPDATE account SET
        paused = CASE WHEN :accepts = '' THEN paused END,
        accepted_at = CASE WHEN :accepts = 'full' THEN :startedAt ELSE accepted_at END,
        wide_at = CASE WHEN :accepts = 'wide' THEN :startedAt ELSE wide_at END,
        read_at = CASE WHEN :live = 1 AND :accepts <> '' THEN <now> ELSE read_at END,
        trouble = CASE WHEN :live = 1 THEN :refused ELSE trouble END,
        trouble_since = CASE WHEN :live = 0 THEN trouble_since
          WHEN :accepts = '' THEN COALESCE(trouble_since, <now>) END,
        listed = CASE WHEN :live * :replace = 1 THEN :records ELSE listed END,
        unreadable = CASE WHEN :live * :replace = 1 THEN :unreadable ELSE unreadable END,
        clock_ahead = CASE WHEN :live = 1 THEN :clockAhead ELSE clock_ahead END
      WHERE id = :account.id
      """;

  private final Ledger ledger;

  public PassLog(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Keeps a pass. One that was accepted moves the window of the next; what the watch goes by are
   * those that looked for what is new.
   */
  public void ended(PassRow pass) {
    boolean accepted = pass.refused() == null;
    ledger.writer.write(
        h -> {
          h.createUpdate(TELL_ACCOUNT)
              .bindMethods(pass)
              .bind("accepts", accepted ? pass.kind() : "")
              .bind("live", pass.isLive() && !pass.stopped() ? 1 : 0)
              .bind("replace", accepted && pass.isFull() || pass.unreadable() > 0 ? 1 : 0)
              .execute();
          h.createUpdate(SAME_AS_BEFORE).bindMethods(pass).execute();
          return h.createUpdate(KEEP).bindMethods(pass).execute();
        });
  }
}
