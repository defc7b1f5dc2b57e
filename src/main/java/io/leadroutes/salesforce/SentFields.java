package io.leadroutes.salesforce;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a version of a lead put into which field, as hashes: the next version sends only fields
 * whose value is another one, so that what a salesperson corrected since stays.
 */
final class SentFields {

  private static final int HASH_BYTES = 6;

  private final Map<String, String> hashes;

  private SentFields(Map<String, String> hashes) {
    this.hashes = hashes;
  }

  /**
   * Of a record as it is sent.
   *
   * @param key of the lead, so that equal values of two leads look different
   */
  static SentFields of(String key, Map<String, Object> fields) {
    Map<String, String> hashes = new LinkedHashMap<>();
    fields.forEach((field, value) -> hashes.put(field, hash(key, field, value)));
    return new SentFields(hashes);
  }

  /** As {@link #memo} wrote it; null is of no version. */
  static SentFields ofMemo(String memo) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String pair : memo == null ? new String[0] : memo.split(" ")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        hashes.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return new SentFields(hashes);
  }

  /** One line without personal data. */
  String memo() {
    return hashes.entrySet().stream()
        .map(field -> field.getKey() + "=" + field.getValue())
        .collect(Collectors.joining(" "));
  }

  /** What a record holds when a later version was sent after this one. */
  SentFields and(SentFields later) {
    Map<String, String> both = new LinkedHashMap<>(hashes);
    both.putAll(later.hashes);
    return new SentFields(both);
  }

  /** Whether a field of this version has the value that it had in an earlier one. */
  boolean unchanged(String field, SentFields earlier) {
    return hashes.get(field).equals(earlier.hashes.get(field));
  }

  private static String hash(String key, String field, Object value) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (key + "\n" + field + "\n" + value.getClass().getSimpleName() + "\n" + value)
                      .getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(hash, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
