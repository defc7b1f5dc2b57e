package io.leadroutes.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * One way in which a sandbox server misbehaves. What happens before the work leaves no trace in the
 * server's data; what happens after it does. A fault strikes every request unless {@link #on} or
 * {@link #when} narrow it.
 */
public final class Fault {

  enum Kind {
    ANSWER,
    DROP,
    DELAY,
    WORK_THEN_ANSWER,
    WORK_THEN_DROP,
    WORK_THEN_DELAY,
    WORK_THEN_CUT
  }

  private final Kind kind;
  private final Answer answer;
  private final Duration delay;
  private final Predicate<Request> condition;

  private Fault(Kind kind, Answer answer, Duration delay, Predicate<Request> condition) {
    this.kind = kind;
    this.answer = answer;
    this.delay = delay;
    this.condition = condition;
  }

  /** Answers this status with an empty body; the work is not done. */
  public static Fault status(int status) {
    return status(status, "");
  }

  /** Answers this status and body; the work is not done. */
  public static Fault status(int status, String body) {
    return of(Kind.ANSWER, answer(status, body), Duration.ZERO);
  }

  /** Answers this status and these bytes, whatever they are; the work is not done. */
  public static Fault status(int status, byte[] body) {
    return of(Kind.ANSWER, new Answer(status, Map.of(), body), Duration.ZERO);
  }

  /** Does the work, then answers this status with an empty body. */
  public static Fault statusAfterWork(int status) {
    return statusAfterWork(status, "");
  }

  /** Does the work, then answers this status and body. */
  public static Fault statusAfterWork(int status, String body) {
    return of(Kind.WORK_THEN_ANSWER, answer(status, body), Duration.ZERO);
  }

  /** Closes the connection without an answer; the work is not done. */
  public static Fault dropBeforeWork() {
    return of(Kind.DROP, null, Duration.ZERO);
  }

  /** Does the work, then closes the connection without an answer: the answer is lost. */
  public static Fault dropAfterWork() {
    return of(Kind.WORK_THEN_DROP, null, Duration.ZERO);
  }

  /** Waits, then does the work and answers. */
  public static Fault delay(Duration delay) {
    return of(Kind.DELAY, null, delay);
  }

  /** Does the work at once and answers only after the delay. */
  public static Fault delayAfterWork(Duration delay) {
    return of(Kind.WORK_THEN_DELAY, null, delay);
  }

  /** Does the work, sends half of the answer's body and closes the connection. */
  public static Fault cutBody() {
    return of(Kind.WORK_THEN_CUT, null, Duration.ZERO);
  }

  /** Returns this fault with one more header in its answer. */
  public Fault header(String name, String value) {
    if (answer == null) {
      throw new IllegalStateException("only a fault with a status has headers");
    }
    return new Fault(kind, answer.with(name, value), delay, condition);
  }

  /** Returns this fault for requests only whose path starts so. */
  public Fault on(String pathPrefix) {
    return when(request -> request.path().startsWith(pathPrefix));
  }

  /** Returns this fault for requests only that also meet this condition. */
  public Fault when(Predicate<Request> further) {
    return new Fault(kind, answer, delay, condition.and(further));
  }

  boolean strikes(Request request) {
    return condition.test(request);
  }

  Kind kind() {
    return kind;
  }

  Answer answer() {
    return answer;
  }

  Duration delay() {
    return delay;
  }

  private static Fault of(Kind kind, Answer answer, Duration delay) {
    return new Fault(kind, answer, delay, request -> true);
  }

  private static Answer answer(int status, String body) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (!body.isEmpty()) {
      boolean json = body.startsWith("{") || body.startsWith("[");
      headers.put("Content-Type", json ? "application/json" : "text/html; charset=utf-8");
    }
    return new Answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }
}
