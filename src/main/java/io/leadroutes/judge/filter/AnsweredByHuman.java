package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import java.util.function.Predicate;

/** Accepts calls that the platform says a human answered. */
public final class AnsweredByHuman implements Filter {

  @Override
  public String name() {
    return "answered-by-human";
  }

  @Override
  public Predicate<Lead> of(Settings settings) {
    return lead -> lead.answeredBy() != null && Evaluation.fold(lead.answeredBy()).equals("human");
  }
}
