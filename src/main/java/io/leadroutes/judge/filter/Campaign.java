package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Accepts calls of the campaigns in {@code lead.campaigns}. Names are compared without case and
 * outer space; a call without campaign is not accepted.
 */
public final class Campaign implements Filter {

  @Override
  public String name() {
    return "campaign";
  }

  /**
   * @throws SettingsException when the list is empty: no call would ever be a lead
   */
  @Override
  public Predicate<Lead> of(Settings settings) {
    Set<String> names =
        settings.requiredList(Keys.LEAD_CAMPAIGNS).stream()
            .map(Evaluation::fold)
            .collect(Collectors.toUnmodifiableSet());
    return lead -> lead.campaign() != null && names.contains(Evaluation.fold(lead.campaign()));
  }
}
