package io.leadroutes.log;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A failure as the log may show it: classes and places, never messages. Those of databases, parsers
 * and servers quote what they stumbled over, which may be personal data or a secret.
 */
public final class Trace {

  private static final int MAX_FRAMES = 12;

  private Trace() {}

  /** The failure and its causes, each with the frames nearest to it, one a line. */
  public static String of(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause : Causes.of(failure).toList()) {
      text.append(text.isEmpty() ? "" : "\ncaused by ").append(cause.getClass().getName());
      text.append(
          Arrays.stream(cause.getStackTrace())
              .limit(MAX_FRAMES)
              .map(frame -> "\n    at " + frame)
              .collect(Collectors.joining()));
    }
    return text.toString();
  }
}
