package io.leadroutes.ledger;

import io.leadroutes.settings.SettingsException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What the accounts of the ledger are called. */
public final class Accounts {

  private final Ledger ledger;

  public Accounts(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Gives an account another name. Everything that is known of it stays, the keys of its leads
   * included.
   *
   * @return what the keys of its leads begin with
   * @throws SettingsException when there is no such account, when the new name is taken, or while a
   *     service polls the account
   */
  public String rename(String from, String to) {
    return ledger.writer.write(
        h -> {
          refuseUnknown(h, from);
          refuseTaken(h, to);
          refuseFormerName(h, to, from);
          return h.createQuery(
                  """
                  UPDATE account SET name = :to
                  WHERE name = :from AND (holder IS NULL OR held_until < <now>)
                  RETURNING lead_key
                  """)
              .bind("from", from)
              .bind("to", to)
              .mapTo(String.class)
              .findOne()
              .orElseThrow(
                  () ->
                      new SettingsException(
                          "Account '"
                              + from
                              + "' is polled by a running service: stop it first; after a crash"
                              + " wait until ledger.lease has passed."));
        });
  }

  /**
   * Refuses a new account whose leads would get the keys of another account's leads.
   *
   * @throws SettingsException when another account had this name first
   */
  static void refuseFormerName(Handle h, String name) {
    refuseFormerName(h, name, name);
  }

  /**
   * @param owner the account that may have had the name first
   */
  private static void refuseFormerName(Handle h, String name, String owner) {
    Optional<String> other =
        h.createQuery("SELECT name FROM account WHERE lead_key = :name AND name <> :owner")
            .bind("name", name)
            .bind("owner", owner)
            .mapTo(String.class)
            .findOne();
    if (other.isPresent()) {
      throw new SettingsException(
          "'"
              + name
              + "' is the former name of account '"
              + other.get()
              + "', and the keys of its leads still begin with it: write '"
              + other.get()
              + "' for that account, or choose another name.");
    }
  }

  /**
   * Refuses a name that no account has.
   *
   * @throws SettingsException that says which there are
   */
  static void refuseUnknown(Handle h, String name) {
    List<String> names =
        h.createQuery("SELECT name FROM account ORDER BY name").mapTo(String.class).list();
    if (!names.contains(name)) {
      throw new SettingsException(
          "The ledger knows no account '"
              + name
              + "': "
              + (names.isEmpty()
                  ? "it is empty, check ledger.url."
                  : "name one of " + String.join(", ", names) + "."));
    }
  }

  private static void refuseTaken(Handle h, String name) {
    boolean taken =
        h.createQuery("SELECT COUNT(*) FROM account WHERE name = :name")
                .bind("name", name)
                .mapTo(Integer.class)
                .one()
            > 0;
    if (taken) {
      throw new SettingsException(
          "There is an account '" + name + "' in the ledger: choose another name.");
    }
  }
}
