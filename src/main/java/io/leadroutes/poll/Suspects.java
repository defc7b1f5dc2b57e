package io.leadroutes.poll;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Records that could not be read even alone: their places are remembered, so that the search is not
 * repeated in each pass.
 */
record Suspects(List<Place> all) {

  static final Suspects NONE = new Suspects(List.of());

  /** More than these are looked for again. */
  private static final int MOST = 50;

  /**
   * One of them.
   *
   * @param fromEnd counted from the end of the list, where inserts do not move it
   * @param total calls in the list when it was found
   */
  record Place(long fromEnd, long total) {

    /** Where it is thought to be now, from 0. */
    long now(long present) {
      return (present >= 0 ? present : total) - fromEnd;
    }
  }

  /** These and another one. */
  Suspects with(long offset, long total) {
    return and(new Suspects(List.of(new Place(total - offset, total))));
  }

  /** These and the others, each once. */
  Suspects and(Suspects others) {
    List<Place> both = new ArrayList<>();
    Stream.concat(others.all.stream(), all.stream())
        .filter(place -> both.stream().noneMatch(b -> b.fromEnd() == place.fromEnd()))
        .limit(MOST)
        .forEach(both::add);
    return new Suspects(List.copyOf(both));
  }

  /**
   * Where they are thought to be now, from 0, ascending.
   *
   * @param present calls in the list, or below zero while that is not known
   */
  long[] places(long present) {
    return all.stream()
        .mapToLong(place -> place.now(present))
        .filter(place -> place >= 0)
        .sorted()
        .distinct()
        .toArray();
  }
}
