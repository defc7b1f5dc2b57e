package io.leadroutes.conventions;

import static io.leadroutes.settings.Key.Kind.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.settings.Key;
import io.leadroutes.settings.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The keys that are read, declared and documented are those of the table. */
class KeysTest {

  private static final Set<String> SYSTEMS =
      Keys.all().stream()
          .map(key -> key.name().replaceFirst("\\..*", ""))
          .collect(Collectors.toCollection(TreeSet::new));

  private static final String SYSTEM = "(?:" + String.join("|", SYSTEMS) + ")";
  private static final Pattern CONSTANT = Pattern.compile("\\bKeys\\.([A-Z0-9_]+)\\b");
  private static final Pattern READ = Pattern.compile("\"(" + SYSTEM + "(?:\\.[a-z0-9-]+)+)\"");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(" + SYSTEM + "\\.[\\w.-]+)}}");
  private static final int MAX_CELL = 120;

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> find(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.add(matcher.group(1));
    }
    return found;
  }

  @Test
  void every_key_that_is_read_is_in_the_table_and_every_key_of_the_table_is_read()
      throws IOException {
    Set<String> used = new TreeSet<>();
    for (String folder : List.of("src/main/java", "routes")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files
            .filter(Files::isRegularFile)
            .filter(file -> !file.endsWith("Keys.java"))
            .map(KeysTest::read)
            .forEach(
                text -> {
                  used.addAll(find(CONSTANT, text));
                  Stream.of(READ, PLACEHOLDER)
                      .flatMap(pattern -> find(pattern, text).stream())
                      .forEach(name -> used.add(Key.of(TEXT, name, "", "").variable()));
                });
      }
    }
    used.removeIf(name -> name.equals("SECTIONS"));
    assertThat(used)
        .isEqualTo(
            Keys.all().stream()
                .map(key -> key.variable().replaceFirst("_$", ""))
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void the_file_of_defaults_is_written_from_the_table() throws IOException {
    Written.isUpToDate(Path.of("application.properties"), SettingsText.properties(), getClass());
  }

  @Test
  void the_page_of_settings_is_written_from_the_table() throws IOException {
    Written.isUpToDate(Path.of("docs/settings.md"), SettingsText.page(), getClass());
  }

  @Test
  void a_cell_of_the_page_can_be_read() {
    assertThat(SettingsText.page().lines().filter(line -> line.startsWith("|")))
        .allSatisfy(
            line ->
                assertThat(Arrays.stream(line.split("\\|")).map(String::strip))
                    .allMatch(cell -> cell.length() <= MAX_CELL));
  }

  @Test
  void every_key_has_a_sentence() {
    assertThat(Keys.all())
        .allSatisfy(key -> assertThat(key.says()).as(key.name()).endsWith("."))
        .allSatisfy(
            key -> assertThat(key.says().length()).as(key.name()).isLessThanOrEqualTo(MAX_CELL));
  }
}
