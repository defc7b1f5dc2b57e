package io.leadroutes.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.http.RetryAfter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * One answer of Slack's Web API.
 *
 * @param status of HTTP
 * @param json the body, a missing node when it is no JSON object
 * @param form what the body is, in words
 * @param retryAfter what Slack asked for, or null
 */
record SlackAnswer(int status, JsonNode json, String form, Duration retryAfter) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String A_PAGE = "a web page";

  /**
   * Reads an answer; a body that was cut is no JSON.
   *
   * @param retryAfter the header's seconds, or null
   */
  static SlackAnswer read(int status, InputStream body, String retryAfter) {
    Duration wait = RetryAfter.of(retryAfter);
    MissingNode none = MissingNode.getInstance();
    try {
      InputStream buffered = body == null ? null : new BufferedInputStream(body);
      int first = buffered == null ? -1 : firstSign(buffered);
      if (first != '{') {
        String form = first < 0 ? "an empty body" : first == '<' ? A_PAGE : "no JSON object";
        return new SlackAnswer(status, none, form, wait);
      }
      JsonNode json = JSON.reader().readTree(buffered);
      return new SlackAnswer(status, json, "JSON without ok", wait);
    } catch (IOException e) {
      // A body that is no JSON is an answer too: its outcome is unknown.
      return new SlackAnswer(status, none, "JSON that breaks off", wait);
    }
  }

  boolean readable() {
    return json.path("ok").isBoolean();
  }

  boolean ok() {
    return json.path("ok").booleanValue();
  }

  /** The error code, empty when there is none. */
  String error() {
    return json.path("error").asText("");
  }

  /** Whether something else than Slack answers: a proxy, a portal, a web site. */
  boolean isPage() {
    return form.equals(A_PAGE);
  }

  /** The first byte that is no white space, which stays to be read; -1 when there is none. */
  private static int firstSign(InputStream body) throws IOException {
    int sign;
    do {
      body.mark(1);
      sign = body.read();
    } while (sign == ' ' || sign == '\n' || sign == '\r' || sign == '\t');
    if (sign >= 0) {
      body.reset();
    }
    return sign;
  }
}
