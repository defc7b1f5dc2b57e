package io.leadroutes.lead;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber;
import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the telephone number in what was written for one. A number with a country code is given as
 * E.164; so is a local one where the assistant's own number tells the country; any other stays as
 * it was written. Numbers that the library does not know stay too: numbering plans are newer than
 * it.
 */
final class PhoneNumber {

  /** The fewest digits a number has with its country code, and the most (E.164). */
  private static final int FEWEST = 7;

  private static final int MOST = 15;
  private static final int MAX_TEXT = 1000;

  /** A spreadsheet shows six digits of a long number, a program all but the zeros at its end. */
  private static final int MAX_LOST = 3;

  private static final Pattern CLEAN = Pattern.compile("\\+[1-9]\\d{6,14}");
  private static final Pattern FLOAT = Pattern.compile("(\\+?\\d{7,15})[.,]0+");
  private static final Pattern EXPONENT = Pattern.compile("(\\d(?:[.,]\\d+)?)[eE]\\+?(\\d{1,2})");
  private static final Pattern IN_BRACKETS = Pattern.compile("<([^<>]*\\d[^<>]*)>");
  private static final Pattern SCHEME = Pattern.compile("(?i)^[\\p{L}][\\p{L} .-]{0,20}:\\s*");
  private static final Pattern MAIL = Pattern.compile("\\S+@\\S+");
  private static final Pattern USER = Pattern.compile("\\+?[\\d().-]+");
  private static final Pattern RUN = Pattern.compile("[+]?[\\d(][\\d\\s\\p{Zs}().,/\\p{Pd}]*\\d");
  private static final Pattern BETWEEN = Pattern.compile("\\s*,\\s*|\\s{2,}|\\s+/\\s+");
  private static final Pattern EXTENSION =
      Pattern.compile(
          "(?iu)^[\\s,;]*(?:extension|ext|x|#|poste|durchwahl|dw|int(?:erno)?|ramal|toestel)"
              + "[\\s.:=]*(\\d{1,7})\\b.*");

  /**
   * Words that a withheld number is typed as on a keypad, with their digits where they are too long
   * or too odd to be a number even without a plus.
   */
  private static final Set<String> WORDS =
      Set.of(
          "266696687", // anonymous
          "7378742833", // restricted
          "2562533", // blocked
          "8656696", // unknown
          "8566696", // the same, mistyped, and seen as often
          "86282452253", // unavailable
          "7748283", // private
          "94844353"); // withheld

  private static final Set<String> WORDS_WITHOUT_PLUS = Set.of("266696687", "86282452253");

  private PhoneNumber() {}

  /**
   * The first number in the text; null where there is none.
   *
   * @param text what was given for one
   * @param assistantNumber the assistant's own, which tells the country of a local number; or null
   */
  static String in(String text, String assistantNumber) {
    if (CLEAN.matcher(text).matches()) {
      return isFiller(text) ? null : text;
    }
    if (text.length() > MAX_TEXT) {
      return null;
    }
    String plain = withoutAddress(ascii(text));
    String number = null;
    String behind = "";
    Matcher run = RUN.matcher(plain);
    while (run.find() && (number == null || !number.startsWith("+"))) {
      String found = oneOf(run.group());
      // A day or a price may stand in front of the number; it has no plus.
      if (digits(found).length() >= FEWEST && (number == null || found.startsWith("+"))) {
        number = found;
        behind = plain.substring(run.end());
      }
    }
    return number == null || isFiller(number)
        ? null
        : withExtension(formatted(number, assistantNumber), behind);
  }

  /** Digits of other scripts and what a spreadsheet made of a number become plain digits. */
  private static String ascii(String text) {
    StringBuilder ascii = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
                    ? '0' + Character.digit(c, 10)
                    : c == '\uFF0B' ? '+' : c)
        .forEach(ascii::appendCodePoint);
    String plain =
        ascii
            .toString()
            .strip()
            .replaceFirst("^['\"`=]+", "")
            .replaceFirst("['\"`]+$", "")
            .replaceAll("(?i)%2B", "+");
    Matcher exact = FLOAT.matcher(plain);
    if (exact.matches()) {
      return exact.group(1);
    }
    Matcher exponent = EXPONENT.matcher(plain);
    if (exponent.matches()) {
      BigDecimal number =
          new BigDecimal(exponent.group(1).replace(',', '.') + "E" + exponent.group(2));
      return number.scale() > 0 || -number.scale() > MAX_LOST ? "" : number.toPlainString();
    }
    return plain;
  }

  /** Without a scheme such as sip: or tel:, a name in front, a host and parameters behind. */
  private static String withoutAddress(String text) {
    Matcher brackets = IN_BRACKETS.matcher(text);
    String inner = brackets.find() ? brackets.group(1).strip() : text;
    String number = SCHEME.matcher(inner).replaceFirst("").replace("(+", "+(");
    int at = number.indexOf('@');
    if (at < 0) {
      return number;
    }
    String user = number.substring(0, at).replaceFirst(";.*", "");
    return USER.matcher(user).matches() ? user : MAIL.matcher(number).replaceAll(" ");
  }

  /** The first of several numbers that stand together. */
  private static String oneOf(String run) {
    if (digits(run).length() <= MOST) {
      return run;
    }
    String[] parts = BETWEEN.split(run);
    for (String part : parts.length > 1 ? parts : run.split("/")) {
      int length = digits(part).length();
      if (length >= FEWEST && length <= MOST) {
        return part.strip();
      }
    }
    return "";
  }

  private static String formatted(String number, String assistantNumber) {
    String digits = digits(number);
    if (number.startsWith("+") || (digits.startsWith("00") && digits.length() >= FEWEST + 3)) {
      String international = number.startsWith("+") ? number : "+" + digits.substring(2);
      String formatted = e164(international, null);
      return formatted == null ? "+" + digits(international) : formatted;
    }
    String region = region(assistantNumber);
    String formatted = region == null ? null : e164(number, region);
    return formatted == null ? number.strip() : formatted;
  }

  private static String e164(String number, String region) {
    PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    try {
      Phonenumber.PhoneNumber parsed = numbers.parse(number, region);
      boolean good =
          region == null ? numbers.isPossibleNumber(parsed) : numbers.isValidNumber(parsed);
      return good ? numbers.format(parsed, PhoneNumberFormat.E164) : null;
    } catch (NumberParseException e) {
      return null; // no number of any country, which is an answer
    }
  }

  private static String region(String assistantNumber) {
    if (assistantNumber == null || !CLEAN.matcher(assistantNumber.strip()).matches()) {
      return null;
    }
    PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    try {
      return numbers.getRegionCodeForNumber(numbers.parse(assistantNumber.strip(), null));
    } catch (NumberParseException e) {
      return null; // no number of any country, which is an answer
    }
  }

  private static String withExtension(String number, String behind) {
    Matcher extension = EXTENSION.matcher(behind);
    return extension.matches() ? number + " ext. " + extension.group(1) : number;
  }

  private static boolean isFiller(String number) {
    String digits = digits(number);
    return (number.startsWith("+") ? WORDS : WORDS_WITHOUT_PLUS).contains(digits)
        || digits.chars().distinct().count() == 1
        || (digits.length() > 10 && digits.substring(1).chars().distinct().count() == 1);
  }

  private static String digits(String text) {
    StringBuilder digits = new StringBuilder(text.length());
    text.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> digits.append((char) c));
    return digits.toString();
  }
}
