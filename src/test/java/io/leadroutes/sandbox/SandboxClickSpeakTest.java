package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandboxClickSpeakTest {

  private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");

  private final ClickSpeak clickSpeak = ClickSpeak.start(0);
  private final SandboxClient client = new SandboxClient();

  @AfterEach
  void stop() {
    clickSpeak.close();
  }

  @Test
  void a_page_has_the_fields_of_the_paginator_in_the_documented_order() throws IOException {
    fill(40);

    JsonNode page = list("?page=2").json();

    assertThat(page.fieldNames())
        .toIterable()
        .containsExactly(
            "current_page",
            "data",
            "first_page_url",
            "from",
            "last_page",
            "last_page_url",
            "links",
            "next_page_url",
            "path",
            "per_page",
            "prev_page_url",
            "to",
            "total");
    assertThat(page.path("per_page").asInt()).isEqualTo(15);
    assertThat(page.path("from").asInt()).isEqualTo(16);
    assertThat(page.path("to").asInt()).isEqualTo(30);
    assertThat(page.path("last_page").asInt()).isEqualTo(3);
    assertThat(page.path("total").asInt()).isEqualTo(40);
    assertThat(page.path("data")).hasSize(15);
    assertThat(page.path("next_page_url").asText())
        .isEqualTo(clickSpeak.url() + "/user/calls?page=3");
  }

  @Test
  void a_call_has_the_documented_fields() throws IOException {
    clickSpeak.put(SandboxCall.qualified(123));

    assertThat(list("").json().path("data").get(0).fieldNames())
        .toIterable()
        .containsExactly(
            "id",
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
            "updated_at");
  }

  @Test
  void the_newest_call_comes_first() throws IOException {
    fill(3);

    assertThat(ids(list(""))).containsExactly(3L, 2L, 1L);
  }

  @Test
  void links_are_labelled_and_do_not_carry_the_filters() throws IOException {
    fill(20);

    JsonNode links = list("?per_page=10&type=outbound").json().path("links");

    assertThat(links)
        .extracting(link -> link.path("label").asText())
        .containsExactly("&laquo; Previous", "1", "2", "Next &raquo;");
    assertThat(links.get(0).path("url").isNull()).isTrue();
    assertThat(links.get(1).path("active").asBoolean()).isTrue();
    assertThat(links.get(3).path("url").asText()).endsWith("/user/calls?page=2");
  }

  @Test
  void many_pages_leave_gaps_in_the_links() throws IOException {
    fill(40);

    assertThat(list("?per_page=1&page=20").json().path("links"))
        .extracting(link -> link.path("label").asText())
        .containsExactly(
            "&laquo; Previous",
            "1",
            "2",
            "...",
            "17",
            "18",
            "19",
            "20",
            "21",
            "22",
            "23",
            "...",
            "39",
            "40",
            "Next &raquo;");
  }

  @Test
  void a_page_past_the_end_is_empty_and_still_200() throws IOException {
    fill(3);

    Reply reply = list("?page=9");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("data")).isEmpty();
    assertThat(reply.json().path("from").isNull()).isTrue();
    assertThat(reply.json().path("to").isNull()).isTrue();
    assertThat(reply.json().path("total").asInt()).isEqualTo(3);
  }

  @Test
  void an_invalid_page_is_silently_the_first() throws IOException {
    fill(3);

    for (String page : List.of("0", "-1", "two", "99999999999")) {
      assertThat(list("?page=" + page).json().path("current_page").asInt()).isEqualTo(1);
    }
  }

  @Test
  void an_empty_list_is_one_empty_page() throws IOException {
    JsonNode page = list("").json();

    assertThat(page.path("data")).isEmpty();
    assertThat(page.path("last_page").asInt()).isEqualTo(1);
    assertThat(page.path("total").asInt()).isZero();
  }

  @Test
  void every_filter_narrows_the_list() throws IOException {
    clickSpeak.put(
        SandboxCall.qualified(1).createdAt(NOON).belongsTo(7, 8).phone("+12025550111"),
        SandboxCall.ringing(2).createdAt(NOON.plusSeconds(1)),
        SandboxCall.web(3).createdAt(NOON.plus(Duration.ofHours(12))));

    assertThat(ids(list("?status=ringing"))).containsExactly(2L);
    assertThat(ids(list("?type=web"))).containsExactly(3L);
    assertThat(ids(list("?phone_number=%2B12025550111"))).containsExactly(1L);
    assertThat(ids(list("?assistant_id=7"))).containsExactly(1L);
    assertThat(ids(list("?campaign_id=8"))).containsExactly(1L);
    assertThat(ids(list("?date_from=2026-03-11"))).containsExactly(3L);
    assertThat(ids(list("?date_to=2026-03-10"))).containsExactly(2L, 1L);
    assertThat(ids(list("?date_from=2026-03-10&date_to=2026-03-10&type=outbound&status=completed")))
        .containsExactly(1L);
  }

  @Test
  void a_replaced_call_shows_its_new_state_and_a_removed_one_is_gone() throws IOException {
    clickSpeak.put(SandboxCall.ringing(1), SandboxCall.ringing(2));
    assertThat(ids(list("?status=ringing"))).hasSize(2);

    clickSpeak.put(SandboxCall.qualified(1));
    clickSpeak.remove(2);

    assertThat(ids(list("?status=ringing"))).isEmpty();
    assertThat(ids(list(""))).containsExactly(1L);
  }

  @Test
  void bad_parameters_are_422_with_the_reasons() throws IOException {
    Reply tooMany = list("?per_page=101");
    assertThat(tooMany.status()).isEqualTo(422);
    assertThat(tooMany.json().path("errors").path("per_page").get(0).asText()).contains("100");
    assertThat(tooMany.json().path("message").asText()).isNotBlank();

    for (String bad :
        List.of(
            "per_page=0", "status=gone", "type=fax", "date_from=yesterday", "assistant_id=me")) {
      assertThat(list("?" + bad).status()).as(bad).isEqualTo(422);
    }
    assertThat(list("?status=gone&type=fax").json().path("message").asText())
        .endsWith("(and 1 more error)");
  }

  @Test
  void a_wrong_token_is_401() throws IOException {
    Reply reply = client.get(clickSpeak.url() + "/user/calls", "wrong");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.text()).isEqualTo("{\"message\":\"Unauthenticated.\"}");
  }

  @Test
  void a_wrong_token_of_a_client_that_wants_no_json_is_sent_to_the_login_page() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(clickSpeak.url() + "/user/calls")).build();

    Reply reply = client.send(request);

    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.header("Location")).hasValue(clickSpeak.root() + "/login");
  }

  @Test
  void one_call_is_found_by_id_and_an_unknown_one_is_404() throws IOException {
    clickSpeak.put(SandboxCall.qualified(5_000_000_000L));

    Reply found = client.get(clickSpeak.url() + "/user/calls/5000000000", clickSpeak.token());
    Reply unknown = client.get(clickSpeak.url() + "/user/calls/6", clickSpeak.token());

    assertThat(found.json().path("id").asLong()).isEqualTo(5_000_000_000L);
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.text()).isEqualTo("{\"message\":\"Call not found\"}");
  }

  @Test
  void the_owner_of_the_token_is_told() throws IOException {
    JsonNode me = client.get(clickSpeak.url() + "/user/me", clickSpeak.token()).json();

    assertThat(me.fieldNames()).toIterable().containsExactly("name", "email", "total_balance");
  }

  @Test
  void requests_above_the_limit_are_429_and_say_when_to_come_again() throws IOException {
    clickSpeak.limit(2, Duration.ofMinutes(1));

    assertThat(list("").header("X-RateLimit-Remaining")).hasValue("1");
    assertThat(list("").status()).isEqualTo(200);
    Reply third = list("");

    assertThat(third.status()).isEqualTo(429);
    assertThat(third.json().path("message").asText()).isEqualTo("Too Many Attempts.");
    assertThat(third.header("Retry-After")).hasValue(third.json().path("retry_after").asText());
    assertThat(third.json().path("retry_after").asInt()).isBetween(1, 60);
  }

  @Test
  void a_broken_record_stands_in_the_list_as_written() throws IOException {
    fill(1);
    clickSpeak.putRaw(2, Instant.now(), "{\"id\":2,\"evaluation\":7");

    assertThat(list("").text()).contains("\"data\":[{\"id\":2,\"evaluation\":7,{\"id\":1,");
  }

  @Test
  void requests_are_counted_and_their_queries_remembered() throws IOException {
    list("?page=1&per_page=100");
    list("?page=2&per_page=100");

    assertThat(clickSpeak.requestCount()).isEqualTo(2);
    assertThat(clickSpeak.queries())
        .extracting(query -> query.get("page"))
        .containsExactly("1", "2");
    assertThat(clickSpeak.requests().get(0).bearerToken()).isEqualTo(clickSpeak.token());
  }

  @Test
  void a_population_has_exactly_the_leads_asked_for_in_both_shapes() throws IOException {
    clickSpeak.population(1_000, 200, 42);

    List<JsonNode> calls = new ArrayList<>();
    for (int page = 1; page <= 10; page++) {
      list("?per_page=100&page=" + page).json().path("data").forEach(calls::add);
    }
    List<JsonNode> leads = calls.stream().filter(SandboxClickSpeakTest::isQualified).toList();

    assertThat(calls).hasSize(1_000);
    assertThat(leads).hasSize(200);
    assertThat(leads).anyMatch(lead -> lead.path("evaluation").isArray());
    assertThat(leads).anyMatch(lead -> lead.path("evaluation").isObject());
    assertThat(calls.stream().mapToInt(call -> call.toString().length()).average().orElseThrow())
        .isBetween(3_600.0, 4_000.0);
    assertThat(calls.subList(0, 100).stream().filter(SandboxClickSpeakTest::isQualified))
        .hasSize(20);
  }

  @Test
  void the_same_seed_makes_the_same_population() throws IOException {
    clickSpeak.population(50, 10, 7, NOON);
    String once = list("?per_page=50").text();

    clickSpeak.clear();
    clickSpeak.population(50, 10, 7, NOON);

    assertThat(list("?per_page=50").text()).isEqualTo(once);
  }

  @Test
  void every_person_of_a_population_is_fictional() throws IOException {
    clickSpeak.population(100, 20, 3);

    String page = list("?per_page=100").text();

    assertThat(page.replaceAll("[\\w.]+@[\\w.]+example\\.com", "")).doesNotContain("@");
    list("?per_page=100")
        .json()
        .path("data")
        .forEach(
            call ->
                assertThat(call.path("client_phone_number").asText())
                    .matches("\\+1\\d{3}55501\\d\\d"));
  }

  @Test
  void a_transcript_and_an_evaluation_come_in_the_other_shape_too() {
    SandboxCall call = SandboxCall.qualified(1).evaluationAsArray().transcriptAsSegments();

    assertThat(call.field("evaluation").get(1).toString())
        .isEqualTo(
            "{\"name\":\"outcome\",\"type\":\"string\",\"value\":\"qualified_lead\","
                + "\"description\":\"The call's outcome\"}");
    assertThat(call.field("transcript").get(1).path("sender").asText()).isEqualTo("human");
    assertThat(call.field("transcript").get(1).path("text").asText()).isEqualTo("Yes, go ahead.");
  }

  private void fill(int count) {
    LongStream.rangeClosed(1, count)
        .mapToObj(id -> SandboxCall.qualified(id).createdAt(NOON.plusSeconds(id)))
        .forEach(clickSpeak::put);
  }

  private Reply list(String parameters) throws IOException {
    return client.get(clickSpeak.url() + "/user/calls" + parameters, clickSpeak.token());
  }

  private static List<Long> ids(Reply page) {
    List<Long> ids = new ArrayList<>();
    page.json().path("data").forEach(call -> ids.add(call.path("id").asLong()));
    return ids;
  }

  static boolean isQualified(JsonNode call) {
    Set<String> outcomes = new HashSet<>();
    outcomes.add(call.path("evaluation").path("outcome").asText());
    for (JsonNode variable : call.path("evaluation")) {
      if (variable.path("name").asText().equals("outcome")) {
        outcomes.add(variable.path("value").asText());
      }
    }
    return outcomes.contains("qualified_lead");
  }
}
