package io.leadroutes.conventions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents are short, lead somewhere, and say of the tests what the tests say themselves. */
class DocsTest {

  private static final int MAX_README_LINES = 120;
  private static final int MAX_CELL = 120;

  private static final Path README = Path.of("README.md");
  private static final Path GUARANTEES = Path.of("docs/guarantees.md");

  private static final Pattern FENCE = Pattern.compile("(?ms)^( *)```.*?^\\1```$");
  private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");

  private static final Pattern TABLE = Pattern.compile("(?m)^CREATE TABLE (\\w+)");

  /** A file as a page shows it, whole. */
  private static final Pattern SHOWN =
      Pattern.compile("(?ms)^<!-- file: (\\S+) -->\\n```\\w+\\n(.*?)^```$");

  /** A test's own words at the beginning of its javadoc: {@code G1, G2: …} to the end of it. */
  private static final Pattern CLAIM =
      Pattern.compile(
          "(?s)/\\*\\*[\\s*]+(G\\d+(?:(?:, | and )G\\d+)*): (.*?)\\*/(.*?)(?:\\{\\s*\\n|;\\s*\\n)");

  private static final Pattern TEST_METHOD = Pattern.compile("void\\s+(\\w+)\\s*\\(");

  private static final Pattern LIST =
      Pattern.compile("(?s)(<!-- tests of (G\\d+) -->\\n)(.*?)(<!-- end -->)");

  static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(Path.of("."));
        Stream<Path> docs = Files.walk(Path.of("docs"));
        Stream<Path> others = Stream.of(Path.of("bench/README.md"), Path.of("deploy/README.md"))) {
      return Stream.of(top, docs, others)
          .flatMap(files -> files)
          .map(Path::normalize)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  /** What somebody reads who uses the program; decisions and the changelog are another matter. */
  static List<Path> pages() throws IOException {
    return documents().stream()
        .filter(file -> !file.startsWith("docs/adr") && !file.endsWith("CHANGELOG.md"))
        .toList();
  }

  private static String prose(Path document) throws IOException {
    return FENCE.matcher(Files.readString(document)).replaceAll("");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_link_within_the_project_leads_somewhere(Path document) throws IOException {
    for (MatchResult link : LINK.matcher(prose(document)).results().toList()) {
      String[] target = link.group(2).split("#", 2);
      if (target[0].contains("://")) {
        continue;
      }
      Path page = target[0].isEmpty() ? document : document.resolveSibling(target[0]).normalize();
      assertThat(page).exists();
      if (target.length == 2) {
        assertThat(anchors(page)).as("%s of %s", link.group(2), document).contains(target[1]);
      }
    }
  }

  /** The names that GitHub gives to headings. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    for (MatchResult heading : HEADING.matcher(prose(page)).results().toList()) {
      String name =
          LINK.matcher(heading.group(1))
              .replaceAll("$1")
              .strip()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      int before = seen.merge(name, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? name : name + "-" + before);
    }
    return anchors;
  }

  @Test
  void the_readme_is_short() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(MAX_README_LINES);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void no_cell_of_a_table_is_long(Path page) throws IOException {
    List<String> cells =
        prose(page)
            .lines()
            .filter(line -> line.startsWith("|"))
            .map(line -> LINK.matcher(line).replaceAll("$1"))
            .flatMap(line -> Stream.of(line.split("(?<!\\\\)\\|")))
            .map(String::strip)
            .filter(cell -> cell.length() > MAX_CELL)
            .toList();
    assertThat(cells).as("cells of more than %s characters", MAX_CELL).isEmpty();
  }

  static List<Path> manual() throws IOException {
    return pages().stream().filter(file -> file.startsWith("docs")).toList();
  }

  @ParameterizedTest
  @MethodSource("manual")
  void every_page_begins_with_whom_it_is_for(Path page) throws IOException {
    List<String> lines = Files.readAllLines(page).stream().filter(line -> !line.isBlank()).toList();
    assertThat(lines.get(0)).startsWith("# ");
    assertThat(lines.get(1)).startsWith("For ");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void a_file_that_a_page_shows_is_that_file(Path page) throws IOException {
    for (MatchResult shown : SHOWN.matcher(Files.readString(page)).results().toList()) {
      assertThat(shown.group(2))
          .as("%s as %s shows it", shown.group(1), page)
          .isEqualTo(Files.readString(Path.of(shown.group(1))));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<artifactId>lead-routes</artifactId>\\s+<version>.*?</version>",
        "<camel.version>.*?</camel.version>",
        "<artifactId>maven-surefire-plugin</artifactId>\\s+<version>.*?</version>"
      })
  void the_project_of_an_engineer_names_the_versions_of_this_one(String version)
      throws IOException {
    assertThat(first(version, "src/test/resources/leads/pom.xml"))
        .isEqualTo(first(version, "pom.xml"));
  }

  private static String first(String pattern, String file) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(Path.of(file)))
        .results()
        .findFirst()
        .orElseThrow()
        .group()
        .replaceAll("\\s", "");
  }

  @Test
  void how_it_works_lists_the_tables_of_the_ledger() throws IOException {
    Set<String> tables = new TreeSet<>();
    try (Stream<Path> migrations = Files.list(Path.of("src/main/resources/db/migration"))) {
      for (Path migration : migrations.toList()) {
        TABLE
            .matcher(Files.readString(migration))
            .results()
            .map(table -> table.group(1))
            .forEach(tables::add);
      }
    }
    String page = Files.readString(Path.of("docs/how-it-works.md"));
    assertThat(tables).allMatch(table -> page.contains("\n| `" + table + "` |"));
  }

  @Test
  void contributing_names_every_package() throws IOException {
    String page = Files.readString(Path.of("CONTRIBUTING.md"));
    try (Stream<Path> packages = Files.list(Path.of("src/main/java/io/leadroutes"))) {
      assertThat(packages.map(path -> path.getFileName().toString()))
          .isNotEmpty()
          .allMatch(name -> page.contains("`" + name + "`") && page.contains("  " + name + "/"));
    }
  }

  @Test
  void how_it_works_shows_every_route() throws IOException {
    String page = Files.readString(Path.of("docs/how-it-works.md"));
    try (Stream<Path> routes = Files.list(Path.of("routes"))) {
      assertThat(routes.map(route -> route.getFileName().toString().replace(".camel.yaml", "")))
          .isNotEmpty()
          .allMatch(page::contains);
    }
  }

  @Test
  void every_page_is_reached_from_the_readme() throws IOException {
    Set<Path> reached = new TreeSet<>(Set.of(README));
    Set<Path> next = reached;
    while (!next.isEmpty()) {
      Set<Path> found = new TreeSet<>();
      for (Path page : next) {
        LINK.matcher(prose(page))
            .results()
            .map(link -> link.group(2).split("#", 2)[0])
            .filter(target -> target.endsWith(".md") && !target.contains("://"))
            .map(target -> page.resolveSibling(target).normalize())
            .filter(reached::add)
            .forEach(found::add);
      }
      next = found;
    }
    assertThat(reached).containsAll(manual());
  }

  @Test
  void the_guarantees_list_the_tests_that_name_them_in_the_tests_own_words() throws IOException {
    Map<String, Collection<String>> claims = claims();
    String page = Files.readString(GUARANTEES);
    Matcher lists = LIST.matcher(page);
    Set<String> listed = new TreeSet<>();
    String anew =
        lists.replaceAll(
            list -> {
              listed.add(list.group(2));
              String tests = String.join("", claims.getOrDefault(list.group(2), List.of()));
              return Matcher.quoteReplacement(list.group(1) + tests + list.group(4));
            });
    assertThat(listed).isEqualTo(claims.keySet());
    Written.isUpToDate(GUARANTEES, anew, DocsTest.class);
  }

  /** By guarantee, a line of the list for each test that names it. */
  private static Map<String, Collection<String>> claims() throws IOException {
    Map<String, Collection<String>> claims = new TreeMap<>();
    Path tests = Path.of("src/test/java/io/leadroutes");
    try (Stream<Path> files = Files.walk(tests)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).sorted().toList()) {
        Matcher claim = CLAIM.matcher(Files.readString(file));
        while (claim.find()) {
          String line = line(tests, file, claim.group(2), claim.group(3));
          for (String guarantee : claim.group(1).split(", | and ")) {
            claims.computeIfAbsent(guarantee, name -> new TreeSet<>()).add(line);
          }
        }
      }
    }
    return claims;
  }

  private static String line(Path tests, Path file, String javadoc, String declaration) {
    String name = tests.relativize(file).toString().replace(".java", "").replaceAll("[/\\\\]", ".");
    Matcher method = TEST_METHOD.matcher(declaration);
    String words =
        javadoc
            .replaceAll("\\s*\\n\\s*\\*?\\s*", " ")
            .replaceAll("\\{@code ([^}]*)}", "`$1`")
            .replaceAll("\\{@link #?([^}]*)}", "`$1`")
            .strip();
    String sentence = words.replaceFirst("(?s)(?<=[^.]\\.) [A-Z].*", "");
    return "- [`"
        + name
        + "`](../"
        + file.toString().replace('\\', '/')
        + ")"
        + (method.find() ? " (`" + method.group(1) + "`)" : "")
        + ": "
        + sentence
        + "\n";
  }
}
