package io.leadroutes.ledger;

import java.util.List;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** One statement for many rows. */
final class Batch {

  private Batch() {}

  /**
   * @return how many rows each of them changed
   */
  static <T> int[] execute(Handle h, String sql, List<T> rows, BiConsumer<PreparedBatch, T> bind) {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedBatch batch = h.prepareBatch(sql)) {
      for (T row : rows) {
        bind.accept(batch, row);
        batch.add();
      }
      return batch.execute();
    }
  }
}
