package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** G2: an account gets another name, and none of its leads comes again. */
class RenameAccountTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Map<String, String> RENAMED = Map.of("clickspeak.accounts", "acme");

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

  private Settings settings(Databases database) {
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.remove("ledger.url");
    return database.settings(directory, values);
  }

  private Service start(Settings settings) {
    return Service.start(settings, directory);
  }

  @ParameterizedTest
  @EnumSource
  void a_renamed_account_goes_on_where_it_was(Databases database) throws IOException {
    Settings settings = settings(database);
    CommandLineOfTests commands = new CommandLineOfTests(settings, directory);
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    try (Service service = start(settings)) {
      await().atMost(LONG).until(() -> arrivals.all(1));

      assertThat(commands.run("rename-account", "default", "acme")).isEqualTo(2);
      assertThat(commands.err()).containsAnyOf("stop it first", "stop that one first");
    }

    assertThat(commands.run("rename-account", "default", "acme")).isZero();
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));

    try (Service renamed = start(settings.with(RENAMED))) {
      await().atMost(LONG).until(() -> arrivals.all(2));
      arrivals.awaitTwoMorePasses();
      arrivals.assertEachOnce(2);
      assertThat(arrivals.sandbox.salesforce().record("default-2")).isPresent();
    }
  }

  @Test
  void a_start_with_the_former_name_is_refused_before_anything_is_polled() {
    Settings settings = settings(Databases.SQLITE);
    try (Service service = start(settings)) {
      await().atMost(LONG).until(() -> arrivals.passes() > 0);
    }
    new CommandLineOfTests(settings, directory).run("rename-account", "default", "acme");
    long requests = arrivals.sandbox.clickSpeak().requestCount();

    assertThatThrownBy(() -> start(settings).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("'default' is the former name of account 'acme'");
    assertThat(arrivals.sandbox.clickSpeak().requestCount()).isEqualTo(requests);
  }

  @Test
  void the_command_says_which_settings_to_change() {
    Settings settings =
        settings(Databases.SQLITE)
            .with(
                Map.of(
                    "clickspeak.accounts", "default, other",
                    "clickspeak.account.default.slack.channel", "C0OWN",
                    "clickspeak.account.other.slack.channel", "C0OTHER"));
    try (Service service = start(settings)) {
      await().atMost(LONG).until(() -> arrivals.passes() > 0);
    }
    CommandLineOfTests commands = new CommandLineOfTests(settings, directory);

    assertThat(commands.run("rename-account", "default", "acme")).isZero();

    assertThat(commands.out())
        .contains("In clickspeak.accounts write acme instead of default.")
        .contains(
            "Write clickspeak.account.acme.slack.channel instead of"
                + " clickspeak.account.default.slack.channel.")
        .contains("CLICKSPEAK_ACCOUNT_ACME_… instead of CLICKSPEAK_ACCOUNT_DEFAULT_…")
        .doesNotContain("other");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rename-account default Acme! | rename-account: 'Acme!' is not an account name",
        "rename-account default acme | The ledger knows no account 'default': it is empty, check"
            + " ledger.url.",
        "rename-account default | Missing required parameter: 'NEW'"
      })
  void a_mistake_is_one_sentence_with_its_remedy(String command, String sentence) {
    Settings settings = settings(Databases.SQLITE);
    Ledger.open(settings).close();
    CommandLineOfTests commands = new CommandLineOfTests(settings, directory);

    assertThat(commands.run(command.split(" "))).isEqualTo(2);
    assertThat(commands.err()).contains(sentence);
  }
}
