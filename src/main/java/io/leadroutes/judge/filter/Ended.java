package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;

/** Accepts calls that are over. */
public final class Ended implements Filter {

  public Ended(Settings settings) {}

  @Override
  public boolean accepts(Lead lead) {
    return lead.call().terminal();
  }
}
