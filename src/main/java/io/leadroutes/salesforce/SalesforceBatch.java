package io.leadroutes.salesforce;

import io.leadroutes.lead.Delivery;
import java.util.List;
import java.util.Map;

/**
 * One upsert.
 *
 * @param deliveries what it is made for
 * @param records what is sent, each external id once
 * @param recordOf for each delivery the position of its record
 */
public record SalesforceBatch(
    List<Delivery> deliveries, List<Map<String, Object>> records, List<Integer> recordOf) {

  /** Prints counts only. */
  @Override
  public String toString() {
    return "SalesforceBatch[" + records.size() + " records]";
  }
}
