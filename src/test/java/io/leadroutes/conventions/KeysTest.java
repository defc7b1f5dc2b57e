package io.leadroutes.conventions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The keys that are read, declared and documented are the same. */
class KeysTest {

  private static final Path DECLARED = Path.of("application.properties");
  private static final Pattern DECLARATION = Pattern.compile("(?m)^([a-z][\\w.-]*?)=(.*)$");

  /** The first words of the keys. */
  private static final String SYSTEM =
      declared().stream()
          .map(key -> key.replaceFirst("\\..*", ""))
          .distinct()
          .collect(Collectors.joining("|", "(?:", ")"));

  /** A literal of its own in the sources: keys are written out wherever they are read. */
  private static final Pattern READ = Pattern.compile("\"(" + SYSTEM + "(?:\\.[a-z0-9-]+)+)\"");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(" + SYSTEM + "\\.[\\w.-]+)}}");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z][\\w.-]*)`");
  private static final String MAPPING = "salesforce.lead.";

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Set<String> find(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static Set<String> declared() {
    Set<String> keys = find(DECLARATION, read(DECLARED));
    keys.removeIf(key -> key.startsWith("camel.") || key.startsWith(MAPPING));
    return keys;
  }

  @Test
  void every_key_that_is_read_is_declared_and_every_key_declared_is_read() throws IOException {
    Set<String> used = new TreeSet<>();
    for (String folder : List.of("src/main/java", "routes")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files
            .filter(Files::isRegularFile)
            .map(KeysTest::read)
            .forEach(
                text -> {
                  used.addAll(find(READ, text));
                  used.addAll(find(PLACEHOLDER, text));
                });
      }
    }
    assertThat(used).isEqualTo(declared());
  }

  @Test
  void every_key_has_a_row_in_the_settings_page_and_every_row_a_key() {
    Set<String> rows = find(ROW, read(Path.of("docs/settings.md")));
    rows.removeIf(key -> key.startsWith(MAPPING));
    assertThat(rows).isEqualTo(declared());
  }

  @Test
  void every_key_has_a_comment_above_it() {
    List<String> lines = read(DECLARED).lines().toList();
    List<String> bare =
        Stream.iterate(1, i -> i + 1)
            .limit(lines.size() - 1L)
            .filter(i -> DECLARATION.matcher(lines.get(i)).matches())
            .filter(i -> lines.get(i - 1).isBlank())
            .map(lines::get)
            .collect(Collectors.toList());
    assertThat(bare).isEmpty();
  }
}
