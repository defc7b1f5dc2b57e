package io.leadroutes.salesforce;

import io.leadroutes.lead.Delivery;
import java.util.List;
import java.util.Map;

/**
 * One upsert of leads of one account. Where it goes is made of settings alone.
 *
 * @param component name of the Camel component that is logged in to the account's org
 * @param externalIdField the field of Lead that says which record it is
 * @param deliveries what it is made for
 * @param records what is sent, each external id once
 * @param recordOf for each delivery the position of its record
 */
public record SalesforceBatch(
    String component,
    String externalIdField,
    List<Delivery> deliveries,
    List<Map<String, Object>> records,
    List<Integer> recordOf) {

  /** Prints counts only. */
  @Override
  public String toString() {
    return "SalesforceBatch[" + records.size() + " records]";
  }
}
