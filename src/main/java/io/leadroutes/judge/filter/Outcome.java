package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Accepts calls where any variable of {@code lead.outcome.variables} has any value of {@code
 * lead.outcome.values} in the evaluation. Names and values are compared without case and outer
 * space, a boolean as {@code true} or {@code false}, a number as written plainly.
 */
public final class Outcome implements Filter {

  private final Set<String> variables;
  private final Set<String> values;

  /**
   * @throws SettingsException when either list is empty: no call would ever be a lead
   */
  public Outcome(Settings settings) {
    variables =
        folded(settings, "lead.outcome.variables", "name the variables that decide, as outcome");
    values =
        folded(
            settings,
            "lead.outcome.values",
            "name the values that mean qualified, as qualified_lead");
  }

  @Override
  public boolean accepts(Lead lead) {
    Map<String, String> texts = Evaluation.texts(lead.evaluation());
    return variables.stream()
        .map(texts::get)
        .filter(Objects::nonNull)
        .anyMatch(text -> values.contains(Evaluation.fold(text)));
  }

  private static Set<String> folded(Settings settings, String key, String remedy) {
    return settings.requiredList(key, remedy).stream()
        .map(Evaluation::fold)
        .collect(Collectors.toUnmodifiableSet());
  }
}
