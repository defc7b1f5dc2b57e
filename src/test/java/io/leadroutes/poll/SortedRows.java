package io.leadroutes.poll;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Calls as PostgreSQL lists them for {@code ORDER BY created_at DESC LIMIT n OFFSET m} without a
 * fitting index. As long as the first rows are few it keeps a heap of so many, and which of several
 * rows with equal times stay in it, and in which order, is another one for each length of the heap.
 */
final class SortedRows {

  /** A call: its time is what it is sorted by. */
  record Row(long id, Instant created) {}

  /** The best one is on top when the worst has to go first. */
  private static final Comparator<Row> WORST_FIRST = Comparator.comparing(Row::created);

  private final List<Row> rows = new ArrayList<>();

  void add(long id, Instant created) {
    rows.add(new Row(id, created));
  }

  int size() {
    return rows.size();
  }

  List<Row> all() {
    return List.copyOf(rows);
  }

  /** The rows of a page, from 1. */
  List<Row> page(int page, int perPage) {
    int from = (page - 1) * perPage;
    List<Row> sorted = first(from + perPage);
    return sorted.subList(Math.min(from, sorted.size()), Math.min(from + perPage, sorted.size()));
  }

  private List<Row> first(int bound) {
    if (rows.size() <= 2 * bound) {
      List<Row> sorted = new ArrayList<>(rows);
      sorted.sort(WORST_FIRST.reversed());
      return sorted;
    }
    Row[] heap = new Row[bound];
    int size = 0;
    for (Row row : rows) {
      if (size < bound) {
        size = insert(heap, size, row);
      } else if (WORST_FIRST.compare(row, heap[0]) > 0) {
        sink(heap, size, row);
      }
    }
    Row[] sorted = new Row[bound];
    for (int left = size; left > 0; left--) {
      sorted[left - 1] = heap[0];
      if (left > 1) {
        sink(heap, left - 1, heap[left - 1]);
      }
    }
    return List.of(sorted);
  }

  private static int insert(Row[] heap, int size, Row row) {
    int at = size;
    while (at > 0 && WORST_FIRST.compare(row, heap[(at - 1) / 2]) < 0) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = row;
    return size + 1;
  }

  /** Puts a row in the place of the first one. */
  private static void sink(Row[] heap, int size, Row row) {
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && WORST_FIRST.compare(heap[child], heap[child + 1]) > 0) {
        child++;
      }
      if (WORST_FIRST.compare(row, heap[child]) <= 0) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = row;
  }
}
