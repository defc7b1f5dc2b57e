package io.leadroutes.salesforce;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Values as Salesforce's standard fields of Lead and Task take them: too long is an error there,
 * never a truncation ("Object Reference, Lead").
 */
final class FieldValue {

  private static final Map<String, Integer> LENGTHS =
      Map.of(
          "LastName", 80,
          "FirstName", 40,
          "Company", 255,
          "Title", 128,
          "Phone", 40,
          "MobilePhone", 40,
          "LeadSource", 40,
          "Website", 255,
          "Street", 255,
          "Description", 32000);
  private static final int EMAIL_LENGTH = 80;
  private static final Pattern EMAIL =
      Pattern.compile(
          "[\\w!#$%&'*/=?^`{|}~+-]+(\\.[\\w!#$%&'*/=?^`{|}~+-]+)*"
              + "@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,24}");

  private FieldValue() {}

  /** The value as it is sent; empty when the field is left out. */
  static Optional<Object> of(String field, Object value) {
    if (value == null) {
      return Optional.empty();
    }
    boolean standard = LENGTHS.containsKey(field) || field.equals("Email");
    if (!standard && (value instanceof Number || value instanceof Boolean)) {
      return Optional.of(value);
    }
    String text = clean(value.toString());
    if (field.equals("Email")) {
      return Optional.of((Object) text)
          .filter(mail -> text.length() <= EMAIL_LENGTH && EMAIL.matcher(text).matches());
    }
    return Optional.of((Object) cut(text, LENGTHS.getOrDefault(field, Integer.MAX_VALUE)))
        .filter(cut -> !cut.toString().isEmpty());
  }

  /** Well-formed text without control characters other than line breaks and tabs. */
  private static String clean(String text) {
    StringBuilder clean =
        new StringBuilder(
            new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t') {
        clean.setCharAt(i, ' ');
      }
    }
    return clean.toString().strip();
  }

  /** At most so many characters, none of them cut in half. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    boolean inPair = Character.isHighSurrogate(text.charAt(most - 1));
    return text.substring(0, inPair ? most - 1 : most).strip();
  }
}
