package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;

/** Accepts calls that the platform has evaluated. */
public final class Evaluated implements Filter {

  public Evaluated(Settings settings) {}

  @Override
  public boolean accepts(Lead lead) {
    return lead.call().evaluated();
  }
}
