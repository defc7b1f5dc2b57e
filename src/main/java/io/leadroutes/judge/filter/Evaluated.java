package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import java.util.function.Predicate;

/** Accepts calls that the platform has evaluated. */
public final class Evaluated implements Filter {

  @Override
  public String name() {
    return "evaluated";
  }

  @Override
  public Predicate<Lead> of(Settings settings) {
    return lead -> lead.call().evaluated();
  }
}
