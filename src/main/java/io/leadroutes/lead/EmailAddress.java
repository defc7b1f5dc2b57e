package io.leadroutes.lead;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the e-mail address in what was written or said for one. */
final class EmailAddress {

  private static final String LOCAL =
      "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\\.[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+)*";
  private static final String DOMAIN =
      "(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?\\.)+\\p{L}{2,24}";
  private static final Pattern ADDRESS =
      Pattern.compile("(?<![\\p{L}\\p{N}.@])" + LOCAL + "@" + DOMAIN + "(?![\\p{L}\\p{N}@-])");
  private static final Pattern SCHEME = Pattern.compile("(?i)mailto:|e-?mail:|mail:");
  private static final Pattern GAPS = Pattern.compile("\\s*([@.])\\s*");
  private static final Pattern LABEL =
      Pattern.compile(
          "(?i).*(?:e-?mail|mail|courriel|correo|address|adresse|is|ist|est|es)(?:\\s*[:=])?");
  private static final int LONGEST = 1000;

  private static final Map<String, Character> SIGNS =
      Map.ofEntries(
          Map.entry("at", '@'),
          Map.entry("arobase", '@'),
          Map.entry("arroba", '@'),
          Map.entry("chiocciola", '@'),
          Map.entry("apenstaartje", '@'),
          Map.entry("klammeraffe", '@'),
          Map.entry("ma\u0142pa", '@'),
          Map.entry("@", '@'),
          Map.entry("dot", '.'),
          Map.entry("point", '.'),
          Map.entry("punkt", '.'),
          Map.entry("punto", '.'),
          Map.entry("ponto", '.'),
          Map.entry("punt", '.'),
          Map.entry("kropka", '.'),
          Map.entry("nokta", '.'),
          Map.entry(".", '.'),
          Map.entry("underscore", '_'),
          Map.entry("unterstrich", '_'),
          Map.entry("dash", '-'),
          Map.entry("hyphen", '-'),
          Map.entry("minus", '-'),
          Map.entry("bindestrich", '-'),
          Map.entry("tiret", '-'),
          Map.entry("gui\u00f3n", '-'),
          Map.entry("trattino", '-'),
          Map.entry("plus", '+'));
  private static final Set<Character> IN_DOMAIN = Set.of('.', '-');

  private EmailAddress() {}

  /** The first address in the text; null where there is none, or where it is not certain. */
  static String in(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    String plain = SCHEME.matcher(text).replaceAll(" ");
    String address = written(plain);
    if (address == null && plain.indexOf('@') >= 0) {
      address = written(GAPS.matcher(plain).replaceAll("$1"));
    }
    return address == null ? spoken(plain) : address;
  }

  private static String written(String text) {
    Matcher address = ADDRESS.matcher(text);
    if (!address.find()) {
      return null;
    }
    String before = text.substring(0, address.start()).strip();
    // One bare word in front may be the first half of the address: "ada lovelace@example.com".
    boolean half = before.matches("[\\p{L}\\p{N}._+-]+") && !LABEL.matcher(before).matches();
    return half ? null : address.group();
  }

  /**
   * An address that was spelled out, as {@code ada dot lovelace at example dot com}: certain only
   * where every word is part of it and nothing is left to join two of them.
   */
  private static String spoken(String text) {
    String words =
        text.toLowerCase(Locale.ROOT)
            .replaceAll("[(\\[{<]\\s*(\\p{L}+|@|\\.)\\s*[)\\]}>]", " $1 ")
            .replaceAll("@", " @ ")
            .strip()
            .replaceAll("[.,;!?]+$", "");
    if (words.isEmpty()) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    boolean spelled = false;
    boolean joined = true;
    boolean behindAt = false;
    for (String word : words.split("\\s+")) {
      Character sign = SIGNS.get(word);
      spelled |= sign != null;
      if (sign != null) {
        if (joined || (sign == '@' && behindAt) || (behindAt && !IN_DOMAIN.contains(sign))) {
          return null;
        }
        behindAt |= sign == '@';
        parts.add(String.valueOf(sign));
        joined = true;
      } else {
        if (!joined) {
          return null;
        }
        parts.add(word);
        joined = false;
      }
    }
    String address = String.join("", parts);
    return spelled && behindAt && ADDRESS.matcher(address).matches() ? address : null;
  }
}
