package io.leadroutes.lead;

import io.leadroutes.call.Call;
import io.leadroutes.call.Evaluation;
import io.leadroutes.call.PlainText;
import io.leadroutes.settings.Key;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a call's contact details. Each is looked for by the names of its {@code lead.contact.} key,
 * in their order: the first name that has a value wins, and of one name the evaluation's value,
 * which is newer, comes before the variables'. A text that is no value ({@link NoValues}), no name,
 * no number or no address is dropped, and the next source counts. The list of calls has no other
 * contact data.
 */
public final class LeadReader {

  private static final Pattern SPACES = Pattern.compile("[\\p{Cntrl}\\s\\p{Z}]+");
  private static final Pattern QUOTED =
      Pattern.compile("[\"\u201c\u201e\u00ab]+([^\"]*?)[\"\u201d\u201c\u00bb]+");
  private static final Pattern DIGITS = Pattern.compile("[+(]*\\d[\\d\\s()./-]{5,}\\d");

  private final List<Source> names;
  private final List<Source> firstNames;
  private final List<Source> lastNames;
  private final List<Source> emails;
  private final List<Source> companies;
  private final List<Source> phones;
  private final List<String> outcomes;
  private final NoValues noValues;

  /**
   * A name to look for.
   *
   * @param name as it stands in the settings
   * @param folded as names are compared
   */
  private record Source(String name, String folded) {}

  /**
   * @param settings as the account sees them
   */
  public LeadReader(Settings settings) {
    names = sources(settings, Keys.LEAD_CONTACT_NAME);
    firstNames = sources(settings, Keys.LEAD_CONTACT_FIRST_NAME);
    lastNames = sources(settings, Keys.LEAD_CONTACT_LAST_NAME);
    emails = sources(settings, Keys.LEAD_CONTACT_EMAIL);
    companies = sources(settings, Keys.LEAD_CONTACT_COMPANY);
    phones = sources(settings, Keys.LEAD_CONTACT_PHONE);
    outcomes =
        settings.list(Keys.LEAD_OUTCOME_VARIABLES).stream().map(Evaluation::foldName).toList();
    noValues = new NoValues(settings);
  }

  /** The call as a lead that is only looked at: its key goes by the present name of the account. */
  public Lead lead(Call call) {
    return lead(call, call.account());
  }

  /**
   * The call as a lead, whether it qualifies or not. Names complete each other: the full name is
   * made of first and last, and these are its parts as {@link PersonName} tells. The phone falls
   * back to the client's number of the call.
   *
   * @param leadKey what the keys of the account's leads begin with
   */
  public Lead lead(Call call, String leadKey) {
    Search search = new Search(call);
    PersonName name = search.first("name", names, PersonName::in, "no name");
    String firstName = search.first("first-name", firstNames, PersonName::given, "no name");
    String lastName = search.lastName(firstName != null);
    String phone =
        search.first(
            "phone",
            phones,
            text -> PhoneNumber.in(text, call.assistantPhone()),
            "no phone number");
    return new Lead(
        leadKey + "-" + call.id(),
        name != null ? name.full() : joined(firstName, lastName),
        firstName != null ? firstName : firstOf(name, lastName),
        lastName != null ? lastName : lastOf(name, firstName),
        search.first("email", emails, EmailAddress::in, "no e-mail address"),
        phone != null ? phone : search.clientNumber(),
        search.first("company", companies, LeadReader::company, "no name"),
        outcomes.stream()
            .map(search.evaluation::get)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null),
        call,
        name == null ? null : name.salutation(),
        search.dropped);
  }

  private static List<Source> sources(Settings settings, Key key) {
    Map<String, Source> sources = new LinkedHashMap<>();
    for (String name : settings.list(key)) {
      String folded = Evaluation.foldName(name);
      sources.putIfAbsent(folded, new Source(name, folded));
    }
    return List.copyOf(sources.values());
  }

  /** What one call has, and what of it was dropped. */
  private final class Search {

    private final Call call;
    private final Map<String, String> evaluation;
    private final Map<String, String> variables;
    private final List<Dropped> dropped = new ArrayList<>();

    Search(Call call) {
      this.call = call;
      evaluation = Evaluation.texts(call.evaluation().values());
      variables = Evaluation.texts(call.variables());
    }

    /**
     * @param reading makes a detail of a text, or null
     * @param otherwise why a text is dropped that it makes nothing of
     */
    <T> T first(
        String detail, List<Source> sources, Function<String, T> reading, String otherwise) {
      for (Source source : sources) {
        for (Map<String, String> values : List.of(evaluation, variables)) {
          T value = read(detail, source.name(), values.get(source.folded()), reading, otherwise);
          if (value != null) {
            return value;
          }
        }
      }
      return null;
    }

    private <T> T read(
        String detail,
        String variable,
        String text,
        Function<String, T> reading,
        String otherwise) {
      String line = oneLine(text);
      if (line == null) {
        return null;
      }
      String filled = NoValues.filledIn(line);
      boolean none = !filled.isEmpty() && noValues.contain(filled);
      T value = filled.isEmpty() || none ? null : reading.apply(filled);
      if (value == null) {
        String reason =
            filled.isEmpty()
                ? "a placeholder that nobody filled in"
                : none ? "no value" : otherwise;
        dropped.add(new Dropped(detail, variable, reason));
      }
      return value;
    }

    /**
     * Some last names are words for nothing: with a capital, behind a first name, they are names.
     */
    String lastName(boolean hasFirstName) {
      for (Source source : lastNames) {
        for (Map<String, String> values : List.of(evaluation, variables)) {
          String line = oneLine(values.get(source.folded()));
          if (hasFirstName && line != null && NoValues.SURNAMES.contains(line)) {
            return line;
          }
          String value = read("last-name", source.name(), line, PersonName::family, "no name");
          if (value != null) {
            return value;
          }
        }
      }
      return null;
    }

    String clientNumber() {
      return read(
          "phone",
          "client_phone_number",
          call.clientPhone(),
          text -> PhoneNumber.in(text, call.assistantPhone()),
          "no phone number");
    }
  }

  private static String company(String text) {
    Matcher quoted = QUOTED.matcher(text);
    String company = quoted.matches() ? PlainText.strip(quoted.group(1)) : text;
    boolean named = company.codePoints().anyMatch(Character::isLetterOrDigit);
    return named && !DIGITS.matcher(company).matches() ? company : null;
  }

  private static String joined(String firstName, String lastName) {
    return firstName == null && lastName == null
        ? null
        : String.join(" ", Stream.of(firstName, lastName).filter(Objects::nonNull).toList());
  }

  private static String firstOf(PersonName name, String lastName) {
    if (name == null) {
      return null;
    }
    String plain = joined(name.first(), name.last());
    return lastName != null && plain.endsWith(" " + lastName)
        ? plain.substring(0, plain.length() - lastName.length() - 1)
        : name.first();
  }

  private static String lastOf(PersonName name, String firstName) {
    if (name == null) {
      return null;
    }
    String plain = joined(name.first(), name.last());
    if (plain.equals(firstName)) {
      return null;
    }
    return firstName != null && plain.startsWith(firstName + " ")
        ? plain.substring(firstName.length() + 1)
        : name.last();
  }

  /** One line without what nobody sees around it; null where nothing is left. */
  private static String oneLine(String text) {
    if (text == null) {
      return null;
    }
    String line = PlainText.strip(SPACES.matcher(text).replaceAll(" "));
    return line.isEmpty() ? null : line;
  }
}
