package io.leadroutes.poll;

import java.util.Locale;

/** What a pass is for. The order is the right of way to the account's request budget. */
public enum Kind {
  /** The head of a list that is proved to be newest first. */
  QUICK,
  /** A quick pass that a hint started. */
  HINT,
  /** All pages of the window. */
  FULL,
  /** All days of the wide look-back. */
  WIDE,
  /** The days a person asked for. */
  BACKFILL,
  /** The days a person looks at; nothing is recorded. */
  PREVIEW;

  /** How requests are noted. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How passes are noted: a quick pass is one, whoever started it. */
  String passWord() {
    return this == HINT ? QUICK.word() : word();
  }
}
