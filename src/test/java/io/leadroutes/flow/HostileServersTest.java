package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.ClickSpeak;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.LoopbackServer;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G5, G7: whatever a server answers, no other host is asked anything, and the leads arrive. */
class HostileServersTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);

  @TempDir Path directory;

  private Arrivals arrivals;
  private ClickSpeak elsewhere;

  @BeforeEach
  void openSandboxes() {
    arrivals = new Arrivals(directory);
    elsewhere = ClickSpeak.start(0);
  }

  @AfterEach
  void nothingWasAskedElsewhere() {
    assertThat(elsewhere.requestCount()).isZero();
    arrivals.close();
    elsewhere.close();
  }

  private Service start(Map<String, String> others) {
    Map<String, String> settings = new HashMap<>(arrivals.settings());
    settings.put("sink.probe", "100ms");
    settings.putAll(others);
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(settings), directory);
  }

  private String query(String sql) {
    try (Connection ledger =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("ledger.db"));
        ResultSet row = ledger.createStatement().executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void links_of_a_page_are_never_asked_for() throws IOException {
    for (int number = 1; number <= 2; number++) {
      String page = String.valueOf(number);
      arrivals
          .sandbox
          .clickSpeak()
          .faults()
          .always(
              Fault.status(200, pageThatLinksElsewhere(number))
                  .when(request -> page.equals(request.query().get("page"))));
    }
    try (Service service = start(Map.of("clickspeak.per-page", "1"))) {
      await().atMost(LONG).until(() -> arrivals.all(2));
      arrivals.assertEachOnce(2);
    }
  }

  private String pageThatLinksElsewhere(int number) {
    String url = elsewhere.url() + "/user/calls?page=" + (number + 1);
    return """
    {"current_page": %1$d, "data": [%2$s], "first_page_url": "%3$s", "last_page": 2,
     "last_page_url": "%3$s", "links": [{"url": "%3$s", "label": "2", "active": true}],
     "next_page_url": "%3$s", "path": "%3$s", "prev_page_url": "%3$s", "per_page": 1,
     "total": 2}
    """
        .formatted(
            number,
            SandboxCall.qualified(number).with("recording_url", url).with("path", url).json(),
            url);
  }

  @Test
  void a_redirect_of_the_list_pauses_its_account_and_is_not_followed() throws IOException {
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    redirect(arrivals.sandbox.clickSpeak(), "/");
    try (Service service = start(Map.of())) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.assertEachOnce(1);
    }
    // Five in a row with the same end take one row.
    assertThat(query("SELECT count(*) FROM pass WHERE refused LIKE '%a redirect%base-url%'"))
        .isEqualTo("1");
  }

  @Test
  void a_redirect_of_slack_pauses_it_and_is_not_followed() throws IOException {
    assertPausedByRedirects(arrivals.sandbox.slack(), "/", "slack", "slack.api-url");
  }

  @Test
  void a_redirect_of_salesforces_login_pauses_it_and_is_not_followed() throws IOException {
    assertPausedByRedirects(
        arrivals.sandbox.salesforce(), "/services/oauth2", "salesforce", "salesforce.login-url");
  }

  @Test
  void a_redirect_of_salesforces_data_pauses_it_and_is_not_followed() throws IOException {
    assertPausedByRedirects(
        arrivals.sandbox.salesforce(), "/services/data", "salesforce", "salesforce.login-url");
  }

  private void assertPausedByRedirects(LoopbackServer server, String path, String sink, String key)
      throws IOException {
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    redirect(server, path);
    try (Service service = start(Map.of())) {
      await()
          .atMost(LONG)
          .until(() -> query("SELECT paused FROM sink_state WHERE sink = '" + sink + "'") != null);
      assertThat(query("SELECT paused FROM sink_state WHERE sink = '" + sink + "'"))
          .contains("HTTP 30", key);
      // Once each way was tried it works again, and nothing was lost or posted twice.
      await().atMost(LONG).until(() -> arrivals.all(1));
      arrivals.assertEachOnce(1);
    }
    assertThat(server.faults().planned()).isZero();
  }

  private void redirect(LoopbackServer server, String path) {
    for (int status : REDIRECTS) {
      server
          .faults()
          .next(Fault.status(status).header("Location", elsewhere.root() + "/stolen").on(path));
    }
  }

  @Test
  void headers_of_an_answer_steer_nothing() throws IOException {
    SandboxCall call = SandboxCall.qualified(1);
    String page =
        "{\"current_page\":1,\"data\":[%s],\"last_page\":1,\"per_page\":100,\"total\":1}"
            .formatted(call.json());
    arrivals.sandbox.clickSpeak().faults().next(hostileHeaders(Fault.status(200, page)));
    arrivals
        .sandbox
        .slack()
        .faults()
        .next(hostileHeaders(Fault.status(429, "{\"ok\":false,\"error\":\"<!channel>\"}")))
        .next(hostileHeaders(Fault.status(500, "${body}")))
        .next(
            hostileHeaders(Fault.statusAfterWork(200, "{\"ok\":true,\"ts\":\"{{env:HOME}}/../x\"}"))
                .on("/api/chat.postMessage"));
    arrivals
        .sandbox
        .salesforce()
        .faults()
        .next(hostileHeaders(Fault.status(503, "[{\"errorCode\":\"${body}\"}]")).on("/services/d"))
        .next(
            hostileHeaders(
                    Fault.statusAfterWork(
                        200,
                        "[{\"id\":\"<!channel>{{env:HOME}}\",\"success\":true,\"created\":true,"
                            + "\"errors\":[]}]"))
                .on("/services/data"));
    arrivals.sandbox.clickSpeak().put(call);
    try (Service service = start(Map.of())) {
      await().atMost(LONG).until(() -> arrivals.all(1));
      // Nothing of those headers stays for the next lead.
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(2));
      await().atMost(LONG).until(() -> arrivals.all(2));
      arrivals.assertEachOnce(2);
    }
    assertThat(arrivals.sandbox.clickSpeak().faults().planned()).isZero();
    assertThat(arrivals.sandbox.slack().faults().planned()).isZero();
    assertThat(arrivals.sandbox.salesforce().faults().planned()).isZero();
    assertThat(arrivals.sandbox.clickSpeak().requests())
        .noneMatch(request -> request.headers().containsKey("cookie"));
    assertThat(query("SELECT rate_limit FROM account")).isNull();
  }

  private Fault hostileHeaders(Fault fault) {
    String url = elsewhere.root() + "/steered";
    return fault
        .header("Location", url)
        .header("Content-Location", url)
        .header("Link", "<" + url + ">; rel=\"next\"")
        .header("Refresh", "0; url=" + url)
        .header("CamelHttpUri", url)
        .header("CamelHttpPath", "/steered")
        .header("CamelHttpQuery", "per_page=1")
        .header("CamelHttpMethod", "DELETE")
        .header("CamelHttpHost", "127.0.0.1")
        .header("CamelHttpPort", String.valueOf(elsewhere.port()))
        .header("CamelHttpResponseCode", "200")
        .header("CamelRestHttpUri", url)
        .header("CamelDestinationOverrideUrl", url)
        .header("CamelToEndpoint", url)
        .header("CamelSalesforceApexUrl", url)
        .header("CamelSalesforceInstanceUrl", url)
        .header("instanceUrl", url)
        .header("Authorization", "Bearer ${body}")
        .header("Content-Type", "text/{{env:HOME}}; charset=no-such-charset")
        .header("Set-Cookie", "session=1; Path=/")
        .header("Retry-After", "-99999999999999999999")
        .header("X-RateLimit-Limit", "-1")
        .header("X-RateLimit-Remaining", "1e400")
        .header("X-RateLimit-Reset", "99999999999999999999");
  }
}
