package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leadroutes.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** G2: one process works on a ledger's file, and it stays the file that was opened. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LedgerFileTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("ledger.db");
  }

  private Settings settings() {
    return Databases.SQLITE.settings(directory, Map.of());
  }

  private static void assertRefused(Path name) throws Exception {
    try (LedgerProcess another = new LedgerProcess(name)) {
      assertThat(another.said).contains("in use by another process");
    }
  }

  @Test
  void a_second_process_is_refused_by_whatever_name_it_comes() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("elsewhere"));
    try (LedgerProcess first = new LedgerProcess(file())) {
      assertThat(first.said).isEqualTo("open");

      assertRefused(file());
      Files.delete(directory.resolve("ledger.db.lock"));
      assertRefused(file());
      assertRefused(Files.createSymbolicLink(folder.resolve("symbolic.db"), file()));
      assertRefused(
          Files.createSymbolicLink(directory.resolve("folder"), directory).resolve("ledger.db"));
      assertRefused(Files.createLink(folder.resolve("hard.db"), file()));

      first.kill();
      try (LedgerProcess next = new LedgerProcess(file())) {
        assertThat(next.said).isEqualTo("open");
      }
    }
  }

  @Test
  void the_lock_outlasts_every_connection_that_ends_in_the_same_process() throws Exception {
    try (Ledger ledger = Ledger.open(settings())) {
      for (int i = 0; i < 3; i++) {
        Ledger.openBeside(settings()).close();
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file())) {
          raw.createStatement().executeQuery("SELECT COUNT(*) FROM account").close();
        }
        ledger.writer.write(h -> 1);
      }
      Files.delete(directory.resolve("ledger.db.lock"));

      assertRefused(file());
    }
  }

  @Test
  void a_file_that_is_removed_under_the_service_is_noticed_and_nothing_more_is_claimed()
      throws Exception {
    try (LedgerFixture fixture = new LedgerFixture(settings())) {
      fixture.recordLeads(1, "slack");
      Files.delete(file());

      assertThat(fixture.ledger.trouble().orElseThrow()).contains("removed", "restored");
      assertThat(fixture.ledger.troubleWithWriting()).isPresent();
      assertThatThrownBy(() -> fixture.claim("slack", fixture.account, 1, null))
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining("removed");
    }
  }

  @Test
  void a_connection_does_not_make_the_file_anew() {
    SqliteSource source = new SqliteSource("jdbc:sqlite:" + file(), new LedgerClock());

    assertThatThrownBy(source::getConnection).isInstanceOf(SQLException.class);
    assertThat(file()).doesNotExist();
  }

  @Test
  void a_file_that_is_replaced_is_noticed_and_one_that_is_put_back_is_taken_again()
      throws Exception {
    try (LedgerFixture fixture = new LedgerFixture(settings())) {
      fixture.recordLeads(1, "slack");
      Path aside = directory.resolve("aside.db");
      Files.move(file(), aside);
      Files.copy(aside, file());

      assertThat(fixture.ledger.trouble().orElseThrow()).contains("replaced");
      assertThatThrownBy(() -> fixture.claim("slack", fixture.account, 1, null))
          .isInstanceOf(LedgerException.class);

      Files.delete(file());
      Files.move(aside, file());
      assertThat(fixture.ledger.trouble()).isEmpty();
      assertThat(fixture.claim("slack", fixture.account, 1, null).deliveries()).hasSize(1);
    }
  }

  @Test
  void a_log_that_is_removed_is_noticed_as_well() throws Exception {
    try (LedgerFixture fixture = new LedgerFixture(settings())) {
      fixture.recordLeads(1, "slack");
      Files.delete(directory.resolve("ledger.db-wal"));

      assertThat(fixture.ledger.trouble()).isPresent();
    }
  }

  @Test
  void a_process_that_was_killed_leaves_no_library_for_long() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("data"));
    Path ledger = folder.resolve("ledger.db");
    for (int i = 0; i < 3; i++) {
      try (LedgerProcess process = new LedgerProcess(ledger)) {
        assertThat(process.said).isEqualTo("open");
      }
    }
    await().atMost(LONG).until(() -> libraries(folder) <= 1);
  }

  private static long libraries(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".so")).count();
    }
  }
}
