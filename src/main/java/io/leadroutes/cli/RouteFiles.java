package io.leadroutes.cli;

import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The route files of a start: those of the jar, and those of {@code ./routes}, which replace the
 * jar's file of the same name or add to them. A file with the same text as the jar's changes
 * nothing.
 */
final class RouteFiles {

  private static final String SUFFIX = ".camel.yaml";
  private static final List<String> READING =
      List.of(
          "fetch-page.camel.yaml",
          "record-page.camel.yaml",
          "judge-call.camel.yaml",
          "on-failure.camel.yaml");

  /** File name to Camel's location of it, sorted by name. */
  private final Map<String, String> locations = new TreeMap<>();

  private final Path own;

  private RouteFiles(Path own) {
    this.own = own;
  }

  /**
   * @param directory the working directory
   */
  static RouteFiles of(Path directory) {
    RouteFiles files = new RouteFiles(directory.resolve("routes"));
    shipped().forEach(name -> files.locations.put(name, "classpath:routes/" + name));
    for (String name : names(files.own)) {
      boolean same =
          files.locations.containsKey(name) && files.text(name).equals(read(files.own, name));
      if (!same) {
        files.locations.put(name, "file:" + files.own.resolve(name));
      }
    }
    return files;
  }

  /** For Camel's include pattern. */
  String includePattern() {
    return String.join(",", locations.values());
  }

  /**
   * The files that decide about calls, for a command that delivers none: the shipped ones of that
   * side, and what an engineer added that is no sink.
   */
  String readingPattern() {
    List<String> shipped = shipped();
    return locations.entrySet().stream()
        .filter(
            entry ->
                READING.contains(entry.getKey())
                    || !(shipped.contains(entry.getKey()) || entry.getKey().startsWith("deliver-")))
        .map(Map.Entry::getValue)
        .collect(Collectors.joining(","));
  }

  /** Which file came from where, in one line. */
  String origin() {
    List<String> replaced =
        locations.entrySet().stream()
            .filter(entry -> entry.getValue().startsWith("file:"))
            .map(Map.Entry::getKey)
            .toList();
    return replaced.isEmpty()
        ? "Routes: all " + locations.size() + " from the jar."
        : "Routes: "
            + String.join(", ", replaced)
            + " from "
            + own
            + ", the other "
            + (locations.size() - replaced.size())
            + " from the jar.";
  }

  /** The text of a route file. */
  String text(String name) {
    String location = locations.get(name);
    try {
      if (location.startsWith("file:")) {
        return read(own, name);
      }
      try (var in = RouteFiles.class.getResourceAsStream("/routes/" + name)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new IllegalStateException("The jar's route " + name + " cannot be read.", e);
    }
  }

  private static String read(Path folder, String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new SettingsException(
          folder.resolve(name) + " cannot be read: make it readable and save it as UTF-8.");
    }
  }

  private static List<String> shipped() {
    URL folder = RouteFiles.class.getResource("/routes");
    try {
      URI uri = folder.toURI();
      if (!"jar".equals(uri.getScheme())) {
        return names(Path.of(uri));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return names(jar.getPath("/routes"));
      }
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("The jar's routes cannot be listed.", e);
    }
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .sorted()
          .collect(Collectors.toList());
    } catch (IOException e) {
      throw new SettingsException(folder + " cannot be listed: make it readable for this user.");
    }
  }
}
