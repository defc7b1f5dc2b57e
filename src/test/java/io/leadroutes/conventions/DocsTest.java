package io.leadroutes.conventions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents point at is there. */
class DocsTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

  private static final Pattern GUARANTEE = Pattern.compile("/\\*\\*\\s+(?:\\*\\s+)?G[1-9]\\b");

  static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(Path.of("."));
        Stream<Path> docs = Files.walk(Path.of("docs"));
        Stream<Path> others = Stream.of(Path.of("bench/README.md"), Path.of("deploy/README.md"))) {
      return Stream.of(top, docs, others)
          .flatMap(files -> files)
          .filter(file -> file.toString().endsWith(".md"))
          .toList();
    }
  }

  /** A test names its guarantees at the beginning of its description, as in "G1, G2: …". */
  @Test
  void the_readme_links_every_test_that_names_a_guarantee() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    try (Stream<Path> tests = Files.walk(Path.of("src/test/java"))) {
      for (Path test : tests.filter(file -> file.toString().endsWith(".java")).toList()) {
        if (GUARANTEE.matcher(Files.readString(test)).find()) {
          assertThat(readme).contains("(" + test + ")");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_link_within_the_project_leads_somewhere(Path document) throws IOException {
    Matcher links = LINK.matcher(Files.readString(document));
    while (links.find()) {
      String target = links.group(1);
      if (!target.contains("://")) {
        assertThat(document.resolveSibling(target)).exists();
      }
    }
  }
}
