package io.leadroutes.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that are larger than anybody means, and answers that nobody reads to their end. */
class BoundedAnswerTest {

  private final AtomicInteger hungUp = new AtomicInteger();
  private final Deadlines deadlines = new Deadlines();
  private final Deadlines.Watched watched = deadlines.watch(Duration.ofMinutes(1), () -> {});

  @AfterEach
  void close() {
    deadlines.close();
  }

  private InputStream answer(byte[] body) throws IOException {
    return new BoundedAnswer(
            new ByteArrayEntity(body, ContentType.APPLICATION_JSON),
            1000,
            hungUp::incrementAndGet,
            watched)
        .getContent();
  }

  @Test
  void an_answer_that_is_read_to_its_end_keeps_the_connection() throws IOException {
    try (InputStream in = answer(new byte[] {1, 2, 3})) {
      assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
    }
    assertThat(hungUp).hasValue(0);
  }

  @Test
  void whoever_leaves_before_the_end_hangs_up() throws IOException {
    try (InputStream in = answer(new byte[] {1, 2, 3})) {
      assertThat(in.read()).isEqualTo(1);
    }
    assertThat(hungUp).hasValue(1);
  }

  @Test
  void an_answer_over_the_bound_is_hung_up_on() throws IOException {
    InputStream endless =
        new ByteArrayInputStream(new byte[0]) {
          @Override
          public int read(byte[] into, int from, int most) {
            return most;
          }
        };
    BoundedAnswer answer =
        new BoundedAnswer(
            new InputStreamEntity(endless, ContentType.APPLICATION_JSON),
            1000,
            hungUp::incrementAndGet,
            watched);

    assertThatThrownBy(() -> answer.getContent().transferTo(OutputStream.nullOutputStream()))
        .isInstanceOf(IOException.class);
    assertThat(hungUp).hasPositiveValue();
  }
}
