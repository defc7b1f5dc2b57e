package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fields of an object: standard ones with Salesforce's lengths, and the external id. */
final class Fields {

  /**
   * One field.
   *
   * @param length most characters, 0 for what is no text
   * @param choices the values of a picklist that takes no others; empty for all else
   */
  private record Field(
      String name,
      String type,
      int length,
      boolean required,
      boolean writable,
      Set<String> choices) {}

  private static final int EXTERNAL_ID_LENGTH = 255;

  private final String object;
  private final Map<String, Field> fields = new LinkedHashMap<>();
  private String externalId = "";
  private boolean isExternalId;
  private boolean isUnique;

  private Fields(String object) {
    this.object = object;
  }

  /** Those of the Lead. */
  static Fields ofLead() {
    Fields lead = new Fields("Lead");
    lead.readOnly("Id", "id", 18);
    lead.readOnly("IsDeleted", "boolean", 0);
    lead.add("LastName", "string", 80, true);
    lead.add("FirstName", "string", 40, false);
    lead.add("Salutation", "picklist", 40, false);
    lead.readOnly("Name", "string", 121);
    lead.add("Title", "string", 128, false);
    lead.add("Company", "string", 255, true);
    lead.add("Street", "textarea", 255, false);
    lead.add("City", "string", 40, false);
    lead.add("State", "string", 80, false);
    lead.add("PostalCode", "string", 20, false);
    lead.add("Country", "string", 80, false);
    lead.add("Phone", "phone", 40, false);
    lead.add("MobilePhone", "phone", 40, false);
    lead.add("Fax", "phone", 40, false);
    lead.add("Email", "email", 80, false);
    lead.add("Website", "url", 255, false);
    lead.add("Description", "textarea", 32_000, false);
    lead.add("LeadSource", "picklist", 40, false);
    lead.add("Status", "picklist", 255, false);
    lead.add("Industry", "picklist", 255, false);
    lead.add("Rating", "picklist", 40, false);
    lead.add("AnnualRevenue", "currency", 0, false);
    lead.add("NumberOfEmployees", "int", 0, false);
    lead.add("OwnerId", "reference", 18, false);
    lead.add("HasOptedOutOfEmail", "boolean", 0, false);
    lead.add("DoNotCall", "boolean", 0, false);
    lead.readOnly("CreatedDate", "datetime", 0);
    lead.readOnly("LastModifiedDate", "datetime", 0);
    lead.externalId("ClickSpeak_Call_Id__c", true, true);
    return lead;
  }

  /** Those of the Task, as far as a call that was logged needs them. */
  static Fields ofTask() {
    Fields task = new Fields("Task");
    task.add("WhoId", "reference", 18, false);
    task.add("Subject", "string", 255, false);
    task.choice("TaskSubtype", "Task", "Email", "Call");
    task.choice("Status", "Not Started", "In Progress", "Completed");
    task.add("ActivityDate", "date", 10, false);
    task.add("CallDurationInSeconds", "int", 0, false);
    task.choice("CallType", "Inbound", "Outbound", "Internal");
    task.add("CallObject", "string", 255, false);
    task.add("Description", "textarea", 32_000, false);
    return task;
  }

  void externalId(String name, boolean externalIdField, boolean unique) {
    fields.remove(externalId);
    externalId = name;
    isExternalId = externalIdField;
    isUnique = unique;
    addText(name, EXTERNAL_ID_LENGTH);
  }

  void addText(String name, int length) {
    add(name, "string", length, false);
  }

  void addNumber(String name) {
    add(name, "double", 0, false);
  }

  /** Whether a value is of another type than its field, so that the request cannot be read. */
  boolean unreadable(JsonNode sent) {
    return names(sent).stream()
        .filter(fields::containsKey)
        .anyMatch(
            name -> {
              JsonNode value = sent.get(name);
              return switch (fields.get(name).type()) {
                case "double" -> !value.asText().matches("-?\\d+(\\.\\d+)?|null");
                case "int" -> !value.isNumber();
                case "date" -> !value.asText().matches("(\\d{4}-\\d{2}-\\d{2})?");
                default -> false;
              };
            });
  }

  String externalId() {
    return externalId;
  }

  boolean isExternalId(String name) {
    return isExternalId && externalId.equals(name);
  }

  List<String> required() {
    return fields.values().stream().filter(Field::required).map(Field::name).toList();
  }

  /** Returns the most characters a field takes, or 0 when it is no text. */
  int length(String name) {
    return fields.get(name).length();
  }

  /** Returns the name of a text that is too long. */
  Optional<String> tooLong(JsonNode sent) {
    return sentIn(sent).stream()
        .filter(name -> length(name) > 0 && sent.get(name).asText("").length() > length(name))
        .findFirst();
  }

  /** Returns the name of a picklist that has no such value. */
  Optional<String> badChoice(JsonNode sent) {
    return sentIn(sent).stream()
        .filter(name -> !fields.get(name).choices().isEmpty())
        .filter(name -> !fields.get(name).choices().contains(sent.get(name).asText()))
        .findFirst();
  }

  /** Returns the first name in the record that is no field one may write. */
  Optional<String> unknownOf(JsonNode sent) {
    return names(sent).stream()
        .filter(name -> !fields.containsKey(name) || !fields.get(name).writable())
        .findFirst();
  }

  /** Returns the fields the record sets, without the external id. */
  List<String> sentIn(JsonNode sent) {
    return names(sent).stream().filter(name -> !name.equals(externalId)).toList();
  }

  /** As the org describes the Lead. */
  ObjectNode describe() {
    ObjectNode lead = Json.object();
    lead.put("name", object).put("label", object).put("labelPlural", object + "s");
    lead.put("keyPrefix", "00Q").put("custom", false);
    lead.put("createable", true).put("updateable", true).put("deletable", true);
    lead.put("queryable", true).put("searchable", true);
    ArrayNode described = lead.putArray("fields");
    fields.values().forEach(field -> described.add(describe(field)));
    return lead;
  }

  private ObjectNode describe(Field field) {
    boolean key = field.name().equals(externalId);
    ObjectNode json = Json.object();
    json.put("name", field.name()).put("label", label(field.name())).put("type", field.type());
    json.put("length", field.length()).put("custom", field.name().endsWith("__c"));
    json.put("nillable", !field.required()).put("defaultedOnCreate", false);
    json.put("createable", field.writable()).put("updateable", field.writable());
    json.put("externalId", key && isExternalId).put("unique", key && isUnique);
    json.put("idLookup", field.name().equals("Id") || (key && isExternalId));
    json.put("caseSensitive", false).put("restrictedPicklist", false);
    json.putArray("picklistValues");
    json.putArray("referenceTo");
    return json;
  }

  private void add(String name, String type, int length, boolean required) {
    fields.put(name, new Field(name, type, length, required, true, Set.of()));
  }

  private void choice(String name, String... values) {
    fields.put(name, new Field(name, "picklist", 255, false, true, Set.of(values)));
  }

  private void readOnly(String name, String type, int length) {
    fields.put(name, new Field(name, type, length, false, false, Set.of()));
  }

  private static List<String> names(JsonNode sent) {
    List<String> names = new ArrayList<>();
    sent.fieldNames().forEachRemaining(names::add);
    names.remove("attributes");
    return names;
  }

  private static String label(String name) {
    return name.replaceAll("__c$", "").replace('_', ' ').replaceAll("(?<=[a-z])(?=[A-Z])", " ");
  }
}
