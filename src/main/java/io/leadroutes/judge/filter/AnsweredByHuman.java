package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;

/** Accepts calls that the platform says a human answered. */
public final class AnsweredByHuman implements Filter {

  public AnsweredByHuman(Settings settings) {}

  @Override
  public boolean accepts(Lead lead) {
    return lead.answeredBy() != null && Evaluation.fold(lead.answeredBy()).equals("human");
  }
}
