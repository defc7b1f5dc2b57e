package io.leadroutes.judge;

import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Extension;
import io.leadroutes.settings.Settings;
import java.util.function.Predicate;

/**
 * One condition a call must meet to be a lead. Its name stands in {@code lead.filters}; whatever
 * settings it reads are part of the rule, so that calls are judged again when they change. A filter
 * that is not shipped lies in a jar of {@code ./lib}, and a change of that jar counts likewise.
 */
public interface Filter extends Extension {

  /**
   * The condition as one account has it; it is asked by several threads.
   *
   * @param settings as the account sees them
   * @throws io.leadroutes.settings.SettingsException when they are wrong
   */
  Predicate<Lead> of(Settings settings);
}
