import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A PostgreSQL with a new database for each line on standard input: prints its address, user and
 * password, a line each. When the input ends, as it does when the bench is killed, nothing of it
 * stays. Where LEDGER_URL, LEDGER_USER and LEDGER_PASSWORD name a server, the databases are made
 * and dropped there.
 */
final class Postgres {

  private static EmbeddedPostgres server;

  private Postgres() {}

  public static void main(String[] args) throws Exception {
    String url = System.getenv("LEDGER_URL");
    if (url != null) {
      String user = System.getenv().getOrDefault("LEDGER_USER", "");
      serve(url, user, System.getenv().getOrDefault("LEDGER_PASSWORD", ""));
      return;
    }
    Path folder = Files.createTempDirectory("lead-routes-bench-postgres-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(folder)));
    start(folder);
    String address = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
    serve(address, "postgres", "postgres");
  }

  /** Durable as PostgreSQL is by default: the library's own settings lose commits for speed. */
  private static void start(Path folder) throws IOException {
    server =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(folder.toFile())
            .setDataDirectory(folder.resolve("data"))
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
  }

  private static void serve(String url, String user, String password)
      throws IOException, SQLException {
    List<String> made = new ArrayList<>();
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      try {
        while (in.readLine() != null) {
          String name = "bench" + UUID.randomUUID().toString().replace("-", "");
          statement.execute("CREATE DATABASE " + name);
          made.add(name);
          System.out.println(url.replaceFirst("(//[^/]+/)[^?]*", "$1" + name));
          System.out.println(user);
          System.out.println(password);
        }
      } finally {
        for (String name : made) {
          statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
        }
      }
    }
  }

  private static void close(Path folder) {
    try {
      if (server != null) {
        server.close();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    } catch (IOException e) {
      System.err.println(folder + " could not be removed: " + e);
    }
  }
}
