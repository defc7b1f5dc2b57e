package io.leadroutes.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.leadroutes.flow.Arrivals;
import io.leadroutes.judge.Judge;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A filter and a sink of an engineer's own, in a jar of ./lib: those of docs/examples. */
@Timeout(120)
class ExtensionsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String FILTER = "io.leadroutes.judge.Filter";
  private static final String SINK = "io.leadroutes.delivery.Sink";

  @TempDir static Path built;
  @TempDir Path directory;

  private final ClassLoader usual = Thread.currentThread().getContextClassLoader();
  private final List<URLClassLoader> loaders = new ArrayList<>();

  @BeforeAll
  static void build() throws IOException {
    ExampleJar.ofTheDocuments().write(built.resolve("leads-1.0.jar"));
  }

  @BeforeEach
  void copyTheJar() throws IOException {
    Files.createDirectories(directory.resolve("lib"));
    Files.copy(built.resolve("leads-1.0.jar"), directory.resolve("lib/leads-1.0.jar"));
  }

  @AfterEach
  void leave() throws IOException {
    Thread.currentThread().setContextClassLoader(usual);
    for (URLClassLoader loader : loaders) {
      loader.close();
    }
  }

  /** What the program's agent does before main. */
  private void join() throws IOException {
    try (Stream<Path> jars = Files.list(directory.resolve("lib"))) {
      List<URL> urls = new ArrayList<>();
      for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        urls.add(jar.toUri().toURL());
      }
      loaders.add(new URLClassLoader(urls.toArray(URL[]::new), usual));
    }
    Thread.currentThread().setContextClassLoader(loaders.get(loaders.size() - 1));
  }

  private Settings settings(Map<String, String> environment) {
    LibFolder.of(directory).check();
    return Settings.read(directory, environment, new Properties(), LeadRoutes.extensions())
        .checked();
  }

  private void own(String... lines) throws IOException {
    Files.write(directory.resolve("application.properties"), List.of(lines));
  }

  private void add(ExampleJar jar) throws IOException {
    jar.write(directory.resolve("lib/other.jar"));
  }

  private String fingerprint(Map<String, String> environment) {
    return new Judge(settings(environment), "").fingerprint("default");
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> settings(Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContainingAll(parts)
        .message()
        .endsWith(".")
        .doesNotContain("\n");
  }

  @Test
  void a_filter_and_a_sink_of_a_jar_work_like_those_that_are_shipped() throws IOException {
    own(
        "lead.filters=ended, evaluated, outcome, weekday-call",
        "lead.weekdays=monday, tuesday, wednesday, thursday, friday, saturday, sunday",
        "lead.sinks=file, partner",
        "partner.url=http://127.0.0.1:9");
    join();
    WireMockServer partner =
        new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
    partner.start();
    partner.stubFor(post("/leads").willReturn(aResponse().withStatus(201)));
    try (Arrivals arrivals = new Arrivals(directory)) {
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
      Map<String, String> values = new HashMap<>(arrivals.settings());
      values.remove("lead.sinks");
      values.put("partner.url", "http://127.0.0.1:" + partner.port() + "/leads");
      Settings settings = settings(Map.of("PARTNER_SIGNING_KEY", "s3cret")).with(values);
      try (Service service = Service.start(settings, directory)) {
        await().atMost(LONG).until(() -> arrivals.lines().size() == 1 && posts(partner) == 1);

        assertThat(service.notes())
            .anyMatch(
                note -> note.startsWith("Libraries: leads-1.0.jar from ") && note.endsWith("."));
      }
      assertThat(
              partner
                  .findAll(postRequestedFor(urlEqualTo("/leads")))
                  .get(0)
                  .getHeader("X-Signature"))
          .hasSize(64);
    } finally {
      partner.stop();
    }
  }

  private static int posts(WireMockServer partner) {
    return partner.findAll(postRequestedFor(urlEqualTo("/leads"))).size();
  }

  @Test
  void the_documents_show_what_is_tested_here() throws IOException {
    assertThat(Files.readString(Path.of("docs/adding-a-filter.md")))
        .contains(Files.readString(Path.of("docs/examples/WeekdayCall.java")));
    assertThat(Files.readString(Path.of("docs/jars.md")))
        .contains(Files.readString(Path.of("docs/examples/PartnerSink.java")));
  }

  @ParameterizedTest
  @CsvSource({
    "lead.weekday=monday, did you mean lead.weekdays?",
    "partner.ulr=https://x.example, did you mean partner.url?",
    "clickspeak.account.default.partner.url=https://x.example,"
        + " clickspeak.account.default.partner.url",
  })
  void a_key_that_the_jar_does_not_know_is_mistyped(String line, String said) throws IOException {
    own(line);
    join();

    assertRefused(said);
  }

  @Test
  void a_filters_own_keys_may_differ_by_account_and_are_part_of_the_rule() throws IOException {
    own("lead.filters=weekday-call");
    join();
    String usually = fingerprint(Map.of());

    assertThat(fingerprint(Map.of("LEAD_WEEKDAYS", "sunday"))).isNotEqualTo(usually);
    assertThat(fingerprint(Map.of("CLICKSPEAK_ACCOUNT_DEFAULT_LEAD_WEEKDAYS", "sunday")))
        .isNotEqualTo(usually);
    assertThat(fingerprint(Map.of("CLICKSPEAK_TIME_ZONE", "Asia/Tokyo"))).isNotEqualTo(usually);
    assertThat(fingerprint(Map.of("PARTNER_URL", "https://x.example"))).isEqualTo(usually);
  }

  @Test
  void a_corrected_filter_is_another_rule_and_a_jar_packed_again_is_not() throws IOException {
    own("lead.filters=weekday-call");
    join();
    String usually = fingerprint(Map.of());

    ExampleJar.ofTheDocuments().write(directory.resolve("lib/leads-1.0.jar"));
    join();
    assertThat(fingerprint(Map.of())).isEqualTo(usually);

    ExampleJar.ofTheDocuments()
        .source("Holidays.java", "package com.example.leads; final class Holidays {}")
        .write(directory.resolve("lib/leads-1.0.jar"));
    join();
    assertThat(fingerprint(Map.of())).isNotEqualTo(usually);
  }

  @Test
  void a_jar_that_changes_nothing_in_use_changes_no_rule() throws IOException {
    Map<String, String> shippedOnly = Map.of("LEAD_FILTERS", "ended");
    join();

    assertThat(fingerprint(shippedOnly))
        .isEqualTo(
            new Judge(Settings.load(built, shippedOnly, new Properties()), "")
                .fingerprint("default"));
  }

  @Test
  void a_wrong_value_of_an_own_key_stops_the_start_as_one_of_the_program() throws IOException {
    own("lead.filters=weekday-call", "lead.weekdays=");
    join();

    assertThatThrownBy(() -> fingerprint(Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "lead.weekdays is empty: name days such as monday (application.properties, line 2).");
  }

  @Test
  void a_filter_that_fails_while_it_is_made_is_named_without_what_it_says() throws IOException {
    own("lead.filters=weekday-call", "lead.weekdays=s3cret");
    join();

    assertThatThrownBy(() -> fingerprint(Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "'weekday-call' (com.example.leads.WeekdayCall) cannot be used: it failed with"
                + " java.lang.IllegalArgumentException: correct its class, or take its jar out of"
                + " ./lib.");
  }

  @Test
  void a_jar_that_cannot_be_read_stops_the_start() throws IOException {
    ExampleJar.writeBroken(directory.resolve("lib/torn.jar"));
    join();

    assertRefused("lib/torn.jar cannot be read as a jar: ");
  }

  @Test
  void two_versions_of_one_library_stop_the_start() throws IOException {
    Files.copy(built.resolve("leads-1.0.jar"), directory.resolve("lib/leads-1.1.jar"));
    join();

    assertRefused("lib/leads-1.0.jar and lib/leads-1.1.jar are two versions of one library: keep");
  }

  @Test
  void a_jar_that_did_not_join_stops_the_start() {
    assertRefused("lib/leads-1.0.jar has not joined the class path: ");
  }

  @Test
  void a_library_that_the_program_has_itself_is_the_programs() throws IOException {
    Files.copy(ExampleJar.artifact("jackson-core"), directory.resolve("lib/jackson-core-1.0.jar"));
    join();

    LibFolder.of(directory).check();
    try (var camel = new DefaultCamelContext()) {
      assertThat(LibFolder.of(directory).notes(camel))
          .contains(
              "Not used of lib, because the program has them in another version:"
                  + " jackson-core-1.0.jar.")
          .anyMatch(note -> note.startsWith("Libraries: leads-1.0.jar from "));
    }
  }

  @Test
  void another_library_of_the_same_name_joins() throws IOException {
    new ExampleJar()
        .source("Annotation.java", "package com.example.other; public @interface Annotation {}")
        .write(directory.resolve("lib/annotations-1.0.jar"));
    new ExampleJar()
        .source("Other.java", "package com.example.other; public class Other {}")
        .write(directory.resolve("lib/jackson-core-9.9.jar"));
    join();

    LibFolder.of(directory).check();
    try (var camel = new DefaultCamelContext()) {
      assertThat(LibFolder.of(directory).notes(camel))
          .singleElement()
          .asString()
          .contains("annotations-1.0.jar, jackson-core-9.9.jar, leads-1.0.jar");
    }
  }

  @Test
  void a_component_of_another_camel_is_named() throws IOException {
    Files.copy(built.resolve("leads-1.0.jar"), directory.resolve("lib/camel-jms-3.0.0.jar"));
    join();

    try (var camel = new DefaultCamelContext()) {
      assertThat(LibFolder.of(directory).notes(camel))
          .contains(
              "lib/camel-jms-3.0.0.jar may not work, because the program has Camel "
                  + camel.getVersion()
                  + ": take that version of it, if it is a component of Camel.");
    }
  }

  @Test
  void a_class_that_is_named_and_not_there_stops_the_start() throws IOException {
    add(new ExampleJar().service(FILTER, "com.example.Nobody"));
    join();

    assertRefused(
        "A filter of ./lib cannot be made (", "com.example.Nobody", "take it out of ./lib");
  }

  @Test
  void a_class_that_cannot_be_made_stops_the_start_without_what_it_says() throws IOException {
    add(sink("private final int x = Integer.parseInt(\"s3cret\");", "broken"));
    join();

    assertRefused("A sink of ./lib cannot be made (", "com.example.Other", "NumberFormatException");
    assertThatThrownBy(() -> settings(Map.of())).message().doesNotContain("s3cret");
  }

  @Test
  void two_sinks_of_one_name_stop_the_start() throws IOException {
    add(sink("", "slack"));
    join();

    assertRefused(
        "Two sinks are called 'slack'", "com.example.Other", "io.leadroutes.slack.SlackSink");
  }

  @Test
  void a_name_that_cannot_stand_in_a_list_stops_the_start() throws IOException {
    add(sink("", "My Sink"));
    join();

    assertRefused("The sink com.example.Other has a name that cannot stand in lead.sinks");
  }

  @Test
  void one_that_cannot_tell_its_keys_stops_the_start_without_what_it_says() throws IOException {
    add(
        sink(
            "public java.util.List<io.leadroutes.settings.Key> keys() {"
                + " throw new IllegalStateException(\"s3cret\"); }",
            "other"));
    join();

    assertRefused("The sink com.example.Other cannot tell its name and keys (");
    assertThatThrownBy(() -> settings(Map.of())).message().doesNotContain("s3cret");
  }

  /** G4: a call that a filter breaks at is judged again and holds no other. */
  @Test
  void a_call_that_a_filter_of_a_jar_breaks_at_holds_no_other() throws Exception {
    add(
        new ExampleJar()
            .source(
                "Fragile.java",
                """
                package com.example;

                import io.leadroutes.lead.Lead;
                import io.leadroutes.settings.Settings;
                import java.util.function.Predicate;

                public final class Fragile implements io.leadroutes.judge.Filter {
                  public String name() {
                    return "fragile";
                  }

                  public Predicate<Lead> of(Settings settings) {
                    return lead -> {
                      if (lead.callId() == 1) {
                        throw new NoClassDefFoundError("com/example/Gone");
                      }
                      return true;
                    };
                  }
                }
                """)
            .service(FILTER, "com.example.Fragile"));
    join();
    try (Arrivals arrivals = new Arrivals(directory)) {
      arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1), SandboxCall.qualified(2));
      Map<String, String> values = new HashMap<>(arrivals.settings());
      values.put("lead.filters", "ended, fragile");
      values.put("lead.sinks", "file");
      try (Service service = Service.start(settings(Map.of()).with(values), directory)) {
        await().atMost(LONG).until(() -> arrivals.lines().size() == 1);
        arrivals.awaitTwoMorePasses();
      }

      assertThat(arrivals.lines()).singleElement().asString().contains("\"id\":2,");
    }
  }

  @Test
  void a_sink_cannot_take_a_key_of_another() throws IOException {
    add(
        sink(
            "public java.util.List<io.leadroutes.settings.Key> keys() {"
                + " return java.util.List.of(io.leadroutes.settings.Keys.SLACK_TOKEN); }",
            "other"));
    join();

    assertRefused("com.example.Other cannot have the key 'slack.token'");
  }

  @Test
  void a_sink_that_nobody_has_is_named_with_what_to_do() throws IOException {
    join();
    try (Arrivals arrivals = new Arrivals(directory)) {
      Settings settings = settings(Map.of()).with(arrivals.settings());
      assertThatThrownBy(
              () -> Service.start(settings.with(Map.of("lead.sinks", "partnr")), directory))
          .isInstanceOf(SettingsException.class)
          .hasMessageContainingAll("lead.sinks names 'partnr'", "into ./lib");
    }
  }

  private static ExampleJar sink(String members, String name) {
    return new ExampleJar()
        .source(
            "Other.java",
            "package com.example; public final class Other implements "
                + SINK
                + " {"
                + members
                + " public String name() { return \""
                + name
                + "\"; } public void bind(org.apache.camel.CamelContext context,"
                + " io.leadroutes.settings.Settings settings) {} }")
        .service(SINK, "com.example.Other");
  }
}
