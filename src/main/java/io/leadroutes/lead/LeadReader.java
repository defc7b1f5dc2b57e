package io.leadroutes.lead;

import io.leadroutes.call.Call;
import io.leadroutes.call.Evaluation;
import io.leadroutes.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a call's contact details. Each is looked for by the names of its {@code lead.contact.} key,
 * in their order: the first name that has a value wins, and of one name the evaluation's value,
 * which is newer, comes before the variables'. The list of calls has no other contact data.
 */
public final class LeadReader {

  private static final Pattern SPACES = Pattern.compile("[\\p{Cntrl}\\s\\p{Z}]+");

  private final List<String> names;
  private final List<String> firstNames;
  private final List<String> lastNames;
  private final List<String> emails;
  private final List<String> companies;
  private final List<String> phones;
  private final List<String> outcomes;

  /**
   * @param settings as the account sees them
   */
  public LeadReader(Settings settings) {
    names = folded(settings, "lead.contact.name");
    firstNames = folded(settings, "lead.contact.first-name");
    lastNames = folded(settings, "lead.contact.last-name");
    emails = folded(settings, "lead.contact.email");
    companies = folded(settings, "lead.contact.company");
    phones = folded(settings, "lead.contact.phone");
    outcomes = folded(settings, "lead.outcome.variables");
  }

  /** The call as a lead that is only looked at: its key goes by the present name of the account. */
  public Lead lead(Call call) {
    return lead(call, call.account());
  }

  /**
   * The call as a lead, whether it qualifies or not. Names complete each other: the full name is
   * made of first and last, and these are its parts before and behind its last space; a single word
   * is a last name. The phone falls back to the client's number of the call.
   *
   * @param leadKey what the keys of the account's leads begin with
   */
  public Lead lead(Call call, String leadKey) {
    Map<String, String> evaluation = Evaluation.texts(call.evaluation().values());
    Map<String, String> variables = Evaluation.texts(call.variables());
    String name = first(names, evaluation, variables);
    String firstName = first(firstNames, evaluation, variables);
    String lastName = first(lastNames, evaluation, variables);
    String phone = first(phones, evaluation, variables);
    return new Lead(
        leadKey + "-" + call.id(),
        name != null ? name : joined(firstName, lastName),
        firstName != null ? firstName : firstOf(name, lastName),
        lastName != null ? lastName : lastOf(name, firstName),
        first(emails, evaluation, variables),
        phone != null ? phone : oneLine(call.clientPhone()),
        first(companies, evaluation, variables),
        outcomes.stream().map(evaluation::get).filter(Objects::nonNull).findFirst().orElse(null),
        call);
  }

  private static List<String> folded(Settings settings, String key) {
    return settings.list(key).stream().map(Evaluation::foldName).toList();
  }

  private static String first(
      List<String> names, Map<String, String> evaluation, Map<String, String> variables) {
    for (String name : names) {
      String value = oneLine(evaluation.get(name));
      if (value == null) {
        value = oneLine(variables.get(name));
      }
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static String joined(String firstName, String lastName) {
    return firstName == null && lastName == null
        ? null
        : String.join(" ", Stream.of(firstName, lastName).filter(Objects::nonNull).toList());
  }

  private static String firstOf(String name, String lastName) {
    if (name == null) {
      return null;
    }
    if (lastName != null && name.endsWith(" " + lastName)) {
      return name.substring(0, name.length() - lastName.length() - 1);
    }
    int space = name.lastIndexOf(' ');
    return space < 0 ? null : name.substring(0, space);
  }

  private static String lastOf(String name, String firstName) {
    if (name == null || name.equals(firstName)) {
      return null;
    }
    if (firstName != null && name.startsWith(firstName + " ")) {
      return name.substring(firstName.length() + 1);
    }
    return name.substring(name.lastIndexOf(' ') + 1);
  }

  /** One line without outer space; null where nothing is left. */
  private static String oneLine(String text) {
    if (text == null) {
      return null;
    }
    String line = SPACES.matcher(text).replaceAll(" ").strip();
    return line.isEmpty() ? null : line;
  }
}
