package io.leadroutes.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database that remembers calls, leads and deliveries: an SQLite file, or PostgreSQL. Reads use
 * a small pool, writes go through one {@link Writer}. All times are the ledger's.
 */
public final class Ledger implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final int CONNECTIONS = 4;
  private static final Duration OPEN_AGAIN = Duration.ofSeconds(1);
  private static final Duration WATCH = Duration.ofSeconds(1);
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final Duration ONE_DAY = Duration.ofDays(1);

  /** Who opens it. */
  private enum Use {
    /** The service: one on an SQLite file, makes the ledger and brings it up to date. */
    SERVICE,
    /** A command that no service may run beside. */
    ALONE,
    /** A command beside the service. */
    BESIDE
  }

  private final HikariDataSource pool;
  private final LedgerFile file;
  private final Duration lease;
  private final LedgerClock clock;
  private final ClockSteps steps;
  private final LedgerTroubles troubles = new LedgerTroubles();
  private ScheduledExecutorService watch;
  private Path scratch;
  private String said;
  final Dialect dialect;
  final Jdbi jdbi;
  final Writer writer;
  final Recordings recordings = new Recordings();

  private Ledger(
      Dialect dialect, HikariDataSource pool, LedgerFile file, LedgerClock clock, Duration lease) {
    this.dialect = dialect;
    this.pool = pool;
    this.file = file;
    this.clock = clock;
    this.lease = lease;
    steps = new ClockSteps(dialect, clock);
    jdbi = Jdbi.create(pool);
    // Its messages would quote the values of a statement, personal data among them.
    jdbi.getConfig(StatementExceptions.class)
        .setMessageRendering(StatementExceptions.MessageRendering.NONE);
    dialect.define(jdbi);
    Mapping.define(jdbi);
    writer = new Writer(jdbi, dialect, new AroundWrites());
  }

  /**
   * Opens the ledger for the service and brings its tables up to date. What passes by itself, as a
   * database that is not up yet or a full disk, is waited for and said once.
   *
   * @param wall the clock of this machine
   * @throws SettingsException when it cannot be opened, another process runs on the same file, or
   *     it was made by a newer program
   */
  public static Ledger openWhenReady(Settings settings, InstantSource wall) {
    String said = null;
    while (true) {
      try {
        Ledger ledger = open(settings, new LedgerClock(wall));
        if (said != null) {
          LOG.info("The ledger is open; the start continues.");
        }
        return ledger;
      } catch (LedgerException e) {
        if (!e.getMessage().equals(said)) {
          LOG.warn("Waiting to start until the ledger can be opened: {}", e.getMessage());
          said = e.getMessage();
        }
        try {
          TimeUnit.MILLISECONDS.sleep(OPEN_AGAIN.toMillis());
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }

  /**
   * Opens the ledger for the service and brings its tables up to date.
   *
   * @throws SettingsException when it cannot be opened, another process runs on the same file, or
   *     it was made by a newer program
   * @throws LedgerException when it cannot be opened at present, which passes
   */
  public static Ledger open(Settings settings) {
    return open(settings, new LedgerClock());
  }

  /** The same with a clock of one's own. */
  static Ledger open(Settings settings, LedgerClock clock) {
    return open(settings, Use.SERVICE, clock);
  }

  /**
   * Opens the ledger for a command that no service may run beside; neither makes nor changes its
   * tables.
   *
   * @throws SettingsException when it cannot be opened, is not there or of another version, or when
   *     another process runs on the same file
   */
  public static Ledger openAlone(Settings settings) {
    return open(settings, Use.ALONE, new LedgerClock());
  }

  /**
   * Opens the ledger for a command, beside a service that may be running on it; neither makes nor
   * changes its tables.
   *
   * @throws SettingsException when it cannot be opened, is not there or of another version
   */
  public static Ledger openBeside(Settings settings) {
    return open(settings, Use.BESIDE, new LedgerClock());
  }

  /**
   * The same for a command that only asks what would be: before the service's first start, where
   * there is no ledger yet, it gets one of its own that ends with it.
   *
   * @throws SettingsException when it cannot be opened, or is of another version
   */
  public static Ledger openToPreview(Settings settings) {
    try {
      return openBeside(settings);
    } catch (MissingLedgerException e) {
      try {
        Path scratch = Files.createTempDirectory("lead-routes-preview-");
        String url = "jdbc:sqlite:" + scratch.resolve("preview.db");
        Ledger ledger = open(settings.with(Map.of(Keys.LEDGER_URL.name(), url)));
        ledger.scratch = scratch;
        return ledger;
      } catch (IOException noSpace) {
        throw new LedgerException("The folder for temporary files cannot be written.", noSpace);
      }
    }
  }

  private static Ledger open(Settings settings, Use use, LedgerClock clock) {
    String url = settings.required(Keys.LEDGER_URL);
    Dialect dialect = Dialect.of(url);
    if (dialect == null) {
      throw new SettingsException(
          "ledger.url does not name a known kind of database: write jdbc:sqlite:<file> or"
              + " jdbc:postgresql://<host>/<database>.");
    }
    LedgerFile file = dialect == Dialect.SQLITE ? LedgerFile.of(url) : null;
    HikariDataSource pool = null;
    Ledger ledger = null;
    try {
      prepare(file, use);
      pool = pool(url, settings, dialect, clock);
      LedgerSchema schema = new LedgerSchema(pool, dialect);
      if (use == Use.SERVICE) {
        schema.migrate();
      } else {
        schema.refuseOther();
      }
      if (file != null && use != Use.BESIDE) {
        file.lockAgain();
      }
      ledger = new Ledger(dialect, pool, file, clock, settings.duration(Keys.LEDGER_LEASE));
      ledger.begin(use, settings);
      return ledger;
    } catch (RuntimeException | SQLException | LinkageError e) {
      abandon(ledger, pool, file);
      throw explained(e, file);
    }
  }

  private static void prepare(LedgerFile file, Use use) {
    if (file == null) {
      return;
    }
    if (use != Use.SERVICE) {
      file.refuseMissing();
    }
    if (use != Use.BESIDE) {
      file.lock();
    }
    file.unpackLibrary(use != Use.BESIDE);
  }

  private void begin(Use use, Settings settings) {
    if (use != Use.BESIDE) {
      takeOver();
      takeOutOfTheFuture(settings);
    }
    if (file != null) {
      file.opened();
    }
    if (use == Use.SERVICE) {
      watch =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "ledger-watch");
                thread.setDaemon(true);
                return thread;
              });
      watch.scheduleWithFixedDelay(
          this::look, WATCH.toMillis(), WATCH.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static RuntimeException explained(Throwable e, LedgerFile file) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SettingsException mistake) {
        return mistake;
      }
      if (cause == cause.getCause()) {
        break;
      }
    }
    String trouble = LedgerTrouble.known(e);
    if (LedgerTrouble.passes(e)) {
      return new LedgerException(trouble, e);
    }
    if (trouble != null) {
      return new SettingsException("ledger.url: the ledger cannot be opened: " + trouble);
    }
    if (isWithoutLibrary(e)) {
      return new SettingsException(
          "SQLite's library cannot be loaded from "
              + LedgerFile.libraryFolder()
              + ": programs may not be run there, or it is not for this machine; set"
              + " -Dorg.sqlite.tmpdir to a folder that allows it.");
    }
    if (LedgerTrouble.refusal(e) == null && e instanceof RuntimeException other) {
      return other;
    }
    return new SettingsException(
        "ledger.url: the ledger cannot be opened ("
            + rootMessage(e)
            + "): check the address, ledger.user and ledger.password, or the file's permissions.");
  }

  private static boolean isWithoutLibrary(Throwable e) {
    return e instanceof LinkageError
        || e instanceof SQLException && String.valueOf(e.getMessage()).contains("native library")
        || e.getCause() != null && e.getCause() != e && isWithoutLibrary(e.getCause());
  }

  /** How long a claim lasts without renewal. */
  public Duration lease() {
    return lease;
  }

  /**
   * The ledger's clock, milliseconds since 1970: PostgreSQL's, or of an SQLite file this process's,
   * which goes on evenly whatever is done to the machine's.
   */
  public long now() {
    return dialect == Dialect.SQLITE
        ? clock.millis()
        : jdbi.withHandle(h -> h.createQuery("SELECT <now>").mapTo(Long.class).one());
  }

  /** Whether the ledger can be read. */
  public boolean answers() {
    try {
      return jdbi.withHandle(h -> h.createQuery("SELECT 1").mapTo(Integer.class).one()) == 1;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /**
   * What is wrong with the ledger at present and what to do, without asking the database: it cannot
   * be written, or its file is not there any more.
   */
  public Optional<String> trouble() {
    Optional<String> replaced = file == null ? Optional.empty() : file.replaced();
    return replaced.isPresent() ? replaced : troubles.present();
  }

  /**
   * Whether something can be written, by trying where nothing was written lately; within seconds.
   *
   * @return what is wrong, empty when all is well
   */
  public Optional<String> troubleWithWriting() {
    if (!troubles.wroteWithin(FRESH)) {
      try {
        writer.submit(this::touch).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        return Optional.of("The ledger does not answer: check ledger.url and its database.");
      } catch (ExecutionException e) {
        return Optional.of(
            trouble().orElse("The ledger cannot be written: check ledger.url and its database."));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return trouble();
  }

  private Integer touch(Handle h) {
    return h.execute("UPDATE ledger_clock SET at = CASE WHEN at > <now> THEN at ELSE <now> END");
  }

  /** What is not noticed by writing while nothing is written. */
  private void look() {
    if (steps.noticed()) {
      writer.submit(h -> null);
    }
    String trouble = trouble().orElse(null);
    if (trouble != null && !trouble.equals(said)) {
      LOG.error("{}", trouble);
    } else if (trouble == null && said != null) {
      LOG.info("The ledger has recovered.");
    }
    said = trouble;
  }

  private final class AroundWrites implements Writer.Surroundings {

    @Override
    public void before() {
      if (file != null) {
        file.replaced()
            .ifPresent(
                sentence -> {
                  throw new LedgerException(sentence, null);
                });
      }
      steps.follow(jdbi);
    }

    @Override
    public void within(Handle handle) {
      steps.note(handle);
    }

    @Override
    public void wrote() {
      troubles.wrote();
    }

    @Override
    public void failed(Throwable failure) {
      troubles.failed(LedgerTrouble.known(failure));
      if (LedgerTrouble.readOnly(failure)) {
        // Those that only read are still with the former primary too.
        pool.getHikariPoolMXBean().softEvictConnections();
      }
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

  /** What nobody can have meant: no wait is longer than a day or the longest of the schedule. */
  private void takeOutOfTheFuture(Settings settings) {
    long day = ONE_DAY.toMillis();
    long longest =
        settings.durations(Keys.RETRY_SCHEDULE).stream()
            .mapToLong(Duration::toMillis)
            .reduce(day, Math::max);
    writer.write(
        h -> {
          h.execute("UPDATE request SET at = <now> WHERE at > <now>");
          h.createUpdate("UPDATE account SET quiet_until = 0 WHERE quiet_until > <now> + :day")
              .bind("day", day)
              .execute();
          h.createUpdate("UPDATE account SET held_until = 0 WHERE held_until > <now> + :day")
              .bind("day", day)
              .execute();
          h.createUpdate("UPDATE place SET held_until = 0 WHERE held_until > <now> + :day")
              .bind("day", day)
              .execute();
          h.createUpdate("UPDATE sink_state SET not_before = <now> WHERE not_before > <now> + :day")
              .bind("day", day)
              .execute();
          h.createUpdate(
                  "UPDATE delivery SET due_at = <now> WHERE state IN ('pending', 'unknown')"
                      + " AND due_at > <now> + :longest")
              .bind("longest", longest)
              .execute();
          return h.createUpdate(
                  "UPDATE delivery SET lease_until = 0 WHERE state = 'sending'"
                      + " AND lease_until > <now> + :day")
              .bind("day", day)
              .execute();
        });
  }

  private static HikariDataSource pool(
      String url, Settings settings, Dialect dialect, LedgerClock clock) throws SQLException {
    HikariConfig config;
    if (dialect == Dialect.SQLITE) {
      config = new HikariConfig();
      config.setDataSource(new SqliteSource(url, clock));
      // None of them ever ends, because with the last one the lock on the file would end too.
      config.setMinimumIdle(CONNECTIONS);
      config.setMaxLifetime(0);
    } else {
      config = PostgresSource.config(url, settings);
      config.setMinimumIdle(1);
    }
    config.setPoolName("ledger");
    config.setMaximumPoolSize(CONNECTIONS);
    return new HikariDataSource(config);
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given");
  }

  private static void abandon(Ledger ledger, HikariDataSource pool, LedgerFile file) {
    if (ledger != null) {
      ledger.close();
      return;
    }
    if (pool != null) {
      pool.close();
    }
    if (file != null) {
      file.close();
    }
  }

  /** Finishes what is being written and closes everything. */
  @Override
  public void close() {
    if (watch != null) {
      watch.shutdownNow();
    }
    writer.close();
    pool.close();
    if (file != null) {
      file.close();
    }
    if (scratch != null) {
      delete(scratch);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.toList()) {
        Files.delete(each);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new LedgerException(folder + " could not be removed: remove it.", e);
    }
  }
}
