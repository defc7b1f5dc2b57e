package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import java.util.function.Predicate;

/** Accepts calls with a German number: the example of {@code judge-call}, in Java. */
public final class GermanNumber implements Filter {

  @Override
  public String name() {
    return "german-number";
  }

  @Override
  public Predicate<Lead> of(Settings settings) {
    return lead -> lead.phone() != null && lead.phone().startsWith("+49");
  }
}
