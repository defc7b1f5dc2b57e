package io.leadroutes.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.RecordingLink;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The message of a lead for {@code chat.postMessage} and {@code chat.update}, built as a structure
 * and never as text.
 *
 * <p>Slack's limits ("Block Kit reference"): header 150 characters, section 3,000, ten fields of
 * 2,000 each, which are five pairs of a label and a value, 50 blocks. All blocks together may have
 * about 13,000, which is not documented; the lengths below add up to less than 10,000.
 */
final class SlackMessage {

  private static final int HEADER = 150;
  private static final int FIELD = 400;
  private static final int SECTION = 3000;
  private static final int LINK = 3000;
  private static final int NOTIFICATION = 300;
  private static final int TRANSCRIPT_LINES = 12;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SlackMessage() {}

  /** The body of a request that posts it. */
  static byte[] post(Delivery delivery, String channel, String host) {
    ObjectNode message = message(delivery, channel, host);
    // The notification's text is no markup either.
    return bytes(
        message.put("unfurl_links", false).put("unfurl_media", false).put("mrkdwn", false));
  }

  /** The body of a request that puts it in the place of the message that is there. */
  static byte[] edit(Delivery delivery, String channel, String host) {
    return bytes(message(delivery, channel, host).put("ts", delivery.sinkId()));
  }

  /** Whether a message of the channel's history has the lead's text. */
  static boolean says(JsonNode message, Lead lead) {
    return message.path("text").asText("").equals(notification(lead));
  }

  private static ObjectNode message(Delivery delivery, String channel, String host) {
    Lead lead = delivery.lead();
    ObjectNode message = JSON.createObjectNode();
    message.put("channel", channel);
    message.put("text", notification(lead));
    SlackMark mark = SlackMark.of(delivery);
    message.set("blocks", blocks(lead, mark.blockId(delivery.version()), host));
    message.set("metadata", mark.metadata());
    return message;
  }

  private static byte[] bytes(ObjectNode message) {
    try {
      return JSON.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of plain text can always be written.", e);
    }
  }

  private static String notification(Lead lead) {
    String company = SlackText.escaped(lead.company(), NOTIFICATION / 3);
    return "New lead: " + title(lead, NOTIFICATION / 2) + (company.isEmpty() ? "" : ", " + company);
  }

  private static ArrayNode blocks(Lead lead, String firstId, String host) {
    ArrayNode blocks = JSON.createArrayNode();
    ObjectNode header = blocks.addObject().put("type", "header").put("block_id", firstId);
    header.set("text", asWritten(title(lead, HEADER).replace('\n', ' ')));
    addFields(blocks, lead);
    String said = SlackText.escaped(said(lead), SECTION);
    if (!said.isEmpty()) {
      addSection(blocks, asWritten(said));
    }
    if (SlackText.isVisible(lead.recordingUrl())) {
      addSection(blocks, recording(RecordingLink.of(lead.recordingUrl(), host)));
    }
    return blocks;
  }

  /** A link, or why there is none. */
  private static ObjectNode recording(String url) {
    if (url == null) {
      return asWritten("Recording: its address is not one of a web server.");
    }
    String link = SlackText.link(url, "Recording");
    return link.length() <= LINK
        ? markup(link)
        : asWritten("Recording: its link is too long for Slack.");
  }

  private static String title(Lead lead, int most) {
    String name = SlackText.escaped(lead.name(), most);
    String title = name.isEmpty() ? SlackText.escaped(lead.phone(), most) : name;
    return title.isEmpty() ? lead.key() : title;
  }

  private static void addFields(ArrayNode blocks, Lead lead) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("Company", lead.company());
    values.put("Phone", lead.phone());
    values.put("E-mail", lead.email());
    values.put("Outcome", lead.outcome());
    values.put("Score", lead.evaluated("score"));
    ArrayNode fields = JSON.createArrayNode();
    values.forEach(
        (label, value) -> {
          String text = SlackText.escaped(value, FIELD);
          if (!text.isEmpty()) {
            fields.add(markup("*" + label + "*"));
            fields.add(asWritten(text));
          }
        });
    if (!fields.isEmpty()) {
      blocks.addObject().put("type", "section").set("fields", fields);
    }
  }

  /** The evaluation's summary, else how the conversation began. */
  private static String said(Lead lead) {
    String summary = lead.evaluated("summary");
    if (SlackText.isVisible(summary) || lead.transcript() == null) {
      return summary;
    }
    return SlackText.firstLines(lead.transcript(), TRANSCRIPT_LINES);
  }

  private static void addSection(ArrayNode blocks, ObjectNode text) {
    blocks.addObject().put("type", "section").set("text", text);
  }

  /** Text of a call: {@code *}, {@code _}, {@code ~} and backticks are no markup, nor are links. */
  private static ObjectNode asWritten(String text) {
    return JSON.createObjectNode().put("type", "plain_text").put("text", text).put("emoji", false);
  }

  /** Text of our own; verbatim, so that Slack makes no links and mentions of it. */
  private static ObjectNode markup(String text) {
    return JSON.createObjectNode().put("type", "mrkdwn").put("text", text).put("verbatim", true);
  }
}
