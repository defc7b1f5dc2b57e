package io.leadroutes.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The settings of one start: the defaults of the jar, overridden key by key by {@code
 * ./application.properties}, by the environment ({@code SLACK_TOKEN} for {@code slack.token}) and
 * by {@code -D}. Every reader names a key that is declared in {@code application.properties};
 * anything else is a defect of this program.
 */
public final class Settings {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern ACCOUNT_NAME = Pattern.compile("[a-z0-9]+");
  private static final Pattern ACCOUNT_KEY =
      Pattern.compile("clickspeak\\.account\\.([^.]+)\\.(.+)");
  private static final Set<String> GENERAL = Set.of("clickspeak.accounts", "slack.api-url");
  private static final String OWN = "clickspeak.account.";
  private static final String OWN_VARIABLE = "CLICKSPEAK_ACCOUNT_";
  private static final String MAPPING = "salesforce.lead.";
  private static final String FILE = "application.properties";

  /** Of any kind, also those that are pasted unseen: without a break, of no width, a mark. */
  private static final String SPACE = "[\\s\\u00a0\\u2007\\u202f\\u200b\\u2060\\ufeff]+";

  /** Docker's env files and properties keep the quotes that a shell takes away. */
  private static final Pattern QUOTED = Pattern.compile("(?s)\".*\"|'.*'|[“„”].*[“”]|[‘‚’].*[‘’]");

  private static final String QUOTES =
      " holds quotes around its value, which are no part of it: write it without them.";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{.*}}");
  private static final Pattern UNRESOLVED = Pattern.compile("\\$\\{[^}]*}|\\{\\{.*}}");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** What Kubernetes puts into the environment for each Service: SLACK_PORT=tcp://10.0.0.1:80. */
  private static final Pattern SERVICE_LINK = Pattern.compile("^(?:tcp|udp|sctp)://");

  private static final Pattern LOOPBACK =
      Pattern.compile("(?i)localhost|.+\\.localhost|127(?:\\.\\d{1,3}){3}|\\[::1]");

  private static final Map<String, String> DEFAULTS = defaults();

  private final Declared declared;
  private final Map<String, String> values;

  /** Where a value stands, as {@code application.properties, line 7}; the jar's are not in it. */
  private final Map<String, String> origins;

  private final List<String> notes;

  /** Null where a mistake is thrown at once. */
  private final Mistakes mistakes;

  private final String account;
  private final Consumer<String> reads;

  private Settings(
      Declared declared,
      Map<String, String> values,
      Map<String, String> origins,
      List<String> notes,
      Mistakes mistakes,
      String account,
      Consumer<String> reads) {
    this.declared = declared;
    this.values = values;
    this.origins = origins;
    this.notes = notes;
    this.mistakes = mistakes;
    this.account = account;
    this.reads = reads;
  }

  /**
   * Reads the settings of this start.
   *
   * @param directory where {@code application.properties} may lie
   * @param environment usually {@link System#getenv()}
   * @param system usually {@link System#getProperties()}
   * @throws SettingsException when the file cannot be read, or for every key or account that is
   *     unknown and every value that cannot be meant
   */
  public static Settings load(Path directory, Map<String, String> environment, Properties system) {
    return read(directory, environment, system).checked();
  }

  /**
   * The same, but mistakes are collected until {@link #checked} and not thrown: what reads such
   * settings gets the default in place of a wrong value.
   */
  public static Settings read(Path directory, Map<String, String> environment, Properties system) {
    return read(directory, environment, system, List.of());
  }

  /**
   * The same.
   *
   * @param extensions filters and sinks whose keys may be set too
   */
  public static Settings read(
      Path directory,
      Map<String, String> environment,
      Properties system,
      Collection<? extends Extension> extensions) {
    Map<String, String> origins = new TreeMap<>();
    Declared declared = Declared.of(DEFAULTS, extensions);
    Settings settings =
        new Settings(
            declared,
            new TreeMap<>(declared.defaults()),
            origins,
            new ArrayList<>(),
            new Mistakes(origins),
            null,
            key -> {});
    settings.readFile(directory);
    settings.readSystem(system);
    settings.readEnvironment(environment, system);
    settings.refuseUnknownAccounts();
    settings.readAccountsFrom(environment, system);
    settings.nameUnreadVariables(environment);
    settings.values.replaceAll(settings::cleaned);
    return settings;
  }

  /** The same settings, with mistakes collected from now on. */
  public Settings collecting() {
    return mistakes != null
        ? this
        : new Settings(declared, values, origins, notes, new Mistakes(origins), account, reads);
  }

  /**
   * The same settings, with mistakes thrown from now on.
   *
   * @throws SettingsException with all that were collected
   */
  public Settings checked() {
    if (mistakes != null && !mistakes.sentences().isEmpty()) {
      throw new SettingsException(mistakes.sentences());
    }
    return new Settings(declared, values, origins, notes, null, account, reads);
  }

  /** Does something that reads these settings; its mistake is collected where they are. */
  public void attempt(Runnable reading) {
    try {
      reading.run();
    } catch (SettingsException e) {
      if (mistakes == null) {
        throw e;
      }
      mistakes.add(e.getMessage());
    }
  }

  /**
   * Refuses the value of a key.
   *
   * @param rest of the sentence that begins with the key
   */
  public void refuse(String key, String rest) {
    String sentence = nameOf(key) + rest;
    if (mistakes == null) {
      throw new SettingsException(Mistakes.placed(sentence, origins));
    }
    mistakes.add(sentence);
  }

  /** What the operator should know of what was read, a sentence each. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** Where the value of a key stands, as a user has set it; null for a default of the jar. */
  public String origin(String key) {
    return origins.get(nameOf(key));
  }

  private void readFile(Path directory) {
    attempt(
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
      if (entry.dropsBackslash() && ours(key) && !key.startsWith(MAPPING)) {
        refuse(key, " holds a single backslash, which is dropped: write \\\\ or / instead.");
      }
    }
  }

  /** The key that an environment variable is for, or null. */
  private String byVariable(String variable) {
    return variable.indexOf('.') >= 0
        ? null
        : declared.defaults().keySet().stream()
            .filter(key -> variable(key).equals(variable))
            .findFirst()
            .orElse(null);
  }

  private void readSystem(Properties system) {
    for (String key : system.stringPropertyNames()) {
      // The JVM has keys of its own that begin with file., as file.encoding.
      if (ours(key) && (!key.startsWith("file.") || declared.defaults().containsKey(key))) {
        origins.put(key, "-D" + key);
        if (known(key)) {
          values.put(key, system.getProperty(key));
        }
      }
    }
  }

  private void readEnvironment(Map<String, String> environment, Properties system) {
    for (String key : values.keySet()) {
      String variable = variable(key);
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
    List<String> possible = values.keySet().stream().filter(this::perAccount).toList();
    for (String name : list("clickspeak.accounts")) {
      for (String key : possible) {
        String own = OWN + name + "." + key;
        if (of.remove(variable(own)) && system.getProperty(own) == null) {
          values.put(own, environment.get(variable(own)));
          origins.put(own, "environment variable " + variable(own));
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
    List<String> variables = values.keySet().stream().map(Settings::variable).toList();
    for (String name : new TreeSet<>(environment.keySet())) {
      String first = name.toLowerCase(Locale.ROOT).split("[_.]", 2)[0];
      if (!declared.systems().contains(first)
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
    if (!ours(key) && !ACCOUNT_KEY.matcher(key).matches()) {
      String text = value.replaceFirst(SPACE + "$", "");
      if (text.matches("[\"'“„‘]+\\w+://.*")) {
        refuse(key, QUOTES);
      }
      return text;
    }
    String text = value.replaceAll("^" + SPACE + "|" + SPACE + "$", "");
    Matcher account = ACCOUNT_KEY.matcher(key);
    String inner = account.matches() ? account.group(2) : key;
    if (QUOTED.matcher(text).matches()) {
      refuse(key, QUOTES);
    } else if (!inner.startsWith(MAPPING)
        && !declared.defaults().getOrDefault(inner, "").contains("${")) {
      if (UNRESOLVED.matcher(text).find()) {
        refuse(
            key,
            " holds a ${…} or {{…}}, which nobody resolves here: write the value, or set the"
                + " environment variable "
                + variable(key)
                + ".");
      } else if (CONTROL.matcher(text).find() && !inner.startsWith("kafka.")) {
        refuse(key, " holds a line break or a tab: write it in one line.");
      } else if (text.contains(" # ")) {
        notes.add(
            key
                + " holds ' # ': a comment stands on a line of its own, else it is part of the"
                + " value.");
      }
    } else if (inner.startsWith(MAPPING) && PLACEHOLDER.matcher(text).find()) {
      refuse(key, " holds a {{…}}, which nobody resolves here: write the value.");
    }
    return text;
  }

  /**
   * Looks at the keys that are not this program's. One that no route uses, nor another value, is
   * refused where it is nearly one of ours, and noted otherwise: somebody's own Java may read it.
   *
   * @param routes text of all route files
   */
  public void checkKeysOfOthers(String routes) {
    String readers = routes + String.join("\n", values.values());
    for (String key : origins.keySet()) {
      if (ours(key) || key.startsWith("camel.") || ACCOUNT_KEY.matcher(key).matches()) {
        continue;
      }
      String first = key.replaceFirst("\\..*", "");
      if (Pattern.compile("\\{\\{\\??" + Pattern.quote(first) + "[.}:]").matcher(readers).find()) {
        continue;
      }
      Optional<String> near = Nearest.to(key, declared.defaults().keySet());
      if (near.isPresent()) {
        refuse(key, " is unknown: did you mean " + near.get() + "?");
      } else {
        notes.add(
            key
                + " ("
                + origins.get(key)
                + ") is used by no route: correct its spelling, or remove it.");
      }
    }
  }

  /**
   * Values of the kinds that show in the defaults, whoever reads them and when: durations, and true
   * or false. Mistakes in them are collected before anything starts.
   */
  public void checkKinds() {
    for (String key : values.keySet()) {
      Matcher own = ACCOUNT_KEY.matcher(key);
      String usual = declared.defaults().getOrDefault(own.matches() ? own.group(2) : key, "");
      if (DURATION.matcher(usual).matches()) {
        duration(key);
      } else if (usual.matches("true|false")) {
        flag(key);
      }
    }
  }

  /** Whether an account may have its own value of a general key. */
  private boolean perAccount(String key) {
    int dot = key.indexOf('.');
    return dot > 0
        && declared.perAccount().contains(key.substring(0, dot))
        && !GENERAL.contains(key)
        && !key.startsWith(OWN);
  }

  private static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /**
   * The same settings with some values replaced for all accounts, those with a value of their own
   * included; for the demo and for tests.
   */
  public Settings with(Map<String, String> replaced) {
    Map<String, String> copy = new TreeMap<>(values);
    copy.keySet()
        .removeIf(
            key -> {
              Matcher own = ACCOUNT_KEY.matcher(key);
              return own.matches() && replaced.containsKey(own.group(2));
            });
    copy.putAll(replaced);
    Map<String, String> where = new TreeMap<>(origins);
    where.keySet().retainAll(copy.keySet());
    where.keySet().removeAll(replaced.keySet());
    return new Settings(declared, copy, where, notes, mistakes, account, reads);
  }

  /** The settings as one account sees them: its own keys before the general ones. */
  public Settings forAccount(String name) {
    return new Settings(declared, values, origins, notes, mistakes, name, reads);
  }

  /** The same settings; each key that is read from now on is told, as the jar declares it. */
  public Settings telling(Consumer<String> reads) {
    return new Settings(declared, values, origins, notes, mistakes, account, reads);
  }

  /** The names of the accounts, in the order given. */
  public List<String> accounts() {
    List<String> names = list("clickspeak.accounts");
    names.forEach(name -> attempt(() -> checkAccountName("clickspeak.accounts", name)));
    if (names.isEmpty()) {
      refuse("clickspeak.accounts", " is empty: name at least one account.");
    }
    if (Set.copyOf(names).size() < names.size()) {
      refuse("clickspeak.accounts", " names an account twice: name each once.");
    }
    return names;
  }

  /** The names of the accounts whose leads go to this sink, in the order given. */
  public List<String> accountsWith(String sink) {
    return accounts().stream()
        .filter(name -> forAccount(name).list("lead.sinks").contains(sink))
        .toList();
  }

  /**
   * Refuses what cannot be the name of an account.
   *
   * @param where it stands, for the sentence
   */
  public static void checkAccountName(String where, String name) {
    if (!ACCOUNT_NAME.matcher(name).matches()) {
      throw new SettingsException(
          where
              + ": '"
              + name
              + "' is not an account name: use only the letters a to z and digits.");
    }
  }

  /** The value of a key without outer space; empty when nothing is set. */
  public String text(String key) {
    return value(key).strip();
  }

  /**
   * The value of a key that must be set.
   *
   * @param remedy what to do when it is not, as "create one under …"
   */
  public String required(String key, String remedy) {
    String text = text(key);
    if (text.isEmpty()) {
      boolean oneOfMany =
          account != null && nameOf(key).equals(key) && list("clickspeak.accounts").size() > 1;
      String whose = oneOfMany ? " for account " + account : "";
      refuse(key, " is not set" + whose + ": " + remedy + ".");
    }
    return text;
  }

  /** A comma-separated list without outer space and without empty entries. */
  public List<String> list(String key) {
    List<String> list =
        Arrays.stream(value(key).split(","))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .toList();
    if (list.stream().anyMatch(entry -> QUOTED.matcher(entry).matches())) {
      refuse(key, " holds quotes around an entry, which are no part of it: write it without them.");
    }
    return list;
  }

  /**
   * The same for a list that must have an entry.
   *
   * @param remedy what to do when it has none, as "name at least one …"
   */
  public List<String> requiredList(String key, String remedy) {
    List<String> list = list(key);
    if (list.isEmpty()) {
      refuse(key, " is empty: " + remedy + ".");
    }
    return list;
  }

  /** A whole number between the two bounds, both included. */
  public int number(String key, int least, int most) {
    String text = text(key);
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // answered below, together with numbers out of bounds
    }
    refuse(key, "=" + text + " is not a whole number from " + least + " to " + most + ".");
    return least;
  }

  /** A number such as 1 or 0.5, not below zero. */
  public double rate(String key) {
    String text = text(key);
    if (text.matches("\\d{1,6}(\\.\\d{1,6})?")) {
      return Double.parseDouble(text);
    }
    refuse(key, "=" + text + " is not a number such as 1 or 0.5: write one, or 0 for none.");
    return 0;
  }

  /** A number such as 7 or -0.5, exactly as written. */
  public BigDecimal decimal(String key) {
    String text = text(key);
    if (text.matches("-?\\d{1,6}(\\.\\d{1,6})?")) {
      return new BigDecimal(text);
    }
    refuse(key, "=" + text + " is not a number such as 7 or -0.5: write one.");
    return BigDecimal.ZERO;
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String key) {
    String text = text(key).toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      refuse(key, "=" + text(key) + " is neither true nor false: write one of them.");
    }
    return text.equals("true");
  }

  /** A duration such as 500ms, 30s, 15m, 2h or 2d, above zero. */
  public Duration duration(String key) {
    return duration(key, text(key));
  }

  /** A comma-separated list of durations, at least one. */
  public List<Duration> durations(String key) {
    List<Duration> durations = list(key).stream().map(text -> duration(key, text)).toList();
    if (durations.isEmpty()) {
      refuse(key, " is empty: give durations such as 5s, 30s, 5m.");
    }
    return durations;
  }

  /** A time zone such as UTC or Europe/Berlin. */
  public ZoneId zone(String key) {
    try {
      return ZoneId.of(text(key));
    } catch (DateTimeException e) {
      refuse(key, "=" + text(key) + " is not a time zone: write one such as UTC or Europe/Berlin.");
      return ZoneOffset.UTC;
    }
  }

  /**
   * An absolute https URL without query, user and closing slash; http only on this machine, because
   * every request to such an address carries a secret.
   */
  public String url(String key, String remedy) {
    String text = required(key, remedy).replaceAll("/+$", "");
    if (text.isEmpty()) {
      return text;
    }
    URI uri = null;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      // answered below, together with URLs of another kind
    }
    boolean http =
        uri != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
    if (!http
        || uri.getHost() == null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getUserInfo() != null) {
      refuse(key, " is not a URL such as https://host/path: " + remedy + ".");
    } else if (uri.getScheme().equals("http") && !LOOPBACK.matcher(uri.getHost()).matches()) {
      refuse(key, " begins with http://, which would send secrets unencrypted: write https://.");
    }
    return text;
  }

  /**
   * The Salesforce fields of the mapping with their expressions, sorted by field. An account's own
   * line adds or replaces a field; where it is empty the account has no such field.
   */
  public Map<String, String> salesforceMapping() {
    Map<String, String> mapping = new TreeMap<>();
    mapping.putAll(mappingUnder(MAPPING));
    if (account != null) {
      mapping.putAll(mappingUnder(ownKey(MAPPING)));
    }
    mapping.values().removeIf(String::isBlank);
    return mapping;
  }

  private Map<String, String> mappingUnder(String prefix) {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .collect(
            Collectors.toMap(
                entry -> entry.getKey().substring(prefix.length()), Map.Entry::getValue));
  }

  /** Everything as properties, for Camel's placeholders and its own {@code camel.*} keys. */
  public Properties asProperties() {
    Properties properties = new Properties();
    properties.putAll(values);
    return properties;
  }

  /** How a user has written this key: with the account's prefix where the account has its own. */
  public String nameOf(String key) {
    String own = ownKey(key);
    return own != null && values.containsKey(own) ? own : key;
  }

  private String value(String key) {
    reads.accept(key);
    String own = ownKey(key);
    String value = own == null ? null : values.get(own);
    if (value == null) {
      value = values.get(key);
    }
    if (value == null) {
      throw new IllegalStateException(key + " is not declared in application.properties");
    }
    return value;
  }

  private String ownKey(String key) {
    return account == null ? null : OWN + account + "." + key;
  }

  private Duration duration(String key, String text) {
    Matcher matcher = DURATION.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          };
      if (!duration.isZero() && duration.compareTo(Duration.ofDays(3650)) <= 0) {
        return duration;
      }
    }
    refuse(key, "=" + text + " is not a duration: write one such as 500ms, 30s, 15m or 2d.");
    return Duration.ofSeconds(1);
  }

  private boolean ours(String key) {
    int dot = key.indexOf('.');
    return dot > 0 && declared.systems().contains(key.substring(0, dot));
  }

  /** Unused in silence, they would send the leads of an account to the general places. */
  private void refuseUnknownAccounts() {
    List<String> known = list("clickspeak.accounts");
    for (String key : values.keySet()) {
      Matcher own = ACCOUNT_KEY.matcher(key);
      if (own.matches() && !known.contains(own.group(1))) {
        refuse(
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
    Matcher account = ACCOUNT_KEY.matcher(key);
    if (account.matches()) {
      String inner = account.group(2);
      if (perAccount(inner)
          && (declared.defaults().containsKey(inner) || inner.startsWith(MAPPING))) {
        return true;
      }
      Optional<String> near =
          Nearest.to(
              inner, declared.defaults().keySet().stream().filter(this::perAccount).toList());
      refuse(
          key,
          " is unknown: "
              + near.map(meant -> "did you mean " + OWN + account.group(1) + "." + meant + "? A")
                  .orElse("a")
              + "n account may have its own value of any clickspeak., lead., salesforce., slack. or"
              + " file. key of docs/settings.md except clickspeak.accounts and slack.api-url,"
              + " written whole as in clickspeak.account.acme.slack.channel.");
      return false;
    }
    if (ours(key) && !key.startsWith(MAPPING) && !declared.defaults().containsKey(key)) {
      refuse(
          key,
          " is unknown: "
              + Nearest.to(key, declared.defaults().keySet())
                  .map(meant -> "did you mean " + meant + "? docs/settings.md lists every key.")
                  .orElse("correct its spelling, docs/settings.md lists every key."));
      return false;
    }
    return true;
  }

  private static Map<String, String> defaults() {
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
