package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerTroubleTest {

  @TempDir Path directory;

  private Connection open(String options) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("x.db") + options);
  }

  private static String trouble(Statement statement, String sql) {
    Throwable failure = catchThrowable(() -> statement.execute(sql));
    return LedgerTrouble.in(new LedgerException("wrapped", (Exception) failure));
  }

  @Test
  void a_disk_that_is_full_is_called_so() throws SQLException {
    try (Connection small = open("?max_page_count=2");
        Statement statement = small.createStatement()) {
      statement.execute("CREATE TABLE t (x TEXT)");

      assertThat(trouble(statement, "INSERT INTO t VALUES (zeroblob(100000))"))
          .contains("disk is full", "free space");
    }
  }

  @Test
  void a_file_that_is_locked_is_called_so() throws SQLException {
    try (Connection one = open("");
        Statement first = one.createStatement();
        Connection two = open("?busy_timeout=1");
        Statement second = two.createStatement()) {
      first.execute("BEGIN IMMEDIATE");

      assertThat(trouble(second, "BEGIN IMMEDIATE")).contains("locked by another program");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "53100, disk is full",
    "08006, cannot be reached",
    "57P01, cannot be reached",
    "42P01, 'SQLException 42P01'"
  })
  void a_state_of_postgresql_is_a_sentence(String state, String part) {
    assertThat(LedgerTrouble.in(new SQLException("with +12025550101 in it", state)))
        .contains(part)
        .doesNotContain("+12025550101");
  }

  @Test
  void what_has_nothing_to_do_with_the_database_is_none() {
    assertThat(LedgerTrouble.in(new IllegalStateException())).isNull();
  }
}
