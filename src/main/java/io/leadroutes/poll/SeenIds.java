package io.leadroutes.poll;

import java.util.Arrays;
import java.util.List;

/** Numbers of calls that were seen, eight bytes each. */
final class SeenIds {

  private long[] ids = new long[256];
  private int size;
  private boolean sorted = true;

  void add(long id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, size * 2);
    }
    ids[size++] = id;
    sorted = false;
  }

  /** Adds what the other has seen. */
  void addAll(SeenIds other) {
    other.sort();
    for (int i = 0; i < other.size; i++) {
      add(other.ids[i]);
    }
  }

  /** How many different ones this and the others have seen together. */
  int distinctWith(List<SeenIds> others) {
    SeenIds all = new SeenIds();
    all.addAll(this);
    others.forEach(all::addAll);
    return all.distinct();
  }

  /** How many different ones. */
  int distinct() {
    sort();
    return size;
  }

  boolean contains(long id) {
    sort();
    return Arrays.binarySearch(ids, 0, size, id) >= 0;
  }

  /** How many of these the other has seen too. */
  int shared(SeenIds other) {
    sort();
    int shared = 0;
    for (int i = 0; i < size; i++) {
      shared += other.contains(ids[i]) ? 1 : 0;
    }
    return shared;
  }

  /** Sorts and keeps each once. */
  private void sort() {
    if (!sorted) {
      Arrays.sort(ids, 0, size);
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (kept == 0 || ids[i] != ids[kept - 1]) {
          ids[kept++] = ids[i];
        }
      }
      size = kept;
      sorted = true;
    }
  }
}
