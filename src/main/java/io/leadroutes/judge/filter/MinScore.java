package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Accepts calls whose score is {@code lead.min-score} or more. The score is the first variable of
 * {@code lead.score.variables} whose value in the evaluation is a number or a text that is one;
 * names are compared by their letters and digits, without case. A call without score is not
 * accepted.
 */
public final class MinScore implements Filter {

  @Override
  public String name() {
    return "min-score";
  }

  /**
   * @throws SettingsException when {@code lead.min-score} is not a number, or no variable is named:
   *     no call would ever be a lead
   */
  @Override
  public Predicate<Lead> of(Settings settings) {
    List<String> variables =
        settings.requiredList(Keys.LEAD_SCORE_VARIABLES).stream()
            .map(Evaluation::foldName)
            .toList();
    BigDecimal least = settings.decimal(Keys.LEAD_MIN_SCORE);
    return lead -> {
      Map<String, String> texts = Evaluation.texts(lead.evaluation());
      return variables.stream()
          .map(texts::get)
          .filter(Objects::nonNull)
          .map(Evaluation::number)
          .flatMap(Optional::stream)
          .findFirst()
          .filter(score -> score.compareTo(least) >= 0)
          .isPresent();
    };
  }
}
