package io.leadroutes.ledger;

import java.util.Locale;

/** What was decided about a call; its column holds the name in lower case. */
public enum CallState {
  /** From before the account's start: remembered, never judged. */
  BASELINE,
  /** Not over or not evaluated yet: judged again when it changes or settles. */
  OPEN,
  LEAD,
  REJECTED,
  /** Its judging failed: judged again in each pass of the look-back. */
  FAILED;

  /** That of a column. */
  static CallState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** As the column holds it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
