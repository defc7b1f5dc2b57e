package io.leadroutes.watch;

import java.time.Instant;
import java.util.Locale;

/**
 * Something that keeps leads from coming or going and needs a person, from its beginning to its
 * end.
 *
 * @param kind what it is
 * @param door whose it is: {@code clickspeak}, {@code rule}, {@code ledger}, or the name of a sink
 * @param account name of the account, null where it is about all of them
 * @param reason sentences that say what is wrong and what to do, without personal data
 * @param since when it began, or null where that is not known
 */
public record Issue(Kind kind, String door, String account, String reason, Instant since) {

  /**
   * What an issue is about.
   *
   * <p>Some are said in the log by whoever meets them, at that moment and when they are over; of
   * the others the watch says it.
   */
  public enum Kind {
    LEDGER(true),
    NOT_POLLED(false),
    ACCOUNT_PAUSED(true),
    NOT_READ(true),
    QUIET(true),
    NO_PASS_ENDS(false),
    UNREADABLE(false),
    UNDATED(false),
    CLOCK(false),
    INCOMPLETE(false),
    NOT_JUDGED(false),
    STARTS_LATER(false),
    NO_LEAD(false),
    BACKFILL(true),
    SINK_PAUSED(true),
    SINK_DOWN(true),
    NOTHING_ARRIVES(false),
    TRIED_AGAIN(false),
    CHANGES_HELD(false),
    DEAD_LETTERS(true);

    private final boolean saidWhereItHappens;

    Kind(boolean saidWhereItHappens) {
      this.saidWhereItHappens = saidWhereItHappens;
    }

    /** Whether the log has a line of it already. */
    boolean isSaidWhereItHappens() {
      return saidWhereItHappens;
    }

    /** As it stands in JSON: lower case and hyphens. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What stays the same while the words of its reason may change. */
  public record Key(Kind kind, String door, String account) {}

  Key key() {
    return new Key(kind, door, account);
  }

  /** Whose it is, in words: {@code slack for account default}. */
  public String where() {
    if (account == null) {
      return "the " + door;
    }
    return switch (door) {
      case "clickspeak" -> "account " + account;
      case "rule" -> "the rule of account " + account;
      default -> door + " for account " + account;
    };
  }

  /** One line for a person. */
  @Override
  public String toString() {
    return where() + " " + reason;
  }
}
