package io.leadroutes.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;

/**
 * The database that remembers calls, leads and deliveries: an SQLite file, or PostgreSQL. Reads use
 * a small pool, writes go through one {@link Writer}. All times are the database's.
 */
public final class Ledger implements AutoCloseable {

  private static final String SQLITE = "jdbc:sqlite:";
  private static final int CONNECTIONS = 4;

  private final HikariDataSource pool;
  private final FileChannel lock;
  private final Duration lease;
  final Dialect dialect;
  final Jdbi jdbi;
  final Writer writer;

  private Ledger(Dialect dialect, HikariDataSource pool, FileChannel lock, Duration lease) {
    this.dialect = dialect;
    this.pool = pool;
    this.lock = lock;
    this.lease = lease;
    jdbi = Jdbi.create(pool);
    // Its messages would quote the values of a statement, personal data among them.
    jdbi.getConfig(StatementExceptions.class)
        .setMessageRendering(StatementExceptions.MessageRendering.NONE);
    dialect.define(jdbi);
    writer = new Writer(jdbi);
  }

  /**
   * Opens the ledger and brings its tables up to date.
   *
   * @throws SettingsException when it cannot be opened, or another process runs on the same file
   */
  public static Ledger open(Settings settings) {
    return open(settings, true);
  }

  /**
   * Opens the ledger for a command, beside a service that may be running on it.
   *
   * @throws SettingsException when it cannot be opened
   */
  public static Ledger openBeside(Settings settings) {
    return open(settings, false);
  }

  private static Ledger open(Settings settings, boolean alone) {
    String url =
        settings.required("ledger.url", "write jdbc:sqlite:data/ledger.db, or a PostgreSQL URL");
    Dialect dialect = Dialect.of(url);
    if (dialect == null) {
      throw new SettingsException(
          "ledger.url names no database of a known kind: write jdbc:sqlite:<file> or"
              + " jdbc:postgresql://<host>/<database>.");
    }
    FileChannel lock = alone && dialect == Dialect.SQLITE ? lock(file(url)) : null;
    if (dialect == Dialect.SQLITE) {
      createFolder(file(url));
    }
    HikariDataSource pool = null;
    try {
      pool = new HikariDataSource(pool(url, settings, dialect));
      Flyway.configure(Ledger.class.getClassLoader())
          .dataSource(pool)
          .placeholders(Map.of("serial", dialect.serial))
          .load()
          .migrate();
      Ledger ledger = new Ledger(dialect, pool, lock, settings.duration("ledger.lease"));
      if (alone) {
        ledger.takeOver();
      }
      return ledger;
    } catch (RuntimeException e) {
      close(pool, lock);
      // Without a pool it is the address, whatever the driver throws for one it cannot read.
      boolean address = pool == null && !(e instanceof SettingsException);
      if (!address && !(e instanceof FlywayException)) {
        throw e;
      }
      String trouble = pool == null ? null : LedgerTrouble.known(e);
      if (trouble != null) {
        throw new SettingsException("ledger.url: the ledger cannot be opened: " + trouble);
      }
      throw new SettingsException(
          "ledger.url: the ledger cannot be opened ("
              + rootMessage(e)
              + "): check the address, ledger.user and ledger.password, or the file's permissions.");
    }
  }

  /** How long a claim lasts without renewal. */
  public Duration lease() {
    return lease;
  }

  /** The database's clock, milliseconds since 1970. */
  public long now() {
    return jdbi.withHandle(h -> h.createQuery("SELECT <now>").mapTo(Long.class).one());
  }

  /** Whether the ledger answers; for the health check. */
  public boolean answers() {
    try {
      return now() > 0;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** What a process that died left behind in a file that is ours alone now. */
  private void takeOver() {
    if (dialect == Dialect.SQLITE) {
      writer.write(h -> h.execute("UPDATE delivery SET lease_until = 0 WHERE state = 'sending'"));
      writer.write(h -> h.execute("UPDATE account SET holder = NULL, held_until = NULL"));
      writer.write(h -> h.execute("DELETE FROM place"));
    }
  }

  private static HikariConfig pool(String url, Settings settings, Dialect dialect) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setPoolName("ledger");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(dialect == Dialect.SQLITE ? CONNECTIONS : 1);
    if (dialect == Dialect.SQLITE) {
      // Write-ahead log with a sync for each commit: a crash of the machine loses nothing either.
      config.addDataSourceProperty("journal_mode", "WAL");
      config.addDataSourceProperty("synchronous", "FULL");
      config.addDataSourceProperty("busy_timeout", "10000");
      config.addDataSourceProperty("foreign_keys", "true");
      config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
    } else {
      config.setUsername(settings.text("ledger.user"));
      config.setPassword(settings.text("ledger.password"));
      config.setConnectionTimeout(10_000);
      // A connection that was dropped without a word must not hold the writer for ever.
      config.addDataSourceProperty("socketTimeout", "60");
      config.addDataSourceProperty("tcpKeepAlive", "true");
      // A process that is suspended within a transaction must not lock others out past its lease.
      config.addDataSourceProperty(
          "options",
          "-c idle_in_transaction_session_timeout="
              + settings.duration("ledger.lease").dividedBy(2).toMillis());
      // Details of an error quote the row.
      config.addDataSourceProperty("logServerErrorDetail", "false");
    }
    return config;
  }

  private static Path file(String url) {
    String name = url.substring(SQLITE.length()).replaceFirst("\\?.*$", "");
    if (name.isBlank() || name.startsWith(":")) {
      throw new SettingsException(
          "ledger.url="
              + url
              + " keeps nothing over a restart: name a file, as jdbc:sqlite:data/ledger.db.");
    }
    return Path.of(name).toAbsolutePath();
  }

  /** One process a file: SQLite would allow more, but leases of a dead one could not be told. */
  private static FileChannel lock(Path file) {
    createFolder(file);
    try {
      FileChannel channel =
          FileChannel.open(
              file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock held = tryLock(channel);
      if (held == null) {
        channel.close();
        throw new SettingsException(
            "ledger.url: "
                + file
                + " is in use by another process: stop that one first, or set another file.");
      }
      return channel;
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  private static void createFolder(Path file) {
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw notWritable(file, e);
    }
  }

  private static SettingsException notWritable(Path file, IOException e) {
    return new SettingsException(
        "ledger.url: "
            + file.getParent()
            + " is not writable ("
            + e.getClass().getSimpleName()
            + "): create the folder and make it writable for this user.");
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // held within this very process
      return null;
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given");
  }

  private static void close(HikariDataSource pool, FileChannel lock) {
    if (pool != null) {
      pool.close();
    }
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        throw new LedgerException("The ledger's lock file could not be closed.", e);
      }
    }
  }

  /** Finishes what is being written and closes everything. */
  @Override
  public void close() {
    writer.close();
    close(pool, lock);
  }
}
