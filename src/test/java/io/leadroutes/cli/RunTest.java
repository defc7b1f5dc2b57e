package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.flow.Arrivals;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * G5, G7: what stops a start; one sentence with key, value and remedy, before anything is polled.
 */
class RunTest {

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

  private Service start(Map<String, String> others) {
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.putAll(others);
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(values), directory);
  }

  private void assertRefused(Map<String, String> others, String... parts) {
    assertThatThrownBy(() -> start(others).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContainingAll(parts)
        .message()
        .endsWith(".")
        .doesNotContain("\n");
    assertThat(arrivals.sandbox.clickSpeak().requestCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clickspeak.token | '' | clickspeak.token is not set",
        "clickspeak.base-url | app.clickspeak.ai | clickspeak.base-url is not a URL",
        "clickspeak.time-zone | Mars/Base | clickspeak.time-zone=Mars/Base",
        "clickspeak.per-page | 500 | clickspeak.per-page=500",
        "clickspeak.accounts | Acme! | 'Acme!' is not an account name",
        "lead.filters | ended, evaluted | evaluted",
        "lead.sinks | slack, teams | lead.sinks names 'teams'",
        "lead.sinks | '' | lead.sinks is empty",
        "poll.period | 1 minute | poll.period=1 minute is not a duration",
        "poll.start | yesterday | poll.start=yesterday",
        "retry.schedule | 5s; 30s | retry.schedule",
        "slack.token | '' | slack.token is not set",
        "slack.channel | '' | slack.channel is not set",
        "slack.per-second | fast | slack.per-second=fast is not a number",
        "salesforce.login-url | '' | salesforce.login-url is not set",
        "salesforce.login-url | https://login.salesforce.com | My Domain",
        "salesforce.login-url | https://test.salesforce.com/ | My Domain",
        "salesforce.login-url | https://acme.lightning.force.com/lightning/page/home | My Domain",
        "salesforce.login-url | https://acme.my.salesforce.com/home/home.jsp | has a path",
        "salesforce.login-url | http://acme.my.salesforce.com | begins with http://",
        "clickspeak.base-url | http://app.example.com/api | begins with http://",
        "slack.api-url | http://slack.com/api | begins with http://",
        "salesforce.client-id | '' | salesforce.client-id is not set",
        "salesforce.client-secret | '' | salesforce.client-secret is not set",
        "salesforce.lead.Company | ${body.comany} | salesforce.lead.Company",
        "salesforce.task-external-id-field | a/b | salesforce.task-external-id-field=a/b is not"
            + " the",
        "salesforce.log-call | maybe | salesforce.log-call=maybe",
        "salesforce.log-call | true | four requests with salesforce.log-call, which must fit into",
        "ledger.url | jdbc:oracle:x | ledger.url",
        "ledger.lease | 5s | ledger.lease=5s is too short for sink.timeout=2s",
        "webhook.secret | hunter2 | webhook.secret is not 16 to 200 characters",
        "console.port | 99999 | console.port=99999"
      })
  void a_setting_that_is_wrong_is_named_with_its_remedy(String key, String value, String part) {
    assertRefused(Map.of(key, value == null ? "" : value), part);
  }

  @Test
  void a_secret_is_never_named() {
    assertThatThrownBy(() -> start(Map.of("clickspeak.token", "sec ret-17")).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("clickspeak.token")
        .message()
        .doesNotContain("ret-17");
  }

  @Test
  void a_directory_that_cannot_be_written_is_refused() throws IOException {
    Path file = Files.createFile(directory.resolve("in-the-way"));

    assertRefused(Map.of("file.directory", file.resolve("leads").toString()), "file.directory");
    assertRefused(Map.of("ledger.url", "jdbc:sqlite:" + file.resolve("x.db")), "ledger.url");
  }

  @Test
  void a_port_in_use_is_waited_for() throws Exception {
    Service service;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      CompletableFuture<Service> starting =
          CompletableFuture.supplyAsync(() -> start(Map.of("console.port", port)));
      assertThatThrownBy(() -> starting.get(3, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(arrivals.sandbox.clickSpeak().requestCount()).isZero();
      taken.close();
      service = starting.get(60, TimeUnit.SECONDS);
    }
    service.close();
  }

  @Test
  void a_host_that_is_none_of_this_machine_is_refused() {
    assertRefused(Map.of("console.host", "192.0.2.1"), "console.host=192.0.2.1", "127.0.0.1");
  }

  @Test
  void a_second_process_on_the_same_ledger_file_is_refused() {
    try (Service first = start(Map.of())) {
      assertThatThrownBy(
              () -> start(Map.of("console.port", String.valueOf(Arrivals.freePort()))).close())
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("in use by another process");
    }
  }

  @Test
  void a_route_file_beside_the_start_replaces_the_one_of_the_jar() throws IOException {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("judge-call.camel.yaml"),
        Files.readString(Path.of("routes/judge-call.camel.yaml")) + "# edited\n");

    try (Service service = start(Map.of())) {
      assertThat(service.notes().get(0))
          .contains("judge-call.camel.yaml from " + routes)
          .contains("from the jar");
    }
  }

  @Test
  void routes_of_sinks_that_are_not_used_are_not_started_and_this_is_said() {
    try (Service service = start(Map.of("lead.sinks", "file"))) {
      assertThat(service.context().getRoute("deliver-slack")).isNull();
      assertThat(service.context().getRoute("deliver-file")).isNotNull();
      assertThat(service.notes()).anyMatch(note -> note.contains("deliver-slack is not started"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "aggregate: {correlationExpression: {constant: {expression: '1'}}, completionSize: 2,"
            + " aggregationStrategy: '#verdicts', steps: [{log: {message: x}}]} | batchSize",
        "wireTap: {uri: 'log:leads'} | wireTap",
        "to: {uri: 'direct:jugde-call'} | direct:jugde-call",
        "bean: {ref: slakPost, method: request} | 'slakPost'"
      })
  void a_route_that_would_lose_leads_or_fail_at_its_first_lead_is_refused(String step, String part)
      throws IOException {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("deliver-teams.camel.yaml"),
        """
        - route:
            id: deliver-teams
            from:
              uri: leads:teams
              steps:
                - %s
        """
            .formatted(step));

    assertRefused(Map.of("lead.sinks", "teams"), "deliver-teams", part);
  }

  @Test
  void a_route_that_sends_all_accounts_to_one_org_is_refused_where_an_account_has_its_own()
      throws IOException {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("deliver-salesforce.camel.yaml"),
        """
        - route:
            id: deliver-salesforce
            from:
              uri: leads:salesforce
              steps:
                - to: {uri: 'salesforce:compositeUpsertSObjectCollections'}
        """);

    assertRefused(
        Map.of(
            "clickspeak.accounts", "default, acme",
            "clickspeak.account.acme.salesforce.client-id", "acme-id"),
        "deliver-salesforce",
        "${variable.batch.component}");
  }

  @Test
  void a_route_file_that_cannot_be_read_is_refused() throws IOException {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("deliver-teams.camel.yaml"), "- route:\n    frm: {uri: 'leads:teams'}\n");

    assertRefused(Map.of("lead.sinks", "teams"), "routes");
  }

  @Test
  void wrong_settings_end_the_program_with_code_2_and_a_sentence_each() {
    StringWriter err = new StringWriter();

    int code = LeadRoutes.commandLine().setErr(new PrintWriter(err, true)).execute("run");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString().strip().lines())
        .hasSizeGreaterThan(3)
        .allMatch(
            line ->
                line.matches("[a-z.-]+ is not set: .*\\(application.properties, line \\d+\\)\\."))
        .anyMatch(line -> line.startsWith("clickspeak.token is not set"))
        .anyMatch(line -> line.startsWith("slack.channel is not set"));
  }
}
