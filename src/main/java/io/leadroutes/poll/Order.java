package io.leadroutes.poll;

import io.leadroutes.poll.ListedPage.ListedCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * In which order a list shows its calls. Newest first by id is as good as by time: what is new
 * stands at the head. A call without a creation time says nothing against either.
 */
final class Order {

  /** The head of one whole page. */
  private record Head(long offset, Instant created, long id) {}

  private final List<Head> heads = new ArrayList<>();
  private boolean byTime = true;
  private boolean byId = true;
  private long calls;
  private long timed;

  /**
   * Adds a page.
   *
   * @param offset where it stands in the list, from 0
   * @param whole whether it was not read in pieces
   */
  void add(long offset, ListedPage page, boolean whole) {
    if (page.calls().isEmpty()) {
      return;
    }
    Instant first = null;
    Instant before = null;
    long idBefore = Long.MAX_VALUE;
    for (ListedCall call : page.calls()) {
      Instant created = call.createdAt();
      calls++;
      byId &= call.id() <= idBefore;
      idBefore = call.id();
      if (created != null) {
        timed++;
        byTime &= before == null || !created.isAfter(before);
        before = created;
        first = first == null ? created : first;
      }
    }
    if (whole) {
      heads.add(new Head(offset, first, page.calls().get(0).id()));
    }
  }

  /** Whether what is new stands at the head of what was added. */
  boolean newestFirst() {
    return calls == 0 || (byTime && timed * 2 > calls && falls(true)) || (byId && falls(false));
  }

  /** Inserts repeat the end of a page at the head of the next, so heads are held against heads. */
  private boolean falls(boolean time) {
    heads.sort(Comparator.comparingLong(Head::offset));
    Head before = null;
    for (Head head : heads) {
      if (time && head.created() == null) {
        continue;
      }
      if (before != null
          && (time ? head.created().isAfter(before.created()) : head.id() > before.id())) {
        return false;
      }
      before = head;
    }
    return true;
  }
}
