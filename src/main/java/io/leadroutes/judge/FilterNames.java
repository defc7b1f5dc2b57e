package io.leadroutes.judge;

import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds filters by the words of {@code lead.filters}. */
final class FilterNames {

  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final String PACKAGE = FilterNames.class.getPackageName() + ".filter.";

  private FilterNames() {}

  /**
   * The filter of a word, as {@link Filter} tells.
   *
   * @param settings as the account sees them
   * @throws SettingsException when there is none, or when its own settings are wrong
   */
  static Filter filter(String word, Settings settings) {
    if (!WORD.matcher(word).matches()) {
      throw new SettingsException(
          "lead.filters: '" + word + "' is not the name of a filter: write one such as outcome.");
    }
    String className =
        Arrays.stream(word.split("-"))
            .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
            .collect(Collectors.joining("", PACKAGE, ""));
    try {
      return Class.forName(className)
          .asSubclass(Filter.class)
          .getConstructor(Settings.class)
          .newInstance(settings);
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      throw new SettingsException(
          "lead.filters: there is no filter '"
              + word
              + "': correct its spelling, docs/rules.md lists those that are shipped, or add the"
              + " class "
              + className
              + ".");
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SettingsException wrong) {
        throw wrong;
      }
      throw new IllegalStateException(className + " cannot be made.", e.getCause());
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalStateException(
          className + " must be a Filter with a public constructor that takes Settings.", e);
    }
  }
}
