package io.leadroutes.lead;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A person's name taken apart. The rules are those of the languages the platform speaks; where they
 * leave a doubt, the last word is the last name.
 *
 * @param full the name as it was given, in its natural order
 * @param salutation what stands in front of it, as {@code Frau Dr.}; or null
 * @param first given names, or null
 * @param last family name with its particles, as {@code van der Berg}; a single word is one
 */
record PersonName(String full, String salutation, String first, String last) {

  /** Forms of address and titles, without dots; one of two words is each of them. */
  private static final Set<String> SALUTATIONS =
      words(
          "mr mrs ms miss mx mister missus sir madam ma'am dr doctor prof professor rev reverend"
              + " capt sgt lt herr herrn frau fr\u00e4ulein fraulein hr familie eheleute dipl-ing"
              + " dipl-kfm dipl-kffr dr-ing drmed drjur drphil univ-prof priv-doz monsieur madame"
              + " mademoiselle mme mlle mmes messieurs mesdames docteur professeur ma\u00eetre"
              + " maitre se\u00f1or senor se\u00f1ora senora se\u00f1orita senorita sr sra srta"
              + " do\u00f1a d\u00f1a doctora dra profesor profesora licenciado licenciada lic"
              + " senhor senhora senhorita doutor doutora professora signor signore signora"
              + " signorina sigra signa dott dottore dottoressa dottssa dottsa profssa ing avv geom"
              + " rag meneer mevrouw mevr mw dhr drs pan pani pa\u0144stwo mgr in\u017c lek hab bay"
              + " bayan say\u0131n mudr mvdr judr phdr rndr paeddr bc mga thdr doc");

  /** These are words or first letters of names too, so they need their dot. */
  private static final Set<String> SALUTATIONS_WITH_DOT =
      words("m fr mag sig arch hon ir me med pd col gen maj");

  /** Behind a title: {@code Dr. med. vet.} */
  private static final Set<String> BEHIND_TITLE =
      words("med vet rer nat phil jur iur hc h.c habil hab oec pol ing dent theol e.h eh mult");

  /** Behind a name in Turkish. */
  private static final Set<String> FORMS_BEHIND = words("bey han\u0131m hanim");

  private static final Set<String> AND = words("and & und et y e + i ve en");

  private static final Set<String> SUFFIXES =
      words("jr jnr snr sr esq esquire phd ph.d mba cpa dds dvm");
  private static final Set<String> SUFFIXES_IN_CAPITALS = words("ii iii iv md jd rn llm mph");
  private static final Set<String> SUFFIXES_BEHIND_COMMA =
      words(
          "junior senior filho neto md do ma mag ba bsc msc beng meng llb llm jd rn dphil frcs obe"
              + " mbe cbe qc kc ceo cto cfo coo cmo vp");
  private static final Set<String> COMPANY_FORMS =
      words(
          "inc llc ltd limited corp corporation company gmbh ag kg sarl sas srl spa bv nv plc pty");

  private static final Set<String> PARTICLES =
      words(
          "van von vom der den dem de del della dello degli dei di da das do dos du des d' la le"
              + " las los el al zu zum zur ten ter te op 't het in't of af av bin binti bint ibn"
              + " abu ap st san santa y");
  private static final Set<String> PARTICLES_IN_CAPITALS =
      words(
          "van von vom der den de del della di da das dos du la le el al ter ten bin bint ibn abu");
  private static final Set<String> FIRST_PARTICLES = words("van von vom de der den di da du");

  /** What programs write for a part that is missing; in lower case it is nobody's name. */
  private static final Set<String> MISSING = Set.of("null", "undefined", "(null)", "none");

  private static final Pattern GAPS = Pattern.compile("\\s+");
  private static final Pattern GLUED =
      Pattern.compile(
          "(?<!\\p{L})((?i:dr|prof|mr|mrs|ms|mme|mlle|sr|sra|hr|dott|ing|mag))\\.(?=\\p{Lu})");
  private static final Pattern ASIDE =
      Pattern.compile(
          "[(\\[{][^)\\]}]*[)\\]}]|[\"\u201c\u201e\u00ab][^\"\u201d\u201c\u00bb]*[\"\u201d\u201c\u00bb]");
  private static final Pattern QUOTED =
      Pattern.compile(
          "^[\"'\u201c\u201e\u00ab\u2018\u201a`(]+([^()]*?)[\"'\u201d\u201c\u00bb\u2019\u2018`)]+$");

  /** A number that one can call, not the address of a host: seven digits, not behind {@code //}. */
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\d/:.])\\+?\\d(?:[\\s()./-]*\\d){6,}");

  private static final int MAX_GIVEN = 3;

  /** Nobody's name is longer; a longer text is not taken apart but at its last space. */
  private static final int LONGEST = 200;

  private static Set<String> words(String words) {
    return Set.copyOf(Arrays.asList(words.split(" ")));
  }

  /** The name in a text of one line; null where it holds none, as {@code Herr}. */
  static PersonName in(String text) {
    if (text.length() > LONGEST) {
      int space = text.lastIndexOf(' ');
      return new PersonName(
          text, null, space < 0 ? null : text.substring(0, space), text.substring(space + 1));
    }
    String full = tidy(text);
    if (full.indexOf('@') >= 0 || !hasLetter(full)) {
      return null;
    }
    String plain = tidy(GLUED.matcher(ASIDE.matcher(full).replaceAll(" ")).replaceAll("$1. "));
    plain = hasLetter(plain) ? plain : full;
    List<String> parts =
        Arrays.stream(plain.split(",")).map(String::strip).filter(p -> !p.isEmpty()).toList();
    List<String> others =
        parts.stream().skip(1).filter(part -> !isSuffixBehindComma(part)).toList();
    if (others.isEmpty() || isRemark(others.get(0), parts.get(0))) {
      return of(full, Words.of(parts.get(0)), null);
    }
    Words family = Words.of(parts.get(0));
    Words given = Words.of(others.get(0));
    if (family.names.isEmpty() || given.names.isEmpty()) {
      Words both = family.names.isEmpty() ? given : family;
      return of(full, both, both == given ? family.salutation() : given.salutation());
    }
    String salutation = joined(family.salutation(), given.salutation());
    String first = String.join(" ", given.names);
    String last = String.join(" ", family.names);
    String suffix =
        parts.stream()
            .skip(1)
            .filter(PersonName::isSuffixBehindComma)
            .map(part -> ", " + part)
            .collect(Collectors.joining());
    return new PersonName(joined(salutation, first, last) + suffix, salutation, first, last);
  }

  /** Given names alone, without a form of address; null where nothing is left. */
  static String given(String text) {
    if (text.length() > LONGEST) {
      return text;
    }
    List<String> names = Words.of(tidy(text)).names;
    return names.isEmpty() || !hasLetter(text) || text.indexOf('@') >= 0
        ? null
        : String.join(" ", names);
  }

  /** A family name alone, without form of address and suffix; null where nothing is left. */
  static String family(String text) {
    if (text.length() > LONGEST) {
      return text;
    }
    String tidy = tidy(text);
    int comma = tidy.indexOf(',');
    boolean suffix = comma > 0 && isSuffixBehindComma(tidy.substring(comma + 1).strip());
    return given(suffix ? tidy.substring(0, comma) : tidy);
  }

  private static PersonName of(String full, Words words, String behind) {
    List<String> names = words.names;
    if (names.isEmpty()) {
      return null;
    }
    int last = lastName(names);
    return new PersonName(
        full,
        joined(words.salutation(), behind),
        last == 0 ? null : String.join(" ", names.subList(0, last)),
        String.join(" ", names.subList(last, names.size())));
  }

  /** Where the last name begins: with the particles in front of its last word. */
  private static int lastName(List<String> names) {
    int last = names.size() - 1;
    while (last > 1 && isParticle(names.get(last - 1))) {
      last--;
    }
    if (last == 1) {
      String first = names.get(0);
      boolean small = first.equals(lower(first)) && PARTICLES.contains(first);
      boolean more = names.size() > 2 && FIRST_PARTICLES.contains(lower(first));
      return small || more ? 0 : 1;
    }
    return last;
  }

  private static boolean isParticle(String word) {
    return word.equals(lower(word))
        ? PARTICLES.contains(word)
        : PARTICLES_IN_CAPITALS.contains(lower(word));
  }

  /** Behind the comma stands no given name but what somebody noted. */
  private static boolean isRemark(String behind, String front) {
    String[] words = GAPS.split(behind);
    boolean small =
        Character.isLowerCase(behind.codePointAt(0))
            && Character.isUpperCase(front.codePointAt(0))
            && GAPS.split(front).length > 1;
    boolean company = COMPANY_FORMS.contains(key(words[words.length - 1]));
    return words.length > MAX_GIVEN || small || company;
  }

  private static boolean isSuffixBehindComma(String part) {
    return !hasLetter(part)
        || Arrays.stream(GAPS.split(part))
            .allMatch(
                word ->
                    isSuffix(word)
                        || (SUFFIXES_BEHIND_COMMA.contains(key(word)) && !isCapitalised(word))
                        || (SUFFIXES_BEHIND_COMMA.contains(key(word)) && key(word).length() > 2));
  }

  private static boolean isSuffix(String word) {
    String key = key(word);
    return SUFFIXES.contains(key)
        || (SUFFIXES_IN_CAPITALS.contains(key) && word.equals(word.toUpperCase(Locale.ROOT)));
  }

  /** One capital in front, as a name has. */
  private static boolean isCapitalised(String word) {
    return word.length() > 1
        && Character.isUpperCase(word.charAt(0))
        && word.indexOf('.') < 0
        && word.substring(1).equals(lower(word.substring(1)));
  }

  /** The words of a name, without what stands in front of it and behind it. */
  private record Words(List<String> salutations, List<String> names) {

    static Words of(String text) {
      List<String> words =
          new ArrayList<>(
              Arrays.stream(GAPS.split(GLUED.matcher(text).replaceAll("$1. ")))
                  .filter(word -> !word.isEmpty())
                  .toList());
      if (words.stream().anyMatch(word -> !word.equals(lower(word)))) {
        words.removeIf(MISSING::contains);
      }
      List<String> salutations = new ArrayList<>();
      while (!words.isEmpty() && isInFront(words, salutations)) {
        salutations.add(words.remove(0));
      }
      while (words.size() > 1 && isSuffix(words.get(words.size() - 1))) {
        words.remove(words.size() - 1);
      }
      while (words.size() > 1 && FORMS_BEHIND.contains(key(words.get(words.size() - 1)))) {
        words.remove(words.size() - 1);
      }
      return new Words(salutations, List.copyOf(words));
    }

    private static boolean isInFront(List<String> words, List<String> before) {
      String word = words.get(0);
      String key = key(word);
      boolean dotted = word.endsWith(".");
      if (SALUTATIONS.contains(key)) {
        return true;
      }
      if (dotted && SALUTATIONS_WITH_DOT.contains(key)) {
        // "M. Dupont" is a gentleman, "M. Night Shyamalan" has a first name.
        return key.length() > 1 || words.size() == 2 || !before.isEmpty();
      }
      boolean more = !before.isEmpty() && words.size() > 1;
      return more
          && (AND.contains(key) && SALUTATIONS.contains(key(words.get(1)))
              || dotted && BEHIND_TITLE.contains(key));
    }

    String salutation() {
      return salutations.isEmpty() ? null : String.join(" ", salutations);
    }
  }

  private static String tidy(String text) {
    String tidy = NUMBER.matcher(text).replaceAll(" ");
    tidy = GAPS.matcher(tidy).replaceAll(" ").strip().replaceFirst("[\\s,;:!?/|-]+$", "");
    Matcher quoted = QUOTED.matcher(tidy);
    tidy = quoted.matches() ? quoted.group(1).strip() : tidy;
    // The end of a sentence is no part of a name; the dot of "Jr." is.
    return tidy.matches(".*\\p{Ll}{3,}\\.") ? tidy.substring(0, tidy.length() - 1) : tidy;
  }

  private static String joined(String... parts) {
    String joined =
        Arrays.stream(parts).filter(part -> part != null).collect(Collectors.joining(" "));
    return joined.isEmpty() ? null : joined;
  }

  /** How salutations and suffixes are compared: without case and dots. */
  private static String key(String word) {
    return lower(word).replace(".", "");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static boolean hasLetter(String text) {
    return text.codePoints().anyMatch(Character::isLetter);
  }

  /** Prints nothing of it: it is personal data. */
  @Override
  public String toString() {
    return "PersonName";
  }
}
