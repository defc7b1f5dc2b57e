package io.leadroutes.ledger;

import java.sql.SQLException;

/** Why the database refuses, in a sentence for the operator. */
public final class LedgerTrouble {

  /** Result codes of SQLite ("Result and Error Codes"). */
  private static final int BUSY = 5;

  private static final int READONLY = 8;
  private static final int FULL = 13;

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

  private static SQLException refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
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
    // 53100 is PostgreSQL's disk_full; class 08 are connections, 57P its shutdowns.
    if (code == FULL || state.equals("53100")) {
      return "The ledger's disk is full: free space; nothing is lost.";
    }
    if (code == BUSY) {
      return "The ledger's file is locked by another program: close what has it open.";
    }
    if (code == READONLY) {
      return "The ledger's file cannot be written: correct its permissions.";
    }
    if (state.startsWith("08") || state.startsWith("57P")) {
      return "The ledger's database cannot be reached: check ledger.url and the database.";
    }
    return null;
  }
}
