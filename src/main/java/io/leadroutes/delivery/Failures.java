package io.leadroutes.delivery;

import io.leadroutes.http.NotSentException;
import io.leadroutes.http.RetryAfter;
import io.leadroutes.lead.Outcome;
import io.leadroutes.log.Causes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.ValidationException;
import org.apache.camel.component.bean.MethodNotFoundException;
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

  /** A name that stands in a route, and nothing of a lead. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$.-]{0,80}");

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
    Throwable silence = find(failure, IOException.class);
    if (silence == null) {
      silence = find(failure, TimeoutException.class);
    }
    if (silence != null) {
      return Outcome.unknown("No answer came back (" + silence.getClass().getSimpleName() + ").");
    }
    return Outcome.later("The route failed with " + failure.getClass().getName() + ".");
  }

  /**
   * The same, where the attempt was followed: what failed before anything was sent did not arrive,
   * what failed after it may have, and the step is named.
   *
   * @param trail null where it was not followed
   */
  static Outcome outcome(Throwable failure, Steps.Trail trail) {
    Outcome plain = outcome(failure);
    Steps.Step step = trail == null ? null : trail.failedWith(failure);
    if (step == null || step.kind() == Steps.Kind.SENDS) {
      return plain;
    }
    String what = "Step " + step.name() + " failed: " + mistake(failure);
    if (step.kind() == Steps.Kind.WORKS && find(failure, ValidationException.class) != null) {
      // The route says so itself: this answer, or this lead, is none that counts.
      return Outcome.refused(what);
    }
    if (trail.sent() != null) {
      return Outcome.unknown(what + " The lead was sent before, by step " + named(trail) + ".");
    }
    return switch (step.kind()) {
      case ASKS -> before(plain, what);
      case WORKS ->
          plain.kind() == Outcome.Kind.UNKNOWN ? Outcome.later(what) : Outcome.refused(what);
      default -> new Outcome(plain.kind(), what, plain.retryAfter(), null);
    };
  }

  private static String named(Steps.Trail trail) {
    return trail.sent().name();
  }

  /** What cannot be asked for now may be had later, for this lead as for others. */
  private static Outcome before(Outcome plain, String what) {
    String reason = what + " Nothing was sent before.";
    return switch (plain.kind()) {
      case UNKNOWN, SINK_DOWN -> Outcome.sinkDown(reason, plain.retryAfter());
      default -> new Outcome(plain.kind(), reason, plain.retryAfter(), null);
    };
  }

  /** What went wrong, without a word of the message that may hold personal data. */
  private static String mistake(Throwable failure) {
    MethodNotFoundException method = find(failure, MethodNotFoundException.class);
    if (method != null && NAME.matcher(String.valueOf(method.getMethodName())).matches()) {
      return "there is no '"
          + method.getMethodName()
          + "' to be had there; correct the name in the route.";
    }
    NoSuchBeanException bean = find(failure, NoSuchBeanException.class);
    if (bean != null && NAME.matcher(String.valueOf(bean.getName())).matches()) {
      return "there is no bean '" + bean.getName() + "'; correct the name in the route.";
    }
    if (find(failure, ValidationException.class) != null) {
      return "what the route demands there does not hold.";
    }
    HttpOperationFailedException http = find(failure, HttpOperationFailedException.class);
    if (http != null) {
      return "it was answered by HTTP " + http.getStatusCode() + ".";
    }
    return Causes.root(failure).getClass().getSimpleName() + ".";
  }

  private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
    return Causes.of(failure).filter(type::isInstance).map(type::cast).findFirst().orElse(null);
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
