package io.leadroutes.poll;

import io.leadroutes.call.CallPage.Next;
import io.leadroutes.ledger.Calls.Recorded;
import io.leadroutes.poll.ListedPage.ListedCall;
import io.leadroutes.poll.Walk.Discrepancy;
import java.time.Instant;
import java.util.Set;

/**
 * The head of a list that is proved to be newest first: page after page until two in a row hold
 * nothing new or changed, and no call that keeps windows open is older than they are.
 */
final class QuickPass extends Pass {

  private static final int QUIET_PAGES = 2;

  /**
   * What the passes before have learnt.
   *
   * @param oldestOpen when the oldest call that keeps windows open was created, or null
   * @param total calls in the list of the same days when it was last read, or -1
   * @param excused oddities that a full pass has looked into and that are there all the same
   */
  record Before(
      Long oldestOpen, Traits traits, Suspects suspects, long total, Set<String> excused) {}

  private final Window window;
  private final Before before;
  private final PageQueue queue;
  private final Order order = new Order();
  private int number;
  private int size;
  private boolean differed;
  private boolean last;
  private int quiet;
  private long firstTotal = -1;
  private long total = -1;
  private long promised = -1;
  private long arrived;
  private Instant oldest;
  private String odd;
  private boolean outOfOrder;
  private Suspects suspects;

  QuickPass(PassScope scope, long startedAt, Window window, Before before) {
    super(scope, startedAt);
    this.window = window;
    this.before = before;
    suspects = before.suspects();
    size = before.traits().size(scope.source().perPage());
    queue = new PageQueue(scope, this::culprit);
  }

  @Override
  void advance() {
    if (number > 0) {
      quiet = differed ? 0 : quiet + 1;
      boolean openAreOlder =
          before.oldestOpen() != null
              && oldest != null
              && oldest.toEpochMilli() >= before.oldestOpen();
      if (last || remark() != null || (quiet >= QUIET_PAGES && !openAreOlder)) {
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
  boolean explains(PageRequest request, PollException failure) {
    if (request.perPage() != size) {
      return request.number() > 1 && failure.isRefusal();
    }
    if (request.number() == 1) {
      boolean ours = failure.isRefusal() && size != source().perPage();
      size = ours ? source().perPage() : size;
      number = ours ? 0 : number;
      return ours;
    }
    // Behind the end there is no page; what is behind a cap is left to full passes.
    boolean pastEnd = promised >= 0 && request.number() > promised;
    last |= failure.isRefusal() || (pastEnd && failure.isAnswerWithoutPage());
    return last;
  }

  @Override
  void read(PageRequest request, ListedPage page, Recorded recorded) {
    int rows = page.rows();
    boolean whole = request.perPage() >= size;
    if (number == 1 && whole && page.perPage() >= 1 && page.perPage() < size) {
      boolean clamped = rows >= page.perPage() || page.lastPage() > 1;
      size = clamped ? page.perPage() : size;
    }
    if (page.currentPage() != 0 && page.currentPage() != request.number()) {
      boolean pastEnd = promised >= 0 && request.number() > promised;
      last |= pastEnd;
      odd(pastEnd ? null : "a page was answered with another one");
    }
    promise(page);
    if (whole && rows < size) {
      boolean untold = !page.tellsTotal() && !page.tellsLastPage() && page.next() == Next.UNTOLD;
      last |= rows == 0 || !(untold || page.next() == Next.FOLLOWS);
      if (request.number() < page.lastPage()) {
        last = rows == 0;
        odd(Discrepancy.SHORT_PAGE.text);
      }
    }
    if (page.tellsTotal()) {
      odd(total > page.total() ? "calls went while it was walked" : null);
      firstTotal = firstTotal < 0 ? page.total() : firstTotal;
      total = page.total();
    }
    for (ListedCall call : page.calls()) {
      Instant created = call.createdAt();
      if (created != null && (oldest == null || created.isBefore(oldest))) {
        oldest = created;
      }
    }
    order.add(request.offset(), page, whole);
    if (!order.newestFirst()) {
      outOfOrder = true;
      odd = "the list is not newest first";
    }
    differed |= recorded.differed() > 0;
    arrived += recorded.newCalls() + recorded.setAside();
  }

  private void promise(ListedPage page) {
    if (page.tellsTotal()) {
      promised = Math.max(promised, (page.total() + size - 1) / size);
    }
    promised = page.tellsLastPage() ? Math.max(promised, page.lastPage()) : promised;
  }

  private void odd(String what) {
    odd = odd == null ? what : odd;
  }

  private void culprit(long offset) {
    suspects = suspects.with(offset, total);
    culprits.add(offset);
  }

  @Override
  long[] suspectPlaces() {
    return suspects.places(total);
  }

  @Override
  Suspects suspects() {
    return suspects;
  }

  @Override
  Window window() {
    return window;
  }

  /** What it saw that a full pass has to look into, or null. */
  @Override
  String remark() {
    return odd == null || before.excused().contains(odd) ? null : odd;
  }

  /** What was odd, also where a full pass has looked into it before; or null. */
  String oddity() {
    return odd;
  }

  /** Whether it saw that the list is not newest first. */
  boolean isOutOfOrder() {
    return outOfOrder;
  }

  /** Calls in the list, or -1. */
  long total() {
    return firstTotal;
  }

  /** Whether the list has grown by more calls than came at its head. */
  boolean hasGrownUnseen() {
    return before.total() >= 0 && firstTotal - before.total() > arrived;
  }

  @Override
  String refused() {
    return null;
  }
}
