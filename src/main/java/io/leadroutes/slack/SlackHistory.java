package io.leadroutes.slack;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.slack.SlackSearch.Window;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.Variable;

/**
 * Looks a delivery up in the channel, by the mark its message would carry. It ends with what was
 * found and never posts: a look-up that fails in any way leaves the delivery unknown.
 */
public final class SlackHistory {

  /** The search begins this long before an attempt whose time nobody can vouch for. */
  private static final Duration BEFORE = Duration.ofHours(1);

  /** And this long before one by a clock that has been set since. */
  private static final Duration LONG_BEFORE = Duration.ofDays(1);

  /** How far two ways to tell the time of an attempt may differ and confirm each other. */
  private static final Duration CLOSE = Duration.ofMinutes(1);

  /** A request may wait that long on its way, whatever {@code slack.look-again} says. */
  private static final Duration ON_ITS_WAY = Duration.ofMinutes(2);

  private static final int PAGE = 200;
  private static final int MAX_PAGES = 2000;

  /** Then others get the thread. */
  private static final int MAX_PAGES_AT_ONCE = 25;

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration UNTOLD_WAIT = Duration.ofSeconds(30);

  private final SlackWorkspaces workspaces;
  private final SlackMemory memory;

  SlackHistory(SlackWorkspaces workspaces, SlackMemory memory) {
    this.workspaces = workspaces;
    this.memory = memory;
  }

  /** A search that has not begun, or one that goes on where it was. */
  public SlackSearch begin(@Variable("delivery") Delivery delivery) {
    SlackSearch kept = memory.take(delivery.id());
    boolean same =
        kept != null
            && kept.delivery().earlier().attemptedAt().equals(delivery.earlier().attemptedAt())
            && kept.delivery().earlier().looks() == delivery.earlier().looks();
    SlackSearch search =
        same ? kept.in(delivery) : SlackSearch.of(delivery, window(delivery), since(delivery));
    if (!SlackWorkspaces.isChannel(channel(delivery))) {
      return search.ended(SlackErrors.noChannel());
    }
    String seen = memory.seen(channel(delivery), SlackMark.of(delivery));
    if (seen != null) {
      return search.ended(found(delivery, seen));
    }
    Duration quiet = memory.quiet(workspaces.of(delivery.account()).token());
    return quiet.isZero() ? search : later(search, "Slack asked to wait", quiet);
  }

  /** The body of the request for the next page; its headers are set too. */
  public byte[] request(
      @Variable("search") SlackSearch search, @Headers Map<String, Object> headers) {
    SlackWorkspaces.Workspace workspace = workspaces.of(search.delivery().account());
    headers.put("Authorization", "Bearer " + workspace.token());
    headers.put(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
    boolean checks = search.check() != null;
    Instant latest = search.window().latest();
    String form =
        "channel="
            + channel(search.delivery())
            + "&oldest="
            + (checks ? encoded(search.check()) : timestamp(search.window().oldest()))
            + (checks ? "&latest=" + encoded(search.check()) : "")
            + (checks || latest == null ? "" : "&latest=" + timestamp(latest))
            + "&inclusive=true&include_all_metadata=true&limit="
            + PAGE
            + "&cursor="
            + encoded(search.cursor());
    return form.getBytes(StandardCharsets.US_ASCII);
  }

  /** The search after this page. */
  public SlackSearch read(
      @Variable("search") SlackSearch search,
      @Body InputStream body,
      @Header(Exchange.HTTP_RESPONSE_CODE) int status,
      @Header("Retry-After") String retryAfter,
      @Header("Date") String date) {
    memory.heard(date);
    SlackAnswer answer = SlackAnswer.read(status, body, retryAfter);
    if (status == 429 || SlackErrors.isRateLimit(answer.error())) {
      Duration wait = answer.retryAfter() == null ? UNTOLD_WAIT : answer.retryAfter();
      memory.keepQuiet(workspaces.of(search.delivery().account()).token(), wait);
      return later(search, "Slack asked to wait", wait);
    }
    if (answer.error().equals("invalid_cursor") && !search.cursor().isEmpty()) {
      return search.withoutCursor();
    }
    if (status != 200 || !answer.ok() || !answer.json().path("messages").isArray()) {
      memory.keep(search);
      return search.ended(refused(answer, search.delivery()));
    }
    return search.check() == null
        ? afterPage(search, answer.json())
        : afterCheck(search, answer.json().path("messages"));
  }

  /** The search when a request did not come through: the sink waits, nothing is known. */
  public SlackSearch failed(
      @Variable("search") SlackSearch search, @ExchangeException Exception failure) {
    memory.keep(search);
    return search.ended(
        Outcome.sinkDown(
            "The look-up in Slack failed (" + failure.getClass().getSimpleName() + ").", null));
  }

  private SlackSearch afterPage(SlackSearch search, JsonNode page) {
    Delivery delivery = search.delivery();
    Window window = window(delivery);
    if (window.oldest().isBefore(search.window().oldest().minus(CLOSE))) {
      // Slack's clock tells only now that the search began too late.
      return SlackSearch.of(delivery, window, search.since());
    }
    String channel = channel(delivery);
    String twin = null;
    boolean seen = false;
    for (JsonNode message : page.path("messages")) {
      String ts = message.path("ts").asText("");
      SlackMark mark = SlackMark.in(message);
      if (mark != null && mark.isOf(delivery)) {
        return search.ended(
            ts.isEmpty()
                ? Outcome.sinkDown("Slack's history did not name the message.", null)
                : found(delivery, ts));
      }
      if (mark != null) {
        seen = true;
        memory.seen(channel, mark, ts);
      } else if (SlackMessage.says(message, delivery.lead())) {
        twin = ts;
      }
    }
    String cursor = page.path("response_metadata").path("next_cursor").asText("");
    SlackSearch read = search.next(cursor, seen, twin);
    if (cursor.isEmpty() && page.path("has_more").asBoolean()) {
      return search.ended(
          Outcome.sinkDown("Slack's history of the channel came without its next page.", null));
    }
    if (cursor.isEmpty()) {
      return searched(read);
    }
    if (read.pages() >= MAX_PAGES) {
      return read.ended(
          Outcome.deadLetter(
              "It may have been posted: the channel has more messages since than can be looked"
                  + " through."));
    }
    return read.turn() >= MAX_PAGES_AT_ONCE
        ? later(read, "there is more to read", Duration.ofMillis(1))
        : read;
  }

  /** "Not there" is no proof where messages are there and cannot be known again. */
  private SlackSearch searched(SlackSearch search) {
    if (search.twin() != null) {
      return search.ended(
          Outcome.deadLetter(
              "It may have been posted: the message "
                  + search.twin()
                  + " in the channel says the same, and Slack shows it without the app's metadata."
                  + " Look there, then replay this one, or discard it."));
    }
    String known = memory.known(channel(search.delivery()));
    return search.readable() || known == null
        ? search.ended(notFound(search))
        : search.checking(known);
  }

  private SlackSearch afterCheck(SlackSearch search, JsonNode messages) {
    String channel = channel(search.delivery());
    for (JsonNode message : messages) {
      if (message.path("ts").asText("").equals(search.check())) {
        return search.ended(
            SlackMark.in(message) != null
                ? notFound(search)
                : Outcome.paused(
                    "Slack's history of channel "
                        + channel
                        + " shows messages of the app without their metadata and blocks, so that"
                        + " nobody can tell whether a lead was posted: give the app"
                        + " channels:history (groups:history for a private channel), and check what"
                        + " stands between here and slack.api-url."));
      }
    }
    return search.ended(
        Outcome.deadLetter(
            "It may have been posted: the history of channel "
                + channel
                + " shows neither it nor the message "
                + search.check()
                + ", which was posted there. Look into the channel, then replay this one, or"
                + " discard it."));
  }

  private SlackSearch later(SlackSearch search, String why, Duration wait) {
    memory.keep(search);
    return search.ended(
        Outcome.looking(
            "It may have been posted; the look-up in Slack goes on: " + why + ".", wait));
  }

  /**
   * Where the earlier attempt went, which is not today's channel when the settings changed since.
   */
  private String channel(Delivery delivery) {
    String place = delivery.earlier().place();
    String noted = place == null ? "" : place.substring(place.indexOf(' ') + 1);
    return SlackWorkspaces.isChannel(noted)
        ? noted
        : workspaces.of(delivery.account()).channel(delivery.lead());
  }

  private boolean isFormer(Delivery delivery) {
    return !channel(delivery).equals(workspaces.of(delivery.account()).channel(delivery.lead()));
  }

  private Outcome found(Delivery delivery, String ts) {
    String channel = channel(delivery);
    memory.posted(delivery.id(), channel, ts);
    return isFormer(delivery) ? Outcome.alreadyThere(ts, channel) : Outcome.delivered(ts, channel);
  }

  private Outcome refused(SlackAnswer answer, Delivery delivery) {
    if (answer.readable() && !answer.error().isEmpty() && answer.status() < 500) {
      String channel = channel(delivery);
      Outcome refusal = SlackErrors.outcome(answer.error(), channel, answer.retryAfter());
      return switch (refusal.kind()) {
        // A former channel, and one that a rule chose, concerns no other lead.
        case PAUSED ->
            isFormer(delivery) && SlackErrors.isAboutChannel(answer.error())
                ? Outcome.deadLetter(
                    "It may have been posted in the former channel "
                        + channel
                        + ", which cannot be read any more ("
                        + SlackErrors.named(answer.error())
                        + "): let the app read it and replay this one, or discard it.")
                : SlackErrors.ofLead(refusal, answer, workspaces.of(delivery.account()));
        // No other delivery waits for what is refused to this one.
        case REFUSED, DEAD_LETTER ->
            Outcome.refused(
                "It may have been posted, and Slack refuses the look-up ("
                    + SlackErrors.named(answer.error())
                    + "): look into the channel, then replay this one, or discard it.");
        case LATER ->
            Outcome.later("It may have been posted; the look-up failed: " + refusal.reason());
        default -> Outcome.sinkDown("The look-up failed: " + refusal.reason(), answer.retryAfter());
      };
    }
    boolean another =
        answer.isPage() && answer.status() < 500
            || answer.status() >= 300 && answer.status() < 500 && answer.status() != 408;
    return another
        ? SlackErrors.notSlack(answer)
        : Outcome.sinkDown(
            "The look-up in Slack was answered by HTTP "
                + answer.status()
                + " with "
                + answer.form()
                + ".",
            answer.retryAfter());
  }

  /**
   * Where the message can stand. Its own minutes, where this process made the attempt and both the
   * ledger's clock and one that nobody sets say when; else all from well before it.
   */
  private Window window(Delivery delivery) {
    Delivery.Earlier earlier = delivery.earlier();
    Instant now = memory.now();
    Duration byLedger = Duration.between(earlier.attemptedAt(), earlier.now());
    Instant present = now == null ? earlier.now() : now;
    if (byLedger.isNegative()) {
      // The clock was set back since.
      return new Window(present.minus(LONG_BEFORE), null);
    }
    Instant attempt = present.minus(byLedger);
    Duration counted = memory.sinceSent(delivery.id());
    if (counted == null || earlier.forgotten()) {
      return new Window(attempt.minus(BEFORE), null);
    }
    Instant again = present.minus(counted);
    Instant first = again.isBefore(attempt) ? again : attempt;
    Instant second = again.isBefore(attempt) ? attempt : again;
    if (now == null || Duration.between(first, second).compareTo(CLOSE) > 0) {
      return new Window(first.minus(BEFORE), null);
    }
    Duration lookAgain = workspaces.of(delivery.account()).lookAgain();
    Duration late = lookAgain.compareTo(ON_ITS_WAY) > 0 ? lookAgain : ON_ITS_WAY;
    return new Window(first.minus(CLOSE), second.plus(late).plus(CLOSE));
  }

  /** How long ago the attempt was made; of two ways to tell, the shorter. */
  private Duration since(Delivery delivery) {
    Delivery.Earlier earlier = delivery.earlier();
    Duration byLedger = Duration.between(earlier.attemptedAt(), earlier.now());
    Duration counted = memory.sinceSent(delivery.id());
    return counted == null || counted.compareTo(byLedger) > 0 ? byLedger : counted;
  }

  /**
   * "Not there" counts only from a second look, and only when {@code slack.look-again} had passed
   * since the attempt as it began: a message may appear late.
   */
  private Outcome notFound(SlackSearch search) {
    Duration lookAgain = workspaces.of(search.delivery().account()).lookAgain();
    Duration missing = lookAgain.minus(search.since());
    boolean longEnough = missing.isNegative() || missing.isZero();
    if (longEnough && search.delivery().earlier().looks() >= 1) {
      return Outcome.notThere();
    }
    Duration wait = missing.compareTo(lookAgain) > 0 ? lookAgain : missing;
    return Outcome.lookAgain(wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Slack's form of an instant: seconds and microseconds. */
  private static String timestamp(Instant instant) {
    return String.format(
        Locale.ROOT, "%d.%06d", instant.getEpochSecond(), instant.getNano() / 1000);
  }
}
