package io.leadroutes.cli;

import io.leadroutes.ledger.Ledger;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Ready only while the ledger answers. */
final class LedgerHealth extends AbstractHealthCheck {

  private final Ledger ledger;

  LedgerHealth(Ledger ledger) {
    super("lead-routes", "ledger");
    this.ledger = ledger;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    if (ledger.answers()) {
      builder.up();
    } else {
      builder.message("The ledger does not answer: check ledger.url and its database.").down();
    }
  }

  @Override
  public boolean isLiveness() {
    return false;
  }
}
