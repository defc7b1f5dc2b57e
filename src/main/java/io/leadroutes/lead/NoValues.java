package io.leadroutes.lead;

import io.leadroutes.call.PlainText;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Texts that stand where a value is missing: what people, forms, programs and language models write
 * then ({@code lead.contact.no-values}), and placeholders that nobody filled in. Only a whole text
 * counts, so that Christopher Null keeps his name.
 */
final class NoValues {

  /** Words for nothing that are people's last names too. */
  static final Set<String> SURNAMES = Set.of("Null", "Na", "No", "Nan", "Nil");

  /** What templates call somebody who is talked to. Any other text in braces stands as it came. */
  private static final String SOMEBODY =
      "(?i:[^{}<>\\[\\]]{0,80}(?:name|nombre|nome|nom|first|last|title|salutation|anrede|email|phone"
          + "|company|firma|customer|contact|client|caller)[^{}<>\\[\\]]{0,80})";

  /** Of these even a part is none: nobody is called Anna {{last_name}}. */
  private static final Pattern UNFILLED =
      Pattern.compile("\\{\\{S}}|[$#%]\\{S}|\\{%S%}|<%S%>|\\[\\[S]]".replace("S", SOMEBODY));

  /** Of these only a whole text is. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "(?:\\{+[^{}]{1,80}}+|\\[+[^\\[\\]]{1,80}]+|<+[^<>@]{1,80}>+|%+[\\p{L}_][\\p{L}\\d_."
              + " -]{0,80}%+|__[A-Za-z][A-Za-z\\d_]*__)(?:\\s*[,;/-]?\\s*)");

  private static final Pattern PLACEHOLDERS = Pattern.compile("(?:" + PLACEHOLDER + ")+");
  private static final Pattern MARKS = Pattern.compile("\\p{Mn}+");
  private static final Pattern GAPS = Pattern.compile("[\\s\\p{Z}\\p{Cf}_\\p{Pd}]+");
  private static final Pattern AROUND_SIGN = Pattern.compile("\\s?([/.])\\s?");
  private static final Pattern OUTSIDE = Pattern.compile("^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$");
  private static final Pattern REMARK = Pattern.compile("\\s*[(\\[;:].*|\\s+[-\u2013\u2014]\\s.*");

  /** Without one of these nothing is a placeholder. */
  private static final String BRACES = "{[<%_";

  private static final int LONGEST = 200;

  private final Set<String> whole = new HashSet<>();
  private final List<String> beginnings;

  /**
   * @param settings as the account sees them; an entry that ends with {@code *} stands for all
   *     texts that begin with it
   */
  NoValues(Settings settings) {
    List<String> entries = settings.list(Keys.LEAD_CONTACT_NO_VALUES);
    beginnings =
        entries.stream()
            .filter(entry -> entry.endsWith("*"))
            .map(NoValues::folded)
            .filter(entry -> !entry.isEmpty())
            .toList();
    entries.stream()
        .filter(entry -> !entry.endsWith("*"))
        .map(NoValues::folded)
        .forEach(whole::add);
  }

  /** The text without placeholders that nobody filled in; empty where it is one. */
  static String filledIn(String text) {
    if (text.chars().noneMatch(c -> BRACES.indexOf(c) >= 0)) {
      return text;
    }
    if (PLACEHOLDERS.matcher(text).matches()) {
      return "";
    }
    return UNFILLED.matcher(text).find()
        ? PlainText.strip(UNFILLED.matcher(text).replaceAll(" ").replaceAll("\\s+", " "))
        : text;
  }

  /** Whether a text says that there is no value. */
  boolean contain(String text) {
    if (text.length() > LONGEST) {
      return false;
    }
    if (isListed(folded(text))) {
      return true;
    }
    String unremarked = REMARK.matcher(text).replaceFirst("");
    if (unremarked.length() < text.length() && isListed(folded(unremarked))) {
      return true;
    }
    List<String> words = Arrays.asList(GAPS.split(PlainText.strip(text)));
    return words.size() > 1 && words.stream().map(NoValues::folded).allMatch(this::isListed);
  }

  private boolean isListed(String folded) {
    return !folded.isEmpty()
        && (whole.contains(folded) || beginnings.stream().anyMatch(folded::startsWith));
  }

  /** Without case, accents, what stands around it, and differences of spaces and hyphens. */
  static String folded(String text) {
    return text.chars().allMatch(c -> c < 128) ? foldedAscii(text) : foldedAny(text);
  }

  /** The same as {@link #foldedAny} at a tenth of its cost: each detail of each call is folded. */
  private static String foldedAscii(String text) {
    StringBuilder folded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char last = folded.isEmpty() ? ' ' : folded.charAt(folded.length() - 1);
      if (c == '-' || c == '_' || c == ' ' || (c >= '\t' && c <= '\r')) {
        if (last != ' ' && last != '/' && last != '.') {
          folded.append(' ');
        }
      } else {
        if ((c == '/' || c == '.') && last == ' ' && !folded.isEmpty()) {
          folded.setLength(folded.length() - 1);
        }
        folded.append(c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c);
      }
    }
    int end = folded.length();
    while (end > 0 && !isLetterOrDigit(folded.charAt(end - 1))) {
      end--;
    }
    int start = 0;
    while (start < end && !isLetterOrDigit(folded.charAt(start))) {
      start++;
    }
    return folded.substring(start, end);
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  static String foldedAny(String text) {
    String plain =
        MARKS
            .matcher(Normalizer.normalize(text, Normalizer.Form.NFKD))
            .replaceAll("")
            .toLowerCase(Locale.ROOT)
            .replace('\u0131', 'i')
            .replace('\u0142', 'l');
    String spaced = GAPS.matcher(MARKS.matcher(plain).replaceAll("")).replaceAll(" ");
    return OUTSIDE.matcher(AROUND_SIGN.matcher(spaced).replaceAll("$1")).replaceAll("");
  }
}
