package io.leadroutes.call;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A short text that differs when something of a call differs that matters to a lead: status,
 * evaluation, the client's number, variables, and the recording's URL without its query, which
 * holds a signature that changes by itself. Transcript, costs, duration and {@code updated_at} do
 * not count. The order of names does not matter, nor does the shape that named values came in; an
 * empty object, an empty array and null are the same.
 */
public final class ContentHash {

  /** Raised when the rule changes: a difference in it alone is no change of the call. */
  private static final String VERSION = "1:";

  /**
   * Of calls whose named values came in a shape that was taken for none as long as there was only
   * version 1, as JSON in a text. All others keep their version, so that an update of this program
   * has nothing to compare anew.
   */
  private static final String RESHAPED_VERSION = "2:";

  private ContentHash() {}

  /** Whether two hashes were made by the same version of the rule, so that they can be compared. */
  public static boolean comparable(String one, String other) {
    return rule(one).equals(rule(other));
  }

  /** The version of the rule that a hash was made by, which it begins with. */
  public static String rule(String hash) {
    return hash.substring(0, hash.indexOf(':') + 1);
  }

  /** The hash with the version of its rule in front, as {@code 1:Zm9vYmFy…}. */
  public static String of(
      String status,
      Evaluation evaluation,
      String clientPhone,
      Map<String, Object> variables,
      String recordingUrl) {
    return of(status, evaluation, clientPhone, variables, recordingUrl, false);
  }

  /**
   * The same.
   *
   * @param reshaped whether named values came in a shape that version 1 took for none
   */
  static String of(
      String status,
      Evaluation evaluation,
      String clientPhone,
      Map<String, Object> variables,
      String recordingUrl,
      boolean reshaped) {
    StringBuilder content = new StringBuilder(512);
    append(content, status);
    append(content, evaluation.values());
    append(content, clientPhone);
    append(content, variables);
    append(content, recordingUrl == null ? null : withoutQuery(recordingUrl));
    return (reshaped ? RESHAPED_VERSION : VERSION) + ShortHash.of(content.toString());
  }

  /** Of what filters look at besides: no change of it is a change of the lead. */
  static String ofFacts(
      String type, Integer durationSeconds, String assistant, String campaign, String answeredBy) {
    StringBuilder facts = new StringBuilder(128);
    append(facts, type);
    append(facts, durationSeconds == null ? null : BigDecimal.valueOf(durationSeconds));
    append(facts, assistant);
    append(facts, campaign);
    append(facts, answeredBy);
    return ShortHash.of(facts.toString());
  }

  // Every value says its kind and its length first, so that no two contents look alike.
  private static void append(StringBuilder content, Object value) {
    if (value == null) {
      content.append('n');
    } else if (value instanceof String text) {
      append(content, 's', text);
    } else if (value instanceof Boolean flag) {
      content.append(flag ? 't' : 'f');
    } else if (value instanceof BigDecimal number) {
      append(content, 'd', number.stripTrailingZeros().toString());
    } else if (value instanceof List<?> list) {
      if (list.isEmpty()) {
        content.append('n');
      } else {
        content.append('l').append(list.size()).append(':');
        list.forEach(element -> append(content, element));
      }
    } else if (value instanceof Map<?, ?> map) {
      appendSorted(content, map);
    } else {
      throw new IllegalArgumentException("No JSON value: " + value.getClass().getName());
    }
  }

  private static void appendSorted(StringBuilder content, Map<?, ?> map) {
    if (map.isEmpty()) {
      content.append('n');
      return;
    }
    String[] names = map.keySet().toArray(new String[0]);
    Arrays.sort(names);
    content.append('m').append(names.length).append(':');
    for (String name : names) {
      append(content, 's', name);
      append(content, map.get(name));
    }
  }

  private static void append(StringBuilder content, char kind, String text) {
    content.append(kind).append(text.length()).append(':').append(text);
  }

  private static String withoutQuery(String url) {
    for (int i = 0; i < url.length(); i++) {
      if (url.charAt(i) == '?' || url.charAt(i) == '#') {
        return url.substring(0, i);
      }
    }
    return url;
  }
}
