package io.leadroutes.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where values come from: the jar, {@code ./application.properties}, the environment, {@code -D},
 * the later before the earlier; and what people write there who meant well.
 */
final class Sources {

  private static final String OWN = "clickspeak.account.";
  private static final String OWN_VARIABLE = "CLICKSPEAK_ACCOUNT_";
  private static final String FILE = "application.properties";

  /** Of any kind, also those that are pasted unseen: without a break, of no width, a mark. */
  private static final String SPACE = "[\\s\\u00a0\\u2007\\u202f\\u200b\\u2060\\ufeff]+";

  private static final String QUOTES =
      " holds quotes around its value, which are no part of it: write it without them.";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{.*}}");
  private static final Pattern UNRESOLVED = Pattern.compile("\\$\\{[^}]*}|\\{\\{.*}}");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** What Kubernetes puts into the environment for each Service: SLACK_PORT=tcp://10.0.0.1:80. */
  private static final Pattern SERVICE_LINK = Pattern.compile("^(?:tcp|udp|sctp)://");

  private static final Map<String, String> OF_THE_JAR = ofTheJar();

  private final Settings into;
  private final KeyTable table;
  private final Map<String, String> values;
  private final Map<String, String> origins;
  private final List<String> notes;
  private final Mistakes mistakes;

  /**
   * @param into settings that collect mistakes, with the values of the jar
   */
  Sources(
      Settings into,
      KeyTable table,
      Map<String, String> values,
      Map<String, String> origins,
      List<String> notes,
      Mistakes mistakes) {
    this.into = into;
    this.table = table;
    this.values = values;
    this.origins = origins;
    this.notes = notes;
    this.mistakes = mistakes;
  }

  /** The defaults: those of the table, and what else the file says that was packed into the jar. */
  static Map<String, String> defaults(KeyTable table) {
    Map<String, String> defaults = new TreeMap<>();
    table.keys().values().stream()
        .filter(key -> key.kind() != Key.Kind.FIELDS)
        .forEach(key -> defaults.put(key.name(), key.value()));
    defaults.putAll(OF_THE_JAR);
    return defaults;
  }

  void read(Path directory, Map<String, String> environment, Properties system) {
    readFile(directory);
    readSystem(system);
    readEnvironment(environment, system);
    refuseUnknownAccounts();
    readAccountsFrom(environment, system);
    nameUnreadVariables(environment);
    values.replaceAll(this::cleaned);
  }

  private void readFile(Path directory) {
    into.attempt(
        () -> {
          PropertiesFile file = PropertiesFile.read(directory.resolve(FILE));
          file.mistakes().forEach(mistakes::add);
          file.entries().forEach((key, entry) -> readEntry(key, entry, file.place(entry.line())));
        });
    if (Files.exists(directory.resolve(".env"))) {
      notes.add(
          ".env is not read: set its variables before the start, as by 'set -a; . ./.env; set +a',"
              + " or write their keys into application.properties.");
    }
  }

  private void readEntry(String key, PropertiesFile.Entry entry, String place) {
    String variable = key.equals("export") ? entry.value().replaceAll("[\\s=:].*", "") : key;
    String meant = byVariable(variable);
    if (meant != null) {
      mistakes.add(
          variable
              + " in "
              + place
              + " is the name of an environment variable: write "
              + meant
              + "=… in this file.");
      return;
    }
    origins.put(key, place);
    if (known(key)) {
      values.put(key, entry.value());
      if (entry.dropsBackslash() && table.isOurs(key) && !table.isField(key)) {
        into.refuse(key, " holds a single backslash, which is dropped: write \\\\ or / instead.");
      }
    }
  }

  /** The key that an environment variable is for, or null. */
  private String byVariable(String variable) {
    return variable.indexOf('.') >= 0
        ? null
        : values.keySet().stream()
            .filter(key -> Key.variable(key).equals(variable))
            .findFirst()
            .orElse(null);
  }

  private void readSystem(Properties system) {
    for (String key : system.stringPropertyNames()) {
      // The JVM has keys of its own that begin with file., as file.encoding.
      if (table.isOurs(key) && (!key.startsWith("file.") || table.has(key))) {
        origins.put(key, "-D" + key);
        if (known(key)) {
          values.put(key, system.getProperty(key));
        }
      }
    }
  }

  private void readEnvironment(Map<String, String> environment, Properties system) {
    for (String key : values.keySet()) {
      String variable = Key.variable(key);
      String value = environment.get(variable);
      if (value != null && system.getProperty(key) == null) {
        if (SERVICE_LINK.matcher(value).find() && key.matches(".*\\.(port|host)")) {
          notes.add(
              variable
                  + "="
                  + value
                  + " is not read as "
                  + key
                  + ": Kubernetes sets it for a Service of that name; enableServiceLinks: false"
                  + " ends that.");
        } else {
          values.put(key, value);
          origins.put(key, "environment variable " + variable);
        }
      }
    }
  }

  /** An account's own keys may stand in the environment alone, its token above all. */
  private void readAccountsFrom(Map<String, String> environment, Properties system) {
    Set<String> of = new HashSet<>();
    environment.keySet().stream().filter(name -> name.startsWith(OWN_VARIABLE)).forEach(of::add);
    if (of.isEmpty()) {
      return;
    }
    List<String> possible = values.keySet().stream().filter(table::isPerAccount).toList();
    for (String name : into.list(Keys.CLICKSPEAK_ACCOUNTS)) {
      for (String key : possible) {
        String own = OWN + name + "." + key;
        if (of.remove(Key.variable(own)) && system.getProperty(own) == null) {
          values.put(own, environment.get(Key.variable(own)));
          origins.put(own, "environment variable " + Key.variable(own));
        }
      }
    }
    of.forEach(
        variable ->
            mistakes.add(
                "The environment variable "
                    + variable
                    + " is of no account and no key: correct it, add its account to"
                    + " clickspeak.accounts, or declare the key in application.properties."));
  }

  /** Names the variables that look like ours and are read by nobody; others may have their own. */
  private void nameUnreadVariables(Map<String, String> environment) {
    List<String> variables = values.keySet().stream().map(Key::variable).toList();
    for (String name : new TreeSet<>(environment.keySet())) {
      String first = name.toLowerCase(Locale.ROOT).split("[_.]", 2)[0];
      if (!table.isSystem(first)
          || variables.contains(name)
          || name.startsWith(OWN_VARIABLE)
          || SERVICE_LINK.matcher(environment.get(name)).find()) {
        continue;
      }
      String unread = "The environment variable " + name + " is not read: ";
      Optional<String> near = Nearest.to(name.replaceFirst("_FILE$", ""), variables);
      if (near.isPresent()) {
        if (!environment.containsKey(near.get())) {
          notes.add(unread + "did you mean " + near.get() + "?");
        }
      } else if (name.startsWith("SALESFORCE_LEAD_")) {
        notes.add(unread + "declare its salesforce.lead.<Field>= in application.properties first.");
      } else if (first.equals("clickspeak")) {
        notes.add(unread + "correct its spelling, docs/settings.md lists every key.");
      }
    }
  }

  /** A value as it is used; outer space of any kind is what was pasted along. */
  private String cleaned(String key, String value) {
    if (!table.isOurs(key) && !Settings.ACCOUNT_KEY.matcher(key).matches()) {
      String text = value.replaceFirst(SPACE + "$", "");
      if (text.matches("[\"'“„‘]+\\w+://.*")) {
        into.refuse(key, QUOTES);
      }
      return text;
    }
    String text = value.replaceAll("^" + SPACE + "|" + SPACE + "$", "");
    Matcher account = Settings.ACCOUNT_KEY.matcher(key);
    String inner = account.matches() ? account.group(2) : key;
    if (Settings.QUOTED.matcher(text).matches()) {
      into.refuse(key, QUOTES);
    } else if (!holdsExpressions(inner)) {
      if (UNRESOLVED.matcher(text).find()) {
        into.refuse(
            key,
            " holds a ${…} or {{…}}, which nobody resolves here: write the value, or set the"
                + " environment variable "
                + Key.variable(key)
                + ".");
      } else if (CONTROL.matcher(text).find() && !inner.startsWith("kafka.")) {
        into.refuse(key, " holds a line break or a tab: write it in one line.");
      } else if (text.contains(" # ")) {
        notes.add(
            key
                + " holds ' # ': a comment stands on a line of its own, else it is part of the"
                + " value.");
      }
    } else if (table.isField(inner) && PLACEHOLDER.matcher(text).find()) {
      into.refuse(key, " holds a {{…}}, which nobody resolves here: write the value.");
    }
    return text;
  }

  /** Unused in silence, they would send the leads of an account to the general places. */
  private void refuseUnknownAccounts() {
    List<String> known = into.list(Keys.CLICKSPEAK_ACCOUNTS);
    for (String key : values.keySet()) {
      Matcher own = Settings.ACCOUNT_KEY.matcher(key);
      if (own.matches() && !known.contains(own.group(1))) {
        into.refuse(
            key,
            " is of no account: add '"
                + own.group(1)
                + "' to clickspeak.accounts, correct its spelling, or remove the line.");
      }
    }
  }

  /**
   * Whether a key may be set, else it is refused. Keys of other systems are the engineer's own, for
   * placeholders in a route of theirs.
   */
  private boolean known(String key) {
    Matcher account = Settings.ACCOUNT_KEY.matcher(key);
    if (account.matches()) {
      String inner = account.group(2);
      if (table.isPerAccount(inner)) {
        return true;
      }
      Optional<String> near = table.nearOwn(inner);
      into.refuse(
          key,
          " is unknown: "
              + near.map(meant -> "did you mean " + OWN + account.group(1) + "." + meant + "? A")
                  .orElse("a")
              + "n account may have its own value of any "
              + table.ownWords()
              + ", written whole as in clickspeak.account.acme.slack.channel.");
      return false;
    }
    if (table.isOurs(key) && !table.isField(key) && !table.has(key)) {
      into.refuse(
          key,
          " is unknown: "
              + table
                  .near(key)
                  .map(meant -> "did you mean " + meant + "? docs/settings.md lists every key.")
                  .orElse("correct its spelling, docs/settings.md lists every key."));
      return false;
    }
    return true;
  }

  /** What a Simple expression may stand in. */
  private boolean holdsExpressions(String key) {
    return table.isField(key)
        || table.keys().containsKey(key) && table.key(key).value().contains("${");
  }

  private static Map<String, String> ofTheJar() {
    try (InputStream in = Settings.class.getResourceAsStream("/" + FILE)) {
      Properties defaults = new Properties();
      defaults.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      return defaults.stringPropertyNames().stream()
          .collect(Collectors.toUnmodifiableMap(Function.identity(), defaults::getProperty));
    } catch (IOException e) {
      throw new UncheckedIOException("The jar has no application.properties.", e);
    }
  }
}
