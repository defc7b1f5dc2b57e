package io.leadroutes.salesforce;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A lead's call as a completed Task of the Lead ("Object Reference, Task"). With an external id
 * field the Task is upserted, so that it is one however often it is sent; without one it is
 * inserted with the lead's first version, at least once.
 */
final class CallTask {

  static final String OBJECT = "Task";

  private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,76}__c");
  private static final int SUBJECT_LENGTH = 255;

  private final String externalIdField;
  private final ZoneId zone;

  /**
   * @param own as the account sees them
   * @throws SettingsException when the external id field is not the name of one
   */
  private CallTask(Settings own) {
    externalIdField = own.text(Keys.SALESFORCE_TASK_EXTERNAL_ID_FIELD).strip();
    zone = own.zone(Keys.CLICKSPEAK_TIME_ZONE);
    if (!externalIdField.isEmpty() && !FIELD.matcher(externalIdField).matches()) {
      throw new SettingsException(
          own.nameOf(Keys.SALESFORCE_TASK_EXTERNAL_ID_FIELD)
              + "="
              + externalIdField
              + " is not the name of a custom field: write one such as ClickSpeak_Call_Id__c.");
    }
  }

  /** How an account's calls are logged; null when they are not. */
  static CallTask of(Settings own) {
    CallTask task = new CallTask(own);
    return own.flag(Keys.SALESFORCE_LOG_CALL) ? task : null;
  }

  /** Without an external id a Task is sent until its lead was delivered once, and never again. */
  boolean isFor(Delivery delivery) {
    return upserted() || delivery.sinkId() == null;
  }

  SalesforceRequest request(List<Integer> positions, List<Map<String, Object>> tasks) {
    return upserted()
        ? SalesforceRequest.upsert(OBJECT, externalIdField, null, positions, tasks)
        : SalesforceRequest.insertOfTasks(positions, tasks);
  }

  /** Names of all fields that are sent. */
  Set<String> fields() {
    return upserted() ? Set.of(externalIdField) : Set.of();
  }

  /**
   * The record of a call; what is not known is left out.
   *
   * @param leadId Salesforce's id of the Lead
   */
  Map<String, Object> record(Lead lead, String leadId) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("attributes", Map.of("type", OBJECT));
    if (upserted()) {
      record.put(externalIdField, lead.key());
    }
    record.put("WhoId", leadId);
    record.put("Subject", subject(lead.outcome()));
    record.put("TaskSubtype", "Call");
    record.put("Status", "Completed");
    record.put("CallObject", lead.key());
    if (lead.createdAt() != null) {
      record.put("ActivityDate", lead.createdAt().atZone(zone).toLocalDate().toString());
    }
    if (lead.durationSeconds() != null && lead.durationSeconds() >= 0) {
      record.put("CallDurationInSeconds", lead.durationSeconds());
    }
    String type = type(lead.type());
    if (type != null) {
      record.put("CallType", type);
    }
    FieldValue.of("Description", lead.summary())
        .ifPresent(value -> record.put("Description", value));
    return record;
  }

  private boolean upserted() {
    return !externalIdField.isEmpty();
  }

  private static String subject(String outcome) {
    return FieldValue.of("Subject", outcome == null ? null : "AI call: " + outcome)
        .map(value -> FieldValue.cut(value.toString(), SUBJECT_LENGTH))
        .orElse("AI call");
  }

  /** Who talks to an assistant on a web page has called it. */
  private static String type(String type) {
    return switch (type == null ? "" : type.strip().toLowerCase(Locale.ROOT)) {
      case "outbound" -> "Outbound";
      case "inbound", "web" -> "Inbound";
      default -> null;
    };
  }
}
