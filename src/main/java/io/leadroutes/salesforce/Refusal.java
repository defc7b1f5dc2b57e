package io.leadroutes.salesforce;

import io.leadroutes.http.NotSentException;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.log.Causes;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.component.salesforce.api.dto.RestError;

/**
 * Why a whole request was refused, or did not come through.
 *
 * @param ofOneRecord whether one of its records may be the cause
 */
record Refusal(Outcome outcome, boolean ofOneRecord) {

  private static final List<String> RENEWED =
      List.of("INVALID_SESSION_ID", "ORG_NOT_OWNED_BY_INSTANCE");

  private static final Set<Integer> ONE_SPOILS_ALL = Set.of(300, 400, 413, 414, 431);

  private static final Set<Integer> NOT_ASKED = Set.of(400, 404, 405);

  /** Of a request that failed with this exception. */
  static Refusal of(SalesforceBatch batch, Throwable failure) {
    Optional<SalesforceLoginException> login =
        causes(failure, SalesforceLoginException.class).findFirst();
    if (login.isPresent()) {
      return new Refusal(login.get().outcome(), false);
    }
    return causes(failure, SalesforceException.class)
        .filter(refusal -> refusal.getStatusCode() >= 300)
        .reduce((outer, inner) -> inner)
        .map(refusal -> answered(batch, refusal))
        .orElseGet(() -> new Refusal(brokenOff(failure), false));
  }

  private static <T> Stream<T> causes(Throwable failure, Class<T> type) {
    return Causes.of(failure).filter(type::isInstance).map(type::cast);
  }

  /** Only a request that cannot be read, or that is too large, may be so for one of its records. */
  private static Refusal answered(SalesforceBatch batch, SalesforceException refusal) {
    int status = refusal.getStatusCode();
    RestError error = refusal.getErrors().isEmpty() ? null : refusal.getErrors().get(0);
    boolean named = error != null && error.getErrorCode() != null;
    if (!named || (!SalesforceErrors.known(code(error)) && status != 400)) {
      Outcome outcome = byStatus(status, batch.request());
      return new Refusal(outcome, blamesLead(outcome));
    }
    List<String> fields = fields(batch.target(), error);
    Outcome outcome =
        batch.request().tasks()
            ? SalesforceErrors.ofTask(code(error), fields)
            : SalesforceErrors.outcome(code(error), fields, batch.target().mapping()::keyOf);
    boolean ofOne =
        blamesLead(outcome)
            && (ONE_SPOILS_ALL.contains(status) || outcome.kind() == Kind.LATER)
            && status < 500
            && !code(error).equals("INVALID_FIELD")
            && !code(error).equals("NOT_FOUND");
    boolean ofAll = !ofOne && outcome.kind() == Kind.REFUSED;
    return new Refusal(ofAll ? Outcome.paused(outcome.reason()) : outcome, ofOne);
  }

  private static boolean blamesLead(Outcome outcome) {
    return outcome.kind() == Kind.DEAD_LETTER
        || outcome.kind() == Kind.LATER
        || outcome.kind() == Kind.REFUSED;
  }

  private static Outcome brokenOff(Throwable failure) {
    for (Throwable cause : Causes.of(failure).toList()) {
      // The component's client reports a connection that took too long as a SocketTimeoutException,
      // an answer that took too long as a TimeoutException.
      if (cause instanceof NotSentException
          || cause instanceof ConnectException
          || cause instanceof NoRouteToHostException
          || cause instanceof UnknownHostException
          || cause instanceof UnresolvedAddressException
          || cause instanceof SSLException
          || cause instanceof SocketTimeoutException) {
        return Outcome.sinkDown(
            "Salesforce cannot be reached (" + cause.getClass().getSimpleName() + ").", null);
      }
    }
    return Outcome.unknown(
        "The request to Salesforce broke off ("
            + Causes.root(failure).getClass().getSimpleName()
            + ").");
  }

  /** For each of many, of which the answer does not say which one it is about. */
  Outcome ofRequest() {
    return blamesLead(outcome) ? Outcome.later(outcome.reason()) : outcome;
  }

  private static Outcome byStatus(int status, SalesforceRequest request) {
    String answered = "Salesforce answered HTTP " + status;
    if (status == 408 || status == 420 || status == 429) {
      return Outcome.sinkDown(answered + ".", null);
    }
    if (status >= 500) {
      // Whoever answered, the org may have worked: what is there is asked before the repeat.
      return Outcome.unknown(answered + ".");
    }
    return switch (status) {
      case 300 -> Outcome.deadLetter(answered + ": several records have this external id.");
      case 400, 413, 414, 431 -> Outcome.later(answered + ".");
      case 410 ->
          Outcome.paused(answered + ": the API version is retired, raise salesforce.api-version.");
      case 404 ->
          Outcome.paused(
              answered
                  + (request.tasks()
                      ? ": make salesforce.task-external-id-field, where it is set, an external id"
                          + " of Task, and check"
                      : ": make salesforce.external-id-field an external id of Lead, and check")
                  + " salesforce.api-version and salesforce.login-url.");
      default ->
          Outcome.paused(
              answered
                  + ": check salesforce.login-url, salesforce.client-id, salesforce.client-secret"
                  + " and the permissions of the integration user.");
    };
  }

  /** Names of fields only: of those the error lists, and of our own those its message mentions. */
  static List<String> fields(SalesforceTarget target, RestError error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    Stream<String> listed = error.getFields() == null ? Stream.empty() : error.getFields().stream();
    Stream<String> mentioned =
        Stream.of(
                target.mapping().fields(),
                Set.of(target.mapping().externalIdField()),
                target.callTask() == null ? Set.<String>of() : target.callTask().fields())
            .flatMap(Set::stream)
            .filter(field -> field.endsWith("__c") && message.contains(field));
    return Stream.concat(
            listed.filter(field -> field != null && field.matches("[A-Za-z0-9_]{1,80}")), mentioned)
        .distinct()
        .limit(5)
        .toList();
  }

  static boolean ours(String field, RestError error) {
    String own = field.toLowerCase(Locale.ROOT);
    boolean listed =
        error.getFields() != null && error.getFields().stream().anyMatch(own::equalsIgnoreCase);
    return listed
        || (error.getMessage() != null
            && error.getMessage().toLowerCase(Locale.ROOT).contains(own));
  }

  /** Whether nobody knows what became of it, or it did not get there. */
  boolean brokeOff() {
    return outcome.kind() == Kind.UNKNOWN || outcome.kind() == Kind.SINK_DOWN;
  }

  /** An org that may not be queried so, though its log-in and its limits are well. */
  static boolean cannotBeAsked(Throwable failure) {
    return causes(failure, SalesforceLoginException.class).findAny().isEmpty()
        && causes(failure, SalesforceException.class)
            .anyMatch(refusal -> NOT_ASKED.contains(refusal.getStatusCode()));
  }

  /**
   * Whether the session has ended, or is one of an instance where the org is no more: a log-in may
   * help, unless it was the log-in that failed.
   */
  static boolean needsSession(Throwable failure) {
    return Causes.of(failure).noneMatch(SalesforceLoginException.class::isInstance)
        && Causes.of(failure)
            .filter(SalesforceException.class::isInstance)
            .map(SalesforceException.class::cast)
            .anyMatch(
                refusal ->
                    refusal.getStatusCode() == 401
                        || refusal.getStatusCode() == 404
                        || refusal.getErrors().stream()
                            .anyMatch(error -> RENEWED.contains(code(error))));
  }

  static String code(RestError error) {
    return String.valueOf(error.getErrorCode());
  }
}
