package io.leadroutes.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The message of a lead for {@code chat.postMessage} and {@code chat.update}, built as a structure
 * and never as text.
 *
 * <p>Slack's limits ("Block Kit reference"): header 150 characters, section 3,000, ten fields of
 * 2,000 each, 50 blocks. All blocks together may have about 13,000, which is not documented; the
 * lengths below add up to less than 10,000.
 */
final class SlackMessage {

  static final String EVENT_TYPE = "lead_delivery";

  private static final int HEADER = 150;
  private static final int FIELD = 400;
  private static final int SECTION = 3000;
  private static final int NOTIFICATION = 300;
  private static final int TRANSCRIPT_LINES = 12;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SlackMessage() {}

  /** The body of a request that posts it. */
  static byte[] post(Delivery delivery, String channel) {
    return bytes(message(delivery, channel).put("unfurl_links", false).put("unfurl_media", false));
  }

  /** The body of a request that puts it in the place of the message that is there. */
  static byte[] edit(Delivery delivery, String channel) {
    return bytes(message(delivery, channel).put("ts", delivery.sinkId()));
  }

  private static ObjectNode message(Delivery delivery, String channel) {
    Lead lead = delivery.lead();
    ObjectNode message = JSON.createObjectNode();
    message.put("channel", channel);
    message.put("text", notification(lead));
    message.set("blocks", blocks(lead));
    message.set("metadata", metadata(delivery));
    return message;
  }

  private static byte[] bytes(ObjectNode message) {
    try {
      return JSON.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of plain text can always be written.", e);
    }
  }

  /** What identifies the message later; the workspace can read it, so it names nobody. */
  private static ObjectNode metadata(Delivery delivery) {
    ObjectNode metadata = JSON.createObjectNode();
    metadata.put("event_type", EVENT_TYPE);
    metadata
        .putObject("event_payload")
        .put("delivery", Long.toString(delivery.id()))
        .put("lead", delivery.lead().key());
    return metadata;
  }

  private static String notification(Lead lead) {
    String company = SlackText.escaped(lead.company(), NOTIFICATION / 3);
    return "New lead: " + title(lead, NOTIFICATION / 2) + (company.isEmpty() ? "" : ", " + company);
  }

  private static ArrayNode blocks(Lead lead) {
    ArrayNode blocks = JSON.createArrayNode();
    ObjectNode header = blocks.addObject().put("type", "header");
    header
        .putObject("text")
        .put("type", "plain_text")
        .put("text", title(lead, HEADER).replace('\n', ' '))
        .put("emoji", false);
    addFields(blocks, lead);
    addSection(blocks, SlackText.escaped(said(lead), SECTION));
    addSection(blocks, SlackText.link(lead.recordingUrl(), "Recording"));
    return blocks;
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
            fields.add(text("*" + label + "*\n" + text));
          }
        });
    if (!fields.isEmpty()) {
      blocks.addObject().put("type", "section").set("fields", fields);
    }
  }

  /** The evaluation's summary, else how the conversation began. */
  private static String said(Lead lead) {
    String summary = lead.evaluated("summary");
    if (summary != null || lead.transcript() == null) {
      return summary;
    }
    return SlackText.firstLines(lead.transcript(), TRANSCRIPT_LINES);
  }

  private static void addSection(ArrayNode blocks, String text) {
    if (!text.isEmpty()) {
      blocks.addObject().put("type", "section").set("text", text(text));
    }
  }

  /** Verbatim, so that Slack makes no links and mentions of its own out of a call's words. */
  private static ObjectNode text(String text) {
    return JSON.createObjectNode().put("type", "mrkdwn").put("text", text).put("verbatim", true);
  }
}
