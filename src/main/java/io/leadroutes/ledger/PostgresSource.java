package io.leadroutes.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.SQLExceptionOverride;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * Connections to PostgreSQL, or to a pooler before it: what a pooler would refuse at the beginning
 * of a connection is set afterwards, and nothing is expected of the session that comes next.
 */
final class PostgresSource {

  /** {@code read_only_sql_transaction}: this server is no primary any more. */
  static final String READ_ONLY = "25006";

  private PostgresSource() {}

  /**
   * @throws SettingsException when the address cannot be read
   * @throws SQLException when the database cannot be reached, or refuses
   */
  static HikariConfig config(String url, Settings settings) throws SQLException {
    if (Driver.parseURL(url, new Properties()) == null) {
      throw new SettingsException(
          "ledger.url is not the address of a PostgreSQL database: write"
              + " jdbc:postgresql://<host>:<port>/<database>.");
    }
    Properties properties = new Properties();
    // A connection that was dropped without a word must not hold the writer for ever.
    properties.setProperty("socketTimeout", "60");
    properties.setProperty("tcpKeepAlive", "true");
    // Details of an error quote the row.
    properties.setProperty("logServerErrorDetail", "false");
    // After a fail-over the former primary may still answer.
    properties.setProperty("targetServerType", "primary");
    if (pooled(url, settings, properties)) {
      // The next statement may reach another session, which has not prepared it.
      properties.setProperty("prepareThreshold", "0");
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(settings.text(Keys.LEDGER_USER));
    config.setPassword(settings.text(Keys.LEDGER_PASSWORD));
    config.setConnectionTimeout(10_000);
    config.setDataSourceProperties(properties);
    config.setExceptionOverrideClassName(ReadOnly.class.getName());
    // A process that is suspended within a transaction must not lock others out past its lease.
    config.setConnectionInitSql(
        "SET idle_in_transaction_session_timeout = "
            + settings.duration(Keys.LEDGER_LEASE).dividedBy(2).toMillis());
    return config;
  }

  /** Whether the session that answers is another one than the one that was opened. */
  private static boolean pooled(String url, Settings settings, Properties properties)
      throws SQLException {
    Properties all = new Properties();
    all.putAll(properties);
    all.setProperty("user", settings.text(Keys.LEDGER_USER));
    all.setProperty("password", settings.text(Keys.LEDGER_PASSWORD));
    all.setProperty("prepareThreshold", "0");
    try (Connection connection = DriverManager.getConnection(url, all);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
    }
  }

  /** A connection to a server that takes no writes any more is thrown away. */
  public static final class ReadOnly implements SQLExceptionOverride {

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException e) {
      return READ_ONLY.equals(e.getSQLState())
          ? SQLExceptionOverride.Override.MUST_EVICT
          : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
  }
}
