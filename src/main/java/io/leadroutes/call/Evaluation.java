package io.leadroutes.call;

import java.math.BigDecimal;
import java.text.Normalizer;
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

  private static final byte COMBINING = Character.NON_SPACING_MARK;

  public static final Evaluation NONE = new Evaluation(Map.of());

  public Evaluation {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Whether no name has a value: the platform may list names before it fills them in. */
  public boolean isEmpty() {
    return values.values().stream().allMatch(Objects::isNull);
  }

  /**
   * The value of a name, compared by {@link #foldName}, as text: a number as written plainly, a
   * boolean as {@code true} or {@code false}, HTML entities decoded; empty for null, text that
   * nobody sees, lists and maps.
   */
  public Optional<String> text(String name) {
    return textOf(values, name);
  }

  /** The same look-up for any map of named values, the call's variables for one. */
  public static Optional<String> textOf(Map<String, Object> values, String name) {
    return Optional.ofNullable(texts(values).get(foldName(name)));
  }

  /**
   * All values that have a text, by their folded names; of names that fold alike the first counts.
   */
  public static Map<String, String> texts(Map<String, Object> values) {
    Map<String, String> texts = new HashMap<>();
    values.forEach(
        (name, value) -> textOf(value).ifPresent(text -> texts.putIfAbsent(foldName(name), text)));
    return texts;
  }

  /**
   * The number that a text of {@link #texts} says, of a number or of a text that is one; empty for
   * other text, and for more digits than a number in JSON may have.
   */
  public static Optional<BigDecimal> number(String text) {
    return Optional.ofNullable(JsonValues.number(text));
  }

  /** How values are compared: without case and what nobody sees around them. */
  public static String fold(String text) {
    return PlainText.strip(text).toLowerCase(Locale.ROOT);
  }

  /**
   * How names of variables are compared: by their letters and digits alone, without case, so that
   * {@code First Name}, {@code first-name}, {@code first_name} and {@code firstName} are one. A
   * name that has neither is compared as a value.
   */
  public static String foldName(String name) {
    boolean plain = true;
    for (int i = 0; i < name.length() && plain; i++) {
      char c = name.charAt(i);
      plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
    if (plain) {
      return name;
    }
    StringBuilder folded = new StringBuilder(name.length());
    Normalizer.normalize(name, Normalizer.Form.NFC)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || Character.getType(c) == COMBINING)
        .forEach(folded::appendCodePoint);
    return folded.isEmpty() ? fold(name) : folded.toString();
  }

  /** The text of one value, as {@link #text} tells. */
  public static Optional<String> textOf(Object value) {
    if (value instanceof String string) {
      return Optional.of(PlainText.strip(PlainText.unescaped(string)))
          .filter(stripped -> !stripped.isEmpty());
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
