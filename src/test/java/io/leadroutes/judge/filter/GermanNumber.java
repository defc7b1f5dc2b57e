package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;

/** Accepts calls with a German number: the example of {@code judge-call}, in Java. */
public final class GermanNumber implements Filter {

  public GermanNumber(Settings settings) {}

  @Override
  public boolean accepts(Lead lead) {
    return lead.phone() != null && lead.phone().startsWith("+49");
  }
}
