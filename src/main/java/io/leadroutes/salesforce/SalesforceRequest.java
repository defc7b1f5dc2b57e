package io.leadroutes.salesforce;

import java.util.List;
import java.util.Map;

/**
 * One request of an attempt: up to 200 records of one object, or the question which of them are
 * there. Operation and names are made of settings alone.
 *
 * @param operation of Camel's component, with its parameters
 * @param tasks whether it is of the Tasks of calls, and not of Leads
 * @param autoAssign value of {@code Sforce-Auto-Assign}, null to leave it out
 * @param positions which of the attempt's leads the records are for
 * @param records empty for a question
 * @param question in SOQL, null for records
 */
public record SalesforceRequest(
    String operation,
    boolean tasks,
    String autoAssign,
    List<Integer> positions,
    List<Map<String, Object>> records,
    String question) {

  static SalesforceRequest upsert(
      String object,
      String idField,
      String autoAssign,
      List<Integer> positions,
      List<Map<String, Object>> records) {
    String operation =
        "compositeUpsertSObjectCollections?allOrNone=false&sObjectName="
            + object
            + "&sObjectIdName="
            + idField;
    return new SalesforceRequest(
        operation, object.equals(CallTask.OBJECT), autoAssign, positions, records, null);
  }

  static SalesforceRequest insertOfTasks(
      List<Integer> positions, List<Map<String, Object>> records) {
    return new SalesforceRequest(
        "compositeCreateSObjectCollections?allOrNone=false&sObjectName=" + CallTask.OBJECT,
        true,
        null,
        positions,
        records,
        null);
  }

  /**
   * @param keys external ids as this program makes them: an account's name and a number
   */
  static SalesforceRequest question(String idField, List<Integer> positions, List<String> keys) {
    String soql =
        "SELECT Id, "
            + idField
            + " FROM Lead WHERE "
            + idField
            + " IN ('"
            + String.join("', '", keys)
            + "')";
    return new SalesforceRequest("query?rawPayload=true", false, null, positions, List.of(), soql);
  }

  boolean asks() {
    return question != null;
  }

  /** Prints counts only. */
  @Override
  public String toString() {
    return "SalesforceRequest[" + positions.size() + (tasks ? " tasks]" : asks() ? "?]" : "]");
  }
}
