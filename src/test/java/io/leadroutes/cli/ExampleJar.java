package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A jar as an engineer builds one: sources compiled, and the services they offer. */
public final class ExampleJar {

  private static final Path EXAMPLES = Path.of("docs/examples").toAbsolutePath();

  /** Source file name to text. */
  private final Map<String, String> sources = new TreeMap<>();

  /** Interface to the classes that are named for it. */
  private final Map<String, String> services = new TreeMap<>();

  /** The filter and the sink that the documents show. */
  public static ExampleJar ofTheDocuments() throws IOException {
    return new ExampleJar()
        .source("WeekdayCall.java", Files.readString(EXAMPLES.resolve("WeekdayCall.java")))
        .service("io.leadroutes.judge.Filter", "com.example.leads.WeekdayCall")
        .source("PartnerSink.java", Files.readString(EXAMPLES.resolve("PartnerSink.java")))
        .service("io.leadroutes.delivery.Sink", "com.example.leads.PartnerSink");
  }

  public ExampleJar source(String fileName, String text) {
    sources.put(fileName, text);
    return this;
  }

  public ExampleJar service(String of, String className) {
    services.merge(of, className, (one, other) -> one + "\n" + other);
    return this;
  }

  /** Compiles and writes it. */
  public Path write(Path jar) throws IOException {
    Path scratch = Files.createTempDirectory(Files.createDirectories(jar.getParent()), "build");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-d",
                scratch.toString(),
                "-cp",
                System.getProperty("java.class.path")));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      arguments.add(
          Files.writeString(scratch.resolve(source.getKey()), source.getValue()).toString());
    }
    if (!sources.isEmpty()) {
      assertThat(
              ToolProvider.getSystemJavaCompiler()
                  .run(null, null, null, arguments.toArray(String[]::new)))
          .isZero();
    }
    for (Map.Entry<String, String> service : services.entrySet()) {
      Path folder = Files.createDirectories(scratch.resolve("META-INF/services"));
      Files.writeString(folder.resolve(service.getKey()), service.getValue() + "\n");
    }
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(scratch)) {
      for (Path entry : all.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(scratch.relativize(entry).toString().replace('\\', '/')));
        out.write(Files.readAllBytes(entry));
        out.closeEntry();
      }
    }
    return jar;
  }

  /** The artifact of the test's class path with this name, as {@code camel-mock}. */
  public static Path artifact(String name) {
    return Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
        .map(Path::of)
        .filter(path -> path.getFileName().toString().matches(name + "-\\d.*\\.jar"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not on the class path of the tests"));
  }

  /** As bytes of no jar. */
  static void writeBroken(Path jar) throws IOException {
    Files.createDirectories(jar.getParent());
    Files.write(jar, "not a jar".getBytes(StandardCharsets.UTF_8));
  }
}
