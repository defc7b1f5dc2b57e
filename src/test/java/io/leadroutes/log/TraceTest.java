package io.leadroutes.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TraceTest {

  @Test
  void a_trace_names_classes_and_places_and_quotes_no_message() {
    Exception failure =
        new IllegalStateException("ada@example.com", new IOException("+1 555 0100"));

    String trace = Trace.of(failure);

    assertThat(trace)
        .contains("java.lang.IllegalStateException", "caused by java.io.IOException")
        .contains("TraceTest")
        .doesNotContain("ada@example.com", "0100");
  }
}
