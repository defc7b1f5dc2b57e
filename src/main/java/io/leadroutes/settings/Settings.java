package io.leadroutes.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
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
  private static final Set<String> SYSTEMS =
      Set.of(
          "clickspeak",
          "poll",
          "lead",
          "ledger",
          "sink",
          "retry",
          "salesforce",
          "slack",
          "file",
          "kafka",
          "webhook",
          "console");
  private static final Set<String> PER_ACCOUNT =
      Set.of("clickspeak", "lead", "salesforce", "slack", "file");
  private static final Set<String> GENERAL = Set.of("clickspeak.accounts", "slack.api-url");
  private static final String OWN = "clickspeak.account.";
  private static final String MAPPING = "salesforce.lead.";

  private final Map<String, String> values;
  private final String account;

  private Settings(Map<String, String> values, String account) {
    this.values = values;
    this.account = account;
  }

  /**
   * Reads the settings of this start.
   *
   * @param directory where {@code application.properties} may lie
   * @param environment usually {@link System#getenv()}
   * @param system usually {@link System#getProperties()}
   * @throws SettingsException when the file cannot be read, or a key or its account is unknown
   */
  public static Settings load(Path directory, Map<String, String> environment, Properties system) {
    Properties defaults = defaults();
    Map<String, String> values = new TreeMap<>();
    defaults.stringPropertyNames().forEach(key -> values.put(key, defaults.getProperty(key)));
    Properties own = read(directory.resolve("application.properties"));
    for (String key : own.stringPropertyNames()) {
      refuseUnknown(key, defaults);
      values.put(key, own.getProperty(key));
    }
    for (String key : system.stringPropertyNames()) {
      // The JVM has keys of its own that begin with file., as file.encoding.
      if (ours(key) && (!key.startsWith("file.") || defaults.containsKey(key))) {
        refuseUnknown(key, defaults);
        values.put(key, system.getProperty(key));
      }
    }
    for (String key : values.keySet()) {
      String variable = variable(key);
      if (environment.containsKey(variable) && system.getProperty(key) == null) {
        values.put(key, environment.get(variable));
      }
    }
    Settings settings = new Settings(values, null);
    settings.refuseUnknownAccounts();
    settings.readAccountsFrom(environment, system);
    return settings;
  }

  /** An account's own keys may stand in the environment alone, its token above all. */
  private void readAccountsFrom(Map<String, String> environment, Properties system) {
    List<String> possible = values.keySet().stream().filter(Settings::perAccount).toList();
    for (String name : list("clickspeak.accounts")) {
      for (String key : possible) {
        String own = OWN + name + "." + key;
        String value = environment.get(variable(own));
        if (value != null && system.getProperty(own) == null) {
          values.put(own, value);
        }
      }
    }
  }

  /** Whether an account may have its own value of a general key. */
  private static boolean perAccount(String key) {
    int dot = key.indexOf('.');
    return dot > 0
        && PER_ACCOUNT.contains(key.substring(0, dot))
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
    return new Settings(copy, account);
  }

  /** The settings as one account sees them: its own keys before the general ones. */
  public Settings forAccount(String name) {
    return new Settings(values, name);
  }

  /** The names of the accounts, in the order given. */
  public List<String> accounts() {
    List<String> names = list("clickspeak.accounts");
    names.forEach(name -> checkAccountName("clickspeak.accounts", name));
    if (names.isEmpty()) {
      throw new SettingsException("clickspeak.accounts is empty: name at least one account.");
    }
    if (Set.copyOf(names).size() < names.size()) {
      throw new SettingsException("clickspeak.accounts names an account twice: name each once.");
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
      throw new SettingsException(nameOf(key) + " is not set" + whose + ": " + remedy + ".");
    }
    return text;
  }

  /** A comma-separated list without outer space and without empty entries. */
  public List<String> list(String key) {
    return Arrays.stream(value(key).split(","))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  /**
   * The same for a list that must have an entry.
   *
   * @param remedy what to do when it has none, as "name at least one …"
   */
  public List<String> requiredList(String key, String remedy) {
    List<String> list = list(key);
    if (list.isEmpty()) {
      throw new SettingsException(nameOf(key) + " is empty: " + remedy + ".");
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
    throw new SettingsException(
        nameOf(key) + "=" + text + " is not a whole number from " + least + " to " + most + ".");
  }

  /** A number such as 1 or 0.5, not below zero. */
  public double rate(String key) {
    String text = text(key);
    if (text.matches("\\d{1,6}(\\.\\d{1,6})?")) {
      return Double.parseDouble(text);
    }
    throw new SettingsException(
        nameOf(key) + "=" + text + " is not a number such as 1 or 0.5: write one, or 0 for none.");
  }

  /** A number such as 7 or -0.5, exactly as written. */
  public BigDecimal decimal(String key) {
    String text = text(key);
    if (text.matches("-?\\d{1,6}(\\.\\d{1,6})?")) {
      return new BigDecimal(text);
    }
    throw new SettingsException(
        nameOf(key) + "=" + text + " is not a number such as 7 or -0.5: write one.");
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String key) {
    return switch (text(key).toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new SettingsException(
              nameOf(key) + "=" + text(key) + " is neither true nor false: write one of them.");
    };
  }

  /** A duration such as 500ms, 30s, 15m, 2h or 2d, above zero. */
  public Duration duration(String key) {
    return duration(key, text(key));
  }

  /** A comma-separated list of durations, at least one. */
  public List<Duration> durations(String key) {
    List<Duration> durations = list(key).stream().map(text -> duration(key, text)).toList();
    if (durations.isEmpty()) {
      throw new SettingsException(nameOf(key) + " is empty: give durations such as 5s, 30s, 5m.");
    }
    return durations;
  }

  /** A time zone such as UTC or Europe/Berlin. */
  public ZoneId zone(String key) {
    try {
      return ZoneId.of(text(key));
    } catch (DateTimeException e) {
      throw new SettingsException(
          nameOf(key)
              + "="
              + text(key)
              + " is not a time zone: write one such as UTC or Europe/Berlin.");
    }
  }

  /** An absolute http or https URL without query, user and closing slash. */
  public String url(String key, String remedy) {
    String text = required(key, remedy).replaceAll("/+$", "");
    try {
      URI uri = URI.create(text);
      boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getRawQuery() == null && uri.getUserInfo() == null) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // answered below, together with URLs of another kind
    }
    throw new SettingsException(
        nameOf(key) + " is not a URL such as https://host/path: " + remedy + ".");
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
    throw new SettingsException(
        nameOf(key) + "=" + text + " is not a duration: write one such as 500ms, 30s, 15m or 2d.");
  }

  private static boolean ours(String key) {
    int dot = key.indexOf('.');
    return dot > 0 && SYSTEMS.contains(key.substring(0, dot));
  }

  /** Unused in silence, they would send the leads of an account to the general places. */
  private void refuseUnknownAccounts() {
    List<String> known = list("clickspeak.accounts");
    for (String key : values.keySet()) {
      Matcher own = ACCOUNT_KEY.matcher(key);
      if (own.matches() && !known.contains(own.group(1))) {
        throw new SettingsException(
            key
                + " is of no account: add '"
                + own.group(1)
                + "' to clickspeak.accounts, correct its spelling, or remove the line.");
      }
    }
  }

  /** Keys of other systems are the engineer's own, for placeholders in a route of theirs. */
  private static void refuseUnknown(String key, Properties defaults) {
    Matcher account = ACCOUNT_KEY.matcher(key);
    if (account.matches()) {
      String inner = account.group(2);
      if (perAccount(inner) && (defaults.containsKey(inner) || inner.startsWith(MAPPING))) {
        return;
      }
      throw new SettingsException(
          key
              + " is unknown: an account may have its own value of any clickspeak., lead.,"
              + " salesforce., slack. or file. key of the README except clickspeak.accounts and"
              + " slack.api-url, written whole as in clickspeak.account.acme.slack.channel.");
    }
    if (ours(key) && !key.startsWith(MAPPING) && !defaults.containsKey(key)) {
      throw new SettingsException(
          key + " is unknown: correct its spelling, the README lists every key.");
    }
  }

  private static Properties defaults() {
    try (InputStream in = Settings.class.getResourceAsStream("/application.properties")) {
      Properties defaults = new Properties();
      defaults.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      return defaults;
    } catch (IOException e) {
      throw new UncheckedIOException("The jar has no application.properties.", e);
    }
  }

  private static Properties read(Path file) {
    Properties properties = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new SettingsException(
            file + " cannot be read (" + e.getMessage() + "): correct it or its permissions.");
      }
    }
    return properties;
  }
}
