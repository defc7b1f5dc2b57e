package io.leadroutes.judge;

import io.leadroutes.lead.Lead;

/**
 * One condition a call must meet to be a lead. The word in {@code lead.filters} names the class:
 * {@code min-score} is {@code io.leadroutes.judge.filter.MinScore}, public, with a public
 * constructor that takes the {@link io.leadroutes.settings.Settings} as the account sees them. So a
 * new filter is one class there and its word in {@code lead.filters}.
 */
@FunctionalInterface
public interface Filter {

  /** Whether the call may be a lead. Called by several threads. */
  boolean accepts(Lead lead);
}
