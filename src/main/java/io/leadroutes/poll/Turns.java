package io.leadroutes.poll;

import io.leadroutes.ledger.Requests.Grant;
import io.leadroutes.poll.PageRequest.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rounds that wait for their turn: until they may leave, for the budget, or for a reader. They get
 * it in the order in which they began to wait, but no host, and not all the accounts that failed
 * last, may hold every reader: they may be hanging.
 */
final class Turns {

  /** Others may have given back what we wait for. */
  private static final Duration MAX_WAIT_UNSEEN = Duration.ofSeconds(2);

  /** Rounds with the readers at a time: more than there are readers, so that none of them waits. */
  static final int MAX_RELEASED = 64;

  /** Of one share: half of the readers. */
  private static final int MAX_SHARE = 8;

  private record Waiting(Round round, long until) {}

  private final List<Waiting> waiting = new LinkedList<>();
  private final Map<String, Integer> released = new HashMap<>();
  private final Set<String> hosts = new HashSet<>();
  private int allReleased;

  /** Adds a round that may be released at once. */
  void add(Round round) {
    add(round, System.nanoTime());
  }

  /**
   * Adds a round.
   *
   * @param until not to be released earlier, by {@link System#nanoTime}
   */
  synchronized void add(Round round, long until) {
    waiting.add(new Waiting(round, until));
    if (!round.share().equals(Round.FAILED)) {
      hosts.add(round.share());
    }
  }

  /** Hands out the rounds whose turn it is; each has to be given back. */
  synchronized List<Round> release() {
    long now = System.nanoTime();
    List<Round> turn = new ArrayList<>();
    Iterator<Waiting> all = waiting.iterator();
    while (all.hasNext() && allReleased < MAX_RELEASED) {
      Waiting next = all.next();
      if (next.until() - now <= 0 && hasRoom(next.round().share())) {
        all.remove();
        released.merge(next.round().share(), 1, Integer::sum);
        allReleased++;
        turn.add(next.round());
      }
    }
    return turn;
  }

  private boolean hasRoom(String share) {
    boolean isShared = share.equals(Round.FAILED) || hosts.size() > 1;
    return !isShared || released.getOrDefault(share, 0) < MAX_SHARE;
  }

  /** A round that was released is done, or waits again. */
  synchronized void giveBack(Round round) {
    released.merge(round.share(), -1, (held, one) -> held + one == 0 ? null : held + one);
    allReleased--;
  }

  /**
   * Takes the requests of a round out of the budget.
   *
   * @return the round with those that may leave; or as it was, and then it waits for another turn
   */
  Round permit(Round round) {
    long now = System.nanoTime();
    long until = now;
    for (PageRequest request : round.requests()) {
      until =
          request.notBefore() != 0 && request.notBefore() - until > 0 ? request.notBefore() : until;
    }
    if (until != now) {
      waits(round, until);
      return round;
    }
    RequestBudget budget = round.source().budget();
    long since = round.waitsSince() == null ? now : round.waitsSince();
    List<PageRequest> requests = round.requests();
    Grant grant = budget.ask(round.kind(), Duration.ofNanos(now - since), requests.size());
    if (grant.granted() == 0) {
      if (round.waitsSince() == null) {
        budget.waits(round.kind());
      }
      Duration wait = Duration.ofMillis(grant.waitMillis());
      boolean isLong = wait.compareTo(MAX_WAIT_UNSEEN) > 0;
      waits(round.waiting(since), now + (isLong ? MAX_WAIT_UNSEEN : wait).toNanos());
      return round;
    }
    if (round.waitsSince() != null) {
      budget.served(round.kind());
    }
    Permit permit = new Permit(grant.at(), now);
    return round.with(
        requests.subList(0, grant.granted()).stream().map(r -> r.permitted(permit)).toList(),
        requests.subList(grant.granted(), requests.size()));
  }

  private void waits(Round round, long until) {
    giveBack(round);
    add(round, until);
  }
}
