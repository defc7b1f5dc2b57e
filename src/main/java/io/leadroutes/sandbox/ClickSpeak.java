package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.sandbox.CallList.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A stand-in for ClickSpeak: "List calls" with its filters and paginator, one call, and the owner
 * of the token. Without {@code Accept: application/json} it redirects where it should refuse, as a
 * Laravel application does.
 */
public final class ClickSpeak extends LoopbackServer {

  private static final String CALLS = "/api/user/calls";

  /** Begins with a lead, a rejection and another lead, and soon has an outcome corrected later. */
  private static final long DEMO_SEED = 22_725;

  private final CallList calls = new CallList();
  private final List<RequestLimit> limits = new CopyOnWriteArrayList<>();
  private volatile CallHistory history;
  private volatile String token = "sandbox-clickspeak-token";

  private ClickSpeak() {}

  /** Starts a server without calls; port 0 takes a free one. */
  public static ClickSpeak start(int port) {
    ClickSpeak server = new ClickSpeak();
    server.listen(port);
    return server;
  }

  /** Returns the value of {@code clickspeak.base-url}. */
  public String url() {
    return root() + "/api";
  }

  /** Returns the token that is accepted. */
  public String token() {
    return token;
  }

  /** Accepts this token from now on and no other. */
  public void token(String accepted) {
    token = accepted;
  }

  /** Adds a call, or replaces the one with its id. */
  public ClickSpeak put(SandboxCall... added) {
    calls.putAll(Arrays.stream(added).map(Entry::of).toList());
    return this;
  }

  /**
   * Puts a record into the list exactly as written, broken or not. Only the date filters find it.
   *
   * @param createdAt where in the list it stands
   */
  public ClickSpeak putRaw(long id, Instant createdAt, String json) {
    calls.put(Entry.raw(id, createdAt, json.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** Removes a call; returns whether it was there. */
  public boolean remove(long id) {
    return calls.remove(id);
  }

  /** Removes all calls. */
  public void clear() {
    calls.clear();
  }

  /** Returns how many calls there are. */
  public int size() {
    return calls.size();
  }

  /** As {@link #population(int, int, long, Instant)}, ending now. */
  public ClickSpeak population(int count, int leads, long seed) {
    return population(count, leads, seed, Instant.now());
  }

  /**
   * Adds finished, evaluated calls of about 3.8 KB, spread evenly over the 24 hours before {@code
   * newest}, their ids rising from 100001 with time. The same arguments give the same calls.
   *
   * @param leads how many of them are qualified, spread evenly
   */
  public ClickSpeak population(int count, int leads, long seed, Instant newest) {
    if (leads < 0 || leads > count) {
      throw new IllegalArgumentException(leads + " leads of " + count + " calls");
    }
    Instant end = newest.truncatedTo(ChronoUnit.SECONDS);
    String latest = SandboxCall.timestamp(end);
    FictionalCalls fiction = new FictionalCalls(seed);
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long back = Duration.ofDays(1).toSeconds() * (count - i) / count;
      boolean qualified = (i + 1L) * leads / count > (long) i * leads / count;
      SandboxCall call =
          fiction.finished(
              100_001 + i,
              end.minusSeconds(back),
              qualified ? FictionalCalls.Ending.QUALIFIED : fiction.rejectionAfterTalk(),
              FictionalCalls.POPULATION_BYTES);
      boolean ahead = call.field("updated_at").asText().compareTo(latest) > 0;
      entries.add(Entry.of(ahead ? call.updatedAt(end) : call));
    }
    calls.putAll(entries);
    return this;
  }

  /**
   * Lists a long history instead of the calls that were put: made while it is read, so that it may
   * be larger than the memory. It is found by its dates only.
   *
   * @param perDay calls a day, from {@link CallHistory#FIRST_DAY} on
   * @param leadsPerThousand how many of a thousand calls are qualified, spread evenly
   */
  public ClickSpeak history(int count, int perDay, int leadsPerThousand) {
    history = new CallHistory(count, perDay, leadsPerThousand);
    return this;
  }

  /** Lets calls come in like on a busy day, one every two seconds; until the returned is closed. */
  public LiveCalls live() {
    return live(Duration.ofSeconds(2), DEMO_SEED);
  }

  /**
   * Lets calls come in until the returned is closed.
   *
   * @param pace time between two calls; the stages of a call keep its proportions
   */
  public LiveCalls live(Duration pace, long seed) {
    return LiveCalls.start(this, pace, seed);
  }

  /**
   * Answers 429 to more requests than this, and tells the limit in headers. A second limit counts
   * beside the first.
   */
  public ClickSpeak limit(int requests, Duration window) {
    limits.add(new RequestLimit(requests, window));
    return this;
  }

  /** Returns the parameters of the "List calls" requests among {@link #requests}, oldest first. */
  public List<Map<String, String>> queries() {
    return requests().stream().filter(seen -> isList(seen.path())).map(Request::query).toList();
  }

  @Override
  Answer answer(Request request) {
    RequestLimit.Reading tightest = null;
    for (RequestLimit limit : limits) {
      RequestLimit.Reading reading = limit.count(request.at());
      if (!reading.allowed()) {
        return limited(reading);
      }
      tightest =
          tightest == null || reading.remaining() < tightest.remaining() ? reading : tightest;
    }
    Answer answer = routed(request);
    return tightest == null
        ? answer
        : answer
            .with("X-RateLimit-Limit", String.valueOf(tightest.limit()))
            .with("X-RateLimit-Remaining", String.valueOf(tightest.remaining()));
  }

  @Override
  Answer page() {
    return null;
  }

  @Override
  ObjectNode ownCounts() {
    return Json.object().put("callsRequests", requestCount());
  }

  private Answer routed(Request request) {
    if (!request.path().startsWith("/api/user/")) {
      return message(404, "The route " + request.path().substring(1) + " could not be found.");
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return message(405, "The " + request.method() + " method is not supported for this route.");
    }
    if (!token.equals(request.bearerToken())) {
      return wantsJson(request) ? message(401, "Unauthenticated.") : redirect("/login");
    }
    if (isList(request.path())) {
      return list(request);
    }
    if (request.path().startsWith(CALLS + "/")) {
      return one(request.path().substring(CALLS.length() + 1));
    }
    if (request.path().equals("/api/user/me")) {
      ObjectNode me = Json.object().put("name", "Sandbox Owner");
      return Answer.json(200, me.put("email", "owner@example.com").put("total_balance", 125.5));
    }
    return message(404, "The route " + request.path().substring(1) + " could not be found.");
  }

  private Answer list(Request request) {
    CallQuery query = new CallQuery(request.query());
    if (!query.isValid()) {
      return wantsJson(request) ? Answer.json(422, query.errors()) : redirect("/");
    }
    FoundCalls found =
        history == null ? calls.select(query.filter()) : history.select(query.filter());
    return Answer.json(
        200, new CallPageJson(root() + CALLS, found, query.perPage(), query.page()).bytes());
  }

  private Answer one(String id) {
    byte[] json = id.matches("\\d{1,18}") ? json(Long.parseLong(id)) : null;
    return json == null ? message(404, "Call not found") : Answer.json(200, json);
  }

  private byte[] json(long id) {
    if (history != null) {
      return history.json(id);
    }
    Entry call = calls.get(id);
    return call == null ? null : call.json();
  }

  private Answer redirect(String path) {
    return Answer.text(302, "text/html; charset=utf-8", "<p>Redirecting to " + path + "</p>")
        .with("Location", root() + path);
  }

  private static Answer limited(RequestLimit.Reading reading) {
    ObjectNode body = Json.object().put("message", "Too Many Attempts.");
    return Answer.json(429, body.put("retry_after", reading.retryAfter()))
        .with("Retry-After", String.valueOf(reading.retryAfter()))
        .with("X-RateLimit-Limit", String.valueOf(reading.limit()))
        .with("X-RateLimit-Remaining", "0")
        .with("X-RateLimit-Reset", String.valueOf(reading.resetAt()));
  }

  private static Answer message(int status, String message) {
    return Answer.json(status, Json.object().put("message", message));
  }

  private static boolean isList(String path) {
    return path.equals(CALLS);
  }

  private static boolean wantsJson(Request request) {
    String accept = request.header("accept");
    return accept != null && (accept.contains("/json") || accept.contains("+json"));
  }
}
