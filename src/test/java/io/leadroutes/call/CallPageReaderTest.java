package io.leadroutes.call;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G4, G7: pages and records of any shape. */
class CallPageReaderTest {

  private static final int MIB = 1024 * 1024;
  private static final String TOO_DEEP_OR_LONG =
      "is nested deeper than 10000 levels, or has a text of more than 8 MiB";
  private static final String TOO_MANY =
      "has more than 20000 records, or more than 300000 values of evaluations and variables";

  private final CallPageReader reader = new CallPageReader("acme", ZoneId.of("UTC"));

  @Test
  void the_documented_answer_is_read_field_by_field() throws IOException {
    CallPage page = reader.read(fixture("documented-answer.json"));

    assertThat(page.account()).isEqualTo("acme");
    assertThat(page.currentPage()).isEqualTo(1);
    assertThat(page.lastPage()).isEqualTo(10);
    assertThat(page.perPage()).isEqualTo(15);
    assertThat(page.total()).isEqualTo(150);
    assertThat(page.setAside()).isEmpty();
    assertThat(page.calls()).hasSize(1);
    Call call = page.calls().get(0);
    assertThat(call.account()).isEqualTo("acme");
    assertThat(call.id()).isEqualTo(123);
    assertThat(call.status()).isEqualTo("completed");
    assertThat(call.type()).isEqualTo("outbound");
    assertThat(call.durationSeconds()).isEqualTo(245);
    assertThat(call.assistantName()).isEqualTo("Sales Assistant");
    assertThat(call.campaignName()).isEqualTo("Q4 Outreach Campaign");
    assertThat(call.assistantPhone()).isEqualTo("+1234567890");
    assertThat(call.clientPhone()).isEqualTo("+1987654321");
    assertThat(call.transcript())
        .isEqualTo("Hello, this is Sarah from ClickSpeak. How are you doing today?...");
    assertThat(call.variables())
        .isEqualTo(
            Map.of(
                "customer_name", "John Smith",
                "interest_level", "high",
                "follow_up_date", "2025-08-15"));
    assertThat(call.evaluation().values())
        .isEqualTo(
            Map.of(
                "sentiment", "positive",
                "outcome", "qualified_lead",
                "score", new BigDecimal("8.5")));
    assertThat(call.carrierCost()).isEqualTo("0.02");
    assertThat(call.webhook().value()).isInstanceOf(Map.class);
    assertThat(call.totalCost()).isEqualTo("0.025");
    assertThat(call.answeredBy()).isEqualTo("human");
    assertThat(call.recordingUrl()).isEqualTo("https://recordings.clickspeak.ai/calls/123.mp3");
    assertThat(call.createdAt()).isEqualTo("2025-08-04T14:30:00Z");
    assertThat(call.updatedAt()).isEqualTo("2025-08-04T14:34:05Z");
    assertThat(call.raw().json()).startsWith("{\n      \"id\": 123").endsWith("05\"\n    }");
  }

  @Test
  void the_shapes_of_a_sister_brand_are_read_too() throws IOException {
    CallPage page = reader.read(fixture("answer-of-a-sister-brand.json"));

    assertThat(page.currentPage()).isEqualTo(1);
    assertThat(page.lastPage()).isEqualTo(1);
    assertThat(page.perPage()).isEqualTo(100);
    assertThat(page.total()).isEqualTo(3);
    assertThat(page.setAside()).isEmpty();
    Call call = page.calls().get(0);
    assertThat(call.id()).isEqualTo(9007199254740993L);
    assertThat(call.assistantName()).isEqualTo("Agent Été");
    assertThat(call.campaignName()).isNull();
    assertThat(call.durationSeconds()).isEqualTo(61);
    assertThat(call.transcript())
        .isEqualTo("Agent: Bonjour, ici Léa.\nCustomer: Bonjour, je vous écoute.");
    assertThat(call.variables()).isEmpty();
    assertThat(call.evaluation().values())
        .containsExactly(
            Map.entry("status", true),
            Map.entry("outcome", "Qualified_Lead"),
            Map.entry("score", new BigDecimal("8.50")),
            Map.entry("attempts", new BigDecimal("2")));
    assertThat(call.carrierCost()).isEqualTo("0.02000000");
    assertThat(call.totalCost()).isEqualTo("0.02500000");
    assertThat(call.recordingUrl()).isEqualTo("/recordings/33600000002.mp4");
    assertThat(call.createdAt()).isEqualTo("2026-02-23T08:30:00Z");
    assertThat(call.updatedAt()).isEqualTo("2026-02-23T08:31:02.250Z");
  }

  @Test
  void a_call_without_number_transcript_and_evaluation_is_an_open_call() throws IOException {
    Call call = reader.read(fixture("answer-of-a-sister-brand.json")).calls().get(1);

    assertThat(call.id()).isEqualTo(4294967297L);
    assertThat(call.clientPhone()).isNull();
    assertThat(call.durationSeconds()).isNull();
    assertThat(call.transcript()).isNull();
    assertThat(call.variables()).isEmpty();
    assertThat(call.totalCost()).isNull();
    assertThat(call.updatedAt()).isNull();
    assertThat(call.evaluated()).isFalse();
    assertThat(call.terminal()).isFalse();
    assertThat(call.open()).isTrue();
  }

  @Test
  void variables_keep_their_json_types() throws IOException {
    Call call = reader.read(fixture("answer-of-a-sister-brand.json")).calls().get(2);

    assertThat(call.variables())
        .containsEntry("email", "ann@example.test")
        .containsEntry("age", new BigDecimal("41"))
        .containsEntry("vip", true)
        .containsEntry("tags", Arrays.asList("a", null))
        .containsEntry("address", Map.of("city", "Lyon"))
        .containsEntry("note", null);
  }

  @Test
  void records_that_cannot_be_read_are_set_aside_and_their_neighbours_live() throws IOException {
    CallPage page = reader.read(fixture("records-that-cannot-be-read.json"));

    assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 5L, 7L);
    assertThat(page.setAside())
        .extracting(SetAside::reason)
        .containsExactly(
            "the record is no object",
            "id is missing or not a whole number",
            "id is missing or not a whole number",
            "id is missing or not a whole number",
            "id is missing or not a whole number",
            "the record is no object",
            "the record is no object");
  }

  @Test
  void a_record_that_is_set_aside_keeps_its_text() throws IOException {
    CallPage page = reader.read(fixture("records-that-cannot-be-read.json"));

    assertThat(page.setAside())
        .extracting(aside -> aside.raw().json())
        .containsExactly(
            "\"a text instead of a record\"",
            "{\"status\": \"completed\", \"client_phone_number\": \"+1987654321\"}",
            "{\"id\": 1.5}",
            "{\"id\": \"12a\"}",
            "{\"id\": 9223372036854775808}",
            "null",
            "[{\"id\": 6}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"123", "-45.5", "true", "false", "[]", "[[1], {\"a\": \"]\"}]", "\"\""})
  void the_text_of_a_record_that_is_no_object_is_cut_out_exactly(String record) {
    CallPage page = page("{\"id\": 1}, " + record + " , {\"id\": 2}");

    assertThat(page.setAside()).extracting(aside -> aside.raw().json()).containsExactly(record);
    assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 2L);
  }

  @Test
  void the_text_of_each_record_is_cut_out_exactly_on_a_long_page_beyond_ascii() {
    List<String> records =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    "{ \"id\": %d, \"transcript\": \"Élodie 😀 日本 \\u00e9 \\\" %s\" }"
                        .formatted(i, "ü".repeat(i)))
            .toList();

    CallPage page = page(String.join(" ,\n", records));

    assertThat(page.calls())
        .extracting(call -> call.raw().json())
        .containsExactlyElementsOf(records);
  }

  @Test
  void a_call_read_back_from_its_raw_text_is_the_same_call() throws IOException {
    for (String name : List.of("documented-answer.json", "answer-of-a-sister-brand.json")) {
      for (Call call : reader.read(fixture(name)).calls()) {
        Call again = reader.readCall(call.raw().json());

        assertThat(again)
            .usingRecursiveComparison()
            .ignoringFields("raw.page", "raw.start", "raw.end", "said", "webhook")
            .isEqualTo(call);
        assertThat(again.transcript()).isEqualTo(call.transcript());
        assertThat(again.webhook().value()).isEqualTo(call.webhook().value());
        assertThat(again.raw().json()).isEqualTo(call.raw().json());
      }
    }
  }

  @Test
  void a_raw_text_that_is_no_call_is_refused_without_quoting_it() {
    assertThatThrownBy(() -> reader.readCall("{\"client_phone_number\":\"+1987654321\"}"))
        .isInstanceOf(UnreadablePageException.class)
        .hasMessage("The answer is not a call: id is missing or not a whole number.");
    assertThatThrownBy(() -> reader.readCall(""))
        .isInstanceOf(UnreadablePageException.class)
        .hasMessage("The answer is empty.");
    assertThatThrownBy(() -> reader.readCall("{\"id\":1"))
        .isInstanceOf(UnreadablePageException.class)
        .hasMessage("The answer is cut off.");
  }

  @Test
  void an_id_that_is_repeated_is_two_calls() {
    assertThat(page("{\"id\":1},{\"id\":1}").calls()).extracting(Call::id).containsExactly(1L, 1L);
  }

  @ParameterizedTest
  @CsvSource({
    "123, 123",
    "'\"123\"', 123",
    "'\" 123 \"', 123",
    "123.0, 123",
    "1e3, 1000",
    "9223372036854775807, 9223372036854775807",
    "-1, -1"
  })
  void an_id_is_any_whole_number_that_fits_a_long(String json, long id) {
    assertThat(page("{\"id\":" + json + "}").calls()).extracting(Call::id).containsExactly(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "\"\"", "1e400", "1e999999999", "1e99999999999", "{}"})
  void an_id_that_is_no_such_number_costs_the_record_only(String json) {
    CallPage page = page("{\"id\":" + json + "},{\"id\":2}");

    assertThat(page.setAside()).hasSize(1);
    assertThat(page.calls()).extracting(Call::id).containsExactly(2L);
  }

  @ParameterizedTest
  @CsvSource({
    "2025-08-04 14:30:00, 2025-08-04T12:30:00Z",
    "2025-01-04 14:30:00, 2025-01-04T13:30:00Z",
    "2025-08-04 14:30:00.5, 2025-08-04T12:30:00.5Z",
    "2024-01-15T10:30:00Z, 2024-01-15T10:30:00Z",
    "2025-01-15T10:30:00.000000Z, 2025-01-15T10:30:00Z",
    "2025-01-15T10:30:00.123456789123Z, 2025-01-15T10:30:00.123456789Z",
    "2026-02-23T09:30:00+01:00, 2026-02-23T08:30:00Z",
    "2026-02-23T09:30:00-0530, 2026-02-23T15:00:00Z",
    "2024-02-29 00:00:00, 2024-02-28T23:00:00Z",
    "2025-03-30 02:30:00, 2025-03-30T01:30:00Z",
    "2025-10-26 02:30:00, 2025-10-26T00:30:00Z"
  })
  void a_timestamp_without_a_zone_is_one_of_the_accounts_zone(String text, Instant instant) {
    CallPageReader berlin = new CallPageReader("acme", ZoneId.of("Europe/Berlin"));

    assertThat(berlin.readCall("{\"id\":1,\"created_at\":\"" + text + "\"}").createdAt())
        .isEqualTo(instant);
  }

  @ParameterizedTest
  @CsvSource({
    "2025-08-04 14:30:00 UTC, 2025-08-04T14:30:00Z",
    "2025-08-04 14:30:00UTC, 2025-08-04T14:30:00Z",
    "2025-08-04 14:30:00 GMT, 2025-08-04T14:30:00Z",
    "2025-08-04 14:30:00 Z, 2025-08-04T14:30:00Z",
    "2025-08-04t14:30:00z, 2025-08-04T14:30:00Z",
    "2025-08-04 14:30:00 +02:00, 2025-08-04T12:30:00Z",
    "2025-08-04 14:30:00 +0200, 2025-08-04T12:30:00Z",
    "2025-08-04 14:30:00.25 +02, 2025-08-04T12:30:00.25Z",
    "'2025-08-04T14:30:00,250Z', 2025-08-04T14:30:00.25Z",
    "2025-08-04 14:30:00 Europe/Lisbon, 2025-08-04T13:30:00Z",
    "2025-08-04T14:30:00+01:00[Europe/Lisbon], 2025-08-04T13:30:00Z",
    "2025-08-04 14:30, 2025-08-04T12:30:00Z",
    "2025-08-04T14:30Z, 2025-08-04T14:30:00Z",
    "2025-08-04T14:30+0200, 2025-08-04T12:30:00Z",
    "2025-08-04  14:30:00, 2025-08-04T12:30:00Z",
    "2025/08/04 14:30:00, 2025-08-04T12:30:00Z",
    "2025-08-04 02:30:00 PM, 2025-08-04T12:30:00Z",
    "2025-08-04 12:05 a.m. UTC, 2025-08-04T00:05:00Z",
    "20250804T143000Z, 2025-08-04T14:30:00Z",
    "2025-08-04, 2025-08-03T22:00:00Z",
    "'Mon, 04 Aug 2025 14:30:00 GMT', 2025-08-04T14:30:00Z",
    "'Mon, 4 Aug 2025 14:30:00 +0200', 2025-08-04T12:30:00Z",
    "1754317800, 2025-08-04T14:30:00Z",
    "1754317800.5, 2025-08-04T14:30:00.5Z",
    "1754317800250, 2025-08-04T14:30:00.25Z",
    "1754317800250000, 2025-08-04T14:30:00.25Z"
  })
  void all_forms_of_a_timestamp_are_read(String text, Instant instant) {
    CallPageReader berlin = new CallPageReader("acme", ZoneId.of("Europe/Berlin"));

    assertThat(berlin.readCall("{\"id\":1,\"created_at\":\"" + text + "\"}").createdAt())
        .isEqualTo(instant);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1754317800|2025-08-04T14:30:00Z",
        "1754317800.5|2025-08-04T14:30:00.5Z",
        "1.7543178E9|2025-08-04T14:30:00Z",
        "1754317800250|2025-08-04T14:30:00.25Z",
        "{\"date\":\"2025-08-04"
            + " 14:30:00.000000\",\"timezone_type\":3,\"timezone\":\"UTC\"}|2025-08-04T14:30:00Z",
        "{\"date\":\"2025-08-04"
            + " 14:30:00.5\",\"timezone_type\":1,\"timezone\":\"+02:00\"}|2025-08-04T12:30:00.5Z"
      })
  void a_timestamp_may_be_a_number_or_what_php_makes_of_one(String json, Instant instant) {
    Call call =
        reader.readCall("{\"id\":1,\"created_at\":%1$s,\"updated_at\":%1$s}".formatted(json));

    assertThat(call.createdAt()).isEqualTo(instant);
    assertThat(call.updatedAt()).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "2 hours ago",
        "04/08/2025 14:30",
        "2025-02-30 10:00:00",
        "2025-08-04 25:00:00",
        "2025-08-04 13:00 pm",
        "2025-08-04 14:30:00.",
        "2025-08-04 14:30:00 Uhr",
        "-0001-11-30T00:00:00Z",
        "0000-00-00 00:00:00",
        "1970-01-01 00:00:00",
        "0",
        "17",
        "175431780012345678901",
        "٢٠٢٥-08-04 14:30:00",
        "{{env:HOME}}"
      })
  void a_text_that_is_no_timestamp_is_a_time_that_is_not_known_and_costs_no_record(String text) {
    CallPage page =
        page("{\"id\":1,\"created_at\":\"%1$s\",\"updated_at\":\"%1$s\"}".formatted(text));

    assertThat(page.setAside()).isEmpty();
    assertThat(page.calls()).extracting(Call::createdAt).containsOnlyNulls();
    assertThat(page.calls()).extracting(Call::updatedAt).containsOnlyNulls();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "\"\"",
        "\" \"",
        "17",
        "-5",
        "1e99",
        "{}",
        "[\"2025-08-04 14:30:00\"]",
        "true"
      })
  void a_created_at_of_another_type_is_none(String json) {
    assertThat(reader.readCall("{\"id\":1,\"created_at\":" + json + "}").createdAt()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{\"a\":[1,{}]}", "[1,[2]]"})
  void a_field_of_an_unexpected_type_is_none_and_never_costs_the_record(String json) {
    Call call = reader.readCall(everyFieldIs(json));

    assertThat(call.id()).isEqualTo(1);
    assertThat(call.status()).isNull();
    assertThat(call.durationSeconds()).isNull();
    assertThat(call.totalCost()).isNull();
    assertThat(call.clientPhone()).isNull();
    assertThat(call.createdAt()).isNull();
  }

  @Test
  void numbers_and_booleans_where_text_is_expected_become_text() {
    Call call = reader.readCall(everyFieldIs("12"));

    assertThat(call.status()).isEqualTo("12");
    assertThat(call.transcript()).isEqualTo("12");
    assertThat(call.variables()).isEmpty();
    assertThat(call.evaluation().isEmpty()).isTrue();
    assertThat(reader.readCall(everyFieldIs("true")).status()).isEqualTo("true");
  }

  @ParameterizedTest
  @CsvSource({
    "83, 83",
    "83.4, 83",
    "83.9, 83",
    "0.4, 0",
    "8.34e1, 83",
    "'\"83.4\"', 83",
    "'\"83,4\"', 83",
    "'\" 83 s\"', 83",
    "'\"83 seconds\"', 83",
    "'\"1:23\"', 83",
    "'\"00:01:23\"', 83",
    "'\"1:00:01.5\"', 3601",
    "'\"PT1M23.4S\"', 83"
  })
  void a_duration_is_whole_seconds_in_whatever_form_it_comes(String json, int seconds) {
    assertThat(reader.readCall("{\"id\":1,\"duration\":" + json + "}").durationSeconds())
        .isEqualTo(seconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\"", "\"\"", "-1", "99999999999", "true", "\"1,234\"", "[83]"})
  void a_duration_that_says_no_time_is_none(String json) {
    assertThat(reader.readCall("{\"id\":1,\"duration\":" + json + "}").durationSeconds()).isNull();
  }

  @Test
  void an_evaluation_array_is_read_as_far_as_it_makes_sense() {
    Call call =
        reader.readCall(
            """
            {"id":1,"evaluation":[
              {"value":"no name"}, "text", null, [1], {"name":{"a":1},"value":1}, {},
              {"name":7,"value":[1,{"a":true}]}, {"name":"none"}, {"value":"late","name":"early"},
              {"name":"twice","value":1}, {"name":"twice","value":2}]}\
            """);

    assertThat(call.evaluation().values())
        .containsOnlyKeys("7", "none", "early", "twice")
        .containsEntry("7", List.of(BigDecimal.ONE, Map.of("a", true)))
        .containsEntry("none", null)
        .containsEntry("early", "late")
        .containsEntry("twice", new BigDecimal("2"));
  }

  @Test
  void names_without_any_value_yet_are_no_evaluation() {
    assertThat(reader.readCall("{\"id\":1,\"evaluation\":{\"outcome\":null}}").evaluated())
        .isFalse();
    assertThat(reader.readCall("{\"id\":1,\"evaluation\":{\"status\":false}}").evaluated())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'a':'b','n':8.5}",
        "[{'name':'a','value':'b'},{'name':'n','value':8.5}]",
        "'{\\'a\\':\\'b\\',\\'n\\':8.5}'",
        "' [{\\'name\\':\\'a\\',\\'value\\':\\'b\\'},{\\'name\\':\\'n\\',\\'value\\':8.5}]'",
        "'\\'{\\\\\\'a\\\\\\':\\\\\\'b\\\\\\',\\\\\\'n\\\\\\':8.5}\\''",
        "{'0':{'name':'a','value':'b'},'2':{'name':'n','value':8.5}}"
      })
  void named_values_are_read_in_every_shape_also_as_json_in_a_text(String json) {
    Call call =
        reader.readCall(
            "{'id':1,'evaluation':%1$s,'variables':%1$s}".formatted(json).replace('\'', '"'));

    assertThat(call.evaluation().values())
        .isEqualTo(Map.of("a", "b", "n", new BigDecimal("8.5")))
        .isEqualTo(call.variables());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"[]\"", "\"{}\"", "\"null\"", "\"\u200b\"", "\"[\\\"[]\\\"]\""})
  void a_text_that_holds_no_values_is_no_evaluation(String json) {
    assertThat(reader.readCall("{\"id\":1,\"evaluation\":" + json + "}").evaluated()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"qualified_lead", "{outcome: hot", "[hot]"})
  void an_evaluation_that_is_a_text_but_no_json_can_be_seen_under_its_own_name(String text) {
    Call call = reader.readCall("{\"id\":1,\"evaluation\":\"%s\"}".formatted(text));

    assertThat(call.evaluation().values()).isEqualTo(Map.of("evaluation", text));
  }

  @Test
  void a_transcript_may_be_json_in_a_text_or_an_object_with_numeric_keys() {
    String segments = "[{'text':'Hi.','sender':'bot'},{'text':'Yes?','sender':'human'}]";
    String inText = "'" + segments.replace("'", "\\'") + "'";
    String object = "{'0':{'text':'Hi.','sender':'bot'},'3':{'text':'Yes?','sender':'human'}}";
    for (String json : List.of(segments, inText, object)) {
      Call call = reader.readCall("{'id':1,'transcript':%s}".formatted(json).replace('\'', '"'));

      assertThat(call.transcript()).isEqualTo("Agent: Hi.\nCustomer: Yes?");
    }
    assertThat(reader.readCall("{\"id\":1,\"transcript\":\"[inaudible] Hello\"}").transcript())
        .isEqualTo("[inaudible] Hello");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "{'data':{'crm_contact_id':'c-1','n':7,'ok':true}}|data.crm_contact_id|c-1",
        "{'data':{'crm_contact_id':'c-1','n':7,'ok':true}}|Data.crmContactId|c-1",
        "{'data':{'n':7.50}}|data.n|7.50",
        "{'data':{'ok':true}}|data.ok|true",
        "{'data':[{'id':'a'},{'id':'b'}]}|data.1.id|b",
        "{'data':{'x':null}}|data.x|-",
        "{'data':{'x':{}}}|data.x|-",
        "{'data':'text'}|data.x|-",
        "'{\\'data\\':{\\'x\\':\\'deep\\'}}'|data.x|deep",
        "{'data':'{\\'x\\':\\'deeper\\'}'}|data.x|deeper",
        "\"plain words\"|data|-",
        "7|data|-",
        "[]|data|-",
        "null|data|-"
      })
  void what_the_customers_endpoint_answered_is_found_by_its_path(
      String json, String path, String text) {
    Call call =
        reader.readCall("{'id':1,'webhook_response':%s}".formatted(json).replace('\'', '"'));

    assertThat(call.webhook().text(path).orElse(null)).isEqualTo(text);
    assertThat(call.webhook()).hasToString("WebhookResponse");
  }

  @Test
  void a_transcript_names_its_speakers_where_they_are_known() {
    Call call =
        reader.readCall(
            """
            {"id":1,"transcript":[
              {"text":"Hi.","sender":"BOT"}, {"text":"moved","sender":"system"}, {"text":null},
              {"sender":"bot"}, "loose", 7, {"text":" a\\r\\nb ","sender":"human"}, []]}\
            """);

    assertThat(call.transcript()).isEqualTo("Agent: Hi.\nmoved\nloose\n7\nCustomer: a  b");
  }

  @Test
  void the_order_of_a_pages_fields_does_not_matter() {
    CallPage page =
        read(
            "{\"total\":7,\"data\":[{\"id\":1}],\"last_page\":4,\"x\":{\"data\":[]},"
                + "\"per_page\":2,\"current_page\":3}");

    assertThat(page.currentPage()).isEqualTo(3);
    assertThat(page.lastPage()).isEqualTo(4);
    assertThat(page.perPage()).isEqualTo(2);
    assertThat(page.total()).isEqualTo(7);
    assertThat(page.calls()).hasSize(1);
  }

  @Test
  void numbers_that_the_paginator_leaves_out_are_told_apart_from_real_ones() {
    CallPage page = read("{\"data\":[{\"id\":1},{\"id\":\"x\"}],\"total\":null,\"per_page\":{}}");

    assertThat(page.currentPage()).isZero();
    assertThat(page.lastPage()).isZero();
    assertThat(page.perPage()).isEqualTo(2);
    assertThat(page.total()).isEqualTo(-1);
  }

  @Test
  void a_page_past_the_end_is_a_page_without_calls() {
    CallPage page = read("{\"current_page\":11,\"data\":[],\"last_page\":10}");

    assertThat(page.calls()).isEmpty();
    assertThat(page.currentPage()).isEqualTo(11);
    assertThat(page.lastPage()).isEqualTo(10);
  }

  @Test
  void of_a_name_that_comes_twice_the_last_counts() {
    Call call =
        reader.readCall(
            "{\"id\":\"x\",\"created_at\":\"2026-01-01 10:00:00\",\"evaluation\":{\"a\":1,\"a\":2},"
                + "\"id\":2,\"created_at\":null,\"status\":\"ringing\",\"status\":\"ended\"}");

    assertThat(call.id()).isEqualTo(2);
    assertThat(call.status()).isEqualTo("ended");
    assertThat(call.evaluation().values()).containsEntry("a", new BigDecimal("2"));
    assertThat(read("{\"data\":[{\"id\":1}],\"data\":[{\"id\":2}]}").calls())
        .extracting(Call::id)
        .containsExactly(2L);
  }

  @ParameterizedTest
  @CsvSource({"100, true", "101, false", "9000, false"})
  void a_record_whose_evaluation_is_nested_deeper_than_100_is_set_aside_and_its_neighbours_live(
      int depth, boolean read) {
    for (String field : List.of("evaluation", "id")) {
      CallPage page =
          page("{\"id\":1},{\"%s\":%s,\"id\":2},{\"id\":3}".formatted(field, nested(depth)));

      assertThat(page.calls())
          .extracting(Call::id)
          .isEqualTo(read ? List.of(1L, 2L, 3L) : List.of(1L, 3L));
      assertThat(page.setAside())
          .extracting(SetAside::reason)
          .isEqualTo(read ? List.of() : List.of("the record is nested deeper than 100 levels"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 101, 9000})
  void another_field_that_is_nested_too_deep_is_not_known_and_costs_no_record(int depth) {
    for (String field :
        List.of("variables", "webhook_response", "status", "transcript", "created_at", "other")) {
      CallPage page =
          page(
              "{\"id\":1,\"%s\":%s,\"evaluation\":{\"outcome\":\"hot\"}},{\"id\":3}"
                  .formatted(field, nested(depth)));

      assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 3L);
      Call call = page.calls().get(0);
      assertThat(call.evaluation().text("outcome")).contains("hot");
      assertThat(call.status()).isNull();
      assertThat(call.transcript()).isNull();
      assertThat(reader.readCall(call.raw().json()).contentHash()).isEqualTo(call.contentHash());
      if (depth > 100) {
        assertThat(call.webhook().value()).isNull();
      }
    }
  }

  private static String nested(int depth) {
    return "{\"a\":".repeat(depth - 1) + "1" + "}".repeat(depth - 1);
  }

  @Test
  void a_record_of_nested_arrays_is_set_aside_whole() {
    String record = "[".repeat(5000) + "]".repeat(5000);

    CallPage page = page("{\"id\":1}," + record + ",{\"id\":2}");

    assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 2L);
    assertThat(page.setAside()).extracting(a -> a.raw().json()).containsExactly(record);
  }

  @Test
  void a_page_nested_deeper_than_10_000_is_unreadable() {
    assertUnreadable("{\"data\":[" + "[".repeat(1_000_000), TOO_DEEP_OR_LONG);
  }

  @Test
  void a_text_may_be_as_long_as_any_call_that_is_delivered() {
    String text = "x".repeat(8 * MIB - 100);

    assertThat(page("{\"id\":1,\"transcript\":\"" + text + "\"}").calls().get(0).transcript())
        .hasSameSizeAs(text);
  }

  @Test
  void a_record_that_is_too_large_to_be_delivered_is_set_aside_and_its_beginning_kept() {
    String large = "{\"id\":2,\"other\":\"" + "x".repeat(8 * MIB) + "\"}";

    CallPage page = page("{\"id\":1}," + large + ",{\"id\":3},[" + large + "]");

    assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 3L);
    assertThat(page.setAside())
        .extracting(SetAside::reason)
        .containsExactly("the record is larger than 8 MiB", "the record is no object");
    assertThat(page.setAside().get(0).raw().json()).isEqualTo(large.substring(0, MIB));
    assertThat(page.setAside().get(0).identity()).endsWith(" id 2");
    assertThat(page.setAside().get(1).raw().json()).hasSize(MIB);
  }

  @Test
  void a_longer_text_costs_its_record_and_where_it_has_to_be_looked_at_its_page() {
    String text = "\"" + "x".repeat(8 * MIB + 1) + "\"";

    for (String field : List.of("transcript", "webhook_response", "other")) {
      CallPage page = page("{\"id\":1,\"" + field + "\":" + text + "},{\"id\":2}");
      assertThat(page.calls()).extracting(Call::id).containsExactly(2L);
    }
    for (String field : List.of("id", "status", "variables", "evaluation")) {
      assertUnreadable("{\"data\":[{\"" + field + "\":" + text + "}]}", TOO_DEEP_OR_LONG);
    }
  }

  @Test
  void of_a_field_with_very_many_values_five_thousand_are_known() {
    String many =
        IntStream.range(0, 6000).mapToObj(i -> "\"a" + i + "\":1").collect(Collectors.joining(","));
    String named =
        IntStream.range(0, 6000)
            .mapToObj(i -> "{\"name\":\"a" + i + "\",\"value\":1}")
            .collect(Collectors.joining(","));
    for (String values :
        List.of("{" + many + "}", "[" + named + "]", "\"{" + many.replace("\"", "\\\"") + "}\"")) {
      CallPage page =
          page(
              "{\"id\":1,\"variables\":"
                  + values
                  + ",\"evaluation\":{\"outcome\":\"hot\"}},{\"id\":2,\"evaluation\":"
                  + values
                  + "},{\"id\":3}");

      assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 3L);
      assertThat(page.calls().get(0).variables()).hasSize(5000).containsKey("a4999");
      assertThat(page.calls().get(0).evaluation().text("outcome")).contains("hot");
      assertThat(page.setAside())
          .extracting(SetAside::reason)
          .containsExactly("its evaluation has more than 5000 values");
    }
    CallPage nested = page("{\"id\":1,\"variables\":{\"a\":[" + "1,".repeat(6000) + "1]}}");
    assertThat(nested.calls().get(0).variables().get("a")).asInstanceOf(LIST).hasSize(4999);
  }

  @Test
  void a_page_of_more_records_or_values_than_memory_holds_is_unreadable() {
    String many = "[" + "[],".repeat(4999) + "0]";

    assertThat(page("1,".repeat(19_999) + "1").setAside()).hasSize(20_000);
    assertUnreadable("{\"data\":[" + "1,".repeat(20_000) + "1]}", TOO_MANY);
    assertThat(page(records(60, many)).calls()).hasSize(60);
    assertUnreadable("{\"data\":[" + records(62, many) + "]}", TOO_MANY);
  }

  private static String records(int count, String variables) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"id\":" + i + ",\"variables\":{\"a\":" + variables + "}}")
        .collect(Collectors.joining(","));
  }

  @Test
  void malformed_bytes_are_replaced_without_taking_a_multiple_of_a_large_page() {
    byte[] large = new byte[9 * MIB];
    Arrays.fill(large, (byte) 'x');
    large[5] = (byte) 0xFF;
    assertThat(WellFormed.of(large, 0, large.length))
        .isEqualTo(new String(large, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    Arrays.fill(large, (byte) 0xE4);
    assertThat(WellFormed.of(large, 0, large.length)).isNull();
    byte[] odd = "a\u00e4\ud83d\ude00b".repeat(5000).getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut < 8; cut++) {
      assertThat(WellFormed.of(odd, cut, odd.length - cut - 3))
          .isEqualTo(
              new String(odd, cut, odd.length - cut - 3, StandardCharsets.UTF_8)
                  .getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void a_name_may_be_as_long_as_its_page() {
    String name = "x".repeat(1_000_000);

    assertThat(reader.readCall("{\"id\":1,\"variables\":{\"" + name + "\":1}}").variables())
        .containsOnlyKeys(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1e400", "-1e400", "1e-400", "1e999999999", "1e-999999999", "1e99999999999"})
  void a_number_with_an_absurd_exponent_is_none(String number) {
    Call call = everyFieldAndValue(number);

    assertThat(call.evaluation().values()).containsEntry("score", null).containsKey("other");
    assertThat(call.totalCost()).isNull();
    assertThat(call.durationSeconds()).isNull();
  }

  @Test
  void a_number_of_thousands_of_digits_is_none() {
    Call call = everyFieldAndValue("7".repeat(5000));

    assertThat(call.evaluation().values()).containsEntry("score", null).containsKey("other");
    assertThat(call.totalCost()).isNull();
    assertThat(call.status()).isNull();
    assertThat(page("{\"id\":" + "7".repeat(5000) + "}").setAside()).hasSize(1);
    assertThat(page("{\"id\":\"" + "7".repeat(5000) + "\"}").setAside()).hasSize(1);
  }

  @Test
  void numbers_keep_their_digits() {
    Call call =
        reader.readCall(
            "{\"id\":1,\"evaluation\":{\"a\":0.1000000000000000000001,\"b\":123456789012345678901,"
                + "\"c\":1e20,\"d\":-0.0}}");

    assertThat(call.evaluation().values())
        .containsEntry("a", new BigDecimal("0.1000000000000000000001"))
        .containsEntry("b", new BigDecimal("123456789012345678901"));
    assertThat(call.evaluation().text("c")).contains("100000000000000000000");
    assertThat(call.evaluation().text("d")).contains("0.0");
  }

  @Test
  void nul_and_lone_surrogates_are_replaced_in_values_and_names() {
    Call call =
        reader.readCall(
            """
            {"id":1,"status":"a\\u0000b","transcript":"\\ud800x \\udc00 \\ud83d\\ude00 \\uffee",
             "variables":{"n\\u0000":["\\udfff"],"\\ud83d\\ude00":{"\\ud83d":"\\ude00"}},
             "evaluation":[{"name":"o\\u0000","value":"\\ud83d"}]}\
            """);

    assertThat(call.status()).isEqualTo("a\uFFFDb");
    assertThat(call.transcript()).isEqualTo("\uFFFDx \uFFFD 😀 \uFFEE");
    assertThat(call.variables())
        .isEqualTo(Map.of("n\uFFFD", List.of("\uFFFD"), "😀", Map.of("\uFFFD", "\uFFFD")));
    assertThat(call.evaluation().values()).isEqualTo(Map.of("o\uFFFD", "\uFFFD"));
  }

  @Test
  void control_characters_that_are_not_escaped_are_tolerated() {
    Call call = page("{\"id\":1,\"transcript\":\"a\tb\nc\0d\"}").calls().get(0);

    assertThat(call.transcript()).isEqualTo("a\tb\nc\uFFFDd");
    assertThat(call.raw().json()).isEqualTo("{\"id\":1,\"transcript\":\"a\tb\nc\uFFFDd\"}");
    assertThat(reader.readCall(call.raw().json()).contentHash()).isEqualTo(call.contentHash());
  }

  @Test
  void malformed_bytes_are_replaced() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write("{\"data\":[{\"id\":1,\"transcript\":\"caf".getBytes(UTF_8));
    body.write(0xE9);
    body.write(" \",\"x\":\"".getBytes(UTF_8));
    body.write(0xFF);
    body.write("\"},{\"id\":2}]}".getBytes(UTF_8));

    CallPage page = reader.read(body.toByteArray());

    assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 2L);
    assertThat(page.calls().get(0).transcript()).isEqualTo("caf\uFFFD ");
    assertThat(page.calls().get(0).raw().json())
        .isEqualTo("{\"id\":1,\"transcript\":\"caf\uFFFD \",\"x\":\"\uFFFD\"}");
    assertThat(page.calls().get(1).raw().json()).isEqualTo("{\"id\":2}");
  }

  @Test
  void surrogates_and_nul_hidden_in_overlong_bytes_do_not_get_through() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write("{\"data\":[{\"id\":1,\"status\":\"a".getBytes(UTF_8));
    body.write(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80, (byte) 0xC0, (byte) 0x80});
    body.write("b\"}]}".getBytes(UTF_8));

    assertThat(reader.read(body.toByteArray()).calls().get(0).status()).matches("a\uFFFD+b");
  }

  @Test
  void a_byte_order_mark_in_front_does_not_matter() {
    Call call = read("\uFEFF{\"data\":[{\"id\":1}]}").calls().get(0);

    assertThat(call.raw().json()).isEqualTo("{\"id\":1}");
  }

  @Test
  void placeholders_expressions_and_special_names_are_just_text() {
    Call call =
        reader.readCall(
            "{\"id\":1,\"status\":\"${body}\",\"variables\":{\"__proto__\":\"{{slack.token}}\"}}");

    assertThat(call.status()).isEqualTo("${body}");
    assertThat(call.variables()).isEqualTo(Map.of("__proto__", "{{slack.token}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|is empty",
        "'  '|is empty",
        "[]|is not an object",
        "\"+1987654321\"|is not an object",
        "{}|has no array of calls named data",
        "{\"message\":\"Unauthenticated.\"}|has no array of calls named data",
        "{\"data\":null}|has no array of calls named data",
        "{\"data\":{}}|has no array of calls named data",
        "{\"success\":false,\"data\":[]}|says itself that it failed",
        "{\"data\":[],\"total\":0,\"error\":\"Jane Doe\"}|says itself that it failed",
        "{\"status\":\"Error\",\"data\":[]}|says itself that it failed",
        "{\"data\":[{\"id\":1}],\"data\":7}|has no array of calls named data",
        "{\"data\":[{\"id\":1}|is cut off",
        "{\"data\":[{\"id\":1,\"transcript\":\"Hello|is cut off",
        "{\"data\":[],\"total\":1|is cut off",
        "{\"data\":[]} {}|goes on behind its end",
        "{\"data\":[{\"id\":NaN}]}|is not JSON at byte 15",
        "{\"data\":[{\"id\":Infinity}]}|is not JSON at byte 15",
        "{\"data\":[{\"id\":1,}]}|is not JSON at byte 17",
        "Jane Doe, +1987654321|is not JSON at byte 0"
      })
  void an_answer_that_is_no_page_is_unreadable_with_a_reason(String body, String reason) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOf(UnreadablePageException.class)
        .hasMessageStartingWith("The answer " + reason.replaceFirst("\\d+$", ""))
        .hasMessageNotContaining("Jane")
        .hasMessageNotContaining("987")
        .hasNoCause();
  }

  @Test
  void wide_encodings_are_not_guessed() {
    byte[] body = "{\"data\":[{\"id\":1}]}".getBytes(UTF_16LE);

    assertThatThrownBy(() -> reader.read(body)).isInstanceOf(UnreadablePageException.class);
  }

  @Test
  void a_page_cut_off_anywhere_is_unreadable() throws IOException {
    byte[] body = fixture("answer-of-a-sister-brand.json");
    int end = new String(body, UTF_8).stripTrailing().getBytes(UTF_8).length;

    for (int length = 0; length < end; length++) {
      byte[] part = Arrays.copyOf(body, length);
      assertThatThrownBy(() -> reader.read(part)).isInstanceOf(UnreadablePageException.class);
    }
  }

  @Test
  void a_web_page_is_told_from_broken_json() {
    assertThat(refusal("  \n<!DOCTYPE html><title>Login</title>").isHtml()).isTrue();
    assertThat(refusal("\uFEFF<html>").isHtml()).isTrue();
    assertThat(refusal("<").getMessage()).isEqualTo("The answer is a web page, not JSON.");
    assertThat(refusal("{\"data\":\"<html>\"}").isHtml()).isFalse();
  }

  @Test
  void what_is_read_prints_no_personal_data() throws IOException {
    CallPage page = reader.read(fixture("documented-answer.json"));
    Call call = page.calls().get(0);
    CallPage broken = reader.read(fixture("records-that-cannot-be-read.json"));

    assertThat(page).hasToString("CallPage[acme page 1 of 10, 1 calls, 0 set aside]");
    assertThat(call).hasToString("Call[acme-123]");
    assertThat(call.evaluation()).hasToString("Evaluation[3 values]");
    assertThat(call.raw().toString()).matches("RawRecord\\[\\d+ bytes]");
    assertThat(broken.setAside().toString()).doesNotContain("987", "yesterday", "a text instead");
  }

  private void assertUnreadable(String body, String reason) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOf(UnreadablePageException.class)
        .hasMessage("The answer " + reason + ".");
  }

  private UnreadablePageException refusal(String body) {
    return catchThrowableOfType(UnreadablePageException.class, () -> read(body));
  }

  private Call everyFieldAndValue(String number) {
    return page("{\"id\":1,\"status\":%1$s,\"total_cost\":%1$s,\"duration\":%1$s,\"evaluation\":{\"score\":%1$s,\"other\":1}}"
            .formatted(number))
        .calls()
        .get(0);
  }

  private static String everyFieldIs(String json) {
    StringBuilder record = new StringBuilder("{\"id\":1");
    for (String field :
        List.of(
            "assistant_name",
            "campaign_name",
            "type",
            "duration",
            "assistant_phone_number",
            "client_phone_number",
            "status",
            "transcript",
            "variables",
            "evaluation",
            "webhook_response",
            "carrier_cost",
            "total_cost",
            "answered_by",
            "recording_url",
            "created_at",
            "updated_at")) {
      record.append(",\"").append(field).append("\":").append(json);
    }
    return record.append('}').toString();
  }

  private CallPage page(String records) {
    return read("{\"current_page\":1,\"data\":[" + records + "],\"last_page\":1}");
  }

  private CallPage read(String body) {
    return reader.read(body.getBytes(UTF_8));
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = CallPageReaderTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
