package io.leadroutes.settings;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/**
 * What Java adds under a name: a filter or a sink, of this program or of a jar in {@code ./lib}.
 * {@link ServiceLoader} finds it: it is public, has a public constructor without arguments, and its
 * jar names the class in {@code META-INF/services}, in a file with the name of the interface.
 */
public interface Extension {

  /** The word for it in {@code lead.filters} or {@code lead.sinks}, as {@code weekday-call}. */
  String name();

  /**
   * Its own keys, for {@code application.properties}, the environment and {@code -D}. They begin
   * with {@code lead.} or with a word that is nobody else's.
   */
  default List<Key> keys() {
    return List.of();
  }

  /** Differs when the classes of its jar differ; empty for what is part of this program. */
  default String version() {
    CodeSource source = getClass().getProtectionDomain().getCodeSource();
    CodeSource own = Extension.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation().equals(own.getLocation())) {
      return "";
    }
    try (JarFile jar = new JarFile(Path.of(source.getLocation().toURI()).toFile())) {
      return jar.stream()
          .filter(entry -> entry.getName().endsWith(".class"))
          .sorted(Comparator.comparing(ZipEntry::getName))
          .map(entry -> entry.getName() + ' ' + entry.getCrc() + '\n')
          .collect(Collectors.joining());
    } catch (IOException | URISyntaxException e) {
      // A folder, as in an engineer's own tests.
      return "";
    }
  }

  /** What is said of one that cannot do its work, for want of a library or by a defect. */
  default SettingsException broken(Throwable failure) {
    return new SettingsException(
        "'"
            + name()
            + "' ("
            + getClass().getName()
            + ") cannot be used: "
            + (failure instanceof LinkageError
                ? failure + " is missing or of another version: put its library into ./lib"
                : "it failed with " + failure.getClass().getName() + ": correct its class")
            + ", or take its jar out of ./lib.");
  }

  /**
   * All of a kind by their names.
   *
   * @throws SettingsException for one that cannot be made, and for two of one name
   */
  static <T extends Extension> Map<String, T> all(Class<T> kind) {
    String what = kind.getSimpleName().toLowerCase(Locale.ROOT);
    Map<String, T> all = new TreeMap<>();
    try {
      for (Iterator<T> found = ServiceLoader.load(kind).iterator(); found.hasNext(); ) {
        T one = found.next();
        T other = all.putIfAbsent(checked(what, one), one);
        if (other != null) {
          throw new SettingsException(
              "Two "
                  + what
                  + "s are called '"
                  + one.name()
                  + "', "
                  + other.getClass().getName()
                  + " and "
                  + one.getClass().getName()
                  + ": give one of them another name, or take its jar out of ./lib.");
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      // The names of classes alone: what a constructor of somebody's says may be anything.
      Throwable cause = e.getCause();
      throw new SettingsException(
          "A "
              + what
              + " of ./lib cannot be made ("
              + e.getMessage()
              + (cause == null ? "" : ", " + cause.getClass().getName())
              + "): correct its jar, or take it out of ./lib.");
    }
    return all;
  }

  /** The name, of one that can tell its name and its keys. */
  private static String checked(String what, Extension extension) {
    String name;
    try {
      name = extension.name();
      List.copyOf(extension.keys());
    } catch (RuntimeException e) {
      throw new SettingsException(
          "The "
              + what
              + " "
              + extension.getClass().getName()
              + " cannot tell its name and keys ("
              + e.getClass().getName()
              + "): correct it, or take its jar out of ./lib.");
    }
    if (name == null || !Pattern.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*", name)) {
      throw new SettingsException(
          "The "
              + what
              + " "
              + extension.getClass().getName()
              + " has a name that cannot stand in lead."
              + what
              + "s: give it one as weekday-call.");
    }
    return name;
  }
}
