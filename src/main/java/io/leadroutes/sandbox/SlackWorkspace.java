package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stand-in for a Slack workspace: posting, changing and reading messages of channels as an app
 * with a bot token does.
 */
public final class SlackWorkspace extends LoopbackServer {

  /**
   * One message of a channel.
   *
   * @param ts its name in the channel: seconds and microseconds, unique and increasing
   * @param blocks null when it has none
   * @param metadata null when it has none
   * @param edits how often it was changed
   */
  public record Message(
      String channel, String ts, String text, JsonNode blocks, JsonNode metadata, int edits) {}

  private static final class Channel {
    private final String id;
    private final String name;
    private final NavigableMap<Long, Message> messages = new TreeMap<>();
    private boolean member = true;
    private boolean archived;
    private double tokens;
    private long filledAt;

    private Channel(String id, String name) {
      this.id = id;
      this.name = name;
    }
  }

  /** Ends the work of a request with {@code ok: false}. */
  private static final class SlackError extends RuntimeException {
    private final transient ObjectNode body;

    private SlackError(String error) {
      this(error, Json.object());
    }

    private SlackError(String error, ObjectNode more) {
      super(error, null, false, false);
      body = Json.object().put("ok", false).put("error", error);
      body.setAll(more);
    }
  }

  private static final int MAX_TEXT = 40_000;
  private static final int MAX_METADATA = 8_000;
  private static final int MAX_PER_PAGE = 999;
  private static final int DEFAULT_PER_PAGE = 100;
  private static final String BOT = "B0SANDBOX1";
  private static final String USER = "U0SANDBOX1";
  private static final String TEAM = "T0SANDBOX1";
  private static final Set<String> ALL_SCOPES =
      Set.of("chat:write", "channels:history", "channels:read");
  private static final Map<String, String> SCOPE_OF_METHOD =
      Map.of(
          "chat.postMessage", "chat:write",
          "chat.update", "chat:write",
          "chat.delete", "chat:write",
          "conversations.history", "channels:history",
          "conversations.info", "channels:read");

  private final Map<String, Channel> channels = new LinkedHashMap<>();
  private final String firstChannel;
  private final AtomicLong posts = new AtomicLong();
  private final AtomicLong updates = new AtomicLong();
  private Set<String> scopes = ALL_SCOPES;
  private String token = "xoxb-sandbox-slack-token";
  private double perSecond;
  private int burst;
  private int mostPerPage = MAX_PER_PAGE;
  private long lastTs;

  private SlackWorkspace() {
    firstChannel = "C0LEADS001";
    addChannel(firstChannel, "leads");
  }

  /** Starts a workspace with one channel that the app has joined; port 0 takes a free one. */
  public static SlackWorkspace start(int port) {
    SlackWorkspace workspace = new SlackWorkspace();
    workspace.listen(port);
    return workspace;
  }

  /** Returns the value of {@code slack.api-url}. */
  public String url() {
    return root() + "/api";
  }

  /** Returns the id of the channel that is there from the start. */
  public String channel() {
    return firstChannel;
  }

  public synchronized String token() {
    return token;
  }

  /** Accepts this token from now on and no other. */
  public synchronized void token(String accepted) {
    token = accepted;
  }

  /** Grants these scopes and no others; a method without its scope answers missing_scope. */
  public synchronized void scopes(String... granted) {
    scopes = Set.of(granted);
  }

  /** Adds a channel that the app has joined. */
  public synchronized void addChannel(String id, String name) {
    channels.put(id, new Channel(id, name));
  }

  /** Lets the app leave a channel: not_in_channel from now on. */
  public synchronized void leave(String channel) {
    channels.get(channel).member = false;
  }

  /** Lets the app join a channel. */
  public synchronized void join(String channel) {
    channels.get(channel).member = true;
  }

  /** Archives a channel: is_archived for every new message. */
  public synchronized void archive(String channel) {
    channels.get(channel).archived = true;
  }

  /**
   * Answers 429 to messages that come faster than this in one channel; 0 is no limit.
   *
   * @param atOnce how many may come at once after a pause
   */
  public synchronized void rateLimit(double messagesPerSecond, int atOnce) {
    perSecond = messagesPerSecond;
    burst = atOnce;
    channels.values().forEach(channel -> channel.filledAt = 0);
  }

  /** Shows at most this many messages of a history at once, whatever is asked for. */
  public synchronized void historyPages(int most) {
    mostPerPage = most;
  }

  /** Lets people say so many things in a channel. */
  public synchronized void chatter(String channel, int times) {
    for (int i = 1; i <= times; i++) {
      append(channels.get(channel), new Message(channel, "", "Chatter " + i, null, null, 0));
    }
    posts.addAndGet(-times);
  }

  /** Returns the messages of a channel, oldest first. */
  public synchronized List<Message> messages(String channel) {
    return List.copyOf(channels.get(channel).messages.values());
  }

  /** Returns the messages of all channels, channel by channel, oldest first. */
  public synchronized List<Message> messages() {
    return channels.values().stream().flatMap(one -> one.messages.values().stream()).toList();
  }

  /** Returns how many messages were posted so far, those deleted since included. */
  public long posts() {
    return posts.get();
  }

  /** Returns how many messages were changed so far. */
  public long updates() {
    return updates.get();
  }

  /**
   * Returns what the messages' metadata name, each once: the payload's {@code delivery_id}, {@code
   * delivery}, {@code key} or {@code id}, else the whole payload as JSON text.
   */
  public synchronized Set<String> deliveryKeys() {
    Set<String> keys = new TreeSet<>();
    for (Message message : messages()) {
      if (message.metadata() != null) {
        keys.add(deliveryKey(message.metadata().path("event_payload")));
      }
    }
    return keys;
  }

  /** Removes all messages. */
  public synchronized void clear() {
    channels.values().forEach(channel -> channel.messages.clear());
  }

  @Override
  Answer answer(Request request) {
    if (!request.path().startsWith("/api/")) {
      return Answer.text(404, "text/plain; charset=utf-8", "not found");
    }
    try {
      return Answer.json(200, called(request.path().substring("/api/".length()), request));
    } catch (SlackError error) {
      Answer answer = Answer.json(200, error.body);
      if (!error.getMessage().equals("ratelimited")) {
        return answer;
      }
      return new Answer(429, answer.headers(), answer.body())
          .with("Retry-After", error.body.path("retry_after").asText("1"));
    }
  }

  @Override
  synchronized Answer page() {
    Map<String, Collection<Message>> shown = new LinkedHashMap<>();
    channels.values().forEach(one -> shown.put(one.name, one.messages.descendingMap().values()));
    return Answer.html(SlackPage.of(shown));
  }

  @Override
  ObjectNode ownCounts() {
    return Json.object()
        .put("slackMessages", messages().size())
        .put("slackPosts", posts())
        .put("slackUpdates", updates())
        .put("slackDeliveryKeys", deliveryKeys().size());
  }

  private synchronized ObjectNode called(String method, Request request) {
    JsonNode arguments = arguments(request);
    String bearer = request.bearerToken();
    if (bearer == null) {
      bearer = arguments.path("token").asText(null);
    }
    if (bearer == null || bearer.isBlank()) {
      throw new SlackError("not_authed");
    }
    if (!bearer.equals(token)) {
      throw new SlackError("invalid_auth");
    }
    String scope = SCOPE_OF_METHOD.get(method);
    if (scope != null && !scopes.contains(scope)) {
      String provided = String.join(",", scopes);
      throw new SlackError(
          "missing_scope", Json.object().put("needed", scope).put("provided", provided));
    }
    return switch (method) {
      case "auth.test" -> authTest();
      case "chat.postMessage" -> post(arguments);
      case "chat.update" -> update(arguments);
      case "chat.delete" -> delete(arguments);
      case "conversations.history" -> history(arguments);
      case "conversations.info" -> info(arguments);
      default -> throw new SlackError("unknown_method");
    };
  }

  private ObjectNode authTest() {
    return ok().put("url", root() + "/")
        .put("team", "Sandbox")
        .put("user", "lead-routes")
        .put("team_id", TEAM)
        .put("user_id", USER)
        .put("bot_id", BOT);
  }

  private ObjectNode post(JsonNode arguments) {
    Channel channel = writable(arguments);
    Message draft = draft(arguments, channel, null);
    spend(channel);
    Message message = append(channel, draft);
    return ok().put("channel", channel.id)
        .put("ts", message.ts())
        .set("message", json(message, false));
  }

  private ObjectNode update(JsonNode arguments) {
    Channel channel = writable(arguments);
    Message present = present(channel, arguments);
    Message changed = draft(arguments, channel, present);
    channel.messages.put(micros(present.ts()), changed);
    updates.incrementAndGet();
    ObjectNode answer = ok().put("channel", channel.id).put("ts", changed.ts());
    return answer.put("text", changed.text()).set("message", json(changed, false));
  }

  private ObjectNode delete(JsonNode arguments) {
    Channel channel = writable(arguments);
    Message present = present(channel, arguments);
    channel.messages.remove(micros(present.ts()));
    return ok().put("channel", channel.id).put("ts", present.ts());
  }

  private ObjectNode info(JsonNode arguments) {
    Channel channel = channel(arguments);
    ObjectNode answer = ok();
    answer
        .putObject("channel")
        .put("id", channel.id)
        .put("name", channel.name)
        .put("is_channel", true)
        .put("is_private", false)
        .put("is_archived", channel.archived)
        .put("is_member", channel.member);
    return answer;
  }

  private ObjectNode history(JsonNode arguments) {
    Channel channel = channel(arguments);
    if (!channel.member) {
      throw new SlackError("not_in_channel");
    }
    boolean inclusive = isTrue(arguments, "inclusive");
    long oldest = bound(arguments, "oldest", Long.MIN_VALUE);
    long latest = bound(arguments, "latest", Long.MAX_VALUE);
    boolean metadata = isTrue(arguments, "include_all_metadata");
    int limit = limit(arguments);
    // A page begins just below the last message of the page before it.
    long below = cursor(arguments);
    ObjectNode answer = ok();
    ArrayNode page = answer.putArray("messages");
    Long last = null;
    boolean more = false;
    for (Map.Entry<Long, Message> entry : channel.messages.descendingMap().entrySet()) {
      long ts = entry.getKey();
      boolean within = ts > oldest && ts < latest || inclusive && (ts == oldest || ts == latest);
      if (!within || ts >= below) {
        continue;
      }
      if (page.size() == limit) {
        more = true;
        break;
      }
      page.add(json(entry.getValue(), metadata));
      last = ts;
    }
    answer.put("has_more", more).put("pin_count", 0);
    if (more) {
      byte[] next = ("next_ts:" + last).getBytes(StandardCharsets.UTF_8);
      String cursor = Base64.getEncoder().encodeToString(next);
      answer.putObject("response_metadata").put("next_cursor", cursor);
    }
    return answer;
  }

  /** Checks a message that is to be posted, or that replaces {@code present}. */
  private static Message draft(JsonNode arguments, Channel channel, Message present) {
    String text = arguments.path("text").asText("");
    JsonNode blocks = container(arguments, "blocks");
    JsonNode metadata = container(arguments, "metadata");
    if (text.isBlank() && (blocks == null || blocks.isEmpty())) {
      throw new SlackError("no_text");
    }
    if (text.length() > MAX_TEXT) {
      throw new SlackError("msg_too_long");
    }
    if (blocks != null) {
      Optional<SlackBlocks.Refusal> refusal = SlackBlocks.refusal(blocks);
      if (refusal.isPresent()) {
        ObjectNode more = Json.object();
        more.putArray("errors").add(refusal.get().detail());
        more.putObject("response_metadata").putArray("messages").add(refusal.get().detail());
        throw new SlackError(refusal.get().error(), more);
      }
    }
    if (present == null) {
      return new Message(channel.id, "", text, blocks, checkedMetadata(metadata), 0);
    }
    // Metadata that an update does not mention stay; an empty object removes them.
    JsonNode kept = present.metadata();
    if (metadata != null) {
      kept = metadata.isEmpty() ? null : checkedMetadata(metadata);
    }
    return new Message(channel.id, present.ts(), text, blocks, kept, present.edits() + 1);
  }

  private static JsonNode checkedMetadata(JsonNode metadata) {
    if (metadata == null) {
      return null;
    }
    boolean complete =
        metadata.path("event_type").isTextual() && metadata.path("event_payload").isObject();
    if (!complete) {
      throw new SlackError("invalid_metadata_format");
    }
    if (metadata.toString().length() > MAX_METADATA) {
      throw new SlackError("metadata_too_large");
    }
    return metadata;
  }

  private Message append(Channel channel, Message draft) {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    lastTs = Math.max(now, lastTs + 1);
    String ts = lastTs / 1_000_000 + "." + String.format(Locale.ROOT, "%06d", lastTs % 1_000_000);
    Message message =
        new Message(channel.id, ts, draft.text(), draft.blocks(), draft.metadata(), 0);
    channel.messages.put(lastTs, message);
    posts.incrementAndGet();
    return message;
  }

  /** Takes one message from the channel's bucket, or says when there is room for the next. */
  private void spend(Channel channel) {
    if (perSecond <= 0) {
      return;
    }
    long now = System.nanoTime();
    double refill = (now - channel.filledAt) / 1e9 * perSecond;
    channel.tokens = channel.filledAt == 0 ? burst : Math.min(burst, channel.tokens + refill);
    channel.filledAt = now;
    if (channel.tokens < 1) {
      long wait = Math.max(1, (long) Math.ceil((1 - channel.tokens) / perSecond));
      throw new SlackError("ratelimited", Json.object().put("retry_after", wait));
    }
    channel.tokens--;
  }

  private Channel writable(JsonNode arguments) {
    Channel channel = channel(arguments);
    if (channel.archived) {
      throw new SlackError("is_archived");
    }
    if (!channel.member) {
      throw new SlackError("not_in_channel");
    }
    return channel;
  }

  /** A channel goes by its id, or by its name with or without the sharp. */
  private Channel channel(JsonNode arguments) {
    String wanted = arguments.path("channel").asText("");
    String name = wanted.startsWith("#") ? wanted.substring(1) : wanted;
    return channels.values().stream()
        .filter(channel -> channel.id.equals(wanted) || channel.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new SlackError("channel_not_found"));
  }

  private static Message present(Channel channel, JsonNode arguments) {
    try {
      Message message = channel.messages.get(micros(arguments.path("ts").asText()));
      return Objects.requireNonNull(message);
    } catch (NumberFormatException | NullPointerException e) {
      throw new SlackError("message_not_found");
    }
  }

  private static ObjectNode json(Message message, boolean withMetadata) {
    ObjectNode json = Json.object();
    json.put("user", USER).put("type", "message").put("ts", message.ts());
    json.put("bot_id", BOT).put("app_id", "A0SANDBOX1").put("text", message.text());
    json.put("team", TEAM);
    if (message.edits() > 0) {
      json.putObject("edited").put("user", USER).put("ts", message.ts());
    }
    if (message.blocks() != null) {
      json.set("blocks", message.blocks());
    }
    if (withMetadata && message.metadata() != null) {
      json.set("metadata", message.metadata());
    }
    return json;
  }

  private static JsonNode arguments(Request request) {
    ObjectNode arguments = Json.object();
    request.query().forEach(arguments::put);
    if (request.isJson()) {
      JsonNode body = Json.read(request.body()).orElseThrow(() -> new SlackError("invalid_json"));
      if (!(body instanceof ObjectNode object)) {
        throw new SlackError("json_not_object");
      }
      arguments.setAll(object);
    } else if (request.body().length > 0) {
      request.form().forEach(arguments::put);
    }
    return arguments;
  }

  /** Returns blocks or metadata, which forms carry as JSON text; null when absent. */
  private static JsonNode container(JsonNode arguments, String name) {
    JsonNode value = arguments.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      return value;
    }
    String wrong = name.equals("blocks") ? "invalid_blocks_format" : "invalid_metadata_format";
    return Json.read(value.textValue()).orElseThrow(() -> new SlackError(wrong));
  }

  private static boolean isTrue(JsonNode arguments, String name) {
    String value = arguments.path(name).asText("");
    return value.equals("true") || value.equals("1");
  }

  private static long bound(JsonNode arguments, String name, long otherwise) {
    String value = arguments.path(name).asText("");
    if (value.isEmpty() || (name.equals("oldest") && value.equals("0"))) {
      return otherwise;
    }
    try {
      return micros(value);
    } catch (NumberFormatException e) {
      throw new SlackError("invalid_ts_" + name);
    }
  }

  private int limit(JsonNode arguments) {
    int limit = arguments.path("limit").asInt(DEFAULT_PER_PAGE);
    return Math.min(mostPerPage, limit < 1 ? DEFAULT_PER_PAGE : limit);
  }

  private static long cursor(JsonNode arguments) {
    String cursor = arguments.path("cursor").asText("");
    if (cursor.isEmpty()) {
      return Long.MAX_VALUE;
    }
    try {
      String plain = new String(Base64.getDecoder().decode(cursor), StandardCharsets.UTF_8);
      return Long.parseLong(plain.replaceFirst("^next_ts:", ""));
    } catch (IllegalArgumentException e) {
      throw new SlackError("invalid_cursor");
    }
  }

  private static long micros(String ts) {
    return new BigDecimal(ts).movePointRight(6).longValue();
  }

  private static String deliveryKey(JsonNode payload) {
    for (String name : List.of("delivery_id", "delivery", "key", "id")) {
      if (payload.path(name).isValueNode() && !payload.path(name).isNull()) {
        return payload.get(name).asText();
      }
    }
    return payload.toString();
  }

  private static ObjectNode ok() {
    return Json.object().put("ok", true);
  }
}
