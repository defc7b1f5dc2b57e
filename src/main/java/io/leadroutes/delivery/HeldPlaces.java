package io.leadroutes.delivery;

import io.leadroutes.ledger.Leases;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The places that this process has to itself, as a channel or a file: taken when something is to be
 * claimed for one, and kept while something is on its way to it.
 */
final class HeldPlaces {

  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Leases leases;
  private final Map<String, Held> places = new ConcurrentHashMap<>();

  /**
   * A place whose lease was asked for.
   *
   * @param askAgain when, by {@link System#nanoTime}
   */
  private record Held(boolean ours, long askAgain) {}

  HeldPlaces(Leases leases) {
    this.leases = leases;
  }

  /**
   * Whether no other process delivers there.
   *
   * @param place null for nowhere in particular
   */
  boolean holds(String place) {
    if (place == null) {
      return true;
    }
    Held held = places.get(place);
    if (held == null || System.nanoTime() - held.askAgain() >= 0) {
      boolean ours = leases.hold(place);
      long third = leases.millis() / 3;
      long next = ours ? third : Math.min(ASK_AGAIN.toMillis(), third);
      held = new Held(ours, System.nanoTime() + Duration.ofMillis(next).toNanos());
      places.put(place, held);
    }
    return held.ours();
  }

  /** When to ask again for one that is another's, by {@link System#nanoTime}. */
  long askAgain(String place) {
    return places.get(place).askAgain();
  }

  /** Keeps those that something is on its way to. */
  void renew(Set<String> used) {
    if (!used.isEmpty()) {
      leases.renew(used);
    }
  }
}
