package io.leadroutes.salesforce;

import java.util.List;
import java.util.Map;

/**
 * One request of an attempt: up to 200 records of one object. Operation and names are made of
 * settings alone.
 *
 * @param operation of Camel's component
 * @param object Lead, or Task for the calls that are logged
 * @param idField the external id field that says which record it is; not looked at by an insert
 * @param positions which of the attempt's leads the records are for
 */
public record SalesforceRequest(
    String operation,
    String object,
    String idField,
    List<Integer> positions,
    List<Map<String, Object>> records) {

  static final String UPSERT = "compositeUpsertSObjectCollections";
  static final String INSERT = "compositeCreateSObjectCollections";

  boolean ofTasks() {
    return object.equals(CallTask.OBJECT);
  }

  /** Prints counts only. */
  @Override
  public String toString() {
    return "SalesforceRequest[" + records.size() + " of " + object + "]";
  }
}
