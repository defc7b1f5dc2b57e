package io.leadroutes.ledger;

import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.Function;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** Connections to an SQLite file that is there; they ask this process for the time. */
final class SqliteSource extends SQLiteDataSource {

  private final LedgerClock clock;

  SqliteSource(String url, LedgerClock clock) {
    super(config());
    this.clock = clock;
    setUrl(url);
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig(pragmas());
    // A file that was removed under the service must not come back as an empty one.
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    return config;
  }

  private static Properties pragmas() {
    Properties pragmas = new Properties();
    // Write-ahead log with a sync for each commit: a crash of the machine loses nothing either.
    pragmas.setProperty("journal_mode", "WAL");
    pragmas.setProperty("synchronous", "FULL");
    pragmas.setProperty("busy_timeout", "10000");
    pragmas.setProperty("foreign_keys", "true");
    pragmas.setProperty("transaction_mode", "IMMEDIATE");
    return pragmas;
  }

  @Override
  public SQLiteConnection getConnection(String user, String password) throws SQLException {
    SQLiteConnection connection = super.getConnection(user, password);
    // Deterministic: SQLite then asks once a statement, as for its own clock.
    Function.create(
        connection,
        "ledger_now",
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            result(clock.millis());
          }
        },
        0,
        Function.FLAG_DETERMINISTIC);
    return connection;
  }
}
