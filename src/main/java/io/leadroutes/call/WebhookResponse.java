package io.leadroutes.call;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the customer's own endpoint answered when the platform told it of the call: any JSON, or
 * text that may be JSON. It is read when somebody asks for it.
 */
public final class WebhookResponse {

  /** Of a call that has none. */
  public static final WebhookResponse NONE = new WebhookResponse(JsonSlice.NONE);

  private final JsonSlice slice;
  private Object value;
  private boolean read;

  WebhookResponse(JsonSlice slice) {
    this.slice = slice;
  }

  /** A String, Boolean, BigDecimal, List, Map or null, as the values of {@link Evaluation}. */
  public synchronized Object value() {
    if (!read) {
      value = slice.read((parser, values) -> values.unwrapped());
      read = true;
    }
    return value;
  }

  /**
   * The value at a path as text, as {@link Evaluation#text} gives it.
   *
   * @param path names with a dot between them, compared as the names of an evaluation's variables;
   *     a number is a place in a list, from 0
   */
  public Optional<String> text(String path) {
    Object at = value();
    for (String step : path.split("\\.")) {
      at = step(at instanceof String text ? JsonValues.unwrapped(text) : at, step.strip());
    }
    return Evaluation.textOf(at);
  }

  private static Object step(Object at, String step) {
    if (at instanceof Map<?, ?> map) {
      if (map.containsKey(step)) {
        return map.get(step);
      }
      String folded = Evaluation.foldName(step);
      return map.entrySet().stream()
          .filter(entry -> Evaluation.foldName((String) entry.getKey()).equals(folded))
          .findFirst()
          .map(Map.Entry::getValue)
          .orElse(null);
    }
    if (at instanceof List<?> list && step.matches("\\d{1,6}")) {
      int place = Integer.parseInt(step);
      return place < list.size() ? list.get(place) : null;
    }
    return null;
  }

  /** Prints nothing of it: it is personal data. */
  @Override
  public String toString() {
    return "WebhookResponse";
  }
}
