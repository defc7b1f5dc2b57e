package io.leadroutes.ledger;

import io.leadroutes.lead.Delivery;
import io.leadroutes.settings.SettingsException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What a ledger does not know that was restored from a backup: everything that was sent since the
 * backup was made. It counts as unknown, so that look-ups come before posts. That is so for what
 * the restored ledger holds, and for what is recorded later of calls that were there before.
 */
public final class Restores {

  /** Of a delivery that starts as unknown. */
  static final String REASON = "the ledger was restored from a backup";

  /** When the ledger last wrote down anything: a backup cannot be older than that. */
  private static final String LAST_WRITTEN =
      """
      SELECT MAX(at) FROM (
        SELECT MAX(ended_at) AS at FROM pass
        UNION ALL SELECT MAX(observed_at) FROM call
        UNION ALL SELECT MAX(recorded_at) FROM delivery
        UNION ALL SELECT MAX(delivered_at) FROM delivery) AS written
      """;

  /** What is dead or cancelled stays so, and is looked up should it ever come back. */
  private static final String FORGET =
      """
      UPDATE delivery SET
        state = CASE WHEN state IN ('dead', 'cancelled') THEN state ELSE 'unknown' END,
        reason = CASE WHEN state IN ('dead', 'cancelled') THEN reason ELSE :reason END,
        attempted_at = CASE WHEN attempted_at < :since THEN attempted_at ELSE :since END,
        look_first = 1, looks = 0, place = :forgotten, due_at = <now>, lease_until = NULL
      WHERE state <> 'delivered'
      """;

  private final Ledger ledger;

  public Restores(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * What is unknown now.
   *
   * @param since from when on something may have been sent that the ledger does not know
   * @param deliveries how many of those it knows may have been sent
   */
  public record Restored(Instant since, int deliveries) {}

  /**
   * Counts what may have been sent from an instant on as unknown.
   *
   * @param since when the backup was made or earlier; where the ledger's last note is older than
   *     that, the note counts
   * @throws SettingsException when the instant lies ahead, or while a service polls an account
   */
  public Restored restored(Instant since) {
    return ledger.writer.write(
        h -> {
          refusePolled(h);
          long now = h.createQuery("SELECT <now>").mapTo(Long.class).one();
          if (since.toEpochMilli() > now) {
            throw new SettingsException(
                "--since="
                    + since
                    + " is in the future: write when the backup was made, or an earlier instant.");
          }
          Long last = h.createQuery(LAST_WRITTEN).mapTo(Long.class).findOne().orElse(null);
          long from = last == null ? since.toEpochMilli() : Math.min(last, since.toEpochMilli());
          h.createUpdate("INSERT INTO restored (since, at) VALUES (:since, :at)")
              .bind("since", from)
              .bind("at", now)
              .execute();
          int waiting =
              h.createQuery(
                      "SELECT COUNT(*) FROM delivery"
                          + " WHERE state IN ('pending', 'sending', 'unknown')")
                  .mapTo(Integer.class)
                  .one();
          h.createUpdate(FORGET)
              .bind("since", from)
              .bind("reason", REASON)
              .bind("forgotten", Delivery.Earlier.FORGOTTEN)
              .execute();
          return new Restored(Instant.ofEpochMilli(from), waiting);
        });
  }

  /** A service that runs would send what it has claimed, and record leads as new. */
  private static void refusePolled(Handle h) {
    List<String> polled =
        h.createQuery("SELECT name FROM account WHERE held_until >= <now> ORDER BY name")
            .mapTo(String.class)
            .list();
    if (!polled.isEmpty()) {
      throw new SettingsException(
          "Account '"
              + polled.get(0)
              + "' is polled by a running service: stop it first; after a crash, or with a backup"
              + " of a running service, wait until ledger.lease has passed.");
    }
  }
}
