package io.leadroutes.poll;

import java.time.LocalDate;

/**
 * The days a list is asked for.
 *
 * @param from first day, null for all there are
 * @param to last day, null for no end
 */
record Window(LocalDate from, LocalDate to) {

  static final Window ALL = new Window(null, null);

  static Window from(LocalDate day) {
    return new Window(day, null);
  }

  /** As parameters of a request, with the sign that joins them to others. */
  String query() {
    return (from == null ? "" : "&date_from=" + from) + (to == null ? "" : "&date_to=" + to);
  }
}
