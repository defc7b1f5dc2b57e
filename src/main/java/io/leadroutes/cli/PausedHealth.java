package io.leadroutes.cli;

import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Overview;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Says what is paused, why, and what to do. It is always up: other accounts and sinks go on, and a
 * restart would change nothing.
 */
final class PausedHealth extends AbstractHealthCheck {

  private final Ledger ledger;

  PausedHealth(Ledger ledger) {
    super("lead-routes", "paused");
    this.ledger = ledger;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    // Where the ledger does not answer, its own check says so.
    Map<String, String> paused = ledger.answers() ? Overview.paused(ledger) : Map.of();
    if (!paused.isEmpty()) {
      builder.message(
          paused.entrySet().stream()
              .map(thing -> thing.getKey() + " is paused: " + thing.getValue())
              .collect(Collectors.joining(" ")));
    }
    builder.up();
  }

  @Override
  public boolean isLiveness() {
    return false;
  }
}
