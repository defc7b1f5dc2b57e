package io.leadroutes.ledger;

import java.sql.SQLException;

/** Why the database refuses, in a sentence for the operator. */
public final class LedgerTrouble {

  /** Result codes of SQLite ("Result and Error Codes"). */
  private static final int BUSY = 5;

  private static final int READONLY = 8;
  private static final int IOERR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANTOPEN = 14;
  private static final int NOT_A_DATABASE = 26;

  private static final int MAX_CAUSES = 100;

  private LedgerTrouble() {}

  /**
   * What the database says somewhere in a chain of causes, without what it quotes.
   *
   * @return a sentence with its remedy, or null when the database is not to blame
   */
  public static String in(Throwable failure) {
    SQLException refusal = refusal(failure);
    if (refusal == null) {
      return null;
    }
    String known = known(failure);
    return known != null
        ? known
        : "The ledger's database fails ("
            + refusal.getClass().getSimpleName()
            + (sqlite(refusal) ? " " + refusal.getErrorCode() : " " + refusal.getSQLState())
            + "): look into the database and its disk.";
  }

  /** The first refusal of a database in a chain of causes, or null. */
  static SQLException refusal(Throwable failure) {
    int depth = 0;
    // Some drivers name two exceptions each other's cause.
    for (Throwable cause = failure;
        cause != null && depth++ < MAX_CAUSES;
        cause = cause.getCause()) {
      if (cause instanceof SQLException refusal) {
        return refusal;
      }
    }
    return null;
  }

  private static boolean sqlite(SQLException refusal) {
    return refusal.getClass().getName().startsWith("org.sqlite.");
  }

  /** The same, and null also when what the database says is none of the usual troubles. */
  static String known(Throwable failure) {
    SQLException refusal = refusal(failure);
    if (refusal == null) {
      return null;
    }
    String state = String.valueOf(refusal.getSQLState());
    int code = sqlite(refusal) ? refusal.getErrorCode() & 0xff : 0;
    // 53100 is PostgreSQL's disk_full.
    if (code == FULL || state.equals("53100")) {
      return "The ledger's disk is full: free space; nothing is lost.";
    }
    if (code == BUSY) {
      return "The ledger's file is locked by another program: close that program.";
    }
    if (code == READONLY) {
      return "The ledger's file cannot be written: correct its permissions.";
    }
    if (code == IOERR || code == CANTOPEN) {
      return "The ledger's file cannot be read or written: look at its disk and its folder.";
    }
    if (code == CORRUPT || code == NOT_A_DATABASE) {
      return "The ledger's file is damaged: stop the service, restore a backup and run lead-routes"
          + " restored.";
    }
    if (state.equals(PostgresSource.READ_ONLY)) {
      return "The ledger's database accepts no writes at present (a standby, or read-only): check"
          + " ledger.url and the database's fail-over.";
    }
    if (state.equals("42501")) {
      return "ledger.user lacks the rights it needs in the ledger's database: GRANT CREATE ON"
          + " SCHEMA public TO that user, or make it the owner of the database.";
    }
    if (state.startsWith("26") || state.equals("42P05")) {
      return "A pooler in front of the ledger's database loses prepared statements: add"
          + " ?prepareThreshold=0 to ledger.url, or use the pooler's session mode.";
    }
    if (state.equals("08P01")) {
      return "A pooler in front of the ledger's database refuses a parameter or the database's"
          + " name: look into the pooler's log, and correct ledger.url or the pooler's"
          + " settings.";
    }
    if (unreachable(state)) {
      return "The ledger's database cannot be reached: check ledger.url and the database.";
    }
    return null;
  }

  /** Class 08 are connections, 57P the database's shutdowns and starts, 53300 too many of them. */
  private static boolean unreachable(String state) {
    return state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
  }

  /**
   * Whether it passes without anybody correcting the settings: what is not up yet, is full, or is
   * locked.
   */
  static boolean passes(Throwable failure) {
    SQLException refusal = refusal(failure);
    if (refusal == null) {
      return false;
    }
    String state = String.valueOf(refusal.getSQLState());
    int code = sqlite(refusal) ? refusal.getErrorCode() & 0xff : 0;
    return code == FULL
        || code == BUSY
        || state.equals("53100")
        || state.equals(PostgresSource.READ_ONLY)
        || (unreachable(state) && !state.equals("08P01"));
  }

  /** Whether the connection was lost, so that nobody knows how its transaction ended. */
  static boolean lost(Throwable failure) {
    SQLException refusal = refusal(failure);
    return refusal != null && unreachable(String.valueOf(refusal.getSQLState()));
  }

  /** Whether the server takes no writes. */
  static boolean readOnly(Throwable failure) {
    SQLException refusal = refusal(failure);
    return refusal != null && PostgresSource.READ_ONLY.equals(refusal.getSQLState());
  }
}
