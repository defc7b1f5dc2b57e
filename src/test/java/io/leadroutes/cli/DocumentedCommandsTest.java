package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the documents tell somebody to type can be typed. */
class DocumentedCommandsTest {

  /** As it stands in a block of shell or between backticks, without the program's name. */
  private static final Pattern COMMAND =
      Pattern.compile("(?:^|[\\s/`])lead-routes(?:\\.jar)? ([a-z][^`\\n>|&;#]*)");

  private static final Pattern CODE = Pattern.compile("(?ms)^ *```sh\\n(.*?)^ *```$|`([^`\\n]+)`");

  private static final Pattern STATES = Pattern.compile("(?ms)^stateDiagram-v2\\n(.*?)^```$");
  private static final Pattern STATE =
      Pattern.compile("(?m)^ +(\\w+) --> (\\w+)|\\[\\*] --> (\\w+)");

  static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(Path.of("."));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(Stream.concat(top, docs), Stream.of(Path.of("deploy/README.md")))
          .map(Path::normalize)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.startsWith("docs/adr") && !file.endsWith("CHANGELOG.md"))
          .sorted()
          .toList();
    }
  }

  private static List<String> commands(Path document) throws IOException {
    return CODE.matcher(Files.readString(document))
        .results()
        .map(code -> code.group(1) == null ? code.group(2) : code.group(1))
        .flatMap(code -> COMMAND.matcher(code).results())
        .map(command -> command.group(1).strip())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_command_and_every_option_exists(Path document) throws IOException {
    for (String command : commands(document)) {
      CommandLine program = LeadRoutes.commandLine(() -> null, Path.of("."));
      assertThatCode(() -> program.parseArgs(command.split(" +")))
          .as("lead-routes %s of %s", command, document)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void every_command_is_in_the_operators_table() throws IOException {
    List<String> shown = commands(Path.of("docs/operate.md"));
    assertThat(LeadRoutes.commandLine(() -> null, Path.of(".")).getSubcommands().keySet())
        .allMatch(name -> shown.stream().anyMatch(command -> command.startsWith(name)));
  }

  @Test
  void the_diagram_of_a_delivery_has_the_states_that_there_are() throws IOException {
    MatchResult diagram =
        STATES.matcher(Files.readString(Path.of("docs/how-it-works.md"))).results().findAny().get();
    List<String> states =
        STATE
            .matcher(diagram.group(1))
            .results()
            .flatMap(arrow -> Stream.of(1, 2, 3).map(arrow::group))
            .filter(state -> state != null)
            .distinct()
            .toList();
    assertThat(states).containsExactlyInAnyOrderElementsOf(StatusJson.STATES);
  }
}
