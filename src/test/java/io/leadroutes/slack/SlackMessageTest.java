package io.leadroutes.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

  @Test
  void a_lead_is_shown_with_name_contact_words_and_recording() throws IOException {
    JsonNode message = message(Deliveries.lead(1));

    assertThat(message.path("text").asText()).isEqualTo("New lead: Ada Lovelace, Engines Ltd");
    assertThat(message.path("unfurl_links").asBoolean(true)).isFalse();
    assertThat(message.path("unfurl_media").asBoolean(true)).isFalse();
    assertThat(message.at("/blocks/0/text/text").asText()).isEqualTo("Ada Lovelace");
    assertThat(message.at("/blocks/1/fields").findValuesAsText("text"))
        .containsExactly(
            "*Company*\nEngines Ltd",
            "*Phone*\n+44 20 7946 0000",
            "*E-mail*\nada@example.org",
            "*Outcome*\nqualified_lead",
            "*Score*\n87");
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/storage/1.mp3",
        "recordings.example.org/1.mp3",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://a b",
        "http:///x",
        "mailto:a@b.c",
        "!channel"
      })
  void only_an_absolute_http_url_becomes_a_link(String url) {
    assertThat(SlackText.link(url, "Recording")).isEmpty();
  }

  @Test
  void a_url_cannot_end_its_link() {
    assertThat(SlackText.link("https://a.example/x|y>z<!channel>", "Recording"))
        .isEqualTo("<https://a.example/x%7Cy%3Ez%3C!channel%3E|Recording>");
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
    return new ObjectMapper().readTree(SlackMessage.post(Deliveries.of(1, lead), "C0LEADS"));
  }
}
