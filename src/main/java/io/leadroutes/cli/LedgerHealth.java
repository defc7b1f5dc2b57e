package io.leadroutes.cli;

import io.leadroutes.ledger.Ledger;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Ready only while the ledger can be written. */
final class LedgerHealth extends AbstractHealthCheck {

  private final Ledger ledger;

  LedgerHealth(Ledger ledger) {
    super("lead-routes", "ledger");
    this.ledger = ledger;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    ledger
        .troubleWithWriting()
        .ifPresentOrElse(sentence -> builder.message(sentence).down(), builder::up);
  }

  @Override
  public boolean isLiveness() {
    return false;
  }
}
