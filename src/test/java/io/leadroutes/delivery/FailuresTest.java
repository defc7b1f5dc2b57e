package io.leadroutes.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** G5, G7: what a failed request means. */
class FailuresTest {

  private static Kind kind(Throwable failure) {
    return Failures.outcome(failure).kind();
  }

  @Test
  void failures_before_sending_prove_that_nothing_was_done() {
    assertThat(kind(new ConnectException("x"))).isEqualTo(Kind.SINK_DOWN);
    assertThat(kind(new UnknownHostException("x"))).isEqualTo(Kind.SINK_DOWN);
    assertThat(kind(new SSLHandshakeException("x"))).isEqualTo(Kind.SINK_DOWN);
    assertThat(kind(new ConnectTimeoutException("x"))).isEqualTo(Kind.SINK_DOWN);
  }

  @Test
  void failures_after_sending_leave_the_outcome_unknown() {
    assertThat(kind(new SocketTimeoutException("x"))).isEqualTo(Kind.UNKNOWN);
    assertThat(kind(new SocketException("Connection reset"))).isEqualTo(Kind.UNKNOWN);
    assertThat(kind(new NoHttpResponseException("x"))).isEqualTo(Kind.UNKNOWN);
    assertThat(kind(new EOFException())).isEqualTo(Kind.UNKNOWN);
  }

  @Test
  void a_cause_counts_like_the_failure_itself() {
    IOException wrapped = new IOException(new ConnectException("x"));
    assertThat(kind(new CamelExecutionException("x", null, wrapped))).isEqualTo(Kind.SINK_DOWN);
  }

  @Test
  void a_route_that_throws_something_of_its_own_comes_again() {
    assertThat(kind(new IllegalStateException("x"))).isEqualTo(Kind.LATER);
  }

  @ParameterizedTest
  @CsvSource({
    "401, PAUSED", "403, PAUSED", "302, PAUSED", "408, SINK_DOWN", "429, SINK_DOWN",
    "400, REFUSED", "404, REFUSED", "422, REFUSED", "500, UNKNOWN", "503, UNKNOWN"
  })
  void a_status_stands_for_a_class(int status, Kind kind) {
    assertThat(Failures.outcome(status, null).kind()).isEqualTo(kind);
  }

  @Test
  void retry_after_is_taken_from_the_answer() {
    HttpOperationFailedException failure =
        new HttpOperationFailedException(
            "http://x", 429, "Too Many", null, Map.of("retry-after", "7"), "");

    assertThat(Failures.outcome(failure).retryAfter()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void a_reason_never_quotes_the_message_of_a_failure() {
    Outcome outcome = Failures.outcome(new IOException("ada@example.com"));

    assertThat(outcome.reason()).doesNotContain("ada@example.com").contains("IOException");
  }
}
