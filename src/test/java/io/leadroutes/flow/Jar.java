package io.leadroutes.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The packaged jar as a process of its own. */
final class Jar {

  private static final Path FILE = Path.of("target", "lead-routes.jar").toAbsolutePath();
  private static final String LOG = "service.log";

  private Jar() {}

  /** Starts {@code run} with settings from the environment; what it prints is appended to a log. */
  static Process start(Path directory, Map<String, String> settings) throws IOException {
    return start(directory, settings, "run");
  }

  /** The same for any command. */
  static Process start(Path directory, Map<String, String> settings, String... command)
      throws IOException {
    return start(List.of(), directory, settings, command);
  }

  /** The same with further options of the JVM. */
  static Process start(
      List<String> options, Path directory, Map<String, String> settings, String... command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx192m",
            "-XX:+ExitOnOutOfMemoryError"));
    line.addAll(options);
    line.addAll(List.of("-jar", FILE.toString()));
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line);
    settings.forEach(
        (key, value) ->
            builder
                .environment()
                .put(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
    return builder
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve(LOG).toFile()))
        .start();
  }

  /** All that was printed so far. */
  static String log(Path directory) throws IOException {
    return Files.readString(directory.resolve(LOG));
  }
}
