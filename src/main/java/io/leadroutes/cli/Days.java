package io.leadroutes.cli;

import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What commands about days, accounts and sinks understand alike. */
final class Days {

  private static final int LAST_YEAR = 9999;

  private Days() {}

  /**
   * A day such as 2026-01-31.
   *
   * @throws SettingsException when it is none
   */
  static LocalDate day(String option, String text) {
    try {
      LocalDate day = LocalDate.parse(text);
      if (day.getYear() > 0 && day.getYear() <= LAST_YEAR) {
        return day;
      }
    } catch (DateTimeParseException e) {
      // answered below, together with days that no clock counts
    }
    throw new SettingsException(
        option + "=" + text + " is not a day: write one such as 2026-01-31.");
  }

  /** Refuses a range that ends before it begins. */
  static void checkOrder(LocalDate from, LocalDate to) {
    if (to.isBefore(from)) {
      throw new SettingsException("--to=" + to + " is before --from=" + from + ": swap them.");
    }
  }

  /** The named account, or all. */
  static List<String> accounts(Settings settings, String name) {
    List<String> all = settings.accounts();
    if (name == null) {
      return all;
    }
    if (!all.contains(name)) {
      throw new SettingsException(
          "--account=" + name + " is not in clickspeak.accounts: name one of " + all + ".");
    }
    return List.of(name);
  }

  /** The accounts of these whose leads go to the sink. */
  static List<String> withSink(Settings settings, List<String> names, String sink) {
    List<String> with =
        names.stream()
            .filter(name -> settings.forAccount(name).list(Keys.LEAD_SINKS).contains(sink))
            .toList();
    if (with.isEmpty()) {
      Set<String> known = new TreeSet<>();
      names.forEach(name -> known.addAll(settings.forAccount(name).list(Keys.LEAD_SINKS)));
      throw new SettingsException(
          "--sink="
              + sink
              + " is not in lead.sinks: name one of "
              + String.join(", ", known)
              + ".");
    }
    return with;
  }
}
