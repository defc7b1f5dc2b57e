package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a sandbox server answers to one request. */
record Answer(int status, Map<String, String> headers, byte[] body) {

  private static final byte[] NO_BODY = {};

  static Answer json(int status, JsonNode body) {
    return json(status, Json.bytes(body));
  }

  static Answer json(int status, byte[] body) {
    return new Answer(status, Map.of("Content-Type", "application/json"), body);
  }

  static Answer text(int status, String contentType, String body) {
    return new Answer(
        status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
  }

  static Answer html(String page) {
    return text(200, "text/html; charset=utf-8", page)
        .with("Cache-Control", "no-store")
        .with(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                + " connect-src 'self'");
  }

  static Answer empty(int status) {
    return new Answer(status, Map.of(), NO_BODY);
  }

  Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }
}
