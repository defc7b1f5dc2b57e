package io.leadroutes.flow;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.leadroutes.cli.ExampleJar;
import io.leadroutes.sandbox.SandboxCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jars of ./lib with the packaged program: a filter, a sink, and a component it has not itself. */
@Timeout(180)
class LibFolderIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  private static final String CRM =
      """
      - route:
          id: deliver-crm
          description: Hands each lead to a component that is not in the jar.
          from:
            uri: leads:crm
            steps:
              - to: {id: hand-to-crm, uri: "mock:crm"}
      """;

  /** A line of the demo's table with leads in Salesforce and in crm. */
  private static final Pattern ARRIVED =
      Pattern.compile("(?m)^  [\\d:]{8} +\\d+ +[1-9]\\d* +\\d+ +\\d+ +[1-9]\\d*$");

  @TempDir Path directory;

  @Test
  void a_filter_a_sink_and_a_component_of_camel_join_the_packaged_program() throws Exception {
    ExampleJar.ofTheDocuments().write(directory.resolve("lib/leads-1.0.jar"));
    Path component = ExampleJar.artifact("camel-mock");
    Files.copy(component, directory.resolve("lib").resolve(component.getFileName()));
    Files.createDirectories(directory.resolve("routes"));
    Files.writeString(directory.resolve("routes/deliver-crm.camel.yaml"), CRM);
    WireMockServer partner =
        new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
    partner.start();
    partner.stubFor(post("/leads").willReturn(aResponse().withStatus(201)));
    try (Arrivals arrivals = new Arrivals(directory)) {
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      Map<String, String> settings = arrivals.settings();
      settings.put("lead.sinks", "file, partner, crm");
      settings.put("lead.filters", "ended, evaluated, outcome, weekday-call");
      settings.put(
          "lead.weekdays", "monday, tuesday, wednesday, thursday, friday, saturday, sunday");
      settings.put("partner.url", "http://127.0.0.1:" + partner.port() + "/leads");
      settings.put("partner.signing-key", "0123456789");
      Process service = Jar.start(directory, settings);
      try {
        await().atMost(LONG).until(() -> delivered() == 3);
      } finally {
        service.destroy();
        assertThat(service.waitFor(1, TimeUnit.MINUTES)).isTrue();
      }
      assertThat(partner.findAll(postRequestedFor(urlEqualTo("/leads")))).hasSize(1);
      assertThat(arrivals.lines()).hasSize(1);
      assertThat(Jar.log(directory))
          .contains("Libraries: " + component.getFileName() + ", leads-1.0.jar from ");
    } finally {
      partner.stop();
    }
  }

  @Test
  void a_jar_that_cannot_be_read_is_one_sentence_and_exit_code_2() throws Exception {
    Files.createDirectories(directory.resolve("lib"));
    Files.writeString(directory.resolve("lib/torn.jar"), "torn");

    Process run = Jar.start(directory, Map.of());

    assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(run.exitValue()).isEqualTo(2);
    assertThat(Jar.log(directory).lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("lib/torn.jar cannot be read as a jar: ");
  }

  @Test
  void a_sink_of_the_folder_takes_part_in_the_demo_when_it_is_asked_for() throws Exception {
    Path component = ExampleJar.artifact("camel-mock");
    Files.createDirectories(directory.resolve("lib"));
    Files.copy(component, directory.resolve("lib").resolve(component.getFileName()));
    Files.createDirectories(directory.resolve("routes"));
    Files.writeString(directory.resolve("routes/deliver-crm.camel.yaml"), CRM);
    Files.writeString(
        directory.resolve("application.properties"),
        "lead.sinks=slack, crm\nsalesforce.lead.Campaign__c=${body.campaign}\n");

    Process demo = Jar.start(directory, Map.of(), "demo", "--with", "crm");
    try {
      await().atMost(LONG).until(() -> ARRIVED.matcher(Jar.log(directory)).find());
    } finally {
      demo.destroy();
      assertThat(demo.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(Jar.log(directory)).contains("All but crm runs on this machine");
  }

  private int delivered() throws IOException {
    if (!Files.exists(directory.resolve("ledger.db"))) {
      return 0;
    }
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("ledger.db"));
        var row =
            connection
                .createStatement()
                .executeQuery("SELECT COUNT(*) FROM delivery WHERE state = 'delivered'")) {
      return row.next() ? row.getInt(1) : 0;
    } catch (SQLException e) {
      // The service is about to make it.
      return 0;
    }
  }
}
