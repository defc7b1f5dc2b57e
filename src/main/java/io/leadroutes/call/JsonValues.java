package io.leadroutes.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Takes values of one record from a parser. Every method begins with the parser at a value's first
 * token and leaves it at its last. A value of another type than asked for becomes what sense can be
 * made of it, else null; it never throws.
 */
final class JsonValues {

  /** Levels of nesting a record may have, its own object being the first. */
  static final int MAX_DEPTH = 100;

  /** Named values and elements that are kept of a field: each takes many times its bytes. */
  static final int MAX_VALUES = 5_000;

  /** Digits before or behind the point of a number: beyond it no number means anything. */
  private static final int MAX_DIGITS = 300;

  private static final int MAX_PLACE_DIGITS = 18;

  private final JsonParser parser;
  private int outside;
  private boolean tooDeep;
  private int kept;
  private boolean reshaped;

  JsonValues(JsonParser parser) {
    this.parser = parser;
  }

  /** A new record begins, the parser stands at its first token. */
  void begin() {
    tooDeep = false;
    kept = 0;
    reshaped = false;
    outside = parser.getParsingContext().getNestingDepth();
    if (parser.currentToken().isStructStart()) {
      outside--;
    }
  }

  /** Whether the present record is nested deeper than {@link #MAX_DEPTH}. */
  boolean tooDeep() {
    return tooDeep;
  }

  /** Whether the present field has more than {@link #MAX_VALUES}, and lost those behind. */
  boolean tooMany() {
    return kept > MAX_VALUES;
  }

  /** How many values of the present field were kept. */
  int kept() {
    return Math.min(kept, MAX_VALUES);
  }

  /** The next field begins, or the record can do without the last one. */
  void forgetSize() {
    tooDeep = false;
    kept = 0;
  }

  /** Whether named values of the record came in a shape that was taken for none once. */
  boolean reshaped() {
    return reshaped;
  }

  /** Text, or a number or boolean as text; null for anything else. */
  String text() throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> string();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          parser.getTextLength() > MAX_DIGITS ? null : parser.getText();
      case VALUE_TRUE, VALUE_FALSE -> parser.getText();
      default -> nothing();
    };
  }

  /** A number, also one that is written as text; null for anything else. */
  BigDecimal decimal() throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
      case VALUE_STRING -> number(parser.getText().strip());
      default -> nothing();
    };
  }

  /** A whole number that fits a long, also one that is written as text; null for anything else. */
  Long whole() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 18) {
      return parser.getLongValue();
    }
    BigDecimal number = decimal();
    try {
      return number == null ? null : (Long) number.longValueExact();
    } catch (ArithmeticException e) {
      return null;
    }
  }

  /** The same for an int. */
  Integer wholeInt() throws IOException {
    Long whole = whole();
    return whole == null || whole != whole.intValue() ? null : (Integer) whole.intValue();
  }

  /** Whole seconds of a duration, null for anything else. */
  Integer seconds() throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Durations.seconds(number());
      case VALUE_STRING -> Durations.seconds(parser.getText());
      default -> nothing();
    };
  }

  /**
   * A timestamp: text, a number since 1970, or an object with {@code date} and {@code timezone},
   * which is how PHP writes its own; null for anything else.
   *
   * @param zone of a timestamp that carries none
   */
  Instant timestamp(ZoneId zone) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> Timestamps.read(parser.getText(), zone);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Timestamps.sinceEpoch(number());
      case START_OBJECT -> {
        Map<String, Object> parts = object();
        if (!(parts.get("date") instanceof String date)) {
          yield null;
        }
        Object own = parts.get("timezone");
        Instant inOwn =
            own instanceof String name ? Timestamps.read(date + " " + name, zone) : null;
        yield inOwn == null ? Timestamps.read(date, zone) : inOwn;
      }
      default -> nothing();
    };
  }

  /** A boolean, also one that is written as 1 or 0 or as text; null for anything else. */
  Boolean flag() throws IOException {
    String text = text();
    return text == null ? null : flagOf(text);
  }

  /** Whether the value is more than null, false, 0, blank text, an empty array or object. */
  boolean present() throws IOException {
    if (parser.currentToken().isStructStart()) {
      parser.nextToken();
      boolean any = !parser.currentToken().isStructEnd();
      while (!parser.currentToken().isStructEnd()) {
        if (parser.currentToken() != JsonToken.FIELD_NAME) {
          skip();
        }
        parser.nextToken();
      }
      return any;
    }
    String text = text();
    return text != null && !text.isBlank() && !Boolean.FALSE.equals(flagOf(text));
  }

  /**
   * Named values: an object, or an array of {@code {name, value}}, which is what ClickSpeak's
   * sister brands send; either may stand in a text as JSON, and the array may be the object with
   * numeric keys that PHP makes of one. Anything else, PHP's empty array too, is empty.
   */
  Map<String, Object> named() throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> namedPlaces(object());
      case START_ARRAY -> namedElements();
      case VALUE_STRING -> {
        Map<String, Object> named = namedInText(string());
        yield named == null ? Map.of() : named;
      }
      default -> Map.of();
    };
  }

  /**
   * The same, and a text that is no JSON under the name of its field: nobody may know what it means
   * yet, but it can be seen, and named in {@code lead.outcome.variables}.
   */
  Map<String, Object> namedOrText(String field) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      return named();
    }
    String text = string();
    Map<String, Object> named = namedInText(text);
    boolean words =
        named == null && !PlainText.isBlank(text) && !Evaluation.fold(text).equals("null");
    reshaped |= words;
    return words ? Map.of(field, text) : named == null ? Map.of() : named;
  }

  /** Null where the text is no JSON. */
  private Map<String, Object> namedInText(String text) {
    Map<String, Object> named =
        mayBeJson(text)
            ? JsonSlice.readText(text, (inner, values) -> values.namedWithin(this))
            : null;
    reshaped |= named != null && !named.isEmpty();
    return named;
  }

  private Map<String, Object> namedWithin(JsonValues record) throws IOException {
    kept = record.kept;
    Map<String, Object> named = named();
    record.kept = kept;
    return tooDeep ? Map.of() : named;
  }

  private Map<String, Object> namedPlaces(Map<String, Object> object) {
    boolean places =
        !object.isEmpty()
            && object.entrySet().stream()
                .allMatch(
                    entry ->
                        isPlace(entry.getKey())
                            && entry.getValue() instanceof Map<?, ?> element
                            && element.get("name") instanceof String);
    if (!places) {
      return object;
    }
    reshaped = true;
    Map<String, Object> values = new LinkedHashMap<>();
    for (Object element : object.values()) {
      Map<?, ?> named = (Map<?, ?>) element;
      values.put((String) named.get("name"), named.get("value"));
    }
    return values;
  }

  /** Whether a name is a place in a list: PHP makes objects of lists that were filtered. */
  static boolean isPlace(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_PLACE_DIGITS
        && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether a text begins like JSON that is more than a number or a word. */
  static boolean mayBeJson(String text) {
    String stripped = text.strip();
    return !stripped.isEmpty() && "{[\"".indexOf(stripped.charAt(0)) >= 0;
  }

  /** Any value; a text that is JSON is what stands in it. */
  Object unwrapped() throws IOException {
    Object value = value();
    return tooDeep ? null : value instanceof String text ? unwrapped(text) : value;
  }

  /** What stands in a text that is JSON, else the text. */
  static Object unwrapped(String text) {
    Object inner =
        mayBeJson(text) ? JsonSlice.readText(text, (parser, values) -> values.unwrapped()) : null;
    return inner == null ? text : inner;
  }

  /** Passes over a value, looking only at how deep it is. */
  void skip() throws IOException {
    if (!parser.currentToken().isStructStart()) {
      return;
    }
    int open = 1;
    watchDepth();
    while (open > 0) {
      JsonToken token = parser.nextToken();
      if (token.isStructStart()) {
        open++;
        watchDepth();
      } else if (token.isStructEnd()) {
        open--;
      }
    }
  }

  private <T> T nothing() throws IOException {
    skip();
    return null;
  }

  private Object value() throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> string();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      default -> null;
    };
  }

  private Map<String, Object> object() throws IOException {
    if (watchDepth()) {
      skip();
      return Map.of();
    }
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (keeps()) {
        object.put(clean(name), value());
      } else {
        skip();
      }
    }
    return Collections.unmodifiableMap(object);
  }

  private List<Object> array() throws IOException {
    if (watchDepth()) {
      skip();
      return List.of();
    }
    List<Object> array = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (keeps()) {
        array.add(value());
      } else {
        skip();
      }
    }
    return Collections.unmodifiableList(array);
  }

  private Map<String, Object> namedElements() throws IOException {
    Map<String, Object> values = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT || !keeps()) {
        skip();
        continue;
      }
      String name = null;
      Object value = null;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "name" -> name = text();
          case "value" -> value = value();
          default -> skip();
        }
      }
      if (name != null) {
        values.put(name, value);
      }
    }
    return values;
  }

  /** Whether one more value may be kept. */
  private boolean keeps() {
    kept = Math.min(kept, MAX_VALUES) + 1;
    return !tooMany();
  }

  private boolean watchDepth() {
    boolean over = parser.getParsingContext().getNestingDepth() - outside > MAX_DEPTH;
    tooDeep |= over;
    return over;
  }

  /** Null where the number's plain form would be longer than anybody can mean. */
  private BigDecimal number() throws IOException {
    return parser.getTextLength() > MAX_DIGITS ? null : number(parser.getText());
  }

  /** The number a text says; null for words, and where its plain form would be too long. */
  static BigDecimal number(String text) {
    if (text.length() > MAX_DIGITS) {
      return null;
    }
    try {
      BigDecimal number = new BigDecimal(text);
      return Math.abs((long) number.scale()) > MAX_DIGITS ? null : number;
    } catch (NumberFormatException e) {
      return null; // words, or an exponent that no BigDecimal holds
    }
  }

  /**
   * The boolean a text says, as {@code true}, {@code False}, {@code 1} or {@code 0.0}; else null.
   */
  static Boolean flagOf(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "1", "1.0" -> Boolean.TRUE;
      case "false", "0", "0.0" -> Boolean.FALSE;
      default -> null;
    };
  }

  /** NUL and lone surrogates, which neither PostgreSQL nor UTF-8 take, become U+FFFD. */
  private String string() throws IOException {
    // Looking at the parser's own characters costs a tenth of looking at the string's, compiled
    // with C1 as the service is.
    char[] characters = parser.getTextCharacters();
    int end = parser.getTextOffset() + parser.getTextLength();
    for (int i = parser.getTextOffset(); i < end; i++) {
      if (suspicious(characters[i])) {
        return replaced(parser.getText());
      }
    }
    return parser.getText();
  }

  /** The same for a text that has not just been read. */
  static String clean(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (suspicious(name.charAt(i))) {
        return replaced(name);
      }
    }
    return name;
  }

  /** NUL, a surrogate, or one of the few characters behind them: one comparison for them all. */
  private static boolean suspicious(char c) {
    return (char) (c - 1) >= Character.MIN_SURROGATE - 1;
  }

  private static String replaced(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(point -> point == 0 || isLoneSurrogate(point) ? '\uFFFD' : point)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isLoneSurrogate(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }
}
