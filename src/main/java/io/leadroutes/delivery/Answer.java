package io.leadroutes.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a sink answered, for a {@code validate} in the route of a sink of one's own: many systems
 * answer 200 to what they did not take, and say so in the body. The bean is called {@code answer}.
 */
public final class Answer {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Whether the body is JSON with this value at this place.
   *
   * @param path names with dots between them, as {@code result.status}
   * @param value as text, as {@code true} or {@code 201}
   */
  public boolean has(InputStream body, String path, String value) {
    if (body == null) {
      return false;
    }
    try (body) {
      JsonNode found = JSON.readTree(body);
      for (String name : path.split("\\.")) {
        found = found.path(name);
      }
      return found.isValueNode() && found.asText().equals(value);
    } catch (IOException e) {
      // What is no JSON has no value at all.
      return false;
    }
  }
}
