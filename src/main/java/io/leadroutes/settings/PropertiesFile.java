package io.leadroutes.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/** The entries of a file of properties with the lines they stand in, and what is wrong with it. */
final class PropertiesFile {

  /** A backslash before any other character is dropped without a word, as in C:\leads. */
  private static final Pattern DROPPED =
      Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\[^\\\\tnrfu:=#! \"'\\n]");

  private final Path file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<String> mistakes = new ArrayList<>();

  /**
   * One key.
   *
   * @param line where it stands, from 1
   * @param dropsBackslash whether the value as it is written has a backslash that is no part of it
   */
  record Entry(String value, int line, boolean dropsBackslash) {}

  private PropertiesFile(Path file) {
    this.file = file;
  }

  /**
   * Reads the file; one that does not exist has no entries.
   *
   * @throws SettingsException when it cannot be read at all
   */
  static PropertiesFile read(Path file) {
    PropertiesFile read = new PropertiesFile(file);
    if (Files.exists(file)) {
      read.parse(TextFile.read(file));
    }
    return read;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  /** What is wrong with single lines, a sentence each. */
  List<String> mistakes() {
    return mistakes;
  }

  /** Where a line is, for a sentence. */
  String place(int line) {
    return file.getFileName() + ", line " + line;
  }

  /** One entry at a time, because {@link Properties} tells neither lines nor repeated keys. */
  private void parse(String text) {
    String[] lines = text.split("\\r\\n|\\r|\\n", -1);
    for (int i = 0; i < lines.length; i++) {
      int first = i;
      StringBuilder entry = new StringBuilder(lines[i]);
      if (!isComment(lines[i])) {
        while (continues(lines[i]) && i + 1 < lines.length) {
          entry.append('\n').append(lines[++i]);
        }
      }
      parse(entry.toString(), first + 1);
    }
  }

  private void parse(String text, int line) {
    Properties one = new Properties();
    try {
      one.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      mistakes.add(
          place(line)
              + ": a \\u is not followed by four hexadecimal digits: correct it, or write \\\\u.");
      return;
    }
    for (String key : one.stringPropertyNames()) {
      Entry entry = new Entry(one.getProperty(key), line, DROPPED.matcher(text).find());
      Entry earlier = entries.putIfAbsent(key, entry);
      if (earlier != null && !earlier.value.equals(entry.value)) {
        mistakes.add(
            key
                + " stands twice with different values, in lines "
                + earlier.line
                + " and "
                + line
                + " of "
                + file.getFileName()
                + ": keep one of them.");
      }
    }
  }

  private static boolean isComment(String line) {
    String text = line.stripLeading();
    return text.startsWith("#") || text.startsWith("!");
  }

  /** Whether it ends with a backslash that is none itself. */
  private static boolean continues(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }
}
