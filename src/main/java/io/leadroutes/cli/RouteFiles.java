package io.leadroutes.cli;

import io.leadroutes.settings.SettingsException;
import io.leadroutes.settings.TextFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.RouteDefinition;

/**
 * The route files of a start: those of the jar, and those of {@code ./routes}, which replace the
 * jar's file of the same name or add to them. A file with the same text as the jar's changes
 * nothing.
 */
final class RouteFiles {

  private static final String SUFFIX = ".camel.yaml";

  /** None that begins with a dot: editors and other systems leave such beside the real one. */
  private static final String FILES = "[^.].*\\.camel\\.yaml";

  private static final Pattern DIRECT = Pattern.compile("direct:([\\w-]+)");
  private static final List<String> READING =
      List.of(
          "hand-out-rounds.camel.yaml",
          "walk-pages.camel.yaml",
          "read-page.camel.yaml",
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
    for (String name : names(files.own, FILES)) {
      if (!files.shipsTheSame(name)) {
        files.locations.put(name, "file:" + files.own.resolve(name));
      }
    }
    return files;
  }

  /** A file that cannot be read is not the same; it is a mistake of its own. */
  private boolean shipsTheSame(String name) {
    try {
      return locations.containsKey(name) && text(name).equals(read(own, name));
    } catch (SettingsException e) {
      return false;
    }
  }

  /** What is wrong with the files, before Camel reads any of them; a sentence each. */
  List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    for (String name : own()) {
      try {
        if (TextFile.isUtf16(own.resolve(name))) {
          mistakes.add(place(name, 0) + " is in UTF-16: save it as UTF-8.");
        } else if (text(name).isBlank()) {
          mistakes.add(place(name, 0) + " is empty: write a route into it, or remove it.");
        }
      } catch (SettingsException e) {
        mistakes.add(e.getMessage());
      }
    }
    for (String name : names(own, "[^.].*\\.(yaml|yml|xml|java)")) {
      if (!name.endsWith(SUFFIX)) {
        mistakes.add(
            place(name, 0)
                + " is not read: call it "
                + name.replaceAll("(\\.camel)?\\.\\w+$", "")
                + SUFFIX
                + " if it is a route in YAML, or remove it.");
      }
    }
    return mistakes.isEmpty() ? RouteTemplates.mistakes(this) : mistakes;
  }

  /** The names of those that come from {@code ./routes}. */
  List<String> own() {
    return locations.entrySet().stream()
        .filter(entry -> entry.getValue().startsWith("file:"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The names of all files. */
  Set<String> names() {
    return locations.keySet();
  }

  /** Camel's location of a file. */
  String location(String name) {
    return locations.get(name);
  }

  /**
   * The name of the file that a route comes from, for a templated one the file that uses the
   * template; null for a route in Java.
   */
  String name(RouteDefinition route) {
    if (route.getResource() == null) {
      String templated = route.getRouteId() + SUFFIX;
      return Boolean.TRUE.equals(route.isTemplate()) && locations.containsKey(templated)
          ? templated
          : null;
    }
    String location = route.getResource().getLocation();
    return location.substring(location.lastIndexOf('/') + 1);
  }

  /**
   * Where something is, for a sentence.
   *
   * @param line from 1, or 0 for the whole file
   */
  String place(String name, int line) {
    boolean shipped = name != null && locations.getOrDefault(name, "").startsWith("classpath:");
    return (shipped ? "the jar's " : "") + "routes/" + name + (line > 0 ? ", line " + line : "");
  }

  /** The text of all files. */
  String text() {
    return locations.keySet().stream().map(this::text).collect(Collectors.joining("\n"));
  }

  /** What decides about calls: {@code judge-call}, and what it sends to that is not the jar's. */
  String rule() {
    StringBuilder rule = new StringBuilder();
    Deque<String> open = new ArrayDeque<>(List.of("judge-call" + SUFFIX));
    Set<String> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      String text = text(open.remove());
      rule.append(rule.isEmpty() ? "" : "\n").append(text);
      for (Matcher to = DIRECT.matcher(text); to.find(); ) {
        String name = to.group(1) + SUFFIX;
        if (locations.containsKey(name) && seen.add(name)) {
          open.add(name);
        }
      }
    }
    return rule.toString();
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
    return TextFile.read(folder.resolve(name));
  }

  private static List<String> shipped() {
    URL folder = RouteFiles.class.getResource("/routes");
    try {
      URI uri = folder.toURI();
      if (!"jar".equals(uri.getScheme())) {
        return names(Path.of(uri), FILES);
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return names(jar.getPath("/routes"), FILES);
      }
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("The jar's routes cannot be listed.", e);
    }
  }

  private static List<String> names(Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(pattern))
          .sorted()
          .collect(Collectors.toList());
    } catch (IOException e) {
      throw new SettingsException(folder + " cannot be listed: make it readable for this user.");
    }
  }
}
