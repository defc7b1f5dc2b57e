package io.leadroutes.salesforce;

import io.leadroutes.lead.Outcome;
import org.apache.camel.component.salesforce.api.SalesforceException;

/** A log-in that brought no session: nothing of a lead left. */
final class SalesforceLoginException extends SalesforceException {

  private static final long serialVersionUID = 1L;

  private final transient Outcome outcome;

  /**
   * @param outcome what it means for whatever was to be sent
   * @param status of the answer, 0 where none came
   */
  SalesforceLoginException(Outcome outcome, int status) {
    super(outcome.reason(), status);
    this.outcome = outcome;
  }

  Outcome outcome() {
    return outcome;
  }
}
