package io.leadroutes.poll;

import io.leadroutes.log.Causes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * The pages of a pass that are still to be asked for. What fails is asked for again, later; a page
 * that one record keeps from being read is asked for in smaller pieces, until that record is alone.
 */
final class PageQueue {

  /** Sizes that a page is cut into, one after the other. */
  private static final int[] SIZES = {50, 25, 10, 1};

  private static final int MAX_ATTEMPTS = 3;
  private static final int MAX_FAILURES_IN_A_ROW = 12;
  private static final int MAX_OUTAGE_FAILURES = 3;
  private static final int MAX_WAITS = 5;
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);

  private final PassScope scope;
  private final LongConsumer culprits;
  private final Deque<PageRequest> waiting = new ArrayDeque<>();

  /** Pages that are cut once it is known that the API is there. */
  private final List<PageRequest> suspected = new ArrayList<>();

  private boolean there;
  private int failuresInARow;
  private int waits;

  /**
   * @param culprits told the place in the list of each record that cannot be read even alone
   */
  PageQueue(PassScope scope, LongConsumer culprits) {
    this.scope = scope;
    this.culprits = culprits;
  }

  void ask(Window window, int number, int perPage) {
    waiting.add(new PageRequest(scope, window, number, perPage, 0, 0));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes what may be asked for now, or else what may be first; at most so many. */
  List<PageRequest> take(int most) {
    long now = System.nanoTime();
    List<PageRequest> round =
        waiting.stream()
            .filter(request -> request.notBefore() == 0 || request.notBefore() - now <= 0)
            .limit(most)
            .toList();
    if (round.isEmpty()) {
      round =
          waiting.stream().min(Comparator.comparingLong(r -> r.notBefore() - now)).stream()
              .toList();
    }
    waiting.removeAll(round);
    return round;
  }

  /** Puts back, before all others, what was taken and not asked for. */
  void putBack(PageRequest request) {
    waiting.addFirst(request);
  }

  /** The API answers what no record can spoil: what failed before may be for a record. */
  void isThere() {
    there = true;
    failuresInARow = 0;
    List<PageRequest> pages = List.copyOf(suspected);
    suspected.clear();
    pages.forEach(this::cut);
  }

  void answered() {
    failuresInARow = 0;
    waits = 0;
  }

  /**
   * Decides what follows from a page that was not read.
   *
   * @param suspects where in the list records are thought to be that cannot be read, ascending
   * @throws Exception the failure, when the pass cannot go on
   */
  void failed(PageRequest request, Exception failure, long... suspects) throws Exception {
    PollException known = PollException.in(failure);
    PollException.Kind kind = known == null ? null : known.kind();
    if (kind == null && !(Causes.root(failure) instanceof IOException)) {
      throw failure;
    }
    if (request.isControl() && isAnswer(known)) {
      isThere();
      return;
    }
    if (kind == PollException.Kind.PAUSED
        || kind == PollException.Kind.STOPPED
        || kind == PollException.Kind.CLOCK) {
      throw failure;
    }
    if (kind == PollException.Kind.BUSY) {
      // The budget holds everything back for as long as the API said.
      if (++waits > MAX_WAITS) {
        throw failure;
      }
      waiting.add(request.waiting(0));
      return;
    }
    boolean outage = kind == PollException.Kind.OUTAGE;
    if (++failuresInARow >= (outage ? MAX_OUTAGE_FAILURES : MAX_FAILURES_IN_A_ROW)
        || request.isControl()) {
      throw failure;
    }
    boolean tooLarge = kind == PollException.Kind.TOO_LARGE;
    boolean perhapsOneRecord =
        tooLarge
            || kind == PollException.Kind.SERVER_ERROR
            || kind == PollException.Kind.UNREADABLE;
    long[] within =
        LongStream.of(suspects)
            .filter(place -> place >= request.offset())
            .filter(place -> place < request.offset() + request.perPage())
            .toArray();
    boolean around = within.length > 0;
    if (perhapsOneRecord && around && request.perPage() > 1 && request.attempt() == 0) {
      askAround(request, within);
    } else if (request.perPage() == 1 && around && perhapsOneRecord) {
      culprit(request);
    } else if (!tooLarge && request.attempt() + 1 < attempts(request, perhapsOneRecord || outage)) {
      waiting.add(request.again(System.nanoTime() + backoff(request.attempt()).toNanos()));
    } else if (kind == PollException.Kind.SERVER_ERROR && request.perPage() > 1) {
      search(request);
    } else if (perhapsOneRecord && request.perPage() > 1) {
      cut(request);
    } else if (perhapsOneRecord) {
      culprit(request);
    } else {
      throw failure;
    }
  }

  /** Whatever it says, the API has said it. */
  private static boolean isAnswer(PollException known) {
    return known != null
        && (known.isRefusal()
            || known.kind() == PollException.Kind.FAILED
            || known.kind() == PollException.Kind.UNREADABLE
            || known.kind() == PollException.Kind.TOO_LARGE);
  }

  private static int attempts(PageRequest request, boolean perhapsOneRecord) {
    return perhapsOneRecord && request.perPage() > 1 ? 2 : MAX_ATTEMPTS;
  }

  /** An outage is no bad record: before the first search, a control shows that it is none. */
  private void search(PageRequest request) {
    if (there) {
      cut(request);
      return;
    }
    if (suspected.isEmpty()) {
      waiting.addFirst(PageRequest.control(scope));
    }
    suspected.add(request);
  }

  private void culprit(PageRequest request) {
    // Its neighbours were read, or the failures would have ended the pass before.
    failuresInARow = 0;
    culprits.accept(request.offset());
  }

  private void cut(PageRequest request) {
    int smaller = 1;
    for (int size : SIZES) {
      if (size < request.perPage()) {
        smaller = size;
        break;
      }
    }
    long from = request.offset();
    long to = from + request.perPage();
    // A piece is tried once before it is cut itself, a single record as often as anything else.
    int tried = smaller > 1 ? 1 : 0;
    for (long number = from / smaller + 1; (number - 1) * smaller < to; number++) {
      waiting.add(new PageRequest(scope, request.window(), (int) number, smaller, tried, 0));
    }
  }

  /** Asks for the neighbours in pieces as large as can be, and for the suspects alone. */
  private void askAround(PageRequest request, long[] suspects) {
    long from = request.offset();
    for (long suspect : suspects) {
      ask(request, cover(from, suspect, request.perPage()));
      ask(request, List.of(new int[] {(int) suspect + 1, 1}));
      from = suspect + 1;
    }
    ask(request, cover(from, request.offset() + request.perPage(), request.perPage()));
  }

  private void ask(PageRequest request, List<int[]> pieces) {
    for (int[] piece : pieces) {
      waiting.add(new PageRequest(scope, request.window(), piece[0], piece[1], 0, 0));
    }
  }

  /**
   * Pages that hold exactly the records of a stretch: a page of size s can begin wherever s divides
   * the place.
   *
   * @return number and size of each
   */
  static List<int[]> cover(long from, long to, int most) {
    List<int[]> pieces = new ArrayList<>();
    long at = from;
    while (at < to) {
      int size = (int) Math.min(most, to - at);
      while (at % size != 0) {
        size--;
      }
      pieces.add(new int[] {(int) (at / size) + 1, size});
      at += size;
    }
    return pieces;
  }

  /** Full jitter: anything up to the bound. */
  private static Duration backoff(int attempt) {
    long bound = FIRST_BACKOFF.toMillis() << attempt;
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(1 + bound));
  }
}
