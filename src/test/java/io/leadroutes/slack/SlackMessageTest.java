package io.leadroutes.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.lead.Lead;
import io.leadroutes.sinks.Deliveries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlackMessageTest {

  private static final String HOST = "https://brand.example.com/api";

  @Test
  void a_lead_is_shown_with_name_contact_words_and_recording() throws IOException {
    JsonNode message = message(Deliveries.lead(1));

    assertThat(message.path("text").asText()).isEqualTo("New lead: Ada Lovelace, Engines Ltd");
    assertThat(message.path("unfurl_links").asBoolean(true)).isFalse();
    assertThat(message.path("unfurl_media").asBoolean(true)).isFalse();
    assertThat(message.at("/blocks/0/text/text").asText()).isEqualTo("Ada Lovelace");
    assertThat(message.at("/blocks/1/fields").findValuesAsText("text"))
        .containsExactly(
            "*Company*",
            "Engines Ltd",
            "*Phone*",
            "+44 20 7946 0000",
            "*E-mail*",
            "ada@example.org",
            "*Outcome*",
            "qualified_lead",
            "*Score*",
            "87");
    assertThat(message.at("/blocks/2/text/text").asText()).isEqualTo("Agent: Hello\nCustomer: Hi");
    assertThat(message.at("/blocks/3/text/text").asText())
        .isEqualTo("<https://recordings.example.org/1.mp3?a=1&amp;b=2|Recording>");
  }

  @Test
  void the_summary_comes_before_the_transcript() throws IOException {
    Lead lead =
        Deliveries.lead(
            1, "A", null, null, null, null, null, null, "Agent: x", Map.of("summary", "Wants two"));

    assertThat(message(lead).at("/blocks/1/text/text").asText()).isEqualTo("Wants two");
  }

  @Test
  void a_lead_of_whom_nothing_is_known_has_a_header_and_nothing_empty() throws IOException {
    JsonNode message = message(Deliveries.bare(1));

    assertThat(message.path("blocks")).hasSize(1);
    assertThat(message.at("/blocks/0/text/text").asText()).isEqualTo("default-1");
  }

  @ParameterizedTest
  @MethodSource("io.leadroutes.sinks.Deliveries#hostile")
  void hostile_text_stays_text_within_slacks_limits(String text) throws IOException {
    JsonNode message = message(Deliveries.hostile(1, text));
    JsonNode blocks = message.path("blocks");

    assertThat(blocks.size()).isBetween(1, 50);
    assertThat(blocks.toString().length()).isLessThan(13_000);
    assertThat(message.at("/blocks/0/text/text").asText()).hasSizeBetween(1, 150);
    List<String> texts = texts(message);
    assertThat(texts.stream().mapToInt(String::length).sum()).isLessThan(10_000);
    for (String shown : texts) {
      assertThat(shown).isNotBlank().hasSizeLessThanOrEqualTo(3000);
      assertThat(shown.replaceAll("^<https?://[^<>|]*\\|Recording>$", "")).doesNotContain("<", ">");
      assertThat(shown.replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
      assertThat(new String(shown.getBytes("UTF-8"), "UTF-8")).isEqualTo(shown);
    }
    for (JsonNode field : message.at("/blocks/1/fields")) {
      assertThat(field.path("text").asText()).hasSizeLessThanOrEqualTo(2000);
    }
  }

  /** What Slack would take for bold, italic, struck through or code is what somebody said. */
  @Test
  void what_a_call_says_is_shown_as_written() throws IOException {
    String said = "Budget ~$70k to ~90k, *urgent*, uses `sap_b1` and _nothing else_\n> as quoted";
    Lead lead =
        Deliveries.lead(
            1,
            "*Ada* _L_",
            null,
            null,
            "first_last_@example.org",
            null,
            "Engines_and_Sons_",
            null,
            null,
            Map.of("summary", said, "outcome", "~qualified~"));

    JsonNode message = message(lead);

    assertThat(message.at("/blocks/2/text/text").asText()).isEqualTo(said.replace(">", "&gt;"));
    List<JsonNode> texts = textObjects(message);
    assertThat(texts).filteredOn(t -> t.path("text").asText().contains("_")).hasSize(4);
    for (JsonNode text : texts) {
      boolean ours = text.path("text").asText().matches("\\*(Company|E-mail|Outcome)\\*");
      assertThat(text.path("type").asText()).isEqualTo(ours ? "mrkdwn" : "plain_text");
    }
    assertThat(message.path("mrkdwn").asBoolean(true)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://call_recordings.s3.example.com/1.mp3"
            + "|<https://call_recordings.s3.example.com/1.mp3>",
        "https://rec.example.com/a call (1) [x].mp3?n=a b"
            + "|<https://rec.example.com/a%20call%20(1)%20%5Bx%5D.mp3?n=a%20b>",
        "/storage/recordings/1.mp4|<https://brand.example.com/storage/recordings/1.mp4>",
        "//cdn.example.com/1.mp3|<https://cdn.example.com/1.mp3>"
      })
  void a_recording_has_a_link_whatever_its_address_looks_like(String url, String link)
      throws IOException {
    assertThat(message(recorded(url)).at("/blocks/1/text/text").asText())
        .isEqualTo(link.replace(">", "|Recording>"));
  }

  @Test
  void a_link_of_more_than_2000_characters_is_shown_as_long_as_slack_takes_it() throws IOException {
    String url = "https://rec.example.com/1.mp3?signature=" + "a".repeat(2400);

    assertThat(message(recorded(url)).at("/blocks/1/text/text").asText())
        .isEqualTo("<" + url + "|Recording>");
    assertThat(message(recorded(url + "a".repeat(600))).at("/blocks/1/text/text").asText())
        .isEqualTo("Recording: its link is too long for Slack.");
  }

  @Test
  void what_is_no_address_is_said_to_be_none() throws IOException {
    assertThat(message(recorded("javascript:alert(1)")).at("/blocks/1/text/text").asText())
        .isEqualTo("Recording: its address is not one of a web server.");
    assertThat(message(recorded("\u200b")).path("blocks")).hasSize(1);
  }

  /** Spaces that do not break, zero-width signs, fillers: Slack calls that no text. */
  @ParameterizedTest
  @ValueSource(
      strings = {"\u200b\u200d", "\u00a0\u2007", "\ufeff", "\u3164", "\u2060 \t", "\u0301"})
  void text_that_shows_nothing_is_no_text(String nothing) throws IOException {
    JsonNode message = message(Deliveries.hostile(1, nothing));

    assertThat(message.path("blocks")).hasSize(1);
    assertThat(message.at("/blocks/0/text/text").asText()).isEqualTo("default-1");
    assertThat(message.path("text").asText()).isEqualTo("New lead: default-1");
  }

  @Test
  void a_message_is_marked_twice_and_the_second_mark_changes_with_the_version() throws IOException {
    JsonNode message = message(Deliveries.lead(1));

    assertThat(SlackMark.in(message)).isEqualTo(new SlackMark("1", "default-1"));
    assertThat(SlackMark.in(((ObjectNode) message).without("metadata")))
        .isEqualTo(new SlackMark("1", "default-1"));
    assertThat(new SlackMark("1", "default-1").blockId(2))
        .isNotEqualTo(message.at("/blocks/0/block_id").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "abcdef,6,abcdef",
    "abcdefg,6,abcde…",
    "ab&cd,6,ab…",
    "ab&,7,ab&amp;",
    "a&&&,6,a…",
    "a&&&,7,a&amp;…",
    "<!here>,30,&lt;!here&gt;"
  })
  void text_is_cut_after_escaping_and_never_inside_an_entity(String text, int most, String cut) {
    assertThat(SlackText.escaped(text, most)).isEqualTo(cut);
  }

  @Test
  void text_is_never_cut_inside_a_surrogate_pair() {
    assertThat(SlackText.escaped("ab\ud83d\ude00\ud83d\ude00", 5)).isEqualTo("ab\ud83d\ude00…");
    assertThat(SlackText.escaped("ab\ud83d\ude00\ud83d\ude00", 4)).isEqualTo("ab…");
  }

  @Test
  void text_is_never_cut_inside_what_a_reader_takes_for_one_sign() {
    String family = "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67";
    assertThat(SlackText.escaped("ab" + family + "cd", 8)).isEqualTo("ab…");
    assertThat(SlackText.escaped("abe\u0301xyz", 5)).isEqualTo("abe\u0301…");
    assertThat(SlackText.escaped("abe\u0301xyz", 4)).isEqualTo("ab…");
  }

  @Test
  void a_letter_with_thousands_of_accents_is_cut_all_the_same() {
    assertThat(SlackText.escaped("a" + "\u0301".repeat(5000), 150)).hasSize(150).endsWith("…");
  }

  private static Lead recorded(String url) {
    return Deliveries.lead(1, null, null, null, null, null, null, url, null, Map.of());
  }

  /** All objects that have a text and a type of it. */
  private static List<JsonNode> textObjects(JsonNode node) {
    List<JsonNode> found = new ArrayList<>();
    if (node.path("text").isTextual() && node.has("type")) {
      found.add(node);
    }
    node.forEach(child -> found.addAll(textObjects(child)));
    return found;
  }

  /** Every text that is shown, wherever it stands. */
  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node.path("text").isTextual()) {
      texts.add(node.path("text").asText());
    }
    node.forEach(child -> texts.addAll(texts(child)));
    return texts;
  }

  private static JsonNode message(Lead lead) throws IOException {
    return new ObjectMapper().readTree(SlackMessage.post(Deliveries.of(1, lead), "C0LEADS", HOST));
  }
}
