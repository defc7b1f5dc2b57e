package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stand-in for a Salesforce org: login by client credentials, description of the Lead, upsert of
 * collections by external id, and Tasks on Leads.
 */
public final class SalesforceOrg extends LoopbackServer {

  /** One Lead as the org holds it. */
  public record LeadRecord(
      String id,
      String externalId,
      Map<String, Object> fields,
      Instant createdAt,
      Instant modifiedAt) {}

  /**
   * One Task as the org holds it.
   *
   * @param externalId empty when it was sent without one
   * @param whoId the Lead's id
   */
  public record TaskRecord(
      String id, String externalId, String whoId, Map<String, Object> fields) {}

  /** An error that the org answers for a record instead of writing it. */
  private record PlannedError(String code, String message, boolean always) {}

  private record Refusal(String code, String message, List<String> fields) {}

  private static final int MAX_RECORDS = 200;
  private static final String ORG_ID = "00D5e000000SANDEAO";
  private static final String USER_ID = "0055e000000BOXYAAO";
  private static final Pattern DATA = Pattern.compile("/services/data/v\\d{2}\\.0(/.*)");
  private static final Pattern COLLECTION =
      Pattern.compile("/composite/sobjects/([^/]+)/([^/]+)/?");
  private static final Pattern INSERT = Pattern.compile("/composite/sobjects/?");
  private static final Pattern DESCRIBE = Pattern.compile("/sobjects/([^/]+)/describe/?");
  private static final Pattern QUERY =
      Pattern.compile(
          "SELECT Id, (\\w+) FROM Lead WHERE (\\w+) IN \\(('[^'\\\\]*'(?:, ?'[^'\\\\]*')*)\\)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+");

  private final Fields fields = Fields.ofLead();
  private final Fields taskFields = Fields.ofTask();
  private final List<TaskRecord> tasks = new ArrayList<>();
  private final Map<String, PlannedError> plannedTasks = new HashMap<>();
  private final Map<String, String> movedOn = new HashMap<>();
  private final Map<String, LeadRecord> records = new LinkedHashMap<>();
  private final Map<String, List<Map<String, Object>>> writes = new HashMap<>();
  private final Map<String, PlannedError> planned = new HashMap<>();
  private final Set<String> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicLong logins = new AtomicLong();
  private final AtomicLong upserts = new AtomicLong();
  private final AtomicLong apiCalls = new AtomicLong();
  private volatile String clientId = "sandbox-client-id";
  private volatile String clientSecret = "sandbox-client-secret";
  private volatile long apiLimit = Long.MAX_VALUE;
  private volatile boolean unknownFieldFailsItsRecord;
  private volatile String allTasksFail;
  private volatile Refusal allLeadsFail;
  private volatile Map<String, String> loginAnswers = Map.of();
  private final Map<String, List<String>> autoAssigns = new HashMap<>();
  private String ruleOwner;
  private long storage = Long.MAX_VALUE;
  private long creates;
  private long updates;

  private SalesforceOrg() {}

  /** Starts an org without Leads; port 0 takes a free one. */
  public static SalesforceOrg start(int port) {
    SalesforceOrg org = new SalesforceOrg();
    org.listen(port);
    return org;
  }

  /** Returns the value of {@code salesforce.login-url}. */
  public String url() {
    return root();
  }

  public String clientId() {
    return clientId;
  }

  public String clientSecret() {
    return clientSecret;
  }

  /** Accepts these client credentials from now on and no others; open sessions go on. */
  public void client(String id, String secret) {
    clientId = id;
    clientSecret = secret;
  }

  /** Ends all sessions: their tokens get 401 INVALID_SESSION_ID from now on. */
  public void expireTokens() {
    sessions.clear();
  }

  /** Names the external id field and says what it is; only a right one is externalId and unique. */
  public synchronized void externalIdField(String name, boolean externalId, boolean unique) {
    fields.externalId(name, externalId, unique);
  }

  /** Adds a text field to the Lead. */
  public synchronized void addField(String name, int length) {
    fields.addText(name, length);
  }

  /** Adds a number field to the Lead; a request with a text in it cannot be read as a whole. */
  public synchronized void addNumberField(String name) {
    fields.addNumber(name);
  }

  /** Adds the external id field of Task. */
  public synchronized void taskExternalIdField(String name) {
    taskFields.externalId(name, true, true);
  }

  /** Returns all Tasks in the order they were created. */
  public synchronized List<TaskRecord> tasks() {
    return List.copyOf(tasks);
  }

  /** Refuses the next Task of this call with this code. */
  public synchronized void failNextTask(String callObject, String code) {
    plannedTasks.put(callObject, new PlannedError(code, "planned", false));
  }

  /** Refuses every Task of this call with this code. */
  public synchronized void failTasks(String callObject, String code) {
    plannedTasks.put(callObject, new PlannedError(code, "planned", true));
  }

  /** Refuses every Task with this code; null takes it back. */
  public void failAllTasks(String code) {
    allTasksFail = code;
  }

  /**
   * Refuses every write of a Lead with this code and these fields, until {@link #takeAllLeads}; as
   * a rule of the org does, or a field that somebody made required.
   */
  public void failAllLeads(String code, String... fields) {
    allLeadsFail = new Refusal(code, "planned", List.of(fields));
  }

  /** Takes back {@link #failAllLeads}. */
  public void takeAllLeads() {
    allLeadsFail = null;
  }

  /** Refuses new Leads with STORAGE_LIMIT_EXCEEDED as soon as the org has so many. */
  public synchronized void storage(long leads) {
    storage = leads;
  }

  /**
   * Answers log-ins with these members instead of its own; an empty value leaves the member out, as
   * {@code id} or {@code instance_url}.
   */
  public void loginAnswers(Map<String, String> members) {
    loginAnswers = Map.copyOf(members);
  }

  /**
   * Names whom the org's lead assignment rule gives Leads to; null is no rule. It runs on each
   * write that does not say {@code Sforce-Auto-Assign: FALSE}, changes included.
   */
  public synchronized void assignTo(String owner) {
    ruleOwner = owner;
  }

  /** A salesperson takes this Lead over. */
  public synchronized void own(String externalId, String owner) {
    LeadRecord lead = records.get(externalId);
    Map<String, Object> fields = new LinkedHashMap<>(lead.fields());
    fields.put("OwnerId", owner);
    records.put(
        externalId,
        new LeadRecord(lead.id(), externalId, fields, lead.createdAt(), lead.modifiedAt()));
  }

  /** Returns who owns this Lead, or null. */
  public synchronized String owner(String externalId) {
    LeadRecord lead = records.get(externalId);
    return lead == null ? null : (String) lead.fields().get("OwnerId");
  }

  /**
   * Returns what each successful write of this external id said in {@code Sforce-Auto-Assign},
   * oldest first; empty where it said nothing.
   */
  public synchronized List<String> autoAssigns(String externalId) {
    return List.copyOf(autoAssigns.getOrDefault(externalId, List.of()));
  }

  /** A salesperson makes an account of this Lead: nobody can write it, or a Task on it. */
  public synchronized void convert(String externalId) {
    movedOn.put(externalId, "CANNOT_UPDATE_CONVERTED_LEAD");
  }

  /** A salesperson puts this Lead into the recycle bin. */
  public synchronized void bin(String externalId) {
    movedOn.put(externalId, "ENTITY_IS_DELETED");
  }

  /**
   * Chooses between the two answers to a field the Lead does not have: false, the default, refuses
   * the whole request with 400, as a record that cannot be read; true refuses that record only.
   */
  public void unknownFieldFailsItsRecord(boolean recordOnly) {
    unknownFieldFailsItsRecord = recordOnly;
  }

  /** Answers 403 REQUEST_LIMIT_EXCEEDED to every API call after so many; counted from now. */
  public void apiLimit(long calls) {
    apiCalls.set(0);
    apiLimit = calls;
  }

  /** Refuses the next write of this external id with this code. */
  public synchronized void failNext(String externalId, String code, String message) {
    planned.put(externalId, new PlannedError(code, message, false));
  }

  /** Refuses every write of this external id with this code, until {@link #heal}. */
  public synchronized void failAlways(String externalId, String code, String message) {
    planned.put(externalId, new PlannedError(code, message, true));
  }

  /** Takes back what {@link #failNext} and {@link #failAlways} planned for this external id. */
  public synchronized void heal(String externalId) {
    planned.remove(externalId);
  }

  /** Returns the Lead with this external id. */
  public synchronized Optional<LeadRecord> record(String externalId) {
    return Optional.ofNullable(records.get(externalId));
  }

  /** Returns all Leads in the order they were created. */
  public synchronized List<LeadRecord> records() {
    return List.copyOf(records.values());
  }

  /** Returns what each successful write of this external id sent, oldest first. */
  public synchronized List<Map<String, Object>> writes(String externalId) {
    return List.copyOf(writes.getOrDefault(externalId, List.of()));
  }

  public synchronized int count() {
    return records.size();
  }

  /** Returns how many records were created so far. */
  public synchronized long creates() {
    return creates;
  }

  /** Returns how many writes changed a record that was there. */
  public synchronized long updates() {
    return updates;
  }

  /** Returns how many upsert requests were worked. */
  public long upsertRequests() {
    return upserts.get();
  }

  /** Returns how many tokens were given out. */
  public long logins() {
    return logins.get();
  }

  /** Removes all Leads and their history. */
  public synchronized void clear() {
    records.clear();
    writes.clear();
  }

  @Override
  Answer answer(Request request) {
    if (request.path().equals("/services/oauth2/token")) {
      return request.method().equals("POST") ? token(request) : Answer.empty(405);
    }
    if (request.path().equals("/services/oauth2/revoke")) {
      sessions.remove(parameters(request).getOrDefault("token", ""));
      return Answer.empty(200);
    }
    Matcher data = DATA.matcher(request.path());
    if (!data.matches()) {
      return notFound("The requested resource does not exist");
    }
    String session = request.bearerToken();
    if (session == null || !sessions.contains(session)) {
      return error(401, "INVALID_SESSION_ID", "Session expired or invalid");
    }
    long used = apiCalls.incrementAndGet();
    if (used > apiLimit) {
      return error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    }
    long shown = apiLimit == Long.MAX_VALUE ? 1_000_000 : apiLimit;
    return routed(request, data.group(1))
        .with("Sforce-Limit-Info", "api-usage=" + used + "/" + shown);
  }

  @Override
  synchronized Answer page() {
    return Answer.html(SalesforcePage.of(records.values(), updates));
  }

  @Override
  synchronized ObjectNode ownCounts() {
    return Json.object()
        .put("salesforceRecords", records.size())
        .put("salesforceCreates", creates)
        .put("salesforceUpdates", updates)
        .put("salesforceTasks", tasks.size())
        .put("salesforceUpsertRequests", upserts.get());
  }

  private Answer routed(Request request, String path) {
    Matcher collection = COLLECTION.matcher(path);
    if (collection.matches() && isTask(collection.group(1))) {
      return request.method().equals("PATCH")
          ? tasks(request, collection.group(2))
          : error(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed");
    }
    if (INSERT.matcher(path).matches() && request.method().equals("POST")) {
      return tasks(request, "");
    }
    if (collection.matches() && request.method().equals("PATCH")) {
      return upsertCollection(request, collection.group(1), collection.group(2));
    }
    Matcher describe = DESCRIBE.matcher(path);
    if (describe.matches() && request.method().equals("GET")) {
      return isLead(describe.group(1))
          ? Answer.json(200, describedLead())
          : notFound("The requested resource does not exist");
    }
    if (path.equals("/query") || path.equals("/query/")) {
      return request.method().equals("GET") ? query(request) : Answer.empty(405);
    }
    return notFound("The requested resource does not exist");
  }

  private Answer token(Request request) {
    Map<String, String> parameters = new LinkedHashMap<>(parameters(request));
    basicCredentials(request).forEach(parameters::putIfAbsent);
    String grant = parameters.getOrDefault("grant_type", "");
    boolean jwt = grant.equals("urn:ietf:params:oauth:grant-type:jwt-bearer");
    if (!jwt && !grant.equals("client_credentials")) {
      return oauthError("unsupported_grant_type", "grant type not supported");
    }
    if (jwt && parameters.getOrDefault("assertion", "").split("\\.").length != 3) {
      return oauthError("invalid_grant", "invalid assertion");
    }
    boolean known =
        clientId.equals(parameters.get("client_id"))
            && clientSecret.equals(parameters.get("client_secret"));
    if (!jwt && !known) {
      return oauthError("invalid_client", "invalid client credentials");
    }
    String session = "00D5e000000SAND!sandbox.session." + logins.incrementAndGet();
    sessions.add(session);
    ObjectNode body = Json.object();
    body.put("access_token", session);
    body.put("signature", "c2FuZGJveC1zaWduYXR1cmU=");
    body.put("scope", "api");
    body.put("instance_url", root());
    body.put("id", "https://login.salesforce.com/id/" + ORG_ID + "/" + USER_ID);
    body.put("token_type", "Bearer");
    body.put("issued_at", String.valueOf(request.at().toEpochMilli()));
    loginAnswers.forEach(
        (member, value) -> {
          if (value.isEmpty()) {
            body.remove(member);
          } else {
            body.put(member, value);
          }
        });
    return Answer.json(200, body);
  }

  private synchronized ObjectNode describedLead() {
    return fields.describe();
  }

  private Answer upsertCollection(Request request, String type, String externalField) {
    if (!isLead(type)) {
      return notFound("The requested resource does not exist");
    }
    return collection(
        request,
        type,
        (sent, body) -> upsertAll(sent, externalField, allOrNone(body), autoAssign(request)));
  }

  /** What a request says of assignment rules; empty where it says nothing. */
  private static String autoAssign(Request request) {
    String said = request.header("Sforce-Auto-Assign");
    return said == null ? "" : said;
  }

  private static boolean allOrNone(JsonNode body) {
    return body.path("allOrNone").asBoolean(false);
  }

  /**
   * Upserts Tasks by their external id, or inserts them.
   *
   * @param externalField empty for an insert
   */
  private Answer tasks(Request request, String externalField) {
    return collection(request, "Task", (sent, body) -> writeTasks(sent, externalField));
  }

  private synchronized Answer writeTasks(ArrayNode sent, String externalField) {
    if (!externalField.isEmpty() && !taskFields.isExternalId(externalField)) {
      return noSuchExternalId(externalField);
    }
    for (JsonNode one : sent) {
      Optional<String> unknown = taskFields.unknownOf(one);
      if (unknown.isPresent()) {
        return error(400, "INVALID_FIELD", noSuchColumn(unknown.get(), "Task"));
      }
      if (taskFields.unreadable(one)) {
        return error(400, "JSON_PARSER_ERROR", "A value is not of its field's type");
      }
    }
    ArrayNode results = Json.array();
    for (JsonNode one : sent) {
      String key = externalField.isEmpty() ? "" : one.path(externalField).asText("");
      Optional<Refusal> refusal = taskRefusal(one, externalField, key);
      if (refusal.isPresent()) {
        results.add(failed(refusal.get()));
        continue;
      }
      int before = tasks.size();
      TaskRecord task = writtenTask(one, key);
      ObjectNode result = results.addObject().put("id", task.id()).put("success", true);
      result.putArray("errors");
      if (!externalField.isEmpty()) {
        result.put("created", tasks.size() > before);
      }
    }
    return Answer.json(200, results);
  }

  /**
   * Writes a Task.
   *
   * @param key its external id, empty for one more
   */
  private TaskRecord writtenTask(JsonNode sent, String key) {
    Map<String, Object> values = new LinkedHashMap<>();
    taskFields.sentIn(sent).forEach(name -> values.put(name, sent.get(name).asText()));
    if (!key.isEmpty()) {
      values.put(taskFields.externalId(), key);
    }
    int present =
        key.isEmpty() ? -1 : tasks.stream().map(TaskRecord::externalId).toList().indexOf(key);
    int at = present < 0 ? tasks.size() : present;
    String id = "00T5e00000" + String.format(Locale.ROOT, "%05d", at + 1) + "AAA";
    TaskRecord task = new TaskRecord(id, key, String.valueOf(values.get("WhoId")), values);
    if (present < 0) {
      tasks.add(task);
    } else {
      tasks.set(present, task);
    }
    return task;
  }

  private Optional<Refusal> taskRefusal(JsonNode sent, String externalField, String key) {
    if (!externalField.isEmpty() && key.isBlank()) {
      return refuse("MISSING_ARGUMENT", externalField + " not specified");
    }
    if (allTasksFail != null) {
      return refuse(allTasksFail, "planned");
    }
    PlannedError error = plannedTasks.get(sent.path("CallObject").asText());
    if (error != null) {
      if (!error.always()) {
        plannedTasks.remove(sent.path("CallObject").asText());
      }
      return refuse(error.code(), error.message());
    }
    Optional<LeadRecord> lead =
        records.values().stream()
            .filter(one -> one.id().equals(sent.path("WhoId").asText()))
            .findFirst();
    if (lead.isEmpty()) {
      return refuse("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", "WhoId");
    }
    if (movedOn.containsKey(lead.get().externalId())) {
      return refuse(movedOn.get(lead.get().externalId()), "cannot reference this lead");
    }
    Optional<String> tooLong = taskFields.tooLong(sent);
    if (tooLong.isPresent()) {
      return refuse("STRING_TOO_LONG", tooLong.get() + ": data value too large", tooLong.get());
    }
    return taskFields
        .badChoice(sent)
        .flatMap(name -> refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "bad value", name));
  }

  private Answer collection(
      Request request, String type, BiFunction<ArrayNode, JsonNode, Answer> write) {
    Optional<JsonNode> body = Json.read(request.body());
    if (body.isEmpty() || !body.get().isObject()) {
      return error(400, "JSON_PARSER_ERROR", "The body is not a JSON object");
    }
    if (!(body.get().get("records") instanceof ArrayNode sent) || sent.isEmpty()) {
      return error(400, "INVALID_INPUT", "records is required and must not be empty");
    }
    if (sent.size() > MAX_RECORDS) {
      return error(
          400,
          "EXCEEDED_ID_LIMIT",
          "record limit reached. cannot submit more than 200 records into this call");
    }
    for (JsonNode one : sent) {
      if (!one.isObject() || !type.equalsIgnoreCase(one.path("attributes").path("type").asText())) {
        return error(400, "INVALID_INPUT", "each record needs attributes with the type " + type);
      }
    }
    return write.apply(sent, body.get());
  }

  private synchronized Answer upsertAll(
      ArrayNode sent, String externalField, boolean allOrNone, String autoAssign) {
    if (!fields.isExternalId(externalField)) {
      return noSuchExternalId(externalField);
    }
    if (!unknownFieldFailsItsRecord) {
      for (JsonNode one : sent) {
        Optional<String> unknown = fields.unknownOf(one);
        if (unknown.isPresent()) {
          return error(400, "INVALID_FIELD", noSuchColumn(unknown.get()));
        }
      }
    }
    for (JsonNode one : sent) {
      if (fields.unreadable(one)) {
        return error(400, "JSON_PARSER_ERROR", "A value is not of its field's type");
      }
    }
    upserts.incrementAndGet();
    Map<String, Integer> times = new HashMap<>();
    for (JsonNode one : sent) {
      times.merge(one.path(externalField).asText(""), 1, Integer::sum);
    }
    long room = storage - records.size();
    long fresh = 0;
    List<Optional<Refusal>> refusals = new ArrayList<>();
    for (JsonNode one : sent) {
      String externalId = one.path(externalField).asText("");
      Optional<Refusal> refusal = refusal(one, externalField, externalId, times.get(externalId));
      if (refusal.isEmpty() && !records.containsKey(externalId) && ++fresh > room) {
        refusal = refuse("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded");
      }
      refusals.add(refusal);
    }
    boolean rollBack = allOrNone && refusals.stream().anyMatch(Optional::isPresent);
    ArrayNode results = Json.array();
    for (int i = 0; i < sent.size(); i++) {
      Optional<Refusal> refusal = refusals.get(i);
      if (refusal.isEmpty() && rollBack) {
        String why =
            "Record rolled back because not all records were valid and the request was using"
                + " AllOrNone header";
        refusal = Optional.of(new Refusal("ALL_OR_NONE_OPERATION_ROLLED_BACK", why, List.of()));
      }
      if (refusal.isPresent()) {
        results.add(failed(refusal.get()));
      } else {
        JsonNode one = sent.get(i);
        results.add(written(one, one.path(externalField).asText(), autoAssign));
      }
    }
    return Answer.json(200, results);
  }

  /** Leads by their external ids, and nothing else that SOQL can say. */
  private synchronized Answer query(Request request) {
    Matcher soql = QUERY.matcher(request.query().getOrDefault("q", "").strip());
    if (!soql.matches() || !soql.group(1).equalsIgnoreCase(soql.group(2))) {
      return error(400, "MALFORMED_QUERY", "unexpected token");
    }
    if (!fields.isExternalId(soql.group(1))) {
      return error(400, "INVALID_FIELD", noSuchColumn(soql.group(1)));
    }
    ArrayNode found = Json.array();
    for (String quoted : soql.group(3).split(",")) {
      String value = quoted.strip();
      LeadRecord lead = records.get(value.substring(1, value.length() - 1));
      if (lead != null) {
        ObjectNode one = found.addObject();
        one.putObject("attributes").put("type", "Lead");
        one.put("Id", lead.id()).put(fields.externalId(), lead.externalId());
      }
    }
    ObjectNode answer = Json.object().put("totalSize", found.size()).put("done", true);
    answer.set("records", found);
    return Answer.json(200, answer);
  }

  private Optional<Refusal> refusal(
      JsonNode sent, String externalField, String externalId, int times) {
    if (externalId.isBlank()) {
      return refuse("MISSING_ARGUMENT", externalField + " not specified");
    }
    PlannedError error = planned.get(externalId);
    if (error != null) {
      if (!error.always()) {
        planned.remove(externalId);
      }
      return refuse(error.code(), error.message());
    }
    if (allLeadsFail != null) {
      return Optional.of(allLeadsFail);
    }
    if (movedOn.containsKey(externalId)) {
      return refuse(movedOn.get(externalId), "cannot update this lead");
    }
    // A key that comes twice in one call writes neither record.
    if (times > 1) {
      String message = "Duplicate external id specified: " + externalId;
      return refuse("DUPLICATE_VALUE", message, externalField);
    }
    Optional<String> unknown = fields.unknownOf(sent);
    if (unknown.isPresent()) {
      return refuse("INVALID_FIELD", noSuchColumn(unknown.get()));
    }
    boolean creates = !records.containsKey(externalId);
    List<String> missing =
        fields.required().stream()
            .filter(name -> creates ? isBlank(sent.get(name)) : isCleared(sent, name))
            .toList();
    if (!missing.isEmpty()) {
      return Optional.of(
          new Refusal(
              "REQUIRED_FIELD_MISSING",
              "Required fields are missing: [" + String.join(", ", missing) + "]",
              missing));
    }
    for (String name : fields.sentIn(sent)) {
      String value = sent.path(name).asText("");
      int most = fields.length(name);
      if (most > 0 && value.length() > most) {
        String shown = value.substring(0, Math.min(80, value.length()));
        return refuse(
            "STRING_TOO_LONG",
            name + ": data value too large: " + shown + " (max length=" + most + ")",
            name);
      }
    }
    if (!isBlank(sent.get("Email")) && !EMAIL.matcher(sent.get("Email").asText()).matches()) {
      String message = "Email: invalid email address: " + sent.get("Email").asText();
      return refuse("INVALID_EMAIL_ADDRESS", message, "Email");
    }
    return Optional.empty();
  }

  /** Writes the record and returns its result. */
  private ObjectNode written(JsonNode sent, String externalId, String autoAssign) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String name : fields.sentIn(sent)) {
      JsonNode value = sent.get(name);
      boolean scalar = value.isNumber() || value.isBoolean();
      values.put(
          name, isBlank(value) ? null : scalar ? value.asText() : value.asText(value.toString()));
    }
    Instant now = Instant.now();
    LeadRecord present = records.get(externalId);
    Map<String, Object> whole = new LinkedHashMap<>(present == null ? Map.of() : present.fields());
    values.forEach(
        (name, value) -> {
          if (value == null) {
            whole.remove(name);
          } else {
            whole.put(name, value);
          }
        });
    if (ruleOwner != null && !autoAssign.equalsIgnoreCase("FALSE")) {
      whole.put("OwnerId", ruleOwner);
    }
    autoAssigns.computeIfAbsent(externalId, unused -> new ArrayList<>()).add(autoAssign);
    if (present == null) {
      creates++;
    } else {
      updates++;
    }
    LeadRecord record =
        new LeadRecord(
            present == null ? recordId(creates) : present.id(),
            externalId,
            Collections.unmodifiableMap(whole),
            present == null ? now : present.createdAt(),
            now);
    records.put(externalId, record);
    writes
        .computeIfAbsent(externalId, unused -> new ArrayList<>())
        .add(Collections.unmodifiableMap(values));
    ObjectNode result = Json.object().put("id", record.id()).put("success", true);
    result.putArray("errors");
    return result.put("created", present == null);
  }

  private static ObjectNode failed(Refusal refusal) {
    ObjectNode result = Json.object().put("success", false);
    ObjectNode error = result.putArray("errors").addObject();
    error.put("statusCode", refusal.code()).put("message", refusal.message());
    error.set("fields", Json.node(refusal.fields()));
    return result;
  }

  private static Optional<Refusal> refuse(String code, String message, String... fields) {
    return Optional.of(new Refusal(code, message, List.of(fields)));
  }

  private static boolean isBlank(JsonNode value) {
    return value == null || value.isNull() || (value.isTextual() && value.asText().isBlank());
  }

  private static boolean isCleared(JsonNode sent, String name) {
    return sent.has(name) && isBlank(sent.get(name));
  }

  private static boolean isLead(String type) {
    return "Lead".equalsIgnoreCase(type);
  }

  private static boolean isTask(String type) {
    return "Task".equalsIgnoreCase(type);
  }

  private static String noSuchColumn(String name) {
    return noSuchColumn(name, "Lead");
  }

  private static String noSuchColumn(String name, String type) {
    return "No such column '" + name + "' on sobject of type " + type;
  }

  private static Answer noSuchExternalId(String field) {
    return notFound("Provided external ID field does not exist or is not accessible: " + field);
  }

  private static Answer notFound(String message) {
    return error(404, "NOT_FOUND", message);
  }

  private static Answer error(int status, String code, String message) {
    ArrayNode errors = Json.array();
    errors.addObject().put("message", message).put("errorCode", code);
    return Answer.json(status, errors);
  }

  private static Answer oauthError(String error, String description) {
    return Answer.json(
        400, Json.object().put("error", error).put("error_description", description));
  }

  private static Map<String, String> parameters(Request request) {
    Map<String, String> parameters = new LinkedHashMap<>(request.query());
    parameters.putAll(request.form());
    return parameters;
  }

  private static Map<String, String> basicCredentials(Request request) {
    String authorization = request.header("authorization");
    if (authorization == null || !authorization.startsWith("Basic ")) {
      return Map.of();
    }
    try {
      byte[] plain = Base64.getDecoder().decode(authorization.substring(6).trim());
      String[] pair = new String(plain, StandardCharsets.UTF_8).split(":", 2);
      return pair.length == 2 ? Map.of("client_id", pair[0], "client_secret", pair[1]) : Map.of();
    } catch (IllegalArgumentException e) {
      return Map.of();
    }
  }

  /** 15 characters that count, and the three that say which of them are capitals. */
  private static String recordId(long number) {
    String id =
        "00Q5e00000"
            + String.format(Locale.ROOT, "%5s", Long.toString(number, 36)).replace(' ', '0');
    StringBuilder whole = new StringBuilder(id);
    for (int block = 0; block < 15; block += 5) {
      int capitals = 0;
      for (int i = 0; i < 5; i++) {
        capitals |= Character.isUpperCase(id.charAt(block + i)) ? 1 << i : 0;
      }
      whole.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".charAt(capitals));
    }
    return whole.toString();
  }
}
