package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one thread that writes. */
class WriterTest {

  @TempDir Path directory;

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
