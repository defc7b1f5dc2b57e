package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandboxSlackWorkspaceTest {

  private final SlackWorkspace slack = SlackWorkspace.start(0);
  private final SandboxClient client = new SandboxClient();

  @AfterEach
  void stop() {
    slack.close();
  }

  @Test
  void a_posted_message_is_in_its_channel_with_its_metadata() throws IOException {
    JsonNode answer = post("1").json();

    assertThat(answer.path("ok").asBoolean()).isTrue();
    assertThat(answer.path("channel").asText()).isEqualTo(slack.channel());
    assertThat(answer.path("ts").asText()).matches("\\d{10}\\.\\d{6}");
    assertThat(answer.path("message").path("text").asText()).isEqualTo("Lead 1");
    assertThat(slack.messages(slack.channel()))
        .singleElement()
        .satisfies(
            message ->
                assertThat(message.metadata().at("/event_payload/delivery_id").asText())
                    .isEqualTo("1"));
    assertThat(slack.posts()).isOne();
    assertThat(slack.deliveryKeys()).containsExactly("1");
  }

  @Test
  void time_stamps_are_unique_and_increase() throws IOException {
    List<String> stamps = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      stamps.add(post("" + i).json().path("ts").asText());
    }

    assertThat(stamps).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void a_missing_and_a_wrong_token_are_told_apart() throws IOException {
    assertThat(errorOf(client.post(slack.url() + "/auth.test", null, Json.object())))
        .isEqualTo("not_authed");
    assertThat(errorOf(client.post(slack.url() + "/auth.test", "xoxb-no", Json.object())))
        .isEqualTo("invalid_auth");
    assertThat(call("auth.test", Json.object()).json().path("ok").asBoolean()).isTrue();
  }

  @Test
  void a_channel_refuses_for_the_reason_it_has() throws IOException {
    slack.addChannel("C0OTHER0001", "other");
    assertThat(errorOf(call("chat.postMessage", message("C0NOWHERE").put("text", "x"))))
        .isEqualTo("channel_not_found");

    slack.leave("C0OTHER0001");
    assertThat(errorOf(call("chat.postMessage", message("C0OTHER0001").put("text", "x"))))
        .isEqualTo("not_in_channel");

    slack.archive("C0OTHER0001");
    assertThat(errorOf(call("chat.postMessage", message("C0OTHER0001").put("text", "x"))))
        .isEqualTo("is_archived");
  }

  @Test
  void a_missing_scope_is_named() throws IOException {
    slack.scopes("chat:write");

    Reply reply = call("conversations.history", message(slack.channel()));

    assertThat(errorOf(reply)).isEqualTo("missing_scope");
    assertThat(reply.json().path("needed").asText()).isEqualTo("channels:history");
  }

  @Test
  void a_message_without_text_or_with_too_much_is_refused() throws IOException {
    assertThat(errorOf(call("chat.postMessage", message(slack.channel())))).isEqualTo("no_text");
    assertThat(
            errorOf(
                call("chat.postMessage", message(slack.channel()).put("text", "x".repeat(40_001)))))
        .isEqualTo("msg_too_long");
  }

  @Test
  void blocks_above_a_limit_are_refused_and_the_place_is_told() throws IOException {
    assertThat(errorOf(postBlocks(blocks(51, "divider", 0)))).isEqualTo("invalid_blocks");
    assertThat(errorOf(postBlocks(blocks(1, "header", 151)))).isEqualTo("invalid_blocks");
    assertThat(errorOf(postBlocks(blocks(1, "section", 3_001)))).isEqualTo("invalid_blocks");
    assertThat(errorOf(postBlocks(fields(11, 10)))).isEqualTo("invalid_blocks");
    assertThat(errorOf(postBlocks(fields(1, 2_001)))).isEqualTo("invalid_blocks");
    assertThat(postBlocks(fields(1, 2_001)).json().at("/response_metadata/messages/0").asText())
        .contains("[json-pointer:/blocks/0/fields/0/text]");
    assertThat(slack.posts()).isZero();
  }

  @Test
  void blocks_at_their_limits_are_posted_and_more_text_in_all_is_not() throws IOException {
    assertThat(postBlocks(blocks(50, "divider", 0)).json().path("ok").asBoolean()).isTrue();
    assertThat(postBlocks(blocks(1, "header", 150)).json().path("ok").asBoolean()).isTrue();
    assertThat(postBlocks(blocks(4, "section", 3_000)).json().path("ok").asBoolean()).isTrue();
    assertThat(errorOf(postBlocks(blocks(5, "section", 2_900)))).isEqualTo("msg_blocks_too_long");
  }

  @Test
  void metadata_without_a_payload_is_refused() throws IOException {
    ObjectNode message = message(slack.channel()).put("text", "x");
    message.putObject("metadata").put("event_type", "lead");

    assertThat(errorOf(call("chat.postMessage", message))).isEqualTo("invalid_metadata_format");
  }

  @Test
  void the_history_is_newest_first_and_shows_metadata_only_when_asked() throws IOException {
    post("1");
    post("2");

    JsonNode plain = history("").json().path("messages");
    JsonNode whole = history("&include_all_metadata=true").json().path("messages");

    assertThat(plain)
        .extracting(message -> message.path("text").asText())
        .containsExactly("Lead 2", "Lead 1");
    assertThat(plain).noneMatch(message -> message.has("metadata"));
    assertThat(whole).allMatch(message -> message.has("metadata"));
  }

  @Test
  void the_history_is_read_page_by_page_with_a_cursor() throws IOException {
    for (int i = 1; i <= 5; i++) {
      post("" + i);
    }

    List<String> texts = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page = history("&limit=2&cursor=" + cursor).json();
      page.path("messages").forEach(message -> texts.add(message.path("text").asText()));
      cursor = page.at("/response_metadata/next_cursor").asText("").replace("=", "%3D");
      pages++;
    } while (!cursor.isEmpty());

    assertThat(pages).isEqualTo(3);
    assertThat(texts).containsExactly("Lead 5", "Lead 4", "Lead 3", "Lead 2", "Lead 1");
    assertThat(errorOf(history("&cursor=nonsense"))).isEqualTo("invalid_cursor");
  }

  @Test
  void the_bounds_of_the_history_are_inclusive_only_when_asked() throws IOException {
    String first = post("1").json().path("ts").asText();
    post("2");
    String third = post("3").json().path("ts").asText();
    String bounds = "&oldest=" + first + "&latest=" + third;

    assertThat(history(bounds).json().path("messages")).hasSize(1);
    assertThat(history(bounds + "&inclusive=true").json().path("messages")).hasSize(3);
    assertThat(errorOf(history("&oldest=noon"))).isEqualTo("invalid_ts_oldest");
  }

  @Test
  void the_history_takes_json_and_forms_as_well() throws IOException {
    post("1");
    String form = "channel=" + slack.channel() + "&limit=1&include_all_metadata=1";

    JsonNode fromForm =
        client.form(slack.url() + "/conversations.history", slack.token(), form).json();
    JsonNode fromJson =
        call(
                "conversations.history",
                message(slack.channel()).put("limit", 1).put("include_all_metadata", true))
            .json();

    assertThat(fromForm).isEqualTo(fromJson);
    assertThat(fromForm.at("/messages/0/metadata/event_type").asText()).isEqualTo("lead");
  }

  @Test
  void an_update_changes_the_message_and_keeps_its_metadata() throws IOException {
    String ts = post("1").json().path("ts").asText();

    JsonNode answer =
        call("chat.update", message(slack.channel()).put("ts", ts).put("text", "Better")).json();

    assertThat(answer.path("ts").asText()).isEqualTo(ts);
    assertThat(slack.messages(slack.channel()))
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.text()).isEqualTo("Better");
              assertThat(message.edits()).isOne();
              assertThat(message.metadata()).isNotNull();
            });
    assertThat(slack.updates()).isOne();
    assertThat(
            errorOf(
                call(
                    "chat.update",
                    message(slack.channel()).put("ts", "1716000000.000100").put("text", "x"))))
        .isEqualTo("message_not_found");
  }

  @Test
  void messages_above_the_rate_are_429_and_not_posted() throws IOException {
    slack.rateLimit(0.5, 2);

    assertThat(post("1").status()).isEqualTo(200);
    assertThat(post("2").status()).isEqualTo(200);
    Reply third = post("3");

    assertThat(third.status()).isEqualTo(429);
    assertThat(errorOf(third)).isEqualTo("ratelimited");
    assertThat(third.header("Retry-After")).hasValue("2");
    assertThat(slack.posts()).isEqualTo(2);
  }

  @Test
  void a_channel_tells_whether_the_app_has_joined() throws IOException {
    slack.leave(slack.channel());

    JsonNode info = call("conversations.info", message(slack.channel())).json();

    assertThat(info.at("/channel/name").asText()).isEqualTo("leads");
    assertThat(info.at("/channel/is_member").asBoolean()).isFalse();
  }

  @Test
  void the_page_for_people_draws_markup_and_lets_no_html_through() throws IOException {
    ObjectNode message = message(slack.channel()).put("text", "x");
    message
        .putArray("blocks")
        .addObject()
        .put("type", "section")
        .putObject("text")
        .put("type", "mrkdwn")
        .put(
            "text",
            "*Nora* &lt;b&gt; <img src=x> <javascript:alert(1)|go> <https://example.com|e>");
    call("chat.postMessage", message);

    String page = client.get(slack.root() + "/", null).text();

    assertThat(page)
        .contains("<b>Nora</b> &lt;b&gt; &lt;img src=x&gt;")
        .contains("href=\"https://example.com\">e</a>")
        .doesNotContain("<img")
        .doesNotContain("href=\"javascript");
  }

  private Reply post(String delivery) throws IOException {
    ObjectNode message = message(slack.channel()).put("text", "Lead " + delivery);
    message
        .putObject("metadata")
        .put("event_type", "lead")
        .putObject("event_payload")
        .put("delivery_id", delivery);
    return call("chat.postMessage", message);
  }

  private Reply postBlocks(ArrayNode blocks) throws IOException {
    ObjectNode message = message(slack.channel()).put("text", "x");
    message.set("blocks", blocks);
    return call("chat.postMessage", message);
  }

  private Reply history(String parameters) throws IOException {
    return client.get(
        slack.url() + "/conversations.history?channel=" + slack.channel() + parameters,
        slack.token());
  }

  private Reply call(String method, ObjectNode arguments) throws IOException {
    return client.post(slack.url() + "/" + method, slack.token(), arguments);
  }

  private static ObjectNode message(String channel) {
    return Json.object().put("channel", channel);
  }

  private static ArrayNode blocks(int count, String type, int length) {
    ArrayNode blocks = Json.array();
    for (int i = 0; i < count; i++) {
      ObjectNode block = blocks.addObject().put("type", type);
      if (length > 0) {
        block
            .putObject("text")
            .put("type", type.equals("header") ? "plain_text" : "mrkdwn")
            .put("text", "x".repeat(length));
      }
    }
    return blocks;
  }

  private static ArrayNode fields(int count, int length) {
    ArrayNode blocks = Json.array();
    ArrayNode fields = blocks.addObject().put("type", "section").putArray("fields");
    for (int i = 0; i < count; i++) {
      fields.addObject().put("type", "mrkdwn").put("text", "x".repeat(length));
    }
    return blocks;
  }

  private static String errorOf(Reply reply) {
    return reply.json().path("error").asText();
  }
}
