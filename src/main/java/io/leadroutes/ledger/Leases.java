package io.leadroutes.ledger;

import java.util.UUID;

/** Which process polls an account: one at a time, by a row that it renews. */
public final class Leases {

  private final Ledger ledger;
  private final String holder = UUID.randomUUID().toString();

  public Leases(Ledger ledger) {
    this.ledger = ledger;
  }

  /** How long a lease lasts without renewal, milliseconds. */
  public long millis() {
    return ledger.lease().toMillis();
  }

  /**
   * Takes or renews the lease of an account.
   *
   * @return whether it is ours now
   */
  public boolean hold(Account account) {
    return ledger.writer.write(
        h ->
            h.createUpdate(
                        """
                        UPDATE account SET holder = :holder, held_until = <now> + :lease
                        WHERE id = :id AND (holder = :holder OR holder IS NULL OR held_until < <now>)
                        """)
                    .bind("holder", holder)
                    .bind("lease", millis())
                    .bind("id", account.id())
                    .execute()
                > 0);
  }

  /** Whether a process that lives polls the account, this one included. */
  public boolean held(Account account) {
    return ledger.jdbi.withHandle(
        h ->
            h.createQuery(
                        "SELECT COUNT(*) FROM account WHERE id = :id AND holder IS NOT NULL AND"
                            + " held_until >= <now>")
                    .bind("id", account.id())
                    .mapTo(Integer.class)
                    .one()
                > 0);
  }

  /** Gives all accounts back, so that another process need not wait for the leases to lapse. */
  public void release() {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE account SET holder = NULL, held_until = NULL WHERE holder = :me")
                .bind("me", holder)
                .execute());
  }
}
