package io.leadroutes.salesforce;

/**
 * Where and how the leads of one account are upserted.
 *
 * @param component name of the Camel component that is logged in to the account's org
 * @param allowDuplicates whether a duplicate rule that alerts is passed over
 */
record SalesforceTarget(String component, SalesforceMapping mapping, boolean allowDuplicates) {}
