package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import java.util.function.Predicate;

/** Accepts calls that are over. */
public final class Ended implements Filter {

  @Override
  public String name() {
    return "ended";
  }

  @Override
  public Predicate<Lead> of(Settings settings) {
    return lead -> lead.call().terminal();
  }
}
