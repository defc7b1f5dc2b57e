package io.leadroutes.call;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the platform filled in after a call: named values in the order they came in, whichever shape
 * they came in. A value is a String, Boolean, BigDecimal, List, Map or null.
 *
 * @param values never null, unmodifiable
 */
public record Evaluation(Map<String, Object> values) {

  public static final Evaluation NONE = new Evaluation(Map.of());

  public Evaluation {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Whether no name has a value: the platform may list names before it fills them in. */
  public boolean isEmpty() {
    return values.values().stream().allMatch(Objects::isNull);
  }

  /**
   * The value of a name, compared without case and outer space, as text: a number as written
   * plainly, a boolean as {@code true} or {@code false}; empty for null, blank text, lists and
   * maps.
   */
  public Optional<String> text(String name) {
    return textOf(values, name);
  }

  /** The same look-up for any map of named values, the call's variables for one. */
  public static Optional<String> textOf(Map<String, Object> values, String name) {
    return Optional.ofNullable(texts(values).get(fold(name)));
  }

  /**
   * All values that have a text, by their folded names; of names that fold alike the first counts.
   */
  public static Map<String, String> texts(Map<String, Object> values) {
    Map<String, String> texts = new HashMap<>();
    values.forEach(
        (name, value) -> text(value).ifPresent(text -> texts.putIfAbsent(fold(name), text)));
    return texts;
  }

  /**
   * The number that a text of {@link #texts} says, of a number or of a text that is one; empty for
   * other text, and for more digits than a number in JSON may have.
   */
  public static Optional<BigDecimal> number(String text) {
    return Optional.ofNullable(JsonValues.number(text));
  }

  /** How names and values are compared: without case and outer space. */
  public static String fold(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }

  private static Optional<String> text(Object value) {
    if (value instanceof String string) {
      return Optional.of(string.strip()).filter(stripped -> !stripped.isEmpty());
    }
    if (value instanceof Boolean) {
      return Optional.of(value.toString());
    }
    if (value instanceof BigDecimal number) {
      // A hostile exponent must not become a million digits.
      return Optional.of(
          Math.abs((long) number.scale()) > 50 ? number.toString() : number.toPlainString());
    }
    return Optional.empty();
  }

  /** Prints how many values there are, never which: they are personal data. */
  @Override
  public String toString() {
    return "Evaluation[" + values.size() + " values]";
  }
}
