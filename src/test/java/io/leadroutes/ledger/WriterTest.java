package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one thread that writes. */
class WriterTest {

  @TempDir Path directory;

  @Test
  void who_gives_way_to_another_process_tries_once_more() throws Exception {
    try (LedgerFixture fixture = new LedgerFixture(Databases.SQLITE, directory)) {
      AtomicInteger tries = new AtomicInteger();
      CompletableFuture<Integer> done =
          fixture.ledger.writer.submit(
              handle -> {
                if (tries.incrementAndGet() == 1) {
                  throw new IllegalStateException(new SQLException("deadlock", "40P01"));
                }
                return tries.get();
              });

      assertThat(done.get(10, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  @Test
  void an_error_in_one_piece_of_work_fails_that_one_and_the_writer_goes_on() throws Exception {
    try (LedgerFixture fixture = new LedgerFixture(Databases.SQLITE, directory)) {
      CompletableFuture<Object> failed =
          fixture.ledger.writer.submit(
              handle -> {
                throw new StackOverflowError();
              });
      CompletableFuture<Integer> other = fixture.ledger.writer.submit(handle -> 1);

      assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(failed)
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingRootCause()
          .isInstanceOf(StackOverflowError.class);
    }
  }
}
