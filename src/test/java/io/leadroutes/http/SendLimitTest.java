package io.leadroutes.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.leadroutes.http.SendLimit.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** G2: a request leaves only while the claim on its lead is surely ours. */
class SendLimitTest {

  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Duration LONGER = Duration.ofMinutes(3);

  private static Moment ago(Duration monotonic, Duration wall) {
    Moment now = Moment.now();
    return new Moment(now.nanos() - monotonic.toNanos(), now.millis() - wall.toMillis());
  }

  private static Throwable checked(SendLimit limit) {
    Throwable[] thrown = {null};
    limit.during(() -> thrown[0] = catchThrowable(SendLimit::check));
    return thrown[0];
  }

  @Test
  void within_the_lease_requests_leave() {
    SendLimit limit = new SendLimit(Moment.now(), LEASE);

    assertThat(checked(limit)).isNull();
    assertThat(limit.hasSent()).isTrue();
    assertThat(limit.hasRefused()).isFalse();
  }

  @Test
  void after_the_lease_no_request_leaves() {
    SendLimit limit = new SendLimit(ago(LONGER, LONGER), LEASE);

    assertThat(checked(limit)).isInstanceOf(NotSentException.class);
    assertThat(limit.hasSent()).isFalse();
    assertThat(limit.hasRefused()).isTrue();
  }

  /** The monotonic clock stands still then. */
  @Test
  void a_machine_that_slept_past_the_lease_sends_nothing() {
    assertThat(checked(new SendLimit(ago(Duration.ZERO, LONGER), LEASE)))
        .isInstanceOf(NotSentException.class);
  }

  @Test
  void a_clock_that_was_set_back_prolongs_no_lease() {
    assertThat(checked(new SendLimit(ago(LONGER, LONGER.negated()), LEASE)))
        .isInstanceOf(NotSentException.class);
  }

  @Test
  void a_renewed_claim_lets_requests_leave_again() {
    SendLimit limit = new SendLimit(ago(LONGER, LONGER), LEASE);

    limit.renewed(Moment.now());

    assertThat(checked(limit)).isNull();
  }

  @Test
  void a_thread_without_a_claim_has_no_limit() {
    new SendLimit(ago(LONGER, LONGER), LEASE).during(() -> {});

    assertThatCode(SendLimit::check).doesNotThrowAnyException();
  }
}
