package io.leadroutes.ledger;

import io.leadroutes.settings.SettingsException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The accounts that the ledger remembers: what they are called, and how far they are read. */
public final class Accounts {

  /** Start of an account that a command knows and no service has polled yet. */
  private static final long NOT_STARTED = -1;

  private final Ledger ledger;

  public Accounts(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * The account of this name, remembered from its first start on.
   *
   * @param baseUrl where it is read; the same name with another one would mix two lists of calls
   * @param startAt start of a new account, null for a command that only looks; an account that was
   *     started keeps its own
   * @throws SettingsException when the account is known with another base URL, or when the keys of
   *     its leads would be those of another account
   */
  public Account account(String name, String baseUrl, Instant startAt) {
    return accounts(List.of(new Started(name, baseUrl, startAt))).get(0);
  }

  /** An account as it is set: see {@link #account}. */
  public record Started(String name, String baseUrl, Instant startAt) {}

  /** The same for several accounts, in one transaction. */
  public List<Account> accounts(List<Started> accounts) {
    return ledger.writer.write(h -> accounts.stream().map(account -> account(h, account)).toList());
  }

  private static Account account(Handle h, Started wanted) {
    String name = wanted.name();
    refuseFormerName(h, name);
    h.createUpdate(
            """
            INSERT INTO account (name, lead_key, base_url, start_at, wide_at)
            VALUES (:name, :name, :url, :start, <now>)
            ON CONFLICT (name) DO NOTHING
            """)
        .bind("name", name)
        .bind("url", wanted.baseUrl())
        .bind("start", wanted.startAt() == null ? NOT_STARTED : wanted.startAt().toEpochMilli())
        .execute();
    if (wanted.startAt() != null) {
      h.createUpdate(
              """
              UPDATE account SET start_at = :start, wide_at = <now>
              WHERE name = :name AND start_at = :notStarted
              """)
          .bind("start", wanted.startAt().toEpochMilli())
          .bind("name", name)
          .bind("notStarted", NOT_STARTED)
          .execute();
    }
    refuseOtherAddress(h, name, wanted.baseUrl());
    return h.createQuery("SELECT * FROM account WHERE name = :name")
        .bind("name", name)
        .mapTo(Account.class)
        .one();
  }

  private static void refuseOtherAddress(Handle h, String name, String baseUrl) {
    String known =
        h.createQuery("SELECT base_url FROM account WHERE name = :name")
            .bind("name", name)
            .mapTo(String.class)
            .one();
    if (!known.equals(baseUrl)) {
      throw new SettingsException(
          "clickspeak.base-url: account '"
              + name
              + "' was read from "
              + known
              + " before: give the new address an account name of its own in clickspeak.accounts.");
    }
  }

  /** Takes back the start of an account that was never read; the next one fixes it anew. */
  public void unstart(Account account) {
    ledger.writer.write(
        h ->
            h.createUpdate(
                    "UPDATE account SET start_at = :notStarted"
                        + " WHERE id = :id AND accepted_at IS NULL")
                .bind("notStarted", NOT_STARTED)
                .bind("id", account.id())
                .execute());
  }

  /**
   * A full pass was read to its end: the calls inside the look-back are judged by this rule now,
   * and what waits may go.
   */
  public void counts(Account account, String rule) {
    int changed =
        ledger.writer.write(
            h ->
                h.createUpdate(
                        """
                        UPDATE account SET rule = :rule, counted_rule = :rule
                        WHERE id = :id AND (rule <> :rule OR counted_rule <> :rule)
                        """)
                    .bind("rule", rule)
                    .bind("id", account.id())
                    .execute());
    if (changed > 0) {
      ledger.recordings.tell(account.id());
    }
  }

  /** Remembers that this process begins to poll accounts. */
  public void begins(List<Account> accounts) {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE account SET began_at = <now> WHERE id IN (<ids>)")
                .bindList("ids", accounts.stream().map(Account::id).toList())
                .execute());
  }

  /** Remembers why an account is not read, and what to do. */
  public void paused(Account account, String reason) {
    ledger.writer.write(
        h ->
            h.createUpdate("UPDATE account SET paused = :reason WHERE id = :id")
                .bind("reason", reason)
                .bind("id", account.id())
                .execute());
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
  private static void refuseFormerName(Handle h, String name) {
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
