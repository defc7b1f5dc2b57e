package io.leadroutes.conventions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The wrapper lead-routes, with a Maven and a Java that only write down how they were called. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class WrapperTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  private Path home;
  private Path calls;

  @BeforeEach
  void makeClone() throws IOException {
    folder = folder.toRealPath();
    readable(folder);
    home = folder.resolve("a clone's $home");
    for (String source : List.of("routes", "src/main", "src/generated")) {
      Files.createDirectories(home.resolve(source));
    }
    for (String source : List.of("pom.xml", "application.properties")) {
      Files.writeString(home.resolve(source), "");
    }
    Files.copy(Path.of("lead-routes"), home.resolve("lead-routes"));
    calls = Files.writeString(folder.resolve("calls"), "");
    open(calls);
    Files.createDirectories(folder.resolve("elsewhere"));
    open(Files.createDirectories(folder.resolve("cache")));
    stub(
        "java",
        """
        echo "java $LC_ALL $*" >> "$CALLS"
        for argument; do
          case $argument in
            -XX:ArchiveClassesAtExit=*) echo archive > "${argument#*=}" ;;
            --version) grep -q whole "$2" || exit 1 ;;
          esac
        done
        """);
    mavenWrites("whole");
  }

  /** A Maven that packages so, in the folder it is called in. */
  private void mavenWrites(String jar) throws IOException {
    stub(
        "mvn",
        """
        echo "mvn $PWD" >> "$CALLS"
        echo "a warning of Maven's"
        while [ -f "$CALLS.hold" ]; do sleep 0.05; done
        echo JAR > target/lead-routes.jar
        [ JAR = whole ]
        """
            .replace("JAR", jar));
  }

  private void stub(String name, String text) throws IOException {
    Path stub = folder.resolve("bin").resolve(name);
    Files.createDirectories(stub.getParent());
    Files.writeString(stub, "#!/bin/sh\nCALLS=" + calls + "\n" + text);
    readable(stub);
  }

  private static void readable(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void open(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private Process start(List<String> before, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of("sh", home.resolve("lead-routes").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.remove("JAVA_HOME");
    environment.remove("LEAD_ROUTES_JAVA_OPTS");
    environment.put("PATH", folder.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    environment.put("LC_ALL", "tr_TR.UTF-8");
    return builder
        .directory(folder.resolve("elsewhere").toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("said").toFile()))
        .start();
  }

  private int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private int run(String... arguments) throws Exception {
    return exitCode(start(List.of(), arguments));
  }

  private long packaged() throws IOException {
    try (Stream<String> lines = Files.lines(calls)) {
      return lines.filter(line -> line.startsWith("mvn ")).count();
    }
  }

  private List<String> javas() throws IOException {
    try (Stream<String> lines = Files.lines(calls)) {
      return lines.filter(line -> line.startsWith("java ")).toList();
    }
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("said"));
  }

  private void age(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
  }

  private void ageSources() throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.toList()) {
        age(file, 100);
      }
    }
  }

  @Test
  void the_first_command_packages_and_says_so_and_shows_nothing_of_mavens() throws Exception {
    ageSources();

    assertThat(run("status", "--json")).isZero();
    assertThat(run("status")).isZero();

    assertThat(packaged()).isEqualTo(1);
    assertThat(said()).startsWith("Packaging Lead Routes").doesNotContain("warning");
    assertThat(javas()).last().asString().endsWith("lead-routes.jar status");
  }

  @Test
  void a_source_that_is_newer_packages_again() throws Exception {
    ageSources();
    run("status");
    age(home.resolve("target/lead-routes.jar"), 50);
    Files.writeString(home.resolve("routes/deliver-crm.camel.yaml"), "");

    run("status");

    assertThat(packaged()).isEqualTo(2);
  }

  @Test
  void a_jar_that_was_cut_off_while_it_was_written_is_packaged_again() throws Exception {
    ageSources();
    mavenWrites("half");
    assertThat(run("status")).isEqualTo(1);
    assertThat(said()).contains("a warning of Maven's", "could not be packaged");

    mavenWrites("whole");
    assertThat(run("status")).isZero();

    assertThat(packaged()).isEqualTo(2);
  }

  @Test
  void a_jar_that_maven_made_by_itself_is_used() throws Exception {
    ageSources();
    Files.createDirectories(home.resolve("target"));
    Files.writeString(home.resolve("target/lead-routes.jar"), "whole");

    assertThat(run("status")).isZero();

    assertThat(packaged()).isZero();
  }

  @Test
  void two_at_once_package_once() throws Exception {
    assumeThat(Stream.of("/usr/bin/flock", "/bin/flock").map(Path::of)).anyMatch(Files::exists);
    ageSources();
    Path hold = Files.writeString(folder.resolve("calls.hold"), "");
    Process one = start(List.of(), "status");
    await().atMost(LONG).until(() -> packaged() == 1);
    Process other = start(List.of(), "status");
    await().atMost(LONG).until(() -> said().contains("Another lead-routes is packaging"));
    Files.delete(hold);

    assertThat(exitCode(one)).isZero();
    assertThat(exitCode(other)).isZero();
    assertThat(packaged()).isEqualTo(1);
  }

  @Test
  void only_the_service_waits_for_a_quicker_start_and_once() throws Exception {
    ageSources();
    run("status");
    run("demo");
    assertThat(said()).doesNotContain("quicker");

    run("run");
    run("run");

    assertThat(javas()).filteredOn(line -> line.contains("ArchiveClassesAtExit")).hasSize(1);
    assertThat(home.resolve("target/lead-routes.jsa")).exists();
  }

  @Test
  void a_clone_that_cannot_be_written_to_is_packaged_in_the_cache_once() throws Exception {
    ageSources();
    List<String> another = another();

    assertThat(exitCode(start(another, "status"))).isZero();
    assertThat(exitCode(start(another, "run"))).isZero();
    assertThat(exitCode(start(another, "run"))).isZero();

    assertThat(packaged()).isEqualTo(1);
    assertThat(home.resolve("target")).doesNotExist();
    assertThat(javas()).filteredOn(line -> line.contains("ArchiveClassesAtExit")).hasSize(1);
    assertThat(javas()).last().asString().contains(folder.resolve("cache").toString());
  }

  @Test
  void an_installed_jar_that_cannot_be_written_to_is_used_and_its_classes_kept_in_the_cache()
      throws Exception {
    Files.createDirectories(home.resolve("target"));
    Files.writeString(home.resolve("target/lead-routes.jar"), "whole");
    List<String> another = another();

    assertThat(exitCode(start(another, "run"))).isZero();
    assertThat(exitCode(start(another, "run"))).isZero();

    assertThat(packaged()).isZero();
    assertThat(javas()).filteredOn(line -> line.contains("ArchiveClassesAtExit")).hasSize(1);
    assertThat(javas())
        .last()
        .asString()
        .contains("SharedArchiveFile=" + folder.resolve("cache"))
        .contains(home.resolve("target/lead-routes.jar").toString());
  }

  /** How to start as somebody who may not write to the clone. */
  private List<String> another() throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.toList()) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
      }
    }
    open(folder);
    if (!Files.isWritable(home)) {
      return List.of();
    }
    assumeThat(Path.of("/usr/bin/setpriv")).exists();
    return List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
  }

  @Test
  void maven_and_java_see_no_language_but_one() throws Exception {
    ageSources();

    run("status");

    assertThat(javas()).allMatch(line -> line.startsWith("java C.UTF-8 "));
  }
}
