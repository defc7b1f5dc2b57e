package io.leadroutes.poll;

import io.leadroutes.http.RetryAfter;
import io.leadroutes.poll.PollException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What an answer means that is no page of calls. A status says little by itself: before the API
 * stand firewalls, balancers and a web server, which answer with pages for people, and the API is
 * deployed, overloaded and maintained now and then. So a refusal of what was fine a moment ago is
 * believed when it is said again.
 */
final class Refusals {

  /** So often in a row, where the same was accepted before. */
  private static final int BELIEVED_AFTER = 3;

  private boolean accepted;
  private int refused;

  /** A page was answered. */
  synchronized void accepted() {
    accepted = true;
    refused = 0;
  }

  /**
   * @return null when a page may be in the body
   */
  PollException of(int status, Map<String, Object> headers, byte[] body) {
    if (status == 200) {
      return null;
    }
    Duration wait = status == 429 || status == 503 ? RetryAfter.asked(headers, body) : null;
    if (status == 429) {
      return PollException.busy("ClickSpeak asked to wait (HTTP 429).", wait);
    }
    if (status == 503 && wait != null) {
      return PollException.busy("ClickSpeak failed (HTTP 503).", wait);
    }
    String answered = "HTTP " + status;
    if (isHtml(headers, body) && status >= 400 && status < 500) {
      return webPage(answered, status != 404);
    }
    if (status >= 300 && status < 400) {
      return refusesToken("a redirect");
    }
    return switch (status) {
      case 401, 403 -> refusesToken(answered);
      case 402 ->
          believed(
              "ClickSpeak refuses for lack of balance (HTTP 402): top the account up.", answered);
      case 404 ->
          PollException.paused(
              "ClickSpeak has no such address (HTTP 404): correct clickspeak.base-url.");
      case 422 -> PollException.paused(refusedParameters(body));
      default -> PollException.of(kind(status), "ClickSpeak failed (HTTP " + status + ").");
    };
  }

  /** One record may crash what lists it; a service that is away, or what stands before it, not. */
  private static Kind kind(int status) {
    return switch (status) {
      case 500, 502, 504 -> Kind.SERVER_ERROR;
      case 503 -> Kind.OUTAGE;
      default -> status >= 505 ? Kind.OUTAGE : Kind.FAILED;
    };
  }

  /** A page for people where a page of calls should be, with status 200. */
  PollException html() {
    return webPage("a web page", false);
  }

  /**
   * @param atOnce whether it is an outage even where nothing was accepted before: a wrong address
   *     is answered with a web page too
   */
  private synchronized PollException webPage(String answered, boolean atOnce) {
    if (atOnce || accepted) {
      return PollException.of(
          Kind.OUTAGE,
          "A firewall, a balancer or a page of maintenance answered instead of ClickSpeak's API ("
              + answered
              + ", HTML): if that goes on, ask ClickSpeak's support whether this machine's"
              + " address is let through, and check clickspeak.base-url.");
    }
    return PollException.paused(
        "ClickSpeak refuses the token ("
            + (answered.equals("a web page") ? "a login page" : answered)
            + "): correct clickspeak.token, or clickspeak.base-url.");
  }

  private PollException refusesToken(String answered) {
    return believed(
        "ClickSpeak refuses the token ("
            + answered
            + "): correct clickspeak.token, or clickspeak.base-url.",
        answered);
  }

  private synchronized PollException believed(String remedy, String answered) {
    refused++;
    if (accepted && refused < BELIEVED_AFTER) {
      return PollException.failed(
          "ClickSpeak refused what it accepted a moment ago (" + answered + ").");
    }
    return PollException.paused(remedy);
  }

  /** Laravel names what it refuses; without a name it is one of the two things we choose. */
  private static String refusedParameters(byte[] body) {
    String text = head(body);
    String sentence = "ClickSpeak refuses the parameters (HTTP 422): ";
    return sentence
        + (text.contains("per_page") || text.contains("per page")
            ? "lower clickspeak.per-page."
            : text.contains("date_") || text.contains("date from") || text.contains("date to")
                ? "it does not list the days that were asked for."
                : "it does not say which; lower clickspeak.per-page, or ask ClickSpeak's support"
                    + " whether date_from is still a parameter.");
  }

  private static String head(byte[] body) {
    return new String(body, 0, Math.min(body.length, 2000), StandardCharsets.UTF_8);
  }

  private static boolean isHtml(Map<String, Object> headers, byte[] body) {
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase("Content-Type") && header.getValue() != null) {
        String type = header.getValue().toString().toLowerCase(Locale.ROOT);
        return type.contains("html");
      }
    }
    String begin = head(body).strip().toLowerCase(Locale.ROOT);
    return begin.startsWith("<!doctype html") || begin.startsWith("<html");
  }
}
