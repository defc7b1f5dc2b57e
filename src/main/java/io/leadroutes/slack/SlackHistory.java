package io.leadroutes.slack;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
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
 * Looks a delivery up in the channel, by the metadata its message would carry. It ends with what
 * was found and never posts: a look-up that fails in any way leaves the delivery unknown.
 */
public final class SlackHistory {

  /** Clocks differ, and an attempt may have waited: the search begins this long before it. */
  private static final Duration BEFORE = Duration.ofHours(1);

  private static final int PAGE = 200;
  private static final int PAGES = 500;
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

  private final SlackWorkspaces workspaces;

  SlackHistory(SlackWorkspaces workspaces) {
    this.workspaces = workspaces;
  }

  /** A search that has not begun. */
  public SlackSearch begin(@Variable("delivery") Delivery delivery) {
    return SlackSearch.of(delivery);
  }

  /** The body of the request for the next page; its headers are set too. */
  public byte[] request(
      @Variable("search") SlackSearch search, @Headers Map<String, Object> headers) {
    SlackWorkspaces.Workspace workspace = workspaces.of(search.delivery().account());
    headers.put("Authorization", "Bearer " + workspace.token());
    headers.put(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
    String form =
        "channel="
            + channel(search.delivery())
            + "&oldest="
            + timestamp(search.delivery().earlier().attemptedAt().minus(BEFORE))
            + "&inclusive=true&include_all_metadata=true&limit="
            + PAGE
            + "&cursor="
            + URLEncoder.encode(search.cursor(), StandardCharsets.UTF_8);
    return form.getBytes(StandardCharsets.US_ASCII);
  }

  /** The search after this page. */
  public SlackSearch read(
      @Variable("search") SlackSearch search,
      @Body InputStream body,
      @Header(Exchange.HTTP_RESPONSE_CODE) int status,
      @Header("Retry-After") String retryAfter) {
    SlackAnswer answer = SlackAnswer.read(status, body, retryAfter);
    if (status != 200 || !answer.ok() || !answer.json().path("messages").isArray()) {
      return search.ended(refused(answer, search.delivery()));
    }
    for (JsonNode message : answer.json().path("messages")) {
      if (carries(message.path("metadata"), search.delivery())) {
        String ts = message.path("ts").asText("");
        return search.ended(
            ts.isEmpty()
                ? Outcome.sinkDown("Slack's history did not name the message.", null)
                : isFormer(search.delivery())
                    ? Outcome.alreadyThere(ts, null)
                    : Outcome.delivered(ts));
      }
    }
    String cursor = answer.json().path("response_metadata").path("next_cursor").asText("");
    if (cursor.isEmpty() && answer.json().path("has_more").asBoolean()) {
      return search.ended(
          Outcome.sinkDown("Slack's history of the channel came without its next page.", null));
    }
    if (cursor.isEmpty()) {
      return search.ended(notFound(search.delivery()));
    }
    if (search.pages() + 1 >= PAGES) {
      return search.ended(
          Outcome.deadLetter(
              "It may have been posted: the channel has more messages since than can be looked"
                  + " through."));
    }
    return search.next(cursor);
  }

  /** The search when a request did not come through: the sink waits, nothing is known. */
  public SlackSearch failed(
      @Variable("search") SlackSearch search, @ExchangeException Exception failure) {
    return search.ended(
        Outcome.sinkDown(
            "The look-up in Slack failed (" + failure.getClass().getSimpleName() + ").", null));
  }

  /**
   * Where the earlier attempt went, which is not today's channel when the settings changed since.
   */
  private String channel(Delivery delivery) {
    String place = delivery.earlier().place();
    String noted = place == null ? "" : place.substring(place.indexOf(' ') + 1);
    return SlackWorkspaces.isChannel(noted) ? noted : workspaces.of(delivery.account()).channel();
  }

  private boolean isFormer(Delivery delivery) {
    return !channel(delivery).equals(workspaces.of(delivery.account()).channel());
  }

  private Outcome refused(SlackAnswer answer, Delivery delivery) {
    if (answer.readable() && !answer.error().isEmpty() && answer.status() < 500) {
      String channel = channel(delivery);
      Outcome refusal = SlackErrors.outcome(answer.error(), channel, answer.retryAfter());
      if (refusal.kind() != Outcome.Kind.PAUSED) {
        return Outcome.sinkDown("The look-up failed: " + refusal.reason(), answer.retryAfter());
      }
      // A former channel is no setting that is wrong, and concerns no other lead.
      return isFormer(delivery) && SlackErrors.isAboutChannel(answer.error())
          ? Outcome.deadLetter(
              "It may have been posted in the former channel "
                  + channel
                  + ", which cannot be read any more ("
                  + SlackErrors.named(answer.error())
                  + "): let the app read it and replay this one, or discard it.")
          : refusal;
    }
    return Outcome.sinkDown(
        "The look-up in Slack was answered by HTTP " + answer.status() + ".", answer.retryAfter());
  }

  /**
   * "Not there" counts only from a second look, and only when {@code slack.look-again} has passed
   * since the attempt: a message may appear late.
   */
  private Outcome notFound(Delivery delivery) {
    Delivery.Earlier earlier = delivery.earlier();
    Duration lookAgain = workspaces.of(delivery.account()).lookAgain();
    Duration since = Duration.between(earlier.attemptedAt(), earlier.now());
    Duration missing = lookAgain.minus(since);
    boolean longEnough = missing.isNegative() || missing.isZero();
    if (longEnough && earlier.looks() >= 1) {
      return Outcome.notThere();
    }
    return Outcome.lookAgain(missing.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : missing);
  }

  private static boolean carries(JsonNode metadata, Delivery delivery) {
    JsonNode payload = metadata.path("event_payload");
    // A restored ledger numbers its deliveries anew.
    return SlackMessage.EVENT_TYPE.equals(metadata.path("event_type").asText())
        && (delivery.earlier().forgotten()
            || Long.toString(delivery.id()).equals(payload.path("delivery").asText()))
        && delivery.lead().key().equals(payload.path("lead").asText());
  }

  /** Slack's form of an instant: seconds and microseconds. */
  private static String timestamp(Instant instant) {
    return String.format(
        Locale.ROOT, "%d.%06d", instant.getEpochSecond(), instant.getNano() / 1000);
  }
}
