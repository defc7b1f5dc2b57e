package io.leadroutes.slack;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;

/**
 * How far the search for a delivery's message has come.
 *
 * @param cursor where the next page begins, empty for the first
 * @param pages how many were read
 * @param outcome null while it goes on
 */
public record SlackSearch(Delivery delivery, String cursor, int pages, Outcome outcome) {

  static SlackSearch of(Delivery delivery) {
    return new SlackSearch(delivery, "", 0, null);
  }

  public boolean unfinished() {
    return outcome == null;
  }

  SlackSearch next(String cursor) {
    return new SlackSearch(delivery, cursor, pages + 1, null);
  }

  SlackSearch ended(Outcome outcome) {
    return new SlackSearch(delivery, cursor, pages + 1, outcome);
  }
}
