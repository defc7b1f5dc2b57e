package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandboxSalesforceOrgTest {

  private static final String KEY = "ClickSpeak_Call_Id__c";

  private final SalesforceOrg org = SalesforceOrg.start(0);
  private final SandboxClient client = new SandboxClient();

  @AfterEach
  void stop() {
    org.close();
  }

  @Test
  void a_login_answers_a_token_and_the_url_of_the_org() throws IOException {
    JsonNode login = login(org.clientSecret()).json();

    assertThat(login.path("access_token").asText()).isNotBlank();
    assertThat(login.path("instance_url").asText()).isEqualTo(org.url());
    assertThat(login.path("id").asText())
        .matches("https://[^/]+/id/[0-9A-Za-z]{18}/[0-9A-Za-z]{18}");
    assertThat(login.path("token_type").asText()).isEqualTo("Bearer");
    assertThat(login.path("issued_at").asText()).matches("\\d{13}");
    assertThat(login.has("signature")).isTrue();
  }

  @Test
  void a_wrong_client_secret_is_400_invalid_client() throws IOException {
    Reply reply = login("wrong");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().path("error").asText()).isEqualTo("invalid_client");
  }

  @Test
  void an_expired_token_is_401_and_a_new_login_works() throws IOException {
    String old = token();
    org.expireTokens();

    Reply refused = describe(old);

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text())
        .isEqualTo(
            "[{\"message\":\"Session expired or invalid\",\"errorCode\":\"INVALID_SESSION_ID\"}]");
    assertThat(describe(token()).status()).isEqualTo(200);
    assertThat(org.logins()).isEqualTo(2);
  }

  @Test
  void the_description_shows_the_external_id_and_the_lengths() throws IOException {
    Reply reply = describe(token());
    JsonNode fields = reply.json().path("fields");

    JsonNode key = field(fields, KEY);
    assertThat(key.path("externalId").asBoolean()).isTrue();
    assertThat(key.path("unique").asBoolean()).isTrue();
    assertThat(field(fields, "LastName").path("length").asInt()).isEqualTo(80);
    assertThat(field(fields, "Description").path("length").asInt()).isEqualTo(32_000);
    assertThat(reply.header("Sforce-Limit-Info").orElseThrow()).matches("api-usage=\\d+/\\d+");
  }

  @Test
  void an_upsert_creates_once_and_updates_after_that() throws IOException {
    JsonNode first = upsert(lead("default-1", "Field")).json().get(0);
    ObjectNode change = lead("default-1", "Fields");
    JsonNode second = upsert(change.put("Phone", "+12025550101")).json().get(0);

    assertThat(first.path("created").asBoolean()).isTrue();
    assertThat(second.path("created").asBoolean()).isFalse();
    assertThat(second.path("id").asText()).isEqualTo(first.path("id").asText()).hasSize(18);
    assertThat(org.count()).isOne();
    assertThat(org.creates()).isOne();
    assertThat(org.updates()).isOne();
    assertThat(org.upsertRequests()).isEqualTo(2);
    assertThat(org.record("default-1").orElseThrow().fields())
        .containsEntry("LastName", "Fields")
        .containsEntry("Phone", "+12025550101");
    assertThat(org.writes("default-1")).hasSize(2);
  }

  @Test
  void results_stand_in_the_order_of_the_records_and_a_bad_one_fails_alone() throws IOException {
    Reply reply =
        upsert(
            lead("default-1", "Field"),
            lead("default-2", "x".repeat(81)),
            lead("default-3", "Field"));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json())
        .extracting(result -> result.path("success").asBoolean())
        .containsExactly(true, false, true);
    JsonNode error = reply.json().get(1).path("errors").get(0);
    assertThat(error.path("statusCode").asText()).isEqualTo("STRING_TOO_LONG");
    assertThat(error.path("fields").get(0).asText()).isEqualTo("LastName");
    assertThat(org.record("default-2")).isEmpty();
  }

  @Test
  void all_or_none_rolls_the_good_records_back() throws IOException {
    ArrayNode records = Json.array();
    records.add(lead("default-1", "Field")).add(lead("default-2", ""));
    ObjectNode body = Json.object().put("allOrNone", true);
    body.set("records", records);

    JsonNode results = client.json("PATCH", collection(KEY), token(), body.toString()).json();

    assertThat(codeOf(results.get(0))).isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
    assertThat(codeOf(results.get(1))).isEqualTo("REQUIRED_FIELD_MISSING");
    assertThat(org.count()).isZero();
  }

  @Test
  void required_fields_are_asked_of_new_records_only() throws IOException {
    ObjectNode phoneOnly = record("default-1").put("Phone", "+12025550101");
    JsonNode missing = upsert(phoneOnly).json().get(0);
    upsert(lead("default-1", "Field"));

    assertThat(codeOf(missing)).isEqualTo("REQUIRED_FIELD_MISSING");
    assertThat(missing.path("errors").get(0).path("fields").toString())
        .isEqualTo("[\"LastName\",\"Company\"]");
    assertThat(upsert(phoneOnly).json().get(0).path("success").asBoolean()).isTrue();
  }

  @Test
  void an_address_that_is_none_is_refused() throws IOException {
    JsonNode result =
        upsert(lead("default-1", "Field").put("Email", "nora at example")).json().get(0);

    assertThat(codeOf(result)).isEqualTo("INVALID_EMAIL_ADDRESS");
  }

  @Test
  void a_key_that_comes_twice_in_one_request_writes_neither_record() throws IOException {
    JsonNode results = upsert(lead("default-1", "Field"), lead("default-1", "Meadow")).json();

    assertThat(results)
        .extracting(SandboxSalesforceOrgTest::codeOf)
        .containsOnly("DUPLICATE_VALUE");
    assertThat(org.count()).isZero();
  }

  @Test
  void an_unknown_field_refuses_the_request_or_its_record_as_chosen() throws IOException {
    ObjectNode odd = lead("default-1", "Field").put("Shoe_Size__c", "44");

    Reply whole = upsert(odd, lead("default-2", "Field"));
    org.unknownFieldFailsItsRecord(true);
    Reply single = upsert(odd, lead("default-2", "Field"));

    assertThat(whole.status()).isEqualTo(400);
    assertThat(whole.json().get(0).path("errorCode").asText()).isEqualTo("INVALID_FIELD");
    assertThat(codeOf(single.json().get(0))).isEqualTo("INVALID_FIELD");
    assertThat(single.json().get(1).path("success").asBoolean()).isTrue();
  }

  @Test
  void more_than_200_records_are_refused() throws IOException {
    ObjectNode[] many = new ObjectNode[201];
    for (int i = 0; i < many.length; i++) {
      many[i] = lead("default-" + i, "Field");
    }

    Reply reply = upsert(many);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get(0).path("errorCode").asText()).isEqualTo("EXCEEDED_ID_LIMIT");
  }

  @Test
  void an_unknown_external_id_field_is_404() throws IOException {
    Reply reply = client.json("PATCH", collection("Other__c"), token(), body(lead("a-1", "Field")));

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.json().get(0).path("errorCode").asText()).isEqualTo("NOT_FOUND");
  }

  @Test
  void a_planned_error_strikes_its_record_once_or_until_healed() throws IOException {
    org.failNext("default-1", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access");
    org.failAlways("default-2", "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");
    ObjectNode[] both = {lead("default-1", "Field"), lead("default-2", "Field")};

    JsonNode first = upsert(both).json();
    JsonNode second = upsert(both).json();
    org.heal("default-2");
    JsonNode third = upsert(both).json();

    assertThat(codeOf(first.get(0))).isEqualTo("UNABLE_TO_LOCK_ROW");
    assertThat(second.get(0).path("success").asBoolean()).isTrue();
    assertThat(codeOf(second.get(1))).isEqualTo("CANNOT_UPDATE_CONVERTED_LEAD");
    assertThat(third.get(1).path("success").asBoolean()).isTrue();
  }

  @Test
  void a_task_is_upserted_by_its_own_external_id_and_belongs_to_a_lead() throws IOException {
    org.taskExternalIdField(KEY);
    String lead = upsert(lead("default-1", "Field")).json().get(0).path("id").asText();

    JsonNode first = tasks("PATCH", "Task/" + KEY, task(lead)).json().get(0);
    JsonNode second = tasks("PATCH", "Task/" + KEY, task(lead)).json().get(0);
    JsonNode nobody = tasks("PATCH", "Task/" + KEY, task("00Q")).json().get(0);

    assertThat(first.path("created").asBoolean()).isTrue();
    assertThat(second.path("created").asBoolean()).isFalse();
    assertThat(codeOf(nobody)).isEqualTo("INVALID_CROSS_REFERENCE_KEY");
    assertThat(org.tasks()).hasSize(1);
    assertThat(org.tasks().get(0).whoId()).isEqualTo(lead);
  }

  @Test
  void a_task_that_is_inserted_twice_is_two() throws IOException {
    String lead = upsert(lead("default-1", "Field")).json().get(0).path("id").asText();
    ObjectNode task = task(lead);
    task.remove(KEY);

    tasks("POST", "", task);
    tasks("POST", "", task);

    assertThat(org.tasks()).hasSize(2);
  }

  @Test
  void nobody_writes_a_converted_lead_or_a_task_on_it() throws IOException {
    org.taskExternalIdField(KEY);
    String lead = upsert(lead("default-1", "Field")).json().get(0).path("id").asText();
    org.convert("default-1");

    assertThat(codeOf(upsert(lead("default-1", "Field")).json().get(0)))
        .isEqualTo("CANNOT_UPDATE_CONVERTED_LEAD");
    assertThat(codeOf(tasks("PATCH", "Task/" + KEY, task(lead)).json().get(0)))
        .isEqualTo("CANNOT_UPDATE_CONVERTED_LEAD");
  }

  @Test
  void a_text_in_a_number_field_makes_the_whole_request_unreadable() throws IOException {
    org.addNumberField("Score__c");
    Reply reply =
        upsert(lead("default-1", "Field"), lead("default-2", "Field").put("Score__c", "high"));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get(0).path("errorCode").asText()).isEqualTo("JSON_PARSER_ERROR");
    assertThat(org.count()).isZero();
  }

  private static ObjectNode task(String lead) {
    ObjectNode task = Json.object().put(KEY, "default-1").put("WhoId", lead);
    task.putObject("attributes").put("type", "Task");
    return task.put("Status", "Completed").put("TaskSubtype", "Call");
  }

  private Reply tasks(String method, String path, ObjectNode task) throws IOException {
    String address = collection(KEY).replace("Lead/" + KEY, path);
    return client.json(method, address, token(), body(task));
  }

  @Test
  void calls_above_the_limit_are_403() throws IOException {
    org.apiLimit(1);
    String token = token();

    Reply first = describe(token);
    Reply second = describe(token);

    assertThat(first.header("Sforce-Limit-Info")).hasValue("api-usage=1/1");
    assertThat(second.status()).isEqualTo(403);
    assertThat(second.json().get(0).path("errorCode").asText()).isEqualTo("REQUEST_LIMIT_EXCEEDED");
  }

  @Test
  void the_headers_of_a_request_can_be_looked_at() throws IOException {
    client.send(
        SandboxClient.request(org.url() + "/services/data/v68.0/sobjects/Lead/describe", token())
            .header("Sforce-Duplicate-Rule-Header", "allowSave=true")
            .build());

    assertThat(org.requests().get(1).header("Sforce-Duplicate-Rule-Header"))
        .isEqualTo("allowSave=true");
  }

  @Test
  void the_page_for_people_escapes_what_a_lead_says() throws IOException {
    upsert(lead("default-1", "<script>alert(1)</script>"));

    Reply page = client.get(org.url() + "/", null);

    assertThat(page.header("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.text()).contains("&lt;script&gt;alert(1)").doesNotContain("<script>alert(1)");
  }

  private Reply login(String secret) throws IOException {
    return client.form(
        org.url() + "/services/oauth2/token",
        null,
        "grant_type=client_credentials&client_id=" + org.clientId() + "&client_secret=" + secret);
  }

  private String token() throws IOException {
    return login(org.clientSecret()).json().path("access_token").asText();
  }

  private Reply describe(String token) throws IOException {
    return client.get(org.url() + "/services/data/v68.0/sobjects/Lead/describe", token);
  }

  private Reply upsert(ObjectNode... records) throws IOException {
    return client.json("PATCH", collection(KEY), token(), body(records));
  }

  private String collection(String key) {
    return org.url() + "/services/data/v68.0/composite/sobjects/Lead/" + key;
  }

  private static String body(ObjectNode... records) {
    ObjectNode body = Json.object().put("allOrNone", false);
    ArrayNode array = body.putArray("records");
    for (ObjectNode record : records) {
      array.add(record);
    }
    return body.toString();
  }

  private static ObjectNode lead(String key, String lastName) {
    return record(key).put("LastName", lastName).put("Company", "Fieldstone Bakery");
  }

  private static ObjectNode record(String key) {
    ObjectNode record = Json.object();
    record.set("attributes", Json.node(Map.of("type", "Lead")));
    return record.put(KEY, key);
  }

  private static String codeOf(JsonNode result) {
    return result.path("errors").path(0).path("statusCode").asText();
  }

  private static JsonNode field(JsonNode fields, String name) {
    for (JsonNode field : fields) {
      if (field.path("name").asText().equals(name)) {
        return field;
      }
    }
    throw new AssertionError("no field " + name);
  }
}
