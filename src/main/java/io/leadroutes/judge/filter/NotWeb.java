package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;

/** Accepts calls over the telephone network: of every type but web, also of none. */
public final class NotWeb implements Filter {

  public NotWeb(Settings settings) {}

  @Override
  public boolean accepts(Lead lead) {
    return lead.type() == null || !Evaluation.fold(lead.type()).equals("web");
  }
}
