package io.leadroutes.judge.filter;

import io.leadroutes.call.Evaluation;
import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import java.util.function.Predicate;

/** Accepts calls over the telephone network: of every type but web, also of none. */
public final class NotWeb implements Filter {

  @Override
  public String name() {
    return "not-web";
  }

  @Override
  public Predicate<Lead> of(Settings settings) {
    return lead -> lead.type() == null || !Evaluation.fold(lead.type()).equals("web");
  }
}
