package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person can do about dead letters, beside a running service. */
class DeadLettersTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Arrivals arrivals;

  @BeforeEach
  void openSandbox() {
    arrivals = new Arrivals(directory);
  }

  @AfterEach
  void closeSandbox() {
    arrivals.close();
  }

  private Settings settings() {
    return Settings.load(directory, Map.of(), new Properties()).with(arrivals.settings());
  }

  private CommandLineOfTests commands() {
    return new CommandLineOfTests(settings(), directory);
  }

  private JsonNode listed() {
    CommandLineOfTests commands = commands();
    assertThat(commands.run("dead-letters", "list", "--json")).as(commands.err()).isZero();
    try {
      return new ObjectMapper().readTree(commands.out()).path("deadLetters");
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + commands.out(), e);
    }
  }

  @Test
  void one_that_is_replayed_arrives_and_one_that_is_discarded_does_not() {
    // That the third one arrives shows that it is the fault of the two.
    arrivals
        .sandbox
        .slack()
        .faults()
        .always(
            Fault.status(400, "{\"ok\":false}")
                .when(request -> !request.text().contains("default-3")));
    arrivals
        .sandbox
        .clickSpeak()
        .put(SandboxCall.qualified(1), SandboxCall.qualified(2), SandboxCall.qualified(3));
    try (Service service = Service.start(settings(), directory)) {
      await().atMost(LONG).until(() -> listed().size() == 2);
      arrivals.sandbox.slack().faults().clear();
      JsonNode letter = listed().get(0);
      assertThat(letter.path("account").asText()).isEqualTo("default");
      assertThat(letter.path("sink").asText()).isEqualTo("slack");
      assertThat(letter.path("attempts").asInt()).isEqualTo(1);
      assertThat(letter.path("reason").asText()).isNotEmpty();
      CommandLineOfTests commands = commands();

      assertThat(commands.run("dead-letters", "discard", listed().get(1).path("id").asText()))
          .isZero();
      assertThat(commands.run("dead-letters", "replay", "--sink", "slack")).isZero();

      assertThat(commands.out())
          .contains("1 dead letters are discarded.")
          .contains("1 dead letters will be delivered again.");
      await().atMost(LONG).until(() -> arrivals.slack() == 2);
      arrivals.awaitTwoMorePasses();
      assertThat(arrivals.slack()).isEqualTo(2);
      assertThat(commands.run("dead-letters", "list")).isZero();
      assertThat(commands.out()).endsWith("There are no dead letters." + System.lineSeparator());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dead-letters | Missing required subcommand",
        "dead-letters replay | Which dead letters? Name their ids, --sink, --account or --all.",
        "dead-letters discard | Which dead letters? Name their ids, --sink, --account or --all.",
        "dead-letters replay 1 --all | --all means all of them: leave it out, or name nothing"
            + " else.",
        "dead-letters replay 1 | 1 is not the id of such a dead letter: lead-routes dead-letters"
            + " list",
        "dead-letters replay one | Unmatched argument at index 2: 'one'",
        "dead-letters list --account acme | The ledger knows no account 'acme': it is empty"
      })
  void a_mistake_is_one_sentence_with_its_remedy(String command, String sentence) {
    Ledger.open(settings()).close();
    CommandLineOfTests commands = commands();

    assertThat(commands.run(command.split(" "))).isEqualTo(2);
    assertThat(commands.err()).contains(sentence);
  }
}
