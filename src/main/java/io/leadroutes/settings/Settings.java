package io.leadroutes.settings;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The settings of one start: the defaults of the jar, overridden key by key by {@code
 * ./application.properties}, by the environment ({@code SLACK_TOKEN} for {@code slack.token}) and
 * by {@code -D}. Who reads a value names its {@link Key}, which knows what it must be and what to
 * do where it is not. Keys that are no part of the table are read by their names.
 */
public final class Settings {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern ACCOUNT_NAME = Pattern.compile("[a-z0-9]+");
  static final Pattern ACCOUNT_KEY = Pattern.compile("clickspeak\\.account\\.([^.]+)\\.(.+)");
  private static final String OWN = "clickspeak.account.";

  /** Docker's env files and properties keep the quotes that a shell takes away. */
  static final Pattern QUOTED = Pattern.compile("(?s)\".*\"|'.*'|[“„”].*[“”]|[‘‚’].*[‘’]");

  private static final Pattern LOOPBACK =
      Pattern.compile("(?i)localhost|.+\\.localhost|127(?:\\.\\d{1,3}){3}|\\[::1]");

  private final KeyTable table;
  private final Map<String, String> values;

  /** Where a value stands, as {@code application.properties, line 7}; the jar's are not in it. */
  private final Map<String, String> origins;

  private final List<String> notes;

  /** Null where a mistake is thrown at once. */
  private final Mistakes mistakes;

  private final String account;
  private final Consumer<String> reads;

  private Settings(
      KeyTable table,
      Map<String, String> values,
      Map<String, String> origins,
      List<String> notes,
      Mistakes mistakes,
      String account,
      Consumer<String> reads) {
    this.table = table;
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
    KeyTable table = new KeyTable(extensions);
    Map<String, String> values = Sources.defaults(table);
    Map<String, String> origins = new TreeMap<>();
    List<String> notes = new ArrayList<>();
    Mistakes mistakes = new Mistakes(origins);
    Settings settings = new Settings(table, values, origins, notes, mistakes, null, key -> {});
    new Sources(settings, table, values, origins, notes, mistakes)
        .read(directory, environment, system);
    return settings;
  }

  /** The same settings, with mistakes collected from now on. */
  public Settings collecting() {
    return mistakes != null
        ? this
        : new Settings(table, values, origins, notes, new Mistakes(origins), account, reads);
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
    return new Settings(table, values, origins, notes, null, account, reads);
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

  /** As {@link #refuse(String, String)}. */
  public void refuse(Key key, String rest) {
    refuse(key.name(), rest);
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

  /**
   * Looks at the keys that are not this program's. One that no route uses, nor another value, is
   * refused where it is nearly one of ours, and noted otherwise: somebody's own Java may read it.
   *
   * @param routes text of all route files
   */
  public void checkKeysOfOthers(String routes) {
    String readers = routes + String.join("\n", values.values());
    for (String key : origins.keySet()) {
      if (table.isOurs(key) || key.startsWith("camel.") || ACCOUNT_KEY.matcher(key).matches()) {
        continue;
      }
      String first = key.replaceFirst("\\..*", "");
      if (Pattern.compile("\\{\\{\\??" + Pattern.quote(first) + "[.}:]").matcher(readers).find()) {
        continue;
      }
      Optional<String> near = table.near(key);
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
   * Durations, and true or false, whoever reads them and when. Mistakes in them are collected
   * before anything starts.
   */
  public void checkKinds() {
    for (String name : values.keySet()) {
      Matcher own = ACCOUNT_KEY.matcher(name);
      boolean isOwn = own.matches();
      Settings whose = isOwn ? forAccount(own.group(1)) : this;
      Key key = table.key(isOwn ? own.group(2) : name);
      if (key != null && key.kind() == Key.Kind.DURATION) {
        whose.duration(key);
      } else if (key != null && key.kind() == Key.Kind.FLAG) {
        whose.flag(key);
      }
    }
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
    return new Settings(table, copy, where, notes, mistakes, account, reads);
  }

  /** The settings as one account sees them: its own keys before the general ones. */
  public Settings forAccount(String name) {
    return new Settings(table, values, origins, notes, mistakes, name, reads);
  }

  /** The same settings; each key that is read from now on is told, as the jar declares it. */
  public Settings telling(Consumer<String> reads) {
    return new Settings(table, values, origins, notes, mistakes, account, reads);
  }

  /** The names of the accounts, in the order given. */
  public List<String> accounts() {
    List<String> names = list(Keys.CLICKSPEAK_ACCOUNTS);
    names.forEach(name -> attempt(() -> checkAccountName(Keys.CLICKSPEAK_ACCOUNTS.name(), name)));
    if (names.isEmpty()) {
      refuse(Keys.CLICKSPEAK_ACCOUNTS, " is empty: name at least one account.");
    }
    if (Set.copyOf(names).size() < names.size()) {
      refuse(Keys.CLICKSPEAK_ACCOUNTS, " names an account twice: name each once.");
    }
    return names;
  }

  /** The names of the accounts whose leads go to this sink, in the order given. */
  public List<String> accountsWith(String sink) {
    return accounts().stream()
        .filter(name -> forAccount(name).list(Keys.LEAD_SINKS).contains(sink))
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
  public String text(Key key) {
    return text(key.name());
  }

  /** The same by the name of a key, which may be an engineer's own. */
  public String text(String key) {
    return value(key).strip();
  }

  /** The value of a key that must be set; its remedy says what to do when it is not. */
  public String required(Key key) {
    String text = text(key);
    if (text.isEmpty()) {
      boolean oneOfMany =
          account != null
              && nameOf(key).equals(key.name())
              && list(Keys.CLICKSPEAK_ACCOUNTS).size() > 1;
      String whose = oneOfMany ? " for account " + account : "";
      refuse(key, " is not set" + whose + ": " + key.remedy() + ".");
    }
    return text;
  }

  /** A comma-separated list without outer space and without empty entries. */
  public List<String> list(Key key) {
    return list(key.name());
  }

  /** The same by the name of a key. */
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

  /** A list that must have an entry; the key's remedy says what to do when it has none. */
  public List<String> requiredList(Key key) {
    List<String> list = list(key);
    if (list.isEmpty()) {
      refuse(key, " is empty: " + key.remedy() + ".");
    }
    return list;
  }

  /** A whole number between the bounds of the key, both included. */
  public int number(Key key) {
    String text = text(key);
    try {
      int number = Integer.parseInt(text);
      if (number >= key.least() && number <= key.most()) {
        return number;
      }
    } catch (NumberFormatException e) {
      // answered below, together with numbers out of bounds
    }
    refuse(key, is(key) + " is not a whole number from " + key.least() + " to " + key.most() + ".");
    return key.least();
  }

  /** A number such as 1 or 0.5, not below zero. */
  public double rate(Key key) {
    String text = text(key);
    if (text.matches("\\d{1,6}(\\.\\d{1,6})?")) {
      return Double.parseDouble(text);
    }
    refuse(key, is(key) + " is not a number such as 1 or 0.5: write one, or 0 for none.");
    return 0;
  }

  /** A number such as 7 or -0.5, exactly as written. */
  public BigDecimal decimal(Key key) {
    String text = text(key);
    if (text.matches("-?\\d{1,6}(\\.\\d{1,6})?")) {
      return new BigDecimal(text);
    }
    refuse(key, is(key) + " is not a number such as 7 or -0.5: write one.");
    return BigDecimal.ZERO;
  }

  /** {@code true} or {@code false}. */
  public boolean flag(Key key) {
    String text = text(key).toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      refuse(key, is(key) + " is neither true nor false: write one of them.");
    }
    return text.equals("true");
  }

  /** A duration such as 500ms, 30s, 15m, 2h or 2d, above zero. */
  public Duration duration(Key key) {
    return duration(key, text(key));
  }

  /** A comma-separated list of durations, at least one. */
  public List<Duration> durations(Key key) {
    List<Duration> durations = list(key).stream().map(text -> duration(key, text)).toList();
    if (durations.isEmpty()) {
      refuse(key, " is empty: give durations such as 5s, 30s, 5m.");
    }
    return durations;
  }

  /** A time zone such as UTC or Europe/Berlin. */
  public ZoneId zone(Key key) {
    try {
      return ZoneId.of(text(key));
    } catch (DateTimeException e) {
      refuse(key, is(key) + " is not a time zone: write one such as UTC or Europe/Berlin.");
      return ZoneOffset.UTC;
    }
  }

  /**
   * An absolute https URL without query, user and closing slash; http only on this machine, because
   * every request to such an address carries a secret.
   */
  public String url(Key key) {
    String text = required(key).replaceAll("/+$", "");
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
      refuse(key, " is not a URL such as https://host/path: " + key.remedy() + ".");
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
    mapping.putAll(mappingUnder(Keys.SALESFORCE_LEAD.name()));
    if (account != null) {
      mapping.putAll(mappingUnder(ownKey(Keys.SALESFORCE_LEAD.name())));
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

  /** Its value as a sentence quotes it, which it does not where it is a secret. */
  private String is(Key key) {
    return key.secret() ? "" : "=" + text(key);
  }

  /** As {@link #nameOf(String)}. */
  public String nameOf(Key key) {
    return nameOf(key.name());
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

  private Duration duration(Key key, String text) {
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
    refuse(
        key,
        (key.secret() ? "" : "=" + text)
            + " is not a duration: write one such as 500ms, 30s, 15m or 2d.");
    return Duration.ofSeconds(1);
  }
}
