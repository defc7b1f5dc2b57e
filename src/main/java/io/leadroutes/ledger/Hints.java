package io.leadroutes.ledger;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Hints that reached a process which does not poll the account, left for the one that does. */
public final class Hints {

  private final Ledger ledger;

  public Hints(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Whether other processes may poll what this one does not: an SQLite file has one only. */
  public boolean needed() {
    return ledger.dialect != Dialect.SQLITE;
  }

  /** Leaves a hint for whoever polls these accounts. */
  public void leave(List<Account> accounts) {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE account SET hinted_at = <now> WHERE id IN (<ids>)")
                .bindList("ids", accounts.stream().map(Account::id).toList())
                .execute());
  }

  /** When the last hint was left for each account, by its id, milliseconds; 0 for never. */
  public Map<Long, Long> left() {
    return ledger.jdbi.withHandle(
        h ->
            h
                .createQuery("SELECT id, hinted_at FROM account")
                .map((rs, ctx) -> Map.entry(rs.getLong("id"), rs.getLong("hinted_at")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }
}
