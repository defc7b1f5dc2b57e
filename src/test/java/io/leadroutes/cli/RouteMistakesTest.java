package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.flow.Arrivals;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** G7: a mistake in a route is one sentence, and quotes no address that a key stands for. */
class RouteMistakesTest {

  private static final String SIGNATURE = "s3cr3t-signature";
  private static final String ADDRESS = "https://hooks.example.com/w/1?sig=" + SIGNATURE;
  private static final String FILE = "deliver-teams.camel.yaml";

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

  private void write(String file, String text) throws IOException {
    Files.writeString(Files.createDirectories(directory.resolve("routes")).resolve(file), text);
  }

  private Service start(Map<String, String> others) {
    Map<String, String> values = new HashMap<>(arrivals.settings());
    values.put("lead.sinks", "teams");
    values.put("teams.url", ADDRESS);
    values.putAll(others);
    return Service.start(
        Settings.load(directory, Map.of(), new Properties()).with(values), directory);
  }

  private static String route(String step) {
    return """
    - route:
        id: deliver-teams
        from:
          uri: leads:teams
          steps:
            - %s
    """
        .formatted(step);
  }

  private void assertOneSentence(Map<String, String> others, String... parts) {
    assertThatThrownBy(() -> start(others).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContainingAll(parts)
        .message()
        .endsWith(".")
        .doesNotContain("\n")
        .doesNotContain(SIGNATURE)
        .doesNotContain("hooks.example.com");
    assertThat(arrivals.sandbox.clickSpeak().requestCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "to: {uri: '\"{{teams.url}}\"'} | address",
        "to: {uri: 'htps://hooks.example.com/w/1?sig=s3cr3t-signature'} | 'htps'",
        "to: {uri: 'htps:{{teams.url}}'} | 'htps'",
        "to: {uri: 'log:x', parameters: {groupSise: 5}} | 'groupSise'",
        "to: {uri: 'https:{{teams.url}}', parameters: {connectTimeout: soon}} | address",
        "to: {uri: '{{teams.ur}}'} | teams.ur",
        "toD: {uri: '{{teams.ur}}'} | teams.ur",
        "to: {uri: 'sqs:leads'} | 'sqs'",
        "enrich: {expression: {constant: {expression: 'direct:find-owner'}}} | direct:find-owner",
        "wireTap: {uri: 'direct:find-owner'} | direct:find-owner",
        "setBody: {expression: {groovy: {expression: 'body'}}} | 'groovy'",
        "setBody: {expression: {simple: {expression: '${body.lead.firstNam}'}}} | firstNam",
        "setBody: {expression: {simple: {expression: '${body.lead.name'}}} | line 6",
        "setBody: {expression: {simpel: {expression: '${body}'}}} | simpel",
        "sendTo: {uri: 'log:x'} | 'sendTo'",
        "to: {uri: 'log:x', retries: 3} | 'retries'",
        "bean: {ref: slakPost, method: request} | 'slakPost'",
        "bean: {ref: judge, method: jugde} | 'jugde'",
        "to: {uri: 'direct:jugde-call'} | direct:jugde-call",
        "setHeaders: {headers: [{name: CamelHttpUri, expression: {constant: {expression: x}}}]} |"
            + " toD",
        "setHeader: {name: CamelHttpUri, expression: {simple: {expression: '${body.lead.key}'}}} |"
            + " toD",
      })
  void a_mistake_in_a_route_is_one_sentence_with_file_and_line(String step, String part)
      throws IOException {
    write(FILE, route(step));
    assertOneSentence(Map.of(), "routes/" + FILE + ", line", part);
  }

  private static String templated(String parameters) {
    return """
    - templatedRoute:
        routeId: deliver-teams
        routeTemplateRef: http-sink
        parameters:
          - {name: sink, value: teams}
    """
        + parameters.indent(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "- {name: urls, value: '{{teams.url}}'} | line 6: the template http-sink has no parameter"
            + " 'urls': write url",
        "- {name: perSecond, value: '1'} | line 4: the template http-sink needs a value for its"
            + " parameter 'url'",
        "- {name: url, value: ''} | needs a value for its parameter 'url'",
        "- {name: url, value: '{{teams.ur}}'} | line 6: {{teams.ur}} is not declared",
        "- {name: url, value: 'htps://hooks.example.com/?{{teams.url}}'} | 'htps'",
        "- {name: url, value: '{{teams.url}}'} ; - {name: body, value: '{a: {b: x}}'} | a space"
            + " between them",
        "- {name: url, value: '{{teams.url}}'} ; - {name: body, value: 'x'} | what is sent cannot"
            + " be read",
        "- {name: url, value: '{{teams.url}}'} ; - {name: body, value: 'a: ${body.lead.nam}'} | has"
            + " no 'nam'",
        "- {name: url, value: '{{teams.url}}'} ; - {name: perSecond, value: often} |"
            + " routes/deliver-teams.camel.yaml",
      })
  void a_mistake_with_a_template_is_one_sentence_with_the_file(String parameters, String part)
      throws IOException {
    write(FILE, templated(parameters.replace(" ; ", "\n")));
    assertOneSentence(Map.of(), "routes/" + FILE, part);
  }

  @Test
  void a_template_that_is_not_there_is_named() throws IOException {
    write(FILE, templated("").replace("http-sink", "htp-sink"));
    assertOneSentence(
        Map.of(),
        "routes/" + FILE + ", line 3: there is no route template 'htp-sink'",
        "http-sink");
  }

  @Test
  void a_templated_route_bears_the_name_of_its_file() throws IOException {
    write(
        FILE, templated("- {name: url, value: '{{teams.url}}'}").replace("deliver-teams", "teams"));
    assertOneSentence(Map.of(), "routes/" + FILE, "'routeId: deliver-teams'");
  }

  @Test
  void a_sink_by_template_needs_no_other_mention_than_in_lead_sinks() throws IOException {
    write(FILE, templated("- {name: url, value: '{{teams.url}}'}"));
    try (Service service = start(Map.of())) {
      assertThat(service.context().getRoute("deliver-teams")).isNotNull();
    }
    try (Service service = start(Map.of("lead.sinks", "file"))) {
      assertThat(service.context().getRoute("deliver-teams")).isNull();
      assertThat(service.notes())
          .contains("Route deliver-teams is not started: 'teams' is not in lead.sinks.");
    }
  }

  @Test
  void one_template_makes_several_sinks() throws IOException {
    write(FILE, templated("- {name: url, value: '{{teams.url}}'}"));
    write(
        "deliver-partner.camel.yaml",
        templated("- {name: url, value: '{{teams.url}}'}")
            .replace("deliver-teams", "deliver-partner")
            .replace("value: teams}", "value: partner}"));
    try (Service service = start(Map.of("lead.sinks", "teams, partner"))) {
      assertThat(service.context().getRoute("deliver-teams")).isNotNull();
      assertThat(service.context().getRoute("deliver-partner")).isNotNull();
    }
  }

  @Test
  void a_template_of_ones_own_has_parameters_and_no_keys() throws IOException {
    write(
        "log-sink.camel.yaml",
        """
        - routeTemplate:
            id: log-sink
            parameters:
              - {name: sink}
            from:
              uri: "leads:{{sink}}"
              steps:
                - to: {uri: "log:{{sink}}"}
        """);
    write(FILE, templated("").replace("http-sink", "log-sink"));
    try (Service service = start(Map.of())) {
      assertThat(service.context().getRoute("deliver-teams")).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "htps://hooks.example.com/w/1?sig=s3cr3t-signature | teams.url",
        "hooks.example.com/w/1?sig=s3cr3t-signature | teams.url",
      })
  void an_address_that_cannot_be_used_is_not_quoted(String address, String part)
      throws IOException {
    write(FILE, route("to: {uri: '{{teams.url}}'}"));
    assertOneSentence(Map.of("teams.url", address), part);
  }

  @Test
  void yaml_that_is_none_is_named_with_its_line() throws IOException {
    write(FILE, "- route:\n    id: deliver-teams\n   from:\n\t uri: leads:teams\n");
    assertOneSentence(Map.of(), "routes/" + FILE + ", line 3", "indentation");
  }

  @Test
  void the_same_id_twice_is_named_with_both_files() throws IOException {
    write(FILE, route("to: {uri: 'log:x'}"));
    write("teams-again.camel.yaml", route("to: {uri: 'log:x'}"));
    assertOneSentence(Map.of(), "'deliver-teams'", FILE, "teams-again.camel.yaml");
  }

  @Test
  void a_route_of_an_engineer_that_anything_sends_to_is_started() throws IOException {
    write(
        FILE,
        """
        - route:
            id: deliver-teams
            from:
              uri: leads:teams
              steps:
                - enrich: {expression: {constant: {expression: 'direct:find-owner'}}}
                - recipientList: {expression: {simple: {expression: 'direct:${body.version}'}}}
        """);
    write(
        "find-owner.camel.yaml",
        """
        - route:
            id: find-owner
            from:
              uri: direct:find-owner
              steps:
                - log: {message: "asked"}
        """);
    write(
        "by-version.camel.yaml",
        """
        - route:
            id: by-version
            from:
              uri: direct:1
              steps:
                - log: {message: "first"}
        """);
    try (Service service = start(Map.of())) {
      assertThat(service.context().getRoute("find-owner")).isNotNull();
      assertThat(service.context().getRoute("by-version")).isNotNull();
    }
  }
}
