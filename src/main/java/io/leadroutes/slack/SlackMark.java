package io.leadroutes.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.lead.Delivery;

/**
 * By what a message is known again: its metadata, and once more the id of its first block, because
 * a history may come without metadata. The workspace can read both, so they name nobody.
 *
 * @param delivery number of the delivery
 * @param lead its lead's key
 */
record SlackMark(String delivery, String lead) {

  static final String EVENT_TYPE = "lead_delivery";
  private static final ObjectMapper JSON = new ObjectMapper();

  static SlackMark of(Delivery delivery) {
    return new SlackMark(Long.toString(delivery.id()), delivery.lead().key());
  }

  /** The mark of a message of the channel's history; null where it has none. */
  static SlackMark in(JsonNode message) {
    JsonNode metadata = message.path("metadata");
    if (EVENT_TYPE.equals(metadata.path("event_type").asText())) {
      JsonNode payload = metadata.path("event_payload");
      return new SlackMark(payload.path("delivery").asText(), payload.path("lead").asText());
    }
    String[] parts = message.at("/blocks/0/block_id").asText("").split(" ");
    return parts.length == 4 && parts[0].equals(EVENT_TYPE)
        ? new SlackMark(parts[1], parts[2])
        : null;
  }

  ObjectNode metadata() {
    ObjectNode metadata = JSON.createObjectNode();
    metadata.put("event_type", EVENT_TYPE);
    metadata.putObject("event_payload").put("delivery", delivery).put("lead", lead);
    return metadata;
  }

  /**
   * The id of the first block; Slack wants another one whenever a message changes.
   *
   * @param version of the lead
   */
  String blockId(int version) {
    return EVENT_TYPE + ' ' + delivery + ' ' + lead + ' ' + version;
  }

  /** Whether a message with this mark is the delivery's. */
  boolean isOf(Delivery wanted) {
    // A restored ledger numbers its deliveries anew.
    return lead.equals(wanted.lead().key())
        && (wanted.earlier().forgotten() || delivery.equals(Long.toString(wanted.id())));
  }
}
