package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The channels with their messages, newest first, drawn from their blocks. */
final class SlackPage {

  private static final int SHOWN = 100;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern ANGLES = Pattern.compile("<([^<>\\n]*)>");

  private SlackPage() {}

  /** Returns the page of channels by name, their messages newest first. */
  static String of(Map<String, Collection<Message>> channels) {
    StringBuilder html = new StringBuilder();
    channels.forEach(
        (name, messages) -> {
          html.append("<h2># ").append(Html.escape(name)).append(" <span class=\"dim\">");
          html.append(messages.size()).append("</span></h2>\n<div class=\"paper\">\n");
          if (messages.isEmpty()) {
            html.append("<p class=\"none\">No message has arrived yet.</p>\n");
          }
          messages.stream().limit(SHOWN).forEach(message -> article(html, message));
          html.append("</div>\n");
        });
    return Html.page(
        "Slack sandbox",
        "Messages as they arrived, newest first. Nothing here leaves this machine.",
        "#4a154b",
        "messages.css",
        html.toString());
  }

  private static void article(StringBuilder html, Message message) {
    long seconds = Long.parseLong(message.ts().substring(0, message.ts().indexOf('.')));
    html.append("<article data-id=\"").append(Html.escape(message.ts())).append("\">");
    html.append("<div class=\"face\">LR</div><div class=\"body\"><b>Lead Routes</b> ");
    html.append("<span class=\"app\">APP</span> <span class=\"dim\">");
    html.append(TIME.format(Instant.ofEpochSecond(seconds))).append(" UTC");
    html.append(message.edits() > 0 ? " · edited" : "").append("</span>\n");
    if (message.blocks() == null || message.blocks().isEmpty()) {
      html.append("<p>").append(mrkdwn(message.text())).append("</p>");
    } else {
      message.blocks().forEach(block -> block(html, block));
    }
    html.append("</div></article>\n");
  }

  private static void block(StringBuilder html, JsonNode block) {
    switch (block.path("type").asText()) {
      case "header" -> html.append("<h3>").append(text(block.path("text"))).append("</h3>");
      case "divider" -> html.append("<hr>");
      case "section" -> section(html, block);
      case "context" -> {
        html.append("<p class=\"context\">");
        block.path("elements").forEach(one -> html.append(text(one)).append(' '));
        html.append("</p>");
      }
      case "actions" -> {
        for (JsonNode one : block.path("elements")) {
          html.append("<span class=\"button\">").append(text(one.path("text"))).append("</span>");
        }
      }
      case "markdown" -> html.append("<p>").append(text(block)).append("</p>");
      default -> {
        String type = Html.escape(block.path("type").asText());
        html.append("<p class=\"context\">[").append(type).append("]</p>");
      }
    }
  }

  private static void section(StringBuilder html, JsonNode block) {
    if (block.has("text")) {
      html.append("<p>").append(text(block.get("text"))).append("</p>");
    }
    if (!block.path("fields").isEmpty()) {
      html.append("<div class=\"fields\">");
      for (JsonNode field : block.get("fields")) {
        html.append("<p>").append(text(field)).append("</p>");
      }
      html.append("</div>");
    }
  }

  private static String text(JsonNode text) {
    String value = text.path("text").asText("");
    return text.path("type").asText().equals("plain_text")
        ? Html.escape(unescaped(value))
        : mrkdwn(value);
  }

  /**
   * Draws Slack's markup. What stands in angle brackets is a link or a mention; a plain {@code <}
   * arrives as an entity, so that nothing in a message becomes HTML of its own.
   */
  static String mrkdwn(String markup) {
    StringBuilder html = new StringBuilder();
    Matcher angles = ANGLES.matcher(markup);
    int at = 0;
    while (angles.find()) {
      html.append(styled(markup.substring(at, angles.start())));
      html.append(angle(angles.group(1)));
      at = angles.end();
    }
    return html.append(styled(markup.substring(at))).toString();
  }

  private static String angle(String inside) {
    int bar = inside.indexOf('|');
    String target = bar < 0 ? inside : inside.substring(0, bar);
    String label = bar < 0 ? target : inside.substring(bar + 1);
    if (target.startsWith("!") || target.startsWith("@") || target.startsWith("#")) {
      String name = bar < 0 ? target.substring(1) : label;
      String sign = target.startsWith("#") ? "#" : "@";
      return "<span class=\"shout\">" + sign + Html.escape(unescaped(name)) + "</span>";
    }
    if (target.matches("(https?|mailto|tel):.*")) {
      return "<a rel=\"noopener noreferrer\" href=\""
          + Html.escape(unescaped(target))
          + "\">"
          + Html.escape(unescaped(label))
          + "</a>";
    }
    return Html.escape("<" + unescaped(inside) + ">");
  }

  private static String styled(String plain) {
    return Html.escape(unescaped(plain))
        .replaceAll("(?<![\\w*])\\*([^*\\n]+)\\*(?![\\w*])", "<b>$1</b>")
        .replaceAll("(?<![\\w_])_([^_\\n]+)_(?![\\w_])", "<i>$1</i>")
        .replaceAll("(?<![\\w~])~([^~\\n]+)~(?![\\w~])", "<s>$1</s>")
        .replaceAll("`([^`\\n]+)`", "<code>$1</code>")
        .replaceAll("(?m)^&gt; ?(.*)$\\n?", "<blockquote>$1</blockquote>");
  }

  private static String unescaped(String text) {
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }
}
