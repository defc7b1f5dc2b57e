package io.leadroutes.cli;

import io.leadroutes.settings.SettingsException;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/**
 * The jars of {@code ./lib} of the working folder: filters and sinks of somebody's own, further
 * components of Camel, and what they need. They come behind the program's own jars on one class
 * path, so that a library that both have is the program's.
 */
public final class LibFolder {

  /** As guava-33.4.0-jre.jar: what it is, its version, and which kind of it. */
  private static final Pattern NAME = Pattern.compile("(.+?)-(\\d[\\w.]*)((?:-[\\w.-]+)?)\\.jar");

  private final Path folder;

  /** What the program has itself, by library, each with its file name. */
  private final Map<String, String> own;

  private LibFolder(Path folder, Map<String, String> own) {
    this.folder = folder;
    this.own = own;
  }

  /**
   * @param directory the working directory
   */
  static LibFolder of(Path directory) {
    Map<String, String> own = new HashMap<>();
    ownNames().forEach(name -> own.put(library(name), name));
    return new LibFolder(directory.resolve("lib"), own);
  }

  /** Called by the JVM before {@code main}, as {@code Launcher-Agent-Class} of the manifest. */
  public static void agentmain(String arguments, Instrumentation jvm) {
    try {
      for (Path jar : of(Path.of("").toAbsolutePath()).joining()) {
        jvm.appendToSystemClassLoaderSearch(new JarFile(jar.toFile()));
      }
    } catch (IOException | SettingsException e) {
      // What goes wrong here ends the JVM without a sentence; check() says it in one.
      return;
    }
  }

  /**
   * Refuses a folder that cannot be meant.
   *
   * @throws SettingsException with a sentence for each jar that is wrong
   */
  void check() {
    List<String> mistakes = new ArrayList<>();
    Map<String, Path> seen = new HashMap<>();
    for (Path jar : joining()) {
      Path other = seen.putIfAbsent(library(name(jar)), jar);
      if (other != null) {
        mistakes.add(
            "lib/"
                + name(other)
                + " and lib/"
                + name(jar)
                + " are two versions of one library: keep one of them.");
      }
      try {
        if (!joined(jar)) {
          mistakes.add(
              "lib/"
                  + name(jar)
                  + " has not joined the class path: start with ./lead-routes or java -jar, or put"
                  + " it on the class path yourself.");
        }
      } catch (IOException e) {
        mistakes.add(
            "lib/"
                + name(jar)
                + " cannot be read as a jar: copy it again, make it readable for this user, or"
                + " remove it.");
      }
    }
    if (!mistakes.isEmpty()) {
      throw new SettingsException(mistakes);
    }
  }

  /** Whether its classes are on the class path, from it or from another jar. */
  private static boolean joined(Path jar) throws IOException {
    String first = firstClass(jar);
    return first == null || find(first) != null;
  }

  /** The name alone does not tell: there are many libraries called annotations or utils. */
  private boolean isOwn(Path jar) {
    if (!own.containsKey(library(name(jar)))) {
      return false;
    }
    try {
      String first = firstClass(jar);
      URL found = first == null ? null : find(first);
      return found != null && !comesFrom(found, jar);
    } catch (IOException e) {
      // Not the program's, then, and check says what is wrong with it.
      return false;
    }
  }

  private static boolean comesFrom(URL found, Path jar) throws IOException {
    try {
      return found.openConnection() instanceof JarURLConnection connection
          && Files.isSameFile(Path.of(connection.getJarFileURL().toURI()), jar);
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static URL find(String entry) {
    return Thread.currentThread().getContextClassLoader().getResource(entry);
  }

  /** As an entry of the jar; null where it has no class. */
  private static String firstClass(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(JarEntry::getName)
          .filter(entry -> entry.matches("(?!META-INF/).+/.+\\.class"))
          .findFirst()
          .orElse(null);
    }
  }

  /** What the operator should know: which jars joined, and which do not count. */
  List<String> notes(CamelContext camel) {
    List<String> notes = new ArrayList<>();
    List<String> names = joining().stream().map(LibFolder::name).toList();
    if (!names.isEmpty()) {
      notes.add("Libraries: " + String.join(", ", names) + " from " + folder + ".");
    }
    String others =
        jars().stream()
            .filter(this::isOwn)
            .map(LibFolder::name)
            .filter(name -> !own.containsValue(name))
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      notes.add(
          "Not used of lib, because the program has them in another version: " + others + ".");
    }
    for (String name : names) {
      Matcher parts = NAME.matcher(name);
      if (name.startsWith("camel-")
          && parts.matches()
          && !parts.group(2).equals(camel.getVersion())) {
        notes.add(
            "lib/"
                + name
                + " may not work, because the program has Camel "
                + camel.getVersion()
                + ": take that version of it, if it is a component of Camel.");
      }
    }
    return notes;
  }

  /** All but what the program has itself. */
  private List<Path> joining() {
    return jars().stream().filter(jar -> !isOwn(jar)).toList();
  }

  private List<Path> jars() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> name(file).matches("[^.].*\\.jar")).sorted().toList();
    } catch (IOException e) {
      throw new SettingsException(folder + " cannot be listed: make it readable for this user.");
    }
  }

  /** The file names of the program's own jars. */
  private static List<String> ownNames() {
    try {
      Path self =
          Path.of(LibFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(self)) {
        try (JarFile jar = new JarFile(self.toFile())) {
          String path = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
          return Arrays.stream(path.split(" "))
              .map(entry -> entry.replaceFirst(".*/", ""))
              .toList();
        }
      }
      return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(entry -> name(Path.of(entry)))
          .collect(Collectors.toList());
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("The program cannot read its own jar.", e);
    }
  }

  private static String library(String fileName) {
    Matcher parts = NAME.matcher(fileName);
    return parts.matches() ? parts.group(1) + parts.group(3) : fileName;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
