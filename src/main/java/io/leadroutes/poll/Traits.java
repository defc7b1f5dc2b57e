package io.leadroutes.poll;

import io.leadroutes.poll.Walk.Discrepancy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What full passes have learnt of an account's list, from one to the next: what was accepted once
 * is not walked for again, and where calls of equal times stand in another order on each page, each
 * pass reads with another page size, so that none of them is hidden twice in a row.
 *
 * @param usual calls a page at most, as the API answers; 0 where it clamps nothing
 * @param accepted what never fitted, and was accepted with a remark, or null
 * @param missing by how many calls the list fell short of its total when that was accepted
 * @param total calls in the list when it was last accepted, or -1
 * @param lastPage the last page that is answered though there are more, or 0 where all are
 * @param withoutPages whether any page is answered with the first one
 * @param turn which page size comes next, where that matters
 * @param recent what the last passes have seen, where the list hides calls
 */
record Traits(
    int usual,
    Discrepancy accepted,
    long missing,
    long total,
    int lastPage,
    boolean withoutPages,
    int turn,
    List<SeenIds> recent) {

  static final Traits NONE = new Traits(0, null, 0, -1, 0, false, 0, List.of());

  /**
   * In hundredths of the usual size. Their borders lie far apart on the first pages, where most of
   * what is new stands; 50 and 25 are for those who allow round numbers only.
   */
  private static final int[] PARTS = {100, 93, 87, 79, 71, 97, 83, 67, 89, 75, 50, 25};

  private static final int MAX_RECENT = 6;

  /** Beyond so many calls nothing is kept from pass to pass: they are walked for each time. */
  private static final int MAX_KEPT = 20_000;

  /** The page sizes to walk with, from the usual one on; each of them once. */
  static List<Integer> sizes(int usual) {
    Set<Integer> sizes = new LinkedHashSet<>();
    for (int part : PARTS) {
      sizes.add(Math.max(1, (usual * part + 50) / 100));
    }
    for (int size = usual - 1; size >= usual / 2; size--) {
      sizes.add(Math.max(1, size));
    }
    return List.copyOf(sizes);
  }

  /** Whether calls stand on no page of some size. */
  boolean hides() {
    return !recent.isEmpty();
  }

  /** The page size to begin with. */
  int size(int perPage) {
    if (!hides()) {
      return perPage;
    }
    int most = usual > 0 ? Math.min(usual, perPage) : perPage;
    // Smaller pages would cost more than twice the requests.
    List<Integer> sizes = sizes(most).stream().filter(size -> size * 2 >= most).toList();
    return sizes.get(turn % sizes.size());
  }

  /**
   * What is to be remembered after another pass.
   *
   * @param recent what was seen before it
   * @param seen what it has seen, null where its list hid nothing: then the memory fades
   */
  static List<SeenIds> recent(List<SeenIds> recent, SeenIds seen) {
    List<SeenIds> all = new ArrayList<>(recent);
    if (seen != null && seen.distinct() <= MAX_KEPT) {
      all.add(seen);
    }
    boolean oneGoes = seen == null ? !all.isEmpty() : all.size() > MAX_RECENT;
    return List.copyOf(oneGoes ? all.subList(1, all.size()) : all);
  }
}
