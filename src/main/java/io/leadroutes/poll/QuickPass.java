package io.leadroutes.poll;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.ledger.Look;
import java.time.Instant;

/**
 * The head of a list that is proved to be newest first: page after page until two in a row hold
 * nothing new or changed, and no call that keeps windows open is older than they are.
 */
final class QuickPass extends Pass {

  private static final int QUIET_PAGES = 2;

  private final Window window;
  private final Long oldestOpen;
  private final PageQueue queue;
  private int number;
  private int size;
  private boolean differed;
  private boolean last;
  private int quiet;
  private long total = -1;
  private Instant oldest;
  private Instant head;
  private String odd;
  private boolean outOfOrder;
  private Suspect suspect;

  /**
   * @param oldestOpen when the oldest call that keeps windows open was created, or null
   * @param suspect a record that could not be read before, or null
   */
  QuickPass(
      Source source,
      Kind kind,
      Look look,
      long startedAt,
      Window window,
      Long oldestOpen,
      Suspect suspect) {
    super(source, kind, look, startedAt);
    this.window = window;
    this.oldestOpen = oldestOpen;
    this.suspect = suspect;
    size = source.perPage();
    queue = new PageQueue(this, this::culprit);
  }

  @Override
  void advance() {
    if (number > 0) {
      quiet = differed ? 0 : quiet + 1;
      boolean openAreOlder =
          oldestOpen != null && oldest != null && oldest.toEpochMilli() >= oldestOpen;
      if (last || odd != null || (quiet >= QUIET_PAGES && !openAreOlder)) {
        return;
      }
    }
    number++;
    differed = false;
    queue.ask(window, number, size);
  }

  @Override
  PageQueue queue() {
    return queue;
  }

  @Override
  void read(PageRequest request, CallPage page) {
    int rows = page.calls().size() + page.setAside().size();
    if (number == 1 && request.perPage() == size && page.perPage() >= 1 && page.lastPage() > 1) {
      size = Math.min(size, page.perPage());
    }
    boolean whole = request.perPage() >= size;
    if (page.currentPage() != 0 && page.currentPage() != request.number()) {
      odd = "a page was answered with another one";
    }
    if (whole && rows < size) {
      last = true;
      if (request.number() < page.lastPage()) {
        odd = "a page in the middle was not full";
      }
    }
    if (page.total() >= 0) {
      if (total > page.total()) {
        odd = "calls went while it was walked";
      }
      total = page.total();
    }
    observeOrder(page, request.perPage() >= size);
  }

  private void observeOrder(CallPage page, boolean whole) {
    // Inserts repeat the end of a page at the head of the next, so heads are held against heads.
    Instant before = whole ? head : null;
    head = whole && !page.calls().isEmpty() ? page.calls().get(0).createdAt() : head;
    for (Call call : page.calls()) {
      Instant created = call.createdAt();
      if (created == null || (before != null && created.isAfter(before))) {
        odd = "the list is not newest first";
        outOfOrder = true;
      }
      before = created;
      if (created != null && (oldest == null || created.isBefore(oldest))) {
        oldest = created;
      }
    }
  }

  @Override
  void learn(PageRequest request, CallPage page, Recorded recorded) {
    differed |= recorded.differed() > 0;
  }

  private void culprit(long offset) {
    suspect = Suspect.at(offset, total);
    culprits.add(offset);
  }

  @Override
  long suspectPlace() {
    return suspect == null ? -1 : suspect.place(total);
  }

  @Override
  synchronized Suspect suspect() {
    return suspect;
  }

  @Override
  Window window() {
    return window;
  }

  /** What it saw that a full pass has to look into, or null. */
  @Override
  synchronized String remark() {
    return odd;
  }

  /** Whether it saw that the list is not newest first. */
  synchronized boolean isOutOfOrder() {
    return outOfOrder;
  }

  @Override
  String refused() {
    return null;
  }
}
