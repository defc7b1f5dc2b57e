package io.leadroutes.settings;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The keys that may be set: those of this program, and those of the filters and sinks of {@code
 * ./lib}.
 *
 * @param defaults each key with its default
 * @param systems the first words of them: another key that begins so is mistyped
 * @param perAccount the first words of those of which an account may have its own value
 */
record Declared(Map<String, String> defaults, Set<String> systems, Set<String> perAccount) {

  /** What an account may have its own value of. */
  private static final Set<String> ACCOUNTS =
      Set.of("clickspeak", "lead", "salesforce", "slack", "file");

  /**
   * @param shipped the keys of this program
   * @throws SettingsException for a key that an extension cannot have
   */
  static Declared of(Map<String, String> shipped, Collection<? extends Extension> extensions) {
    Map<String, String> defaults = new TreeMap<>(shipped);
    Set<String> systems = new HashSet<>();
    shipped.keySet().forEach(key -> systems.add(system(key)));
    // Camel's own keys are nobody's here.
    systems.remove("camel");
    Set<String> taken = Set.copyOf(systems);
    Set<String> perAccount = new HashSet<>(ACCOUNTS);
    for (Extension extension : extensions) {
      extension
          .keys()
          .forEach(
              (key, usual) -> {
                String system = system(key);
                if (!key.matches("[a-z][a-z0-9-]*(\\.[a-z0-9-]+)+")
                    || system.equals("camel")
                    || taken.contains(system) && !system.equals("lead")
                    || defaults.putIfAbsent(key, usual) != null) {
                  throw new SettingsException(
                      extension.getClass().getName()
                          + " cannot have the key '"
                          + key
                          + "': let it begin with a word that is nobody else's, as "
                          + extension.name()
                          + ".url.");
                }
                systems.add(system);
                if (extension.perAccount()) {
                  perAccount.add(system);
                }
              });
    }
    return new Declared(defaults, systems, perAccount);
  }

  private static String system(String key) {
    return key.replaceFirst("\\..*", "");
  }
}
