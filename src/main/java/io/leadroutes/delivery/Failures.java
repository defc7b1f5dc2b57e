package io.leadroutes.delivery;

import io.leadroutes.http.NotSentException;
import io.leadroutes.http.RetryAfter;
import io.leadroutes.lead.Outcome;
import io.leadroutes.log.Causes;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;

/**
 * What an exception says about a delivery, for sinks that do not say it better with an {@link
 * Outcome} of their own. Reasons name classes and statuses only: messages may hold personal data.
 */
public final class Failures {

  /** They prove that no request left. */
  private static final List<Class<? extends Exception>> NOT_SENT =
      List.of(
          NotSentException.class,
          ConnectException.class,
          UnknownHostException.class,
          NoRouteToHostException.class,
          MalformedURLException.class,
          ConnectTimeoutException.class,
          ConnectionRequestTimeoutException.class,
          SSLHandshakeException.class,
          SSLPeerUnverifiedException.class);

  private Failures() {}

  /** The outcome that an exception of a sink's route stands for. */
  public static Outcome outcome(Throwable failure) {
    for (Throwable cause : Causes.of(failure).toList()) {
      if (cause instanceof HttpOperationFailedException http) {
        return outcome(
            http.getStatusCode(),
            RetryAfter.in(
                http.getResponseHeaders() == null ? Map.of() : http.getResponseHeaders()));
      }
      if (notSent(cause)) {
        return Outcome.sinkDown(
            "The sink cannot be reached (" + cause.getClass().getSimpleName() + ").", null);
      }
    }
    for (Throwable cause : Causes.of(failure).toList()) {
      if (cause instanceof java.io.IOException
          || cause instanceof java.util.concurrent.TimeoutException) {
        return Outcome.unknown("No answer came back (" + cause.getClass().getSimpleName() + ").");
      }
    }
    return Outcome.later("The route failed with " + failure.getClass().getName() + ".");
  }

  /** Whether an exception proves that no request left. */
  public static boolean notSent(Throwable failure) {
    return NOT_SENT.stream().anyMatch(type -> type.isInstance(failure));
  }

  /**
   * The outcome that an HTTP status stands for where nothing better is known.
   *
   * @param retryAfter what the answer asked for, or null
   */
  public static Outcome outcome(int status, Duration retryAfter) {
    if (status == 401 || status == 403) {
      return Outcome.paused(
          "The sink refused the credentials (HTTP " + status + "): correct them in its settings.");
    }
    if (status == 408 || status == 429) {
      return Outcome.sinkDown("The sink asked to wait (HTTP " + status + ").", retryAfter);
    }
    if (status >= 500) {
      return new Outcome(
          Outcome.Kind.UNKNOWN, "The sink failed (HTTP " + status + ").", retryAfter, null);
    }
    if (status >= 400) {
      return Outcome.refused(
          "The sink refused the lead (HTTP "
              + status
              + "): correct what its route sends, or the address.");
    }
    return Outcome.paused(
        "The sink answered with a redirect (HTTP " + status + "): correct its address.");
  }
}
