package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of the Lead: standard ones with Salesforce's lengths, and the external id. */
final class LeadFields {

  private record Field(String name, String type, int length, boolean required, boolean writable) {}

  private static final int EXTERNAL_ID_LENGTH = 255;

  private final Map<String, Field> fields = new LinkedHashMap<>();
  private String externalId;
  private boolean isExternalId;
  private boolean isUnique;

  LeadFields() {
    readOnly("Id", "id", 18);
    readOnly("IsDeleted", "boolean", 0);
    add("LastName", "string", 80, true);
    add("FirstName", "string", 40, false);
    add("Salutation", "picklist", 40, false);
    readOnly("Name", "string", 121);
    add("Title", "string", 128, false);
    add("Company", "string", 255, true);
    add("Street", "textarea", 255, false);
    add("City", "string", 40, false);
    add("State", "string", 80, false);
    add("PostalCode", "string", 20, false);
    add("Country", "string", 80, false);
    add("Phone", "phone", 40, false);
    add("MobilePhone", "phone", 40, false);
    add("Fax", "phone", 40, false);
    add("Email", "email", 80, false);
    add("Website", "url", 255, false);
    add("Description", "textarea", 32_000, false);
    add("LeadSource", "picklist", 40, false);
    add("Status", "picklist", 255, false);
    add("Industry", "picklist", 255, false);
    add("Rating", "picklist", 40, false);
    add("AnnualRevenue", "currency", 0, false);
    add("NumberOfEmployees", "int", 0, false);
    add("OwnerId", "reference", 18, false);
    add("HasOptedOutOfEmail", "boolean", 0, false);
    add("DoNotCall", "boolean", 0, false);
    readOnly("CreatedDate", "datetime", 0);
    readOnly("LastModifiedDate", "datetime", 0);
    externalId("ClickSpeak_Call_Id__c", true, true);
  }

  void externalId(String name, boolean externalIdField, boolean unique) {
    if (externalId != null) {
      fields.remove(externalId);
    }
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

  /** Whether a number field holds something else, so that the request cannot be read. */
  boolean unreadable(JsonNode sent) {
    return names(sent).stream()
        .filter(name -> fields.containsKey(name) && fields.get(name).type().equals("double"))
        .map(sent::get)
        .anyMatch(value -> !value.asText().matches("-?\\d+(\\.\\d+)?|null"));
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

  ObjectNode describe() {
    ObjectNode lead = Json.object();
    lead.put("name", "Lead").put("label", "Lead").put("labelPlural", "Leads");
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
    fields.put(name, new Field(name, type, length, required, true));
  }

  private void readOnly(String name, String type, int length) {
    fields.put(name, new Field(name, type, length, false, false));
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
