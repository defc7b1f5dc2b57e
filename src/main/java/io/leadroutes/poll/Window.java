package io.leadroutes.poll;

import java.time.LocalDate;
import java.util.List;

/**
 * The days a list is asked for.
 *
 * @param from first day, null for all there are
 * @param to last day, null for no end
 * @param status the one that its calls have, null for any
 */
record Window(LocalDate from, LocalDate to, String status) {

  /** The statuses that ClickSpeak documents; it refuses others. */
  static final List<String> STATUSES =
      List.of(
          "completed",
          "ended",
          "ended_by_customer",
          "ended_by_assistant",
          "no-answer",
          "busy",
          "failed",
          "in-progress",
          "ringing",
          "initiated");

  static final Window ALL = new Window(null, null);

  Window(LocalDate from, LocalDate to) {
    this(from, to, null);
  }

  static Window from(LocalDate day) {
    return new Window(day, null);
  }

  /** The same days, of one status. */
  Window of(String one) {
    return new Window(from, to, one);
  }

  /** The same without a last day. */
  Window open() {
    return new Window(from, null, status);
  }

  /** As parameters of a request, with the sign that joins them to others. */
  String query() {
    return (from == null ? "" : "&date_from=" + from)
        + (to == null ? "" : "&date_to=" + to)
        + (status == null ? "" : "&status=" + status);
  }
}
