package io.leadroutes.settings;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The keys that may be set: those of {@link Keys}, and those of filters and sinks of jars. */
final class KeyTable {

  private static final String NAME = "[a-z][a-z0-9-]*(\\.[a-z0-9-]+)+";

  private final Map<String, Key> keys = new TreeMap<>();

  /** The first words of them: another key that begins so is mistyped. */
  private final Set<String> systems = new HashSet<>();

  /** What an account may have of its own, in the words of a sentence. */
  private final String own;

  /**
   * @throws SettingsException for a key that an extension cannot have
   */
  KeyTable(Collection<? extends Extension> extensions) {
    Keys.all().forEach(this::add);
    Set<String> taken = Set.copyOf(systems);
    for (Extension extension : extensions) {
      for (Key key : extension.keys()) {
        boolean usable =
            key.name().matches(NAME)
                && !key.system().equals("camel")
                && (!taken.contains(key.system()) || key.system().equals("lead"))
                && !has(key.name());
        if (!usable) {
          throw new SettingsException(
              extension.getClass().getName()
                  + " cannot have the key '"
                  + key.name()
                  + "': let it begin with a word that is nobody else's, as "
                  + extension.name()
                  + ".url.");
        }
        add(key);
      }
    }
    own = ownInWords();
  }

  private void add(Key key) {
    keys.put(key.name(), key);
    systems.add(key.system());
  }

  private static String ownInWords() {
    List<String> some =
        Keys.all().stream().filter(Key::perAccount).map(Key::system).distinct().toList();
    String except =
        Keys.all().stream()
            .filter(key -> some.contains(key.system()) && !key.perAccount())
            .map(Key::name)
            .collect(Collectors.joining(" and "));
    int last = some.size() - 1;
    return String.join("., ", some.subList(0, last))
        + ". or "
        + some.get(last)
        + ". key of docs/settings.md except "
        + except;
  }

  /** Keys of any account that may have its own value, as {@code slack., … except slack.api-url}. */
  String ownWords() {
    return own;
  }

  Map<String, Key> keys() {
    return keys;
  }

  Key key(String name) {
    return keys.get(name);
  }

  /** Whether a key may be set, the fields of a mapping among them. */
  boolean has(String name) {
    return keys.containsKey(name) || isField(name);
  }

  /** Whether it is a field of a mapping, whose name anybody chooses. */
  boolean isField(String name) {
    return name.startsWith(Keys.SALESFORCE_LEAD.name());
  }

  /** Whether a key begins with a word of ours, so that it is ours or mistyped. */
  boolean isOurs(String name) {
    int dot = name.indexOf('.');
    return dot > 0 && systems.contains(name.substring(0, dot));
  }

  boolean isSystem(String word) {
    return systems.contains(word);
  }

  /** Whether an account may have its own value of a key. */
  boolean isPerAccount(String name) {
    Key key = isField(name) ? Keys.SALESFORCE_LEAD : keys.get(name);
    return key != null && key.perAccount();
  }

  /** The key that somebody meant. */
  Optional<String> near(String written) {
    return Nearest.to(written, keys.keySet());
  }

  /** The same among those of which an account may have its own value. */
  Optional<String> nearOwn(String written) {
    return Nearest.to(written, keys.keySet().stream().filter(this::isPerAccount).toList());
  }
}
