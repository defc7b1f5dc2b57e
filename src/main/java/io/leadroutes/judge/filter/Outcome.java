package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Key;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Accepts calls where any variable of {@code lead.outcome.variables} has any value of {@code
 * lead.outcome.values} in the evaluation. Names are compared by their letters and digits, without
 * case, values without case and outer space, a number as written plainly. A boolean is {@code true}
 * or {@code false}, and so are 1 and 0, which is how a database may tell it.
 */
public final class Outcome implements Filter {

  @Override
  public String name() {
    return "outcome";
  }

  private static final Map<String, String> BOOLEANS =
      Map.of("true", "1", "1", "true", "1.0", "true", "false", "0", "0", "false", "0.0", "false");

  /**
   * @throws SettingsException when either list is empty: no call would ever be a lead
   */
  @Override
  public Predicate<Lead> of(Settings settings) {
    Set<String> variables = folded(settings, Keys.LEAD_OUTCOME_VARIABLES, Evaluation::foldName);
    Set<String> values = folded(settings, Keys.LEAD_OUTCOME_VALUES, Evaluation::fold);
    return lead -> {
      Map<String, String> texts = Evaluation.texts(lead.evaluation());
      return variables.stream()
          .map(texts::get)
          .filter(Objects::nonNull)
          .map(Evaluation::fold)
          .anyMatch(
              value ->
                  values.contains(value) || values.contains(BOOLEANS.getOrDefault(value, value)));
    };
  }

  private static Set<String> folded(Settings settings, Key key, UnaryOperator<String> fold) {
    return settings.requiredList(key).stream().map(fold).collect(Collectors.toUnmodifiableSet());
  }
}
