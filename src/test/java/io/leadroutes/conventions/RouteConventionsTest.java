package io.leadroutes.conventions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** G7: what every route file keeps to. */
class RouteConventionsTest {

  private static final Path ROUTES = Path.of("routes");
  private static final String SUFFIX = ".camel.yaml";
  private static final int MAX_STEPS = 8;
  private static final List<String> REMOTE =
      List.of("http", "https", "salesforce", "kafka", "${variable", "{{");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchema SCHEMA = schema();
  private static final CamelCatalog CATALOG = catalog();

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(ROUTES)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  private static JsonNode yaml(Path file) throws IOException {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    return JSON.valueToTree(loaded);
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(SUFFIX, "");
  }

  private static JsonNode route(Path file) throws IOException {
    return yaml(file).path(0).path(isTemplate(file) ? "routeTemplate" : "route");
  }

  private static boolean isTemplate(Path file) throws IOException {
    return yaml(file).path(0).has("routeTemplate");
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_parameter_of_a_template_says_in_one_sentence_what_it_is_for(Path file) throws IOException {
    if (isTemplate(file)) {
      assertThat(route(file).path("parameters")).isNotEmpty();
      for (JsonNode parameter : route(file).path("parameters")) {
        assertThat(parameter.path("name").asText()).matches("[a-z]+([A-Z][a-z]+)*");
        assertThat(parameter.path("description").asText()).matches("[A-Z].{15,160}\\.");
      }
    }
  }

  @Test
  void the_folder_is_flat_and_holds_route_files_only() throws IOException {
    try (Stream<Path> all = Files.walk(ROUTES)) {
      assertThat(all.filter(Files::isRegularFile))
          .allMatch(file -> file.getParent().equals(ROUTES) && file.toString().endsWith(SUFFIX));
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_file_holds_one_route_of_its_own_name(Path file) throws IOException {
    JsonNode root = yaml(file);
    assertThat(root.size()).isEqualTo(1);
    if (name(file).equals("on-failure")) {
      JsonNode configuration = root.path(0).path("routeConfiguration");
      assertThat(configuration.isObject()).isTrue();
      assertThat(configuration.has("id")).as("with an id it would apply to nobody").isFalse();
      assertThat(configuration.path("errorHandler").has("noErrorHandler")).isTrue();
      return;
    }
    JsonNode route = route(file);
    if (isTemplate(file)) {
      assertThat(route.path("id").asText()).isEqualTo(name(file));
      return;
    }
    assertThat(route.path("id").asText()).isEqualTo(name(file)).matches("[a-z]+(-[a-z]+)+");
    String from = route.path("from").path("uri").asText();
    if (from.startsWith("direct:")) {
      assertThat(from).isEqualTo("direct:" + name(file));
    }
    if (from.startsWith("leads:")) {
      assertThat(name(file)).isEqualTo("deliver-" + from.substring("leads:".length()));
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_file_has_a_test_class_of_its_name(Path file) throws IOException {
    String test =
        Arrays.stream(name(file).split("-"))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining())
            + "Test.java";
    try (Stream<Path> tests = Files.walk(Path.of("src/test/java"))) {
      assertThat(tests.map(path -> path.getFileName().toString())).contains(test);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_route_says_in_one_sentence_what_it_is_for(Path file) throws IOException {
    JsonNode described =
        name(file).equals("on-failure")
            ? yaml(file).path(0).path("routeConfiguration")
            : route(file);
    assertThat(described.path("description").asText()).matches("[A-Z][^.]{15,140}\\.");
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_route_has_at_most_eight_steps_and_every_step_is_a_map(Path file) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    collect(route(file).path("from").path("steps"), steps);
    assertThat(route(file).path("from").path("steps").size()).isLessThanOrEqualTo(MAX_STEPS);
    assertThat(steps).allMatch(step -> step.size() == 1 && step.elements().next().isObject());
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_step_that_leaves_the_process_is_named_after_what_it_does(Path file) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    collect(route(file).path("from").path("steps"), steps);
    for (JsonNode step : steps) {
      JsonNode to = step.has("to") ? step.path("to") : step.path("toD");
      String uri = to.path("uri").asText();
      if (REMOTE.stream().anyMatch(uri::startsWith)) {
        assertThat(to.path("id").asText().replaceAll("[{}]", ""))
            .as(uri)
            .matches("[a-z]+(-[a-z]+)+");
      }
    }
  }

  /** The component does it, for routes of anybody: see HeadersOfOneRequestTest. */
  @ParameterizedTest
  @MethodSource("files")
  void a_route_is_not_cluttered_with_what_makes_requests_safe(Path file) throws IOException {
    // Each account has a time-out of its own for ClickSpeak.
    assertThat(Files.readString(file).replaceAll("\\w+Timeout: .*request\\.timeout.*", ""))
        .doesNotContain("removeHeader", "followRedirects", "Timeout", "copyHeaders");
  }

  private static void collect(JsonNode steps, List<JsonNode> all) {
    for (JsonNode step : steps) {
      all.add(step);
      step.findValues("steps").forEach(inner -> collect(inner, all));
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_file_is_valid_by_camels_own_schema_in_its_canonical_form(Path file) throws IOException {
    assertThat(SCHEMA.validate((ArrayNode) yaml(file))).isEmpty();
  }

  private static JsonSchema schema() {
    try {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
          .getSchema(JSON.readTree(resource("/schema/camelYamlDsl.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CamelCatalog catalog() {
    CamelCatalog catalog = new DefaultCamelCatalog(true);
    catalog.addComponent(
        "leads",
        "io.leadroutes.delivery.LeadsComponent",
        resource("/META-INF/io/leadroutes/delivery/leads.json"));
    return catalog;
  }

  @ParameterizedTest
  @MethodSource("files")
  void the_catalog_knows_every_endpoint_option(Path file) throws IOException {
    List<JsonNode> endpoints = new ArrayList<>(route(file).findParents("uri"));
    for (JsonNode endpoint : endpoints) {
      String uri = endpoint.path("uri").asText();
      if (uri.startsWith("${") || uri.startsWith("{{")) {
        continue;
      }
      Map<String, String> options = new HashMap<>();
      endpoint
          .path("parameters")
          .fields()
          .forEachRemaining(e -> options.put(e.getKey(), e.getValue().asText()));
      String query =
          options.entrySet().stream()
              .map(e -> e.getKey() + "=" + e.getValue())
              .reduce((a, b) -> a + "&" + b)
              .map(q -> (uri.contains("?") ? "&" : "?") + q)
              .orElse("");
      EndpointValidationResult result = CATALOG.validateEndpointProperties(uri + query);
      // What a component requires may be set on the component itself, as Salesforce's login is.
      int missing = result.getRequired() == null ? 0 : result.getRequired().size();
      assertThat(result.getNumberOfErrors() - missing)
          .as(file + ": " + result.summaryErrorMessage(false))
          .isZero();
    }
  }

  private static String resource(String name) {
    try (InputStream in = RouteConventionsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
