package io.leadroutes.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.http.RetryAfter;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * One answer of Slack's Web API.
 *
 * @param status of HTTP
 * @param json the body, a missing node when it is no JSON object
 * @param retryAfter what Slack asked for, or null
 */
record SlackAnswer(int status, JsonNode json, Duration retryAfter) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads an answer; a body that was cut is no JSON.
   *
   * @param retryAfter the header's seconds, or null
   */
  static SlackAnswer read(int status, InputStream body, String retryAfter) {
    return new SlackAnswer(status, json(body), RetryAfter.of(retryAfter));
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

  private static JsonNode json(InputStream body) {
    if (body == null) {
      return MissingNode.getInstance();
    }
    try {
      JsonNode json = JSON.reader().readTree(body);
      return json != null && json.isObject() ? json : MissingNode.getInstance();
    } catch (IOException e) {
      // A body that is no JSON is an answer too: its outcome is unknown.
      return MissingNode.getInstance();
    }
  }
}
