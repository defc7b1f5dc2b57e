package io.leadroutes.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** What time it is at a server, by the Date header of its answer (RFC 9110, 6.6.1). */
public final class ServerTime {

  private ServerTime() {}

  /**
   * The time of an answer; null where it tells none, or comes from a cache, which repeats an old
   * one.
   *
   * @param headers of the answer, whatever their case
   */
  public static Instant in(Map<String, ?> headers) {
    String date = null;
    for (Map.Entry<String, ?> header : headers.entrySet()) {
      if ("Age".equalsIgnoreCase(header.getKey())) {
        return null;
      }
      if ("Date".equalsIgnoreCase(header.getKey())) {
        date = String.valueOf(header.getValue());
      }
    }
    return of(date);
  }

  /** The time that a Date header says; null where there is none that can be read. */
  public static Instant of(String date) {
    if (date == null) {
      return null;
    }
    try {
      return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null; // no time, which is an answer
    }
  }
}
