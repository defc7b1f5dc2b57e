package io.leadroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write into settings who meant well. */
class MistypedSettingsTest {

  @TempDir private Path directory;

  private void file(String text) throws IOException {
    file(text, StandardCharsets.UTF_8);
  }

  private void file(String text, Charset charset) throws IOException {
    Files.write(directory.resolve("application.properties"), text.getBytes(charset));
  }

  private Settings read(Map<String, String> environment) {
    return Settings.read(directory, environment, new Properties());
  }

  private Settings load() {
    return read(Map.of()).checked();
  }

  private List<String> mistakes(Map<String, String> environment) {
    Throwable mistake = catchThrowable(() -> read(environment).checked());
    assertThat(mistake).isInstanceOf(SettingsException.class);
    return mistake.getMessage().lines().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void a_byte_order_mark_is_no_part_of_the_first_key(String encoding) throws IOException {
    file("\ufeffslack.channel=C1\r\nlead.campaigns=Zürich\r\n", Charset.forName(encoding));

    assertThat(load().text("slack.channel")).isEqualTo("C1");
    assertThat(load().list("lead.campaigns")).containsExactly("Zürich");
  }

  @Test
  void another_encoding_is_refused_with_the_line() throws IOException {
    file("slack.channel=C1\nlead.campaigns=Zürich\n", StandardCharsets.ISO_8859_1);

    assertThat(mistakes(Map.of()))
        .singleElement()
        .asString()
        .contains("application.properties, line 2")
        .endsWith("save it as UTF-8.");
  }

  @Test
  void utf_16_without_a_mark_is_refused() throws IOException {
    file("slack.channel=C1\n", StandardCharsets.UTF_16LE);

    assertThat(mistakes(Map.of())).singleElement().asString().endsWith("save it as UTF-8.");
  }

  @Test
  void outer_space_of_any_kind_is_no_part_of_a_value() throws IOException {
    file("slack.channel=\u00a0 C1 \t\u200b\r\nteams.url=https://x/ \u00a0\n");

    assertThat(load().text("slack.channel")).isEqualTo("C1");
    assertThat(load().asProperties())
        .containsEntry("slack.channel", "C1")
        .containsEntry("teams.url", "https://x/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clickspeak.token",
        "slack.token",
        "salesforce.client-secret",
        "salesforce.login-url",
        "clickspeak.per-page",
        "poll.period",
        "lead.outcome.values",
        "salesforce.lead.LeadSource",
        "ledger.password"
      })
  void quotes_around_a_value_are_refused_in_the_file_and_in_the_environment(String key)
      throws IOException {
    String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');

    for (String quoted : List.of("\"s3cret\"", "'s3cret'", "\u201cs3cret\u201d")) {
      file("");
      assertThat(mistakes(Map.of(variable, quoted)))
          .singleElement()
          .asString()
          .startsWith(key + " holds quotes around its value")
          .endsWith("(environment variable " + variable + ").")
          .doesNotContain("s3cret");
      file("# mine\n" + key + "=" + quoted);
      assertThat(mistakes(Map.of()))
          .singleElement()
          .asString()
          .startsWith(key + " holds quotes")
          .endsWith("(application.properties, line 2).")
          .doesNotContain("s3cret");
    }
  }

  @Test
  void quotes_around_an_entry_of_a_list_are_refused() throws IOException {
    file("lead.outcome.values=yes, \"hot lead\"");

    assertThatThrownBy(() -> load().list("lead.outcome.values"))
        .hasMessageStartingWith("lead.outcome.values holds quotes around an entry");
  }

  @Test
  void quotes_around_an_address_of_ones_own_are_refused_without_it() throws IOException {
    file("teams.url=\"https://host/x?sig=s3cret\"");

    assertThat(mistakes(Map.of()))
        .singleElement()
        .asString()
        .startsWith("teams.url holds quotes")
        .doesNotContain("s3cret");
  }

  @Test
  void a_key_that_stands_twice_with_different_values_is_refused_with_both_lines()
      throws IOException {
    file("slack.channel=C1\nslack.channel=C1\n# new\nslack.channel=C2\n");

    assertThat(mistakes(Map.of()))
        .containsExactly(
            "slack.channel stands twice with different values, in lines 1 and 4 of"
                + " application.properties: keep one of them.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export SLACK_TOKEN=s3cret | write slack.token=",
        "SLACK_TOKEN=s3cret | write slack.token=",
        "slack.chanel=s3cret | did you mean slack.channel?",
        "clickspeak.account.default.slack.chanel=s3cret | did you mean"
            + " clickspeak.account.default.slack.channel?",
        "slack.token=${SLACK_BOT_TOKEN:s3cret} | environment variable SLACK_TOKEN",
        "ledger.url=jdbc:postgresql://${DB}/s3cret | nobody resolves",
        "slack.token={{s3cret}} | nobody resolves",
        "salesforce.lead.LeadSource={{s3cret}} | nobody resolves",
        "slack.token=s3\\ncret | holds a line break",
        "file.directory=C:\\leads\\s3cret | single backslash",
        "slack.token=\\u00zz-s3cret | four hexadecimal digits"
      })
  void what_cannot_be_meant_is_refused_with_its_line_and_without_its_value(String line, String part)
      throws IOException {
    file("# mine\n" + line + "\n");

    assertThat(mistakes(Map.of()))
        .singleElement()
        .asString()
        .contains(part, "application.properties, line 2")
        .doesNotContain("s3cret", "zz-")
        .endsWith(".");
  }

  @Test
  void all_mistakes_are_said_at_once_each_with_its_place() throws IOException {
    file("slack.chanel=C1\nclickspeak.account.amce.slack.token=x\n\npoll.period=soon\n");
    Settings settings = read(Map.of("SLACK_PER_SECOND", "fast", "CLICKSPEAK_TOKEN", "'t'"));

    settings.checkKinds();
    assertThat(settings.rate(Keys.SLACK_PER_SECOND)).isZero();
    assertThat(settings.required(Keys.SLACK_TOKEN)).isEmpty();

    assertThatThrownBy(settings::checked)
        .message()
        .satisfies(
            message ->
                assertThat(message.lines())
                    .hasSize(6)
                    .allMatch(sentence -> sentence.endsWith("."))
                    .anyMatch(s -> s.matches("slack.chanel is unknown.*properties, line 1.*"))
                    .anyMatch(s -> s.matches("clickspeak.account.amce.*properties, line 2.*"))
                    .anyMatch(s -> s.matches("poll.period=soon is not.*properties, line 4.*"))
                    .anyMatch(s -> s.matches("slack.per-second=fast.*variable SLACK_PER_SECOND.*"))
                    .anyMatch(s -> s.matches("clickspeak.token holds quotes.*CLICKSPEAK_TOKEN.*"))
                    .anyMatch(
                        s ->
                            s.equals(
                                "slack.token is not set: " + Keys.SLACK_TOKEN.remedy() + ".")));
  }

  @Test
  void a_line_that_goes_on_in_the_next_one_is_one_value() throws IOException {
    file("lead.campaigns=a,\\\n   b\\\n,c\nslack.chanel=C\n");

    assertThat(read(Map.of()).list("lead.campaigns")).containsExactly("a", "b", "c");
    assertThat(mistakes(Map.of())).singleElement().asString().contains("line 4");
  }

  @Test
  void what_kubernetes_sets_for_a_service_of_the_same_name_is_not_read_and_this_is_said() {
    Settings settings = read(Map.of("CONSOLE_PORT", "tcp://10.96.0.1:8080")).checked();

    assertThat(settings.number(Keys.CONSOLE_PORT)).isEqualTo(8080);
    assertThat(settings.origin("console.port")).isNull();
    assertThat(settings.notes()).singleElement().asString().contains("CONSOLE_PORT", "Kubernetes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SLACK_TOKN | SLACK_TOKEN",
        "slack.token | SLACK_TOKEN",
        "slack_token | SLACK_TOKEN",
        "SLACK_TOKEN_FILE | SLACK_TOKEN",
        "SALESFORCE_LEAD_RATING__C | declare its salesforce.lead",
        "CLICKSPEAK_SECRET_THING | correct its spelling"
      })
  void a_variable_that_is_nearly_one_of_ours_is_named(String variable, String part) {
    assertThat(read(Map.of(variable, "s3cret")).checked().notes())
        .singleElement()
        .asString()
        .contains(variable, part)
        .doesNotContain("s3cret");
  }

  @Test
  void variables_of_others_are_let_alone() {
    assertThat(
            read(Map.of(
                    "SLACK_WEBHOOK_URL",
                    "https://x",
                    "CONSOLE_PORT_8080_TCP",
                    "tcp://x:1",
                    "FILE_SYSTEM",
                    "x",
                    "SLACK_TOKEN",
                    "x"))
                .checked()
                .notes())
        .isEmpty();
  }

  @Test
  void a_variable_of_an_account_that_is_not_there_is_refused() {
    assertThat(mistakes(Map.of("CLICKSPEAK_ACCOUNT_AMCE_SLACK_TOKEN", "s3cret")))
        .singleElement()
        .asString()
        .contains("CLICKSPEAK_ACCOUNT_AMCE_SLACK_TOKEN")
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "slak.channel, slack.channel",
    "SLACK.CHANNEL, slack.channel",
    "Slack.Channel, slack.channel",
    "salesforse.login-url, salesforce.login-url",
    "pol.period, poll.period"
  })
  void a_key_nobody_reads_that_is_nearly_one_of_ours_is_refused(String key, String meant)
      throws IOException {
    file("\n" + key + "=s3cret");
    Settings settings = read(Map.of());
    settings.checkKeysOfOthers("uri: x");

    assertThatThrownBy(settings::checked)
        .hasMessage(
            key + " is unknown: did you mean " + meant + "? (application.properties, line 2).");
  }

  @Test
  void a_key_that_a_route_or_another_value_uses_is_the_engineers_own() throws IOException {
    file("slac.channel=C1\nteams.url=https://{{teamshost}}/\nteamshost=x\ncamel.main.name=x\n");
    Settings settings = read(Map.of());
    settings.checkKeysOfOthers("uri: '{{teams.url}}'\nx: '{{?slac.channel}}'");

    assertThat(settings.checked().notes()).isEmpty();
  }

  @Test
  void a_key_that_nobody_reads_is_named() throws IOException {
    file("weather.station=7");
    Settings settings = read(Map.of());
    settings.checkKeysOfOthers("uri: '{{teams.url}}'");

    assertThat(settings.checked().notes())
        .singleElement()
        .asString()
        .startsWith("weather.station (application.properties, line 1) is used by no route");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://app.example.com/api", "http://10.0.0.7:8080", "http://localhost.evil.com"})
  void a_secret_is_sent_encrypted_or_not_at_all(String url) throws IOException {
    file("clickspeak.base-url=" + url);

    assertThatThrownBy(() -> load().url(Keys.CLICKSPEAK_BASE_URL))
        .hasMessageStartingWith("clickspeak.base-url begins with http://")
        .hasMessageContaining("write https://");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://127.0.0.1:8081/api", "http://localhost/api", "http://[::1]:80/api"})
  void this_machine_needs_no_encryption(String url) throws IOException {
    file("clickspeak.base-url=" + url);

    assertThat(load().url(Keys.CLICKSPEAK_BASE_URL)).isEqualTo(url);
  }

  @Test
  void a_file_of_variables_beside_the_start_is_named_because_nobody_reads_it() throws IOException {
    Files.writeString(directory.resolve(".env"), "SLACK_TOKEN=s3cret");

    assertThat(load().notes()).singleElement().asString().startsWith(".env is not read");
  }
}
