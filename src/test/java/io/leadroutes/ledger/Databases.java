package io.leadroutes.ledger;

import io.leadroutes.settings.Settings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/** Both kinds of database for tests: a new SQLite file, or a new database of a real PostgreSQL. */
public enum Databases {
  SQLITE {
    @Override
    Map<String, String> fresh(Path directory) {
      return Map.of("ledger.url", "jdbc:sqlite:" + directory.resolve("ledger.db"));
    }
  },
  POSTGRESQL {
    @Override
    Map<String, String> fresh(Path directory) {
      String name = "t" + UUID.randomUUID().toString().replace("-", "");
      try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return Map.of(
          "ledger.url",
          Server.RUNNING.getJdbcUrl("postgres", name).replaceFirst("\\?.*", ""),
          "ledger.user",
          "postgres",
          "ledger.password",
          "postgres");
    }
  };

  /** One server for all tests of a run; the library ends it with the JVM. */
  private static final class Server {
    static final EmbeddedPostgres RUNNING = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  abstract Map<String, String> fresh(Path directory);

  /** The default settings with an empty database of this kind. */
  public Settings settings(Path directory, Map<String, String> others) {
    Map<String, String> values = new HashMap<>(fresh(directory));
    values.putAll(others);
    return Settings.load(directory, Map.of(), new Properties()).with(values);
  }
}
