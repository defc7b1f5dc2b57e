package io.leadroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private static final String ACME = "clickspeak.accounts=beta, acme\n";

  @TempDir private Path directory;

  @Test
  void without_anything_the_defaults_of_the_jar_count() {
    assertThat(load().url(Keys.CLICKSPEAK_BASE_URL)).isEqualTo("https://app.clickspeak.ai/api");
    assertThat(load().accounts()).containsExactly("default");
    assertThat(load().list("lead.filters")).containsExactly("ended", "evaluated", "outcome");
  }

  @Test
  void the_file_wins_over_the_jar_key_by_key() throws IOException {
    file("slack.channel=C1");

    assertThat(load().text("slack.channel")).isEqualTo("C1");
    assertThat(load().text("slack.api-url")).isEqualTo("https://slack.com/api");
  }

  @Test
  void the_environment_wins_over_the_file() throws IOException {
    file("slack.channel=C1\nclickspeak.requests-per-10-seconds=5");

    Settings settings =
        Settings.load(
            directory,
            Map.of("SLACK_CHANNEL", "C2", "CLICKSPEAK_REQUESTS_PER_10_SECONDS", "7"),
            new Properties());

    assertThat(settings.text("slack.channel")).isEqualTo("C2");
    assertThat(settings.number(Keys.CLICKSPEAK_REQUESTS_PER_10_SECONDS)).isEqualTo(7);
  }

  @Test
  void a_system_property_wins_over_the_environment() throws IOException {
    file("slack.channel=C1");

    Settings settings =
        Settings.load(directory, Map.of("SLACK_CHANNEL", "C2"), properties("slack.channel", "C3"));

    assertThat(settings.text("slack.channel")).isEqualTo("C3");
  }

  @Test
  void an_account_sees_its_own_value_before_the_general_one() throws IOException {
    file(ACME + "slack.channel=C1\nclickspeak.account.acme.slack.channel=C2");

    assertThat(load().forAccount("acme").text("slack.channel")).isEqualTo("C2");
    assertThat(load().forAccount("beta").text("slack.channel")).isEqualTo("C1");
    assertThat(load().text("slack.channel")).isEqualTo("C1");
    assertThat(load().forAccount("acme").text("slack.api-url")).isEqualTo("https://slack.com/api");
  }

  @Test
  void an_accounts_own_value_of_the_file_can_come_from_the_environment() throws IOException {
    file(ACME + "clickspeak.account.acme.clickspeak.token=");

    Settings settings =
        Settings.load(
            directory, Map.of("CLICKSPEAK_ACCOUNT_ACME_CLICKSPEAK_TOKEN", "t"), new Properties());

    assertThat(settings.forAccount("acme").text("clickspeak.token")).isEqualTo("t");
  }

  @Test
  void a_mistake_in_an_accounts_own_value_names_the_accounts_key() throws IOException {
    file(ACME + "clickspeak.account.acme.clickspeak.timeout=soon");

    assertThatThrownBy(() -> load().forAccount("acme").duration(Keys.CLICKSPEAK_TIMEOUT))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("clickspeak.account.acme.clickspeak.timeout=soon ");
    assertThat(load().forAccount("beta").duration(Keys.CLICKSPEAK_TIMEOUT))
        .isEqualTo(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "slack.chanel",
        "clickspeak.account.acme.slack.chanel",
        "clickspeak.account.acme.ledger.url",
        "clickspeak.account.acme.slack.api-url",
        "clickspeak.account.acme.salesforce.clientid",
        "clickspeak.account.acme.channel",
        "clickspeak.account.acme.clickspeak.accounts",
        "clickspeak.account.acme",
        "poll.typo"
      })
  void an_unknown_key_in_the_file_is_refused_by_name_and_without_its_value(String key)
      throws IOException {
    file(key + "=xoxb-secret");

    assertThatThrownBy(this::load)
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(key + " is unknown: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void an_unknown_key_of_an_account_is_refused_with_what_is_possible() throws IOException {
    file("clickspeak.account.acme.channel=C2");

    assertThatThrownBy(this::load)
        .hasMessageContaining("clickspeak., lead., salesforce., slack. or file.")
        .hasMessageContaining("clickspeak.account.acme.slack.channel");
  }

  @Test
  void a_key_of_an_account_that_is_not_there_is_refused_by_name_and_without_its_value()
      throws IOException {
    file(ACME + "clickspeak.account.amce.slack.token=xoxb-secret");

    assertThatThrownBy(this::load)
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("clickspeak.account.amce.slack.token is of no account: ")
        .hasMessageContaining("clickspeak.accounts")
        .hasMessageNotContaining("secret");
  }

  @Test
  void an_unknown_system_property_of_ours_is_refused_by_name() {
    assertThatThrownBy(
            () -> Settings.load(directory, Map.of(), properties("slack.chanel", "xoxb-secret")))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("slack.chanel is unknown: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void keys_of_camel_and_of_the_engineers_own_are_let_through() throws IOException {
    file("camel.main.tracing=true\nteams.url=https://x\nsalesforce.lead.Rating__c=Hot");

    assertThat(load().text("teams.url")).isEqualTo("https://x");
    assertThat(load().asProperties()).containsEntry("camel.main.tracing", "true");
    assertThat(load().salesforceMapping()).containsEntry("Rating__c", "Hot");
  }

  @Test
  void an_empty_expression_takes_a_field_out_of_the_mapping() throws IOException {
    file("salesforce.lead.LeadSource=");

    assertThat(load().salesforceMapping()).doesNotContainKey("LeadSource").containsKey("LastName");
  }

  @Test
  void an_accounts_own_line_replaces_adds_or_removes_a_field_for_it_alone() throws IOException {
    file(
        ACME
            + "clickspeak.account.acme.salesforce.lead.LeadSource=Acme\n"
            + "clickspeak.account.acme.salesforce.lead.Rating__c=Hot\n"
            + "clickspeak.account.acme.salesforce.lead.Email=");

    assertThat(load().forAccount("acme").salesforceMapping())
        .containsEntry("LeadSource", "Acme")
        .containsEntry("Rating__c", "Hot")
        .containsKey("LastName")
        .doesNotContainKey("Email");
    assertThat(load().forAccount("beta").salesforceMapping())
        .isEqualTo(load().salesforceMapping())
        .containsEntry("LeadSource", "AI Call")
        .containsKey("Email")
        .doesNotContainKey("Rating__c");
  }

  @Test
  void an_accounts_own_field_comes_back_after_the_general_line_took_it_out() throws IOException {
    file(
        ACME
            + "salesforce.lead.Email=\n"
            + "clickspeak.account.acme.salesforce.lead.Email=${body.email}");

    assertThat(load().forAccount("acme").salesforceMapping())
        .containsEntry("Email", "${body.email}");
    assertThat(load().forAccount("beta").salesforceMapping()).doesNotContainKey("Email");
  }

  @Test
  void the_accounts_of_a_sink_are_those_that_name_it() throws IOException {
    file(ACME + "lead.sinks=slack\nclickspeak.account.acme.lead.sinks=slack, file");

    assertThat(load().accountsWith("slack")).containsExactly("beta", "acme");
    assertThat(load().accountsWith("file")).containsExactly("acme");
    assertThat(load().accountsWith("salesforce")).isEmpty();
  }

  @Test
  void a_key_that_is_not_declared_is_a_defect_of_this_program() {
    assertThatThrownBy(() -> load().text("slack.chanel"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("slack.chanel is not declared in application.properties");
  }

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "30s, PT30S", "15m, PT15M", "2h, PT2H", "2d, PT48H"})
  void durations_are_a_number_and_a_unit(String text, Duration duration) throws IOException {
    file("sink.timeout=" + text);

    assertThat(load().duration(Keys.SINK_TIMEOUT)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "20", "0s", "-5s", "1.5h", "20 s", "20S", "99999d", "9999999999s"})
  void a_duration_that_cannot_be_read_is_refused_with_key_value_and_remedy(String text)
      throws IOException {
    file("sink.timeout=" + text);

    assertThatThrownBy(() -> load().duration(Keys.SINK_TIMEOUT))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "sink.timeout="
                + text
                + " is not a duration: write one such as 500ms, 30s, 15m or 2d"
                + " (application.properties, line 1).");
  }

  @Test
  void a_list_of_durations_keeps_its_order_and_may_not_be_empty() throws IOException {
    file("retry.schedule= 5s ,2h,");

    assertThat(load().durations(Keys.RETRY_SCHEDULE))
        .containsExactly(Duration.ofSeconds(5), Duration.ofHours(2));
    assertThatThrownBy(
            () -> load().with(Map.of("retry.schedule", " ,")).durations(Keys.RETRY_SCHEDULE))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("retry.schedule is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "101", "ten", "", "1e2", "99999999999"})
  void a_number_out_of_bounds_is_refused_with_the_bounds(String text) throws IOException {
    file("clickspeak.per-page=" + text);

    assertThatThrownBy(() -> load().number(Keys.CLICKSPEAK_PER_PAGE))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "clickspeak.per-page="
                + text
                + " is not a whole number from 1 to 100 (application.properties, line 1).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "8.5", "-0.5", "0"})
  void a_decimal_number_is_taken_as_written(String text) throws IOException {
    file("lead.min-score=" + text);

    assertThat(load().decimal(Keys.LEAD_MIN_SCORE)).isEqualTo(new BigDecimal(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "high", "7,5", "1e3", "NaN", ".5", "+7", "9999999"})
  void a_decimal_number_that_cannot_be_read_is_refused_with_key_value_and_remedy(String text)
      throws IOException {
    file("lead.min-score=" + text);

    assertThatThrownBy(() -> load().decimal(Keys.LEAD_MIN_SCORE))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "lead.min-score="
                + text
                + " is not a number such as 7 or -0.5: write one (application.properties, line"
                + " 1).");
  }

  @Test
  void a_list_that_must_have_an_entry_is_asked_for_by_the_accounts_own_key() throws IOException {
    file(ACME + "lead.campaigns=Spring\nclickspeak.account.acme.lead.campaigns= ,");

    assertThat(load().requiredList(Keys.LEAD_CAMPAIGNS)).containsExactly("Spring");
    assertThatThrownBy(() -> load().forAccount("acme").requiredList(Keys.LEAD_CAMPAIGNS))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "clickspeak.account.acme.lead.campaigns is empty: "
                + Keys.LEAD_CAMPAIGNS.remedy()
                + " (application.properties,"
                + " line 3).");
  }

  @Test
  void a_flag_is_true_or_false() throws IOException {
    file("salesforce.allow-duplicates= False ");

    assertThat(load().flag(Keys.SALESFORCE_ALLOW_DUPLICATES)).isFalse();
    assertThatThrownBy(
            () ->
                load()
                    .with(Map.of("salesforce.allow-duplicates", "yes"))
                    .flag(Keys.SALESFORCE_ALLOW_DUPLICATES))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("salesforce.allow-duplicates=yes is neither true nor false");
  }

  @Test
  void a_time_zone_is_one_that_java_knows() throws IOException {
    file("clickspeak.time-zone=Europe/Berlin");

    assertThat(load().zone(Keys.CLICKSPEAK_TIME_ZONE)).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThatThrownBy(
            () ->
                load().with(Map.of("clickspeak.time-zone", "Mars")).zone(Keys.CLICKSPEAK_TIME_ZONE))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("clickspeak.time-zone=Mars is not a time zone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.clickspeak.ai",
        "ftp://host/secret",
        "https://user:secret@host",
        "https://host/?token=secret",
        "https://ho st/secret",
        "file:///secret"
      })
  void a_url_of_another_kind_is_refused_without_its_value(String url) throws IOException {
    file("clickspeak.base-url=" + url);

    assertThatThrownBy(() -> load().url(Keys.CLICKSPEAK_BASE_URL))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "clickspeak.base-url is not a URL such as https://host/path: "
                + Keys.CLICKSPEAK_BASE_URL.remedy()
                + " (application.properties, line 1).");
  }

  @Test
  void a_url_loses_its_closing_slash() throws IOException {
    file("clickspeak.base-url=http://127.0.0.1:8081/api//");

    assertThat(load().url(Keys.CLICKSPEAK_BASE_URL)).isEqualTo("http://127.0.0.1:8081/api");
  }

  @Test
  void a_value_that_must_be_set_is_asked_for_with_the_remedy() {
    assertThatThrownBy(() -> load().required(Keys.SLACK_TOKEN))
        .isInstanceOf(SettingsException.class)
        .hasMessage("slack.token is not set: " + Keys.SLACK_TOKEN.remedy() + ".");
  }

  @Test
  void where_there_are_several_accounts_the_one_that_lacks_a_value_is_named() throws IOException {
    file(ACME);

    assertThatThrownBy(() -> load().forAccount("acme").required(Keys.SLACK_TOKEN))
        .hasMessage("slack.token is not set for account acme: " + Keys.SLACK_TOKEN.remedy() + ".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Acme", "a-b", "a.b", "a/../b", "é"})
  void an_account_name_is_letters_and_digits(String name) {
    assertThatThrownBy(() -> load().with(Map.of("clickspeak.accounts", "ok," + name)).accounts())
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("clickspeak.accounts: '" + name + "' is not an account name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " , ", "acme, acme"})
  void accounts_are_at_least_one_and_each_once(String names) {
    assertThatThrownBy(() -> load().with(Map.of("clickspeak.accounts", names)).accounts())
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("clickspeak.accounts ");
  }

  @Test
  void a_file_that_cannot_be_read_is_named() throws IOException {
    file("slack.token=\\u00zz-secret");

    assertThatThrownBy(this::load)
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("application.properties")
        .hasMessageNotContaining("secret");
  }

  private void file(String text) throws IOException {
    Files.writeString(directory.resolve("application.properties"), text);
  }

  private Settings load() {
    return Settings.load(directory, Map.of(), new Properties());
  }

  private static Properties properties(String key, String value) {
    Properties properties = new Properties();
    properties.setProperty(key, value);
    return properties;
  }

  @Test
  void an_accounts_own_key_may_stand_in_the_environment_alone(@TempDir Path empty) {
    Settings settings =
        Settings.load(
            empty,
            Map.of(
                "CLICKSPEAK_ACCOUNTS", "acme",
                "CLICKSPEAK_ACCOUNT_ACME_CLICKSPEAK_TOKEN", "t-1",
                "CLICKSPEAK_TOKEN", "t-0"),
            new Properties());

    assertThat(settings.forAccount("acme").text("clickspeak.token")).isEqualTo("t-1");
    assertThat(settings.text("clickspeak.token")).isEqualTo("t-0");
  }

  @Test
  void an_accounts_salesforce_may_stand_in_the_environment_alone(@TempDir Path empty) {
    Settings settings =
        Settings.load(
            empty,
            Map.of(
                "CLICKSPEAK_ACCOUNTS", "acme",
                "CLICKSPEAK_ACCOUNT_ACME_SALESFORCE_CLIENT_SECRET", "s-1",
                "CLICKSPEAK_ACCOUNT_ACME_SALESFORCE_LEAD_LEADSOURCE", "Acme"),
            new Properties());

    assertThat(settings.forAccount("acme").text("salesforce.client-secret")).isEqualTo("s-1");
    assertThat(settings.forAccount("acme").salesforceMapping()).containsEntry("LeadSource", "Acme");
  }

  private static final Key PAUSE =
      Key.of(Key.Kind.DURATION, "partner.pause", "5s", "How long it waits.").asSecret();
  private static final Key PLACE =
      Key.of(Key.Kind.TEXT, "partner.place", "", "Where leads go.").own().remedy("name a place");

  private record Partner() implements Extension {

    @Override
    public String name() {
      return "partner";
    }

    @Override
    public List<Key> keys() {
      return List.of(PAUSE, PLACE);
    }
  }

  private Settings withPartner(Map<String, String> environment) {
    return Settings.read(directory, environment, new Properties(), List.of(new Partner()));
  }

  @Test
  void a_key_of_an_extension_has_its_default_its_kind_and_its_remedy() {
    Settings settings = withPartner(Map.of()).checked();

    assertThat(settings.duration(PAUSE)).isEqualTo(Duration.ofSeconds(5));
    assertThatThrownBy(() -> settings.required(PLACE))
        .hasMessage("partner.place is not set: name a place.");
  }

  @Test
  void an_account_has_its_own_value_of_a_key_that_says_so_and_of_no_other() throws IOException {
    file(ACME + "clickspeak.account.acme.partner.pause=1s");
    Map<String, String> environment = Map.of("CLICKSPEAK_ACCOUNT_ACME_PARTNER_PLACE", "north");

    assertThat(withPartner(environment).forAccount("acme").text(PLACE)).isEqualTo("north");
    assertThatThrownBy(() -> withPartner(environment).checked())
        .hasMessageStartingWith("clickspeak.account.acme.partner.pause is unknown: ");
  }

  @Test
  void a_wrong_value_of_a_secret_is_refused_without_it() throws IOException {
    file("partner.pause=s3cret");
    Settings settings = withPartner(Map.of());
    settings.checkKinds();

    assertThatThrownBy(settings::checked)
        .hasMessageStartingWith("partner.pause is not a duration: ")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void a_key_that_nearly_is_one_of_an_extension_is_refused() throws IOException {
    file("partner.plase=x");

    assertThatThrownBy(() -> withPartner(Map.of()).checked())
        .hasMessageStartingWith("partner.plase is unknown: did you mean partner.place?");
  }
}
