package io.leadroutes.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What one process at a time works on, by rows that it renews: an account that it polls, a place
 * that it delivers to.
 */
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
   * Takes or renews the leases of accounts, in one statement.
   *
   * @return the ids of those that are ours now
   */
  public Set<Long> hold(List<Account> accounts) {
    return ledger.writer.write(
        h ->
            h.createQuery(
                    """
                    UPDATE account SET holder = :holder, held_until = <now> + :lease
                    WHERE id IN (<ids>)
                      AND (holder = :holder OR holder IS NULL OR held_until < <now>)
                    RETURNING id
                    """)
                .bind("holder", holder)
                .bind("lease", millis())
                .bindList("ids", accounts.stream().map(Account::id).toList())
                .mapTo(Long.class)
                .set());
  }

  /**
   * Takes or renews the lease of a place that leads go to.
   *
   * @param place its name, the same in all processes
   * @return whether it is ours now
   */
  public boolean hold(String place) {
    return ledger.writer.write(
        h ->
            h.createUpdate(
                        """
                        INSERT INTO place (name, holder, held_until)
                        VALUES (:place, :holder, <now> + :lease)
                        ON CONFLICT (name) DO UPDATE SET
                          holder = excluded.holder, held_until = excluded.held_until
                        WHERE place.holder = excluded.holder OR place.held_until < <now>
                        """)
                    .bind("place", place)
                    .bind("holder", holder)
                    .bind("lease", millis())
                    .execute()
                > 0);
  }

  /**
   * Renews the leases of places, where they are ours still.
   *
   * @return completes once it is on disk
   */
  public CompletableFuture<Integer> renew(Collection<String> places) {
    return ledger.writer.submit(
        h ->
            h.createUpdate(
                    """
                    UPDATE place SET held_until = <now> + :lease
                    WHERE holder = :holder AND name IN (<places>)
                    """)
                .bind("holder", holder)
                .bind("lease", millis())
                .bindList("places", List.copyOf(places))
                .execute());
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

  /** Gives everything back, so that another process need not wait for the leases to lapse. */
  public void release() {
    ledger.writer.write(
        h -> {
          h.createUpdate("UPDATE account SET holder = NULL, held_until = NULL WHERE holder = :me")
              .bind("me", holder)
              .execute();
          return h.createUpdate("DELETE FROM place WHERE holder = :me")
              .bind("me", holder)
              .execute();
        });
  }
}
