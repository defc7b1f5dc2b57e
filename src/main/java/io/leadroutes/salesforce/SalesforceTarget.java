package io.leadroutes.salesforce;

import java.time.Duration;

/**
 * Where and how the leads of one account are upserted.
 *
 * @param component name of the Camel component that is logged in to the account's org
 * @param connection that component
 * @param allowDuplicates whether a duplicate rule that alerts is passed over
 * @param assignment of new leads: value of {@code Sforce-Auto-Assign}, null for what the org does
 * @param callTask how a call is logged, null when it is not
 * @param timeout of one request
 */
record SalesforceTarget(
    String component,
    SalesforceConnection connection,
    SalesforceMapping mapping,
    boolean allowDuplicates,
    String assignment,
    CallTask callTask,
    Duration timeout) {

  /** Assignment rules are for new leads: a change must not take one from its salesperson. */
  static final String LEAVE_OWNER = "FALSE";
}
