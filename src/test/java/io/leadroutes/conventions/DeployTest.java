package io.leadroutes.conventions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files of deploy/ say what the program does. */
class DeployTest {

  private static final Path DEPLOY = Path.of("deploy");
  private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");

  @TempDir Path directory;

  private static JsonNode yaml(String file) throws IOException {
    Object loaded =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(KUBERNETES.resolve(file)));
    return new ObjectMapper().valueToTree(loaded);
  }

  private static JsonNode container() throws IOException {
    return yaml("deployment.yaml").at("/spec/template/spec/containers/0");
  }

  @Test
  void every_manifest_is_a_resource_and_every_resource_is_there() throws IOException {
    List<String> resources = new ArrayList<>();
    yaml("kustomization.yaml").path("resources").forEach(name -> resources.add(name.asText()));
    try (Stream<Path> files = Files.list(KUBERNETES)) {
      List<String> manifests =
          files
              .map(file -> file.getFileName().toString().replace("secret.example", "secret"))
              .filter(name -> !name.equals("kustomization.yaml"))
              .toList();
      assertThat(resources).containsExactlyInAnyOrderElementsOf(manifests);
    }
  }

  @Test
  void the_probes_ask_what_the_service_answers_and_a_stop_has_time_to_end() throws IOException {
    assertThat(container().at("/livenessProbe/httpGet/path").asText())
        .isEqualTo("/observe/health/live");
    for (String probe : List.of("startupProbe", "readinessProbe")) {
      assertThat(container().path(probe).at("/httpGet/path").asText())
          .isEqualTo("/observe/health/ready");
    }
    assertThat(
            yaml("deployment.yaml").at("/spec/template/spec/terminationGracePeriodSeconds").asInt())
        .isGreaterThanOrEqualTo(40);
    assertThat(Files.readString(DEPLOY.resolve("lead-routes.service")))
        .contains("TimeoutStopSec=40");
  }

  @Test
  void the_settings_of_the_cluster_are_settings_of_the_program() throws IOException {
    Properties own = new Properties();
    own.load(new StringReader(yaml("settings.yaml").at("/data/application.properties").asText()));
    assertThat(own).isNotEmpty();
    try (var out = Files.newBufferedWriter(directory.resolve("application.properties"))) {
      own.store(out, null);
    }
    // A key that does not exist is refused.
    assertThat(Settings.load(directory, Map.of(), new Properties()).accounts()).isNotEmpty();
  }

  @Test
  void every_secret_is_the_variable_of_a_key() throws IOException {
    Properties declared = new Properties();
    declared.load(new StringReader(Files.readString(Path.of("application.properties"))));
    List<String> variables =
        declared.stringPropertyNames().stream()
            .map(key -> key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
            .collect(Collectors.toList());
    yaml("secret.example.yaml")
        .path("stringData")
        .fieldNames()
        .forEachRemaining(name -> assertThat(variables).contains(name));
  }

  @Test
  void names_of_other_services_and_a_user_id_of_the_platform_change_nothing() throws IOException {
    assertThat(yaml("deployment.yaml").at("/spec/template/spec/enableServiceLinks").asBoolean(true))
        .isFalse();
    assertThat(Files.readString(DEPLOY.resolve("Containerfile")))
        .contains("chown -R 10001:0 /leads && chmod -R g=u /leads");
  }

  /** Out of memory ends it: threads that died of that would leave it running and idle for ever. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "deploy/Containerfile",
        "deploy/lead-routes.service",
        "lead-routes",
        "docs/setup.md"
      })
  void the_service_runs_with_the_same_flags_everywhere(String file) throws IOException {
    String flags = Files.readString(Path.of(file)).replaceAll("[\",\\\\\\s]+", " ");
    assertThat(flags)
        .contains("-XX:+UseSerialGC -Xmx192m -XX:TieredStopAtLevel=1")
        .contains("java -XX:+ExitOnOutOfMemoryError ");
  }
}
