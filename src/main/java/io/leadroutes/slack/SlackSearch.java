package io.leadroutes.slack;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import java.time.Duration;
import java.time.Instant;

/**
 * How far the search for a delivery's message has come. It may take several claims: Slack may allow
 * one small page a minute.
 *
 * @param delivery as of the present claim
 * @param window where the message can stand
 * @param since how long after the attempt the search began
 * @param cursor where the next page begins, empty for the first
 * @param pages how many were read in all
 * @param turn how many of them in the present claim
 * @param readable whether a message of ours was seen, so that they can be seen
 * @param twin a message that says the same and shows no mark, or null
 * @param check a message known to be there that is asked for, to see whether marks can be seen;
 *     null while the window is read
 * @param outcome null while it goes on
 */
public record SlackSearch(
    Delivery delivery,
    Window window,
    Duration since,
    String cursor,
    int pages,
    int turn,
    boolean readable,
    String twin,
    String check,
    Outcome outcome) {

  /**
   * Times of Slack's between which a message may stand.
   *
   * @param latest null for now
   */
  record Window(Instant oldest, Instant latest) {}

  static SlackSearch of(Delivery delivery, Window window, Duration since) {
    return new SlackSearch(delivery, window, since, "", 0, 0, false, null, null, null);
  }

  public boolean unfinished() {
    return outcome == null;
  }

  /** The same in a later claim. */
  SlackSearch in(Delivery claimed) {
    return new SlackSearch(claimed, window, since, cursor, pages, 0, readable, twin, check, null);
  }

  /**
   * After a page.
   *
   * @param next cursor of the next one
   */
  SlackSearch next(String next, boolean seen, String like) {
    String same = twin == null ? like : twin;
    return new SlackSearch(
        delivery, window, since, next, pages + 1, turn + 1, readable || seen, same, check, null);
  }

  /** Slack does not know the cursor any more: from the first page on, which counts as one more. */
  SlackSearch withoutCursor() {
    return next("", false, null);
  }

  /** The window was read; now a message that is known to be there. */
  SlackSearch checking(String known) {
    return new SlackSearch(delivery, window, since, "", pages, turn, readable, twin, known, null);
  }

  SlackSearch ended(Outcome end) {
    return new SlackSearch(
        delivery, window, since, cursor, pages, turn, readable, twin, check, end);
  }
}
