package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/** Slack's limits on the blocks of a message. */
final class SlackBlocks {

  /**
   * Why Slack refuses the blocks.
   *
   * @param detail the message with a JSON pointer that Slack adds
   */
  record Refusal(String error, String detail) {}

  private static final int MAX_BLOCKS = 50;
  private static final int MAX_HEADER = 150;
  private static final int MAX_SECTION = 3_000;
  private static final int MAX_FIELDS = 10;
  private static final int MAX_FIELD = 2_000;
  private static final int MAX_CONTEXT = 10;
  private static final int MAX_ACTIONS = 25;

  /** Not documented by Slack; the order of size at which messages were seen to be refused. */
  private static final int MAX_TEXT = 13_000;

  private static final Set<String> TYPES =
      Set.of(
          "actions",
          "context",
          "divider",
          "file",
          "header",
          "image",
          "input",
          "markdown",
          "rich_text",
          "section",
          "table",
          "video");

  private SlackBlocks() {}

  /** Returns why the blocks are refused, or nothing. */
  static Optional<Refusal> refusal(JsonNode blocks) {
    if (!blocks.isArray()) {
      return Optional.of(new Refusal("invalid_blocks_format", "[ERROR] blocks must be an array"));
    }
    if (blocks.size() > MAX_BLOCKS) {
      return invalid("no more than 50 items allowed", "/blocks");
    }
    for (int i = 0; i < blocks.size(); i++) {
      Optional<Refusal> refusal = block(blocks.get(i), "/blocks/" + i);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    if (textLength(blocks) > MAX_TEXT) {
      return Optional.of(new Refusal("msg_blocks_too_long", "[ERROR] blocks are too long"));
    }
    return Optional.empty();
  }

  private static Optional<Refusal> block(JsonNode block, String pointer) {
    String type = block.path("type").asText("");
    if (!TYPES.contains(type)) {
      return invalid("unsupported type: " + type, pointer + "/type");
    }
    return switch (type) {
      case "header" -> text(block.path("text"), MAX_HEADER, pointer + "/text", "plain_text");
      case "section" -> section(block, pointer);
      case "context" -> elements(block.path("elements"), MAX_CONTEXT, pointer + "/elements");
      case "actions" -> elements(block.path("elements"), MAX_ACTIONS, pointer + "/elements");
      default -> Optional.empty();
    };
  }

  private static Optional<Refusal> section(JsonNode block, String pointer) {
    JsonNode fields = block.path("fields");
    if (!block.has("text") && fields.isEmpty()) {
      return invalid("missing required field: text", pointer);
    }
    if (block.has("text")) {
      Optional<Refusal> refusal = text(block.get("text"), MAX_SECTION, pointer + "/text", null);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    if (fields.size() > MAX_FIELDS) {
      return invalid("no more than 10 items allowed", pointer + "/fields");
    }
    for (int i = 0; i < fields.size(); i++) {
      Optional<Refusal> refusal = text(fields.get(i), MAX_FIELD, pointer + "/fields/" + i, null);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private static Optional<Refusal> elements(JsonNode elements, int most, String pointer) {
    if (elements.isEmpty()) {
      return invalid("must have at least 1 item", pointer);
    }
    return elements.size() > most
        ? invalid("no more than " + most + " items allowed", pointer)
        : Optional.empty();
  }

  private static Optional<Refusal> text(JsonNode text, int most, String pointer, String only) {
    String type = text.path("type").asText("");
    boolean known = type.equals("plain_text") || type.equals("mrkdwn");
    if (!known || (only != null && !only.equals(type))) {
      return invalid("unsupported type: " + type, pointer + "/type");
    }
    String value = text.path("text").asText("");
    if (value.isEmpty()) {
      return invalid("must be more than 0 characters", pointer + "/text");
    }
    return value.length() > most
        ? invalid("must be less than " + (most + 1) + " characters", pointer + "/text")
        : Optional.empty();
  }

  private static int textLength(JsonNode node) {
    int length = 0;
    if (node.isObject() && node.path("text").isTextual()) {
      length += node.get("text").textValue().length();
    }
    for (JsonNode child : node) {
      length += child.isContainerNode() ? textLength(child) : 0;
    }
    return length;
  }

  private static Optional<Refusal> invalid(String what, String pointer) {
    return Optional.of(
        new Refusal("invalid_blocks", "[ERROR] " + what + " [json-pointer:" + pointer + "]"));
  }
}
