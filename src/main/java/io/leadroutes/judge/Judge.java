package io.leadroutes.judge;

import io.leadroutes.call.Call;
import io.leadroutes.call.ShortHash;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.LeadReader;
import io.leadroutes.settings.Extension;
import io.leadroutes.settings.Key;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides which calls are leads: applies an account's {@code lead.filters} in their order. What
 * they accept goes to {@code lead.sinks}.
 */
public final class Judge {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??([\\w.-]+)[^}]*}}");

  private final Map<String, Rule> rules = new LinkedHashMap<>();

  /**
   * @param settings of all accounts
   * @param judgeCallText text of the route {@code judge-call}, which is part of the rule
   * @throws SettingsException for a filter that does not exist or settings it cannot work with
   */
  public Judge(Settings settings, String judgeCallText) {
    Map<String, Filter> filters = Extension.all(Filter.class);
    for (String account : settings.accounts()) {
      rules.put(account, Rule.of(settings.forAccount(account), filters, judgeCallText));
    }
  }

  /**
   * What the filters say about a call: the first that says no is named.
   *
   * @throws IllegalStateException for a call of an account that is not in {@code
   *     clickspeak.accounts}
   */
  public Verdict judge(Call call) {
    Rule rule = rule(call.account());
    Lead lead = rule.reader.lead(call);
    for (Map.Entry<String, Predicate<Lead>> filter : rule.filters.entrySet()) {
      if (!filter.getValue().test(lead)) {
        return Verdict.rejected(lead, filter.getKey());
      }
    }
    return Verdict.accepted(lead, rule.sinks);
  }

  /**
   * Differs when the account's rule differs: its filters, the settings they read, the jar of those
   * that are not shipped, or {@code judge-call} and the {@code {{keys}}} in it, where space at the
   * ends of lines and of the file does not count. Calls judged by another rule are judged again.
   * {@code lead.sinks} is no part of it, because a sink that is added gets leads from then on, and
   * contact details do not decide.
   *
   * @throws IllegalStateException for an account that is not in {@code clickspeak.accounts}
   */
  public String fingerprint(String account) {
    return rule(account).fingerprint;
  }

  private Rule rule(String account) {
    Rule rule = rules.get(account);
    if (rule == null) {
      throw new IllegalStateException(account + " is not in clickspeak.accounts.");
    }
    return rule;
  }

  private record Rule(
      LeadReader reader,
      Map<String, Predicate<Lead>> filters,
      List<String> sinks,
      String fingerprint) {

    static Rule of(Settings settings, Map<String, Filter> known, String judgeCallText) {
      Map<String, Predicate<Lead>> filters = new LinkedHashMap<>();
      Set<String> read = new TreeSet<>();
      StringBuilder code = new StringBuilder();
      for (String word : settings.requiredList(Keys.LEAD_FILTERS)) {
        settings.attempt(
            () -> {
              Filter filter = filter(word, known);
              filters.put(word, condition(filter, settings.telling(read::add)));
              code.append(filter.version());
            });
      }
      List<String> sinks = settings.list(Keys.LEAD_SINKS);
      if (Set.copyOf(sinks).size() < sinks.size()) {
        settings.refuse(Keys.LEAD_SINKS, " names a sink twice: name each once.");
      }
      return new Rule(
          new LeadReader(settings),
          filters,
          sinks,
          fingerprintOf(settings, ofFilters(known), read, code + judgeCallText));
    }

    /** The keys that filters of {@code ./lib} bring along. */
    private static Set<String> ofFilters(Map<String, Filter> known) {
      return known.values().stream()
          .flatMap(filter -> filter.keys().stream().map(Key::name))
          .collect(Collectors.toSet());
    }

    private static Filter filter(String word, Map<String, Filter> known) {
      Filter filter = known.get(word);
      if (filter == null) {
        throw new SettingsException(
            "lead.filters: there is no filter '"
                + word
                + "': write one of "
                + String.join(", ", known.keySet())
                + ", or put the jar that has it into ./lib.");
      }
      return filter;
    }

    private static Predicate<Lead> condition(Filter filter, Settings settings) {
      try {
        return Objects.requireNonNull(filter.of(settings), "condition");
      } catch (SettingsException e) {
        throw e;
      } catch (RuntimeException | LinkageError e) {
        throw filter.broken(e);
      }
    }

    /**
     * @param brought keys of filters that may not be in use, which count where they are read
     * @param read keys that the filters asked for; others of {@code lead.} count whoever reads them
     */
    private static String fingerprintOf(
        Settings settings, Set<String> brought, Set<String> read, String judgeCallText) {
      StringBuilder rule = new StringBuilder();
      Properties values = settings.asProperties();
      for (String key : new TreeSet<>(values.stringPropertyNames())) {
        if (key.startsWith("lead.")
            && !brought.contains(key)
            && !key.startsWith("lead.contact.")
            && !key.equals(Keys.LEAD_SETTLE.name())
            && !key.equals(Keys.LEAD_SINKS.name())) {
          rule.append(key).append('=').append(settings.list(key)).append('\n');
        }
      }
      for (String key : read) {
        if (!key.startsWith("lead.") || brought.contains(key)) {
          rule.append(key).append('=').append(settings.text(key)).append('\n');
        }
      }
      rule.append(
          judgeCallText
              .lines()
              .map(String::stripTrailing)
              .collect(Collectors.joining("\n"))
              .stripTrailing());
      for (Matcher used = PLACEHOLDER.matcher(judgeCallText); used.find(); ) {
        rule.append('\n').append(used.group()).append('=').append(values.get(used.group(1)));
      }
      return ShortHash.of(rule.toString());
    }
  }
}
