package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conventions.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schema as all migrations leave it, for people to read. */
class LedgerSqlTest {

  private static final String HEAD =
      """
      -- The tables of the ledger as they are today, in SQLite's words; PostgreSQL has the same ones. To
      -- be read and asked, not to be run: the service makes them, by the steps in
      -- src/main/resources/db/migration. Times are milliseconds since 1970 (UTC).
      """;

  /** What each table is for. */
  private static final Map<String, String> TABLES =
      Map.ofEntries(
          Map.entry("account", "One ClickSpeak login, and how far it was read."),
          Map.entry("call", "Each call that was seen, and what was decided about it."),
          Map.entry(
              "lead", "Each call that was a lead; its version rises when its content changes."),
          Map.entry("delivery", "One lead for one sink: what it wants, and what it has."),
          Map.entry("sink_state", "A sink of an account that was in trouble as a whole."),
          Map.entry(
              "pass", "Walks over the pages of an account that told something, and the last ones."),
          Map.entry("set_aside", "Records of a list that cannot be read, each once."),
          Map.entry("request", "The requests of the last minute, for the budget."),
          Map.entry("job", "Backfills."),
          Map.entry("restored", "Each time the ledger was restored from a backup."),
          Map.entry("place", "What one process at a time works on: a Slack channel, a file."),
          Map.entry("ledger_clock", "One row: the newest time that was written."));

  private static final Pattern ADDED =
      Pattern.compile("(?m)((?:^--.*\\n)+)^ALTER TABLE (\\w+) ADD COLUMN (\\w+)");
  private static final Pattern TABLE = Pattern.compile("(?s)CREATE TABLE (\\w+) \\((.*)\\)");

  @TempDir private Path directory;

  private record Statement(String type, String name, String tblName, String sql) {}

  @Test
  void the_file_shows_the_schema_as_it_stands() throws IOException {
    try (LedgerFixture fixture = new LedgerFixture(Databases.SQLITE, directory)) {
      Map<String, String> comments = commentsOfAddedColumns();
      String text = fixture.ledger.jdbi.withHandle(h -> schema(h, comments));
      Written.isUpToDate(Path.of("docs/ledger.sql"), text, getClass());
    }
  }

  private static Map<String, String> commentsOfAddedColumns() throws IOException {
    Map<String, String> comments = new HashMap<>();
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
      for (Path file : files.toList()) {
        for (Matcher added = ADDED.matcher(Files.readString(file)); added.find(); ) {
          comments.put(added.group(2) + "." + added.group(3), added.group(1));
        }
      }
    }
    return comments;
  }

  private static String schema(Handle h, Map<String, String> comments) {
    List<Statement> all =
        h.createQuery(
                """
                SELECT type, name, tbl_name, sql FROM sqlite_master
                WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'flyway%' AND name NOT LIKE 'sqlite%'
                ORDER BY rowid
                """)
            .map(
                (row, context) ->
                    new Statement(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4)))
            .list();
    StringBuilder text = new StringBuilder(HEAD);
    for (Statement table : all) {
      if (table.type().equals("table")) {
        assertThat(TABLES).as("Say above what the table is for.").containsKey(table.name());
        text.append("\n-- ").append(TABLES.get(table.name())).append('\n');
        text.append(table(table, comments));
        all.stream()
            .filter(index -> index.type().equals("index") && index.tblName().equals(table.name()))
            .map(index -> index.sql().replaceAll("\\s+", " ") + ";\n")
            .sorted()
            .forEach(text::append);
      }
    }
    return text.toString();
  }

  /**
   * Columns in the order in which they came, each below its comment, and then what holds for all.
   */
  private static String table(Statement table, Map<String, String> added) {
    Matcher whole = TABLE.matcher(table.sql());
    if (!whole.find()) {
      throw new IllegalStateException(table.sql());
    }
    Map<String, String> columns = new LinkedHashMap<>();
    List<String> rest = new ArrayList<>();
    split(whole.group(2))
        .forEach(
            (definition, comment) -> {
              if (definition.matches("(?:PRIMARY|UNIQUE|FOREIGN) .*")) {
                rest.add("    " + definition);
              } else {
                String name = definition.replaceFirst(" .*", "");
                String says = added.getOrDefault(table.name() + "." + name, comment);
                columns.put(name, indented(says) + "    " + definition);
              }
            });
    return Stream.concat(columns.values().stream(), rest.stream())
        .collect(Collectors.joining(",\n", "CREATE TABLE " + table.name() + " (\n", "\n);\n"));
  }

  private static String indented(String comment) {
    return comment.lines().map(line -> "    " + line.strip() + "\n").collect(Collectors.joining());
  }

  /** Definitions between the commas, each with the comment before it. */
  private static Map<String, String> split(String inner) {
    Map<String, String> definitions = new LinkedHashMap<>();
    StringBuilder comment = new StringBuilder();
    StringBuilder definition = new StringBuilder();
    int depth = 0;
    for (String line : inner.lines().toList()) {
      if (line.strip().startsWith("--")) {
        comment.append(line.strip()).append('\n');
        continue;
      }
      for (char c : (line + " ").toCharArray()) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == ',' && depth == 0) {
          definitions.put(
              definition.toString().strip().replaceAll("\\s+", " "), comment.toString());
          definition.setLength(0);
          comment.setLength(0);
        } else {
          definition.append(c);
        }
      }
    }
    definitions.put(definition.toString().strip().replaceAll("\\s+", " "), comment.toString());
    return definitions;
  }
}
