package io.leadroutes.settings;

import java.util.Locale;

/**
 * A key of the settings: all that is known of it. Those of this program stand in {@link Keys}; a
 * sink or a filter in a jar of its own hands its keys over as records like them.
 *
 * @param name {@code <system or stage>.<option>} in kebab case
 * @param kind what its value is
 * @param value its default, empty for none
 * @param perAccount whether an account may have a value of its own
 * @param secret whether no sentence may quote its value
 * @param least of a number, included
 * @param most of a number, included
 * @param says what it is, in one sentence of at most 120 characters
 * @param more what else there is to know, in full sentences, or empty
 * @param remedy what to do where it must be set and is not, as "create one under …", or empty
 */
public record Key(
    String name,
    Kind kind,
    String value,
    boolean perAccount,
    boolean secret,
    int least,
    int most,
    String says,
    String more,
    String remedy) {

  /** What a value is, in the words of the documents. */
  public enum Kind {
    TEXT("text"),
    /** Separated by commas. */
    LIST("list"),
    /** A whole number. */
    NUMBER("number"),
    /** A number such as 1 or 0.5, not below zero. */
    RATE("number"),
    /** A number such as 7 or -0.5. */
    DECIMAL("number"),
    FLAG("true or false"),
    /** Such as 500ms, 30s, 15m, 2h or 2d, above zero. */
    DURATION("duration"),
    DURATIONS("durations"),
    ZONE("time zone"),
    URL("address"),
    /** One key for each field: its name ends with the field's. */
    FIELDS("text or Simple");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /** A key that is not a number, is no secret, and is the same for all accounts. */
  public static Key of(Kind kind, String name, String value, String says) {
    return new Key(name, kind, value, false, false, 0, 0, says, "", "");
  }

  /** A whole number between the two bounds, both included. */
  public static Key number(String name, int value, int least, int most, String says) {
    return new Key(
        name, Kind.NUMBER, String.valueOf(value), false, false, least, most, says, "", "");
  }

  /** The same where an account may have a value of its own. */
  public Key own() {
    return new Key(name, kind, value, true, secret, least, most, says, more, remedy);
  }

  /** The same where no sentence may quote the value. */
  public Key asSecret() {
    return new Key(name, kind, value, perAccount, true, least, most, says, more, remedy);
  }

  /** The same with further sentences. */
  public Key more(String sentences) {
    return new Key(name, kind, value, perAccount, secret, least, most, says, sentences, remedy);
  }

  /** The same with what to do where it must be set and is not. */
  public Key remedy(String what) {
    return new Key(name, kind, value, perAccount, secret, least, most, says, more, what);
  }

  /** What its environment variable is called. */
  public String variable() {
    return variable(name);
  }

  static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** Its first word, as {@code slack}. */
  String system() {
    return name.substring(0, name.indexOf('.'));
  }
}
