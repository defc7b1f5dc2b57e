package io.leadroutes.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mistakes of a start, so that all of them can be said at once: one for each key, the first
 * that was found, because later ones may follow from it.
 */
final class Mistakes {

  private static final Pattern KEY = Pattern.compile("[A-Za-z][\\w-]*(?:\\.[\\w-]+)+");

  private final Map<String, String> sentences = new LinkedHashMap<>();
  private final Map<String, String> origins;

  /**
   * @param origins where the value of a key stands, for keys that somebody set
   */
  Mistakes(Map<String, String> origins) {
    this.origins = origins;
  }

  /** Several sentences, a line each, may come as one. */
  void add(String message) {
    message
        .lines()
        .forEach(sentence -> sentences.putIfAbsent(key(sentence), placed(sentence, origins)));
  }

  Collection<String> sentences() {
    return new ArrayList<>(sentences.values());
  }

  /** The sentence with the place of its key's value before its full stop. */
  static String placed(String sentence, Map<String, String> origins) {
    String origin = origins.get(key(sentence));
    if (origin == null || sentence.contains(origin)) {
      return sentence;
    }
    return sentence.replaceFirst("\\.$", "") + " (" + origin + ").";
  }

  /** A sentence begins with the key it is about; one about something else stands for itself. */
  private static String key(String sentence) {
    Matcher key = KEY.matcher(sentence);
    return key.lookingAt() ? key.group() : sentence;
  }
}
