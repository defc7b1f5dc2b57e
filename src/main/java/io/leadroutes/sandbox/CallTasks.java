package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SalesforceOrg.TaskRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The Tasks of the org: calls that were logged on Leads. */
final class CallTasks {

  /** Text with its most characters, others with 0. */
  private static final Map<String, Integer> FIELDS =
      Map.of(
          "WhoId", 18,
          "Subject", 255,
          "TaskSubtype", 40,
          "Status", 255,
          "ActivityDate", 10,
          "CallDurationInSeconds", 0,
          "CallType", 40,
          "CallObject", 255,
          "Description", 32_000);

  private static final Map<String, Set<String>> PICKLISTS =
      Map.of(
          "TaskSubtype", Set.of("Task", "Email", "Call"),
          "Status", Set.of("Not Started", "In Progress", "Completed"),
          "CallType", Set.of("Inbound", "Outbound", "Internal"));

  private final List<TaskRecord> tasks = new ArrayList<>();
  private String externalId = "";

  void externalId(String name) {
    externalId = name;
  }

  boolean isExternalId(String name) {
    return !externalId.isEmpty() && externalId.equals(name);
  }

  List<TaskRecord> all() {
    return List.copyOf(tasks);
  }

  /** Returns the first name in the record that is no field of Task. */
  Optional<String> unknownOf(JsonNode sent) {
    return names(sent).stream()
        .filter(name -> !FIELDS.containsKey(name) && !name.equals(externalId))
        .findFirst();
  }

  /** Whether a value is of another type than its field, so that the request cannot be read. */
  boolean unreadable(JsonNode sent) {
    JsonNode seconds = sent.get("CallDurationInSeconds");
    String date = sent.path("ActivityDate").asText("");
    return (seconds != null && !seconds.isNumber())
        || (!date.isEmpty() && !date.matches("\\d{4}-\\d{2}-\\d{2}"));
  }

  /** Returns the name of a text that is too long. */
  Optional<String> tooLong(JsonNode sent) {
    return names(sent).stream()
        .filter(name -> FIELDS.getOrDefault(name, 0) > 0)
        .filter(name -> sent.path(name).asText("").length() > FIELDS.get(name))
        .findFirst();
  }

  /** Returns the name of a picklist that has no such value. */
  Optional<String> badChoice(JsonNode sent) {
    return names(sent).stream()
        .filter(PICKLISTS::containsKey)
        .filter(name -> !PICKLISTS.get(name).contains(sent.path(name).asText()))
        .findFirst();
  }

  /**
   * Writes a Task.
   *
   * @param key its external id, empty for one more
   */
  TaskRecord write(JsonNode sent, String key) {
    Map<String, Object> values = new LinkedHashMap<>();
    names(sent).forEach(name -> values.put(name, sent.get(name).asText()));
    int place = key.isEmpty() ? -1 : keys().indexOf(key);
    int at = place < 0 ? tasks.size() : place;
    String id = "00T5e00000" + String.format(Locale.ROOT, "%05d", at + 1) + "AAA";
    TaskRecord task = new TaskRecord(id, key, String.valueOf(values.get("WhoId")), values);
    if (place < 0) {
      tasks.add(task);
    } else {
      tasks.set(place, task);
    }
    return task;
  }

  private List<String> keys() {
    return tasks.stream().map(TaskRecord::externalId).toList();
  }

  private static List<String> names(JsonNode sent) {
    List<String> names = new ArrayList<>();
    sent.fieldNames().forEachRemaining(names::add);
    names.remove("attributes");
    return names;
  }
}
