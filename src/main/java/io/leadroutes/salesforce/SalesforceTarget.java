package io.leadroutes.salesforce;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where and how the leads of one account are upserted.
 *
 * @param component name of the Camel component that is logged in to the account's org
 * @param allowDuplicates whether a duplicate rule that alerts is passed over
 * @param callTask how a call is logged, null when it is not
 * @param timeout of one request
 * @param proven whether a lead was accepted since one was last refused for what may be its value or
 *     the settings: then it was its value
 */
record SalesforceTarget(
    String component,
    SalesforceMapping mapping,
    boolean allowDuplicates,
    CallTask callTask,
    Duration timeout,
    AtomicBoolean proven) {}
