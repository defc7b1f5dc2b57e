package io.leadroutes.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.http.NotSentException;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.log.Causes;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.component.salesforce.api.dto.RestError;
import org.apache.camel.component.salesforce.api.dto.SaveSObjectResult;

/**
 * An upsert of leads by external id, and of the Tasks of their calls: where it goes, what is sent,
 * and what its answers mean.
 */
public final class SalesforceUpsert {

  /** What every Lead has, because Salesforce creates none without. */
  private static final List<String> NEEDED_BY_ALL = List.of("LastName", "Company");

  private static final List<String> RENEWED =
      List.of("INVALID_SESSION_ID", "ORG_NOT_OWNED_BY_INSTANCE");

  /** What is not the lead's own while no Task comes to anything. */
  private static final Set<Kind> ALL_TASKS = EnumSet.of(Kind.PAUSED, Kind.SINK_DOWN, Kind.REFUSED);

  private static final Set<Integer> ONE_SPOILS_ALL = Set.of(300, 400, 413, 414, 431);

  private static final Set<Integer> NOT_ASKED = Set.of(400, 404, 405);

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, SalesforceTarget> targets;

  /**
   * @param targets by name of account
   */
  SalesforceUpsert(Map<String, SalesforceTarget> targets) {
    this.targets = Map.copyOf(targets);
  }

  /** The attempt to deliver these leads of one account, each external id once. */
  public SalesforceBatch batch(@Body List<Delivery> deliveries) {
    SalesforceTarget target = targets.get(deliveries.get(0).account());
    SalesforceMapping mapping = target.mapping();
    List<SalesforceMapping.Mapped> records = new ArrayList<>();
    List<Delivery> leads = new ArrayList<>();
    List<Integer> recordOf = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    Exchange exchange = mapping.exchange();
    for (Delivery delivery : deliveries) {
      Integer earlier = seen.putIfAbsent(delivery.lead().key(), records.size());
      recordOf.add(earlier == null ? records.size() : earlier);
      if (earlier == null) {
        leads.add(delivery);
        records.add(mapping.mapped(delivery.lead(), exchange));
      }
    }
    return new SalesforceBatch(target, recordOf, leads, records);
  }

  /** The body of the attempt's present request; its headers are set, and no others stay. */
  public Object body(
      @Variable("batch") SalesforceBatch batch, @Headers Map<String, Object> headers) {
    SalesforceRequest request = batch.request();
    headers.clear();
    headers.put("Sforce-Call-Options", "client=LeadRoutes");
    if (request.autoAssign() != null) {
      headers.put("Sforce-Auto-Assign", request.autoAssign());
    }
    if (batch.target().allowDuplicates()) {
      headers.put("Sforce-Duplicate-Rule-Header", "allowSave=true");
    }
    batch.leaves();
    return request.asks() ? request.question() : request.records();
  }

  /**
   * Notes what each record's result means, and goes on to the next request.
   *
   * @param answer results in the order of the records, or to a question its answer in JSON; the
   *     component leaves the request's body in place when it could not read the answer
   */
  public void answered(@Variable("batch") SalesforceBatch batch, @Body Object answer) {
    SalesforceRequest request = batch.request();
    if (request.asks()) {
      there(batch, answer);
    } else if (!isReadable(request, answer)) {
      giveUp(batch, Outcome.unknown("Salesforce's answer could not be read."));
    } else {
      List<SaveSObjectResult> saved =
          ((List<?>) answer).stream().map(SaveSObjectResult.class::cast).toList();
      if (request.tasks()) {
        tasks(batch, saved);
      } else {
        leads(batch, saved);
      }
    }
    batch.next();
  }

  private static boolean isReadable(SalesforceRequest request, Object answer) {
    return answer instanceof List<?> results
        && results.size() == request.records().size()
        && results.stream().allMatch(SaveSObjectResult.class::isInstance);
  }

  /** Which leads are there; a field's name comes back in the org's own capitals. */
  private void there(SalesforceBatch batch, Object answer) {
    Map<String, String> ids = new HashMap<>();
    try (InputStream in = (InputStream) answer) {
      JsonNode found = json.readTree(in);
      if (!found.path("records").isArray() || !found.path("done").asBoolean(false)) {
        throw new IOException("not the answer to a query");
      }
      String field = batch.target().mapping().externalIdField();
      for (JsonNode one : found.path("records")) {
        one.fields()
            .forEachRemaining(
                member -> {
                  if (member.getKey().equalsIgnoreCase(field)) {
                    ids.put(
                        member.getValue().asText("").toLowerCase(Locale.ROOT),
                        one.path("Id").asText(null));
                  }
                });
      }
    } catch (IOException | ClassCastException e) {
      giveUp(
          batch,
          Outcome.sinkDown("Salesforce's answer which leads are there could not be read.", null));
      return;
    }
    batch.answered(ids);
  }

  /**
   * Notes what the failure of the whole request means, and goes on to the next one; an upsert may
   * safely be sent twice.
   */
  public void failed(
      @Variable("batch") SalesforceBatch batch, @ExchangeException Exception failure) {
    if (needsSession(failure) && batch.renew()) {
      return;
    }
    Refusal refusal = whole(batch, failure);
    if (batch.request().asks() && cannotBeAsked(failure)) {
      batch.unanswered();
    } else if (!refusal.ofOneRecord()) {
      if (brokeOff(refusal.outcome())) {
        // The org may have moved: the next log-in tells where it is.
        batch.forgetSession();
      }
      giveUp(batch, refusal.outcome());
    } else if (batch.request().tasks()) {
      batch.waitForTasks(forRequest(refusal.outcome()));
    } else if (batch.request().positions().size() == 1) {
      batch.endRequest(refusal.outcome());
    } else if (!batch.halve(batch.target().timeout())) {
      batch.endRequest(forRequest(refusal.outcome()));
    }
    batch.next();
  }

  /** An org that may not be queried so, though its log-in and its limits are well. */
  private static boolean cannotBeAsked(Throwable failure) {
    return causes(failure, SalesforceLoginException.class).findAny().isEmpty()
        && causes(failure, SalesforceException.class)
            .anyMatch(refusal -> NOT_ASKED.contains(refusal.getStatusCode()));
  }

  private static boolean brokeOff(Outcome outcome) {
    return outcome.kind() == Kind.UNKNOWN || outcome.kind() == Kind.SINK_DOWN;
  }

  /**
   * Whether the session has ended, or is one of an instance where the org is no more: a log-in may
   * help, unless it was the log-in that failed.
   */
  private static boolean needsSession(Throwable failure) {
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

  /** What became of each delivery, in their order. */
  public List<Outcome> outcomes(@Variable("batch") SalesforceBatch batch) {
    return batch.outcomes();
  }

  /** Salesforce, or its settings, and no record: nothing more is sent in this attempt. */
  private static void giveUp(SalesforceBatch batch, Outcome outcome) {
    if (batch.request().tasks()) {
      batch.waitForTasks(outcome);
    } else {
      batch.endRequest(
          batch.request().asks() && outcome.kind() == Kind.UNKNOWN
              ? Outcome.sinkDown(outcome.reason(), null)
              : outcome);
      batch.abandon(outcome);
    }
  }

  private static void leads(SalesforceBatch batch, List<SaveSObjectResult> results) {
    for (int i = 0; i < results.size(); i++) {
      int position = batch.request().positions().get(i);
      SaveSObjectResult result = results.get(i);
      if (!Boolean.TRUE.equals(result.getSuccess())) {
        batch.end(position, refused(batch, position, error(result)));
        continue;
      }
      batch.accept(position, result.getId());
      if (batch.target().callTask() != null
          && result.getId() == null
          && batch.known(position) == null) {
        // The Task of its call needs its id, which the next attempt asks for.
        batch.end(position, Outcome.unknown("Salesforce accepted the lead without naming it."));
      }
    }
  }

  private static Outcome refused(SalesforceBatch batch, int position, RestError error) {
    SalesforceTarget target = batch.target();
    Delivery delivery = batch.lead(position);
    String code = code(error);
    if (SalesforceErrors.movedOn(code)) {
      return movedOn(batch, position, code);
    }
    if (code.equals("REQUIRED_FIELD_MISSING")
        && batch.changes(position)
        && NEEDED_BY_ALL.stream().anyMatch(f -> ours(f, error) && !batch.sends(position, f))) {
      // An update sends what changed: only a record that is gone for good asks for these.
      return SalesforceErrors.movedOnOutcome("ENTITY_IS_DELETED", batch.known(position));
    }
    if (code.equals("DUPLICATE_VALUE") && ours(target.mapping().externalIdField(), error)) {
      String reason = "Salesforce answered " + code + ", another request is still running.";
      // That request makes the record: the next one changes it.
      return delivery.lookFirst() || delivery.sinkId() != null
          ? Outcome.later(reason)
          : Outcome.unknown(reason);
    }
    return SalesforceErrors.outcome(code, fields(target, error), target.mapping()::keyOf);
  }

  /**
   * A salesperson has gone on with the lead or removed it: a change of it is not written. What an
   * attempt brought whose answer was lost is there.
   */
  private static Outcome movedOn(SalesforceBatch batch, int position, String code) {
    Delivery delivery = batch.lead(position);
    return delivery.version() == 1 && delivery.lookFirst()
        ? Outcome.alreadyThere(batch.known(position), null)
        : SalesforceErrors.movedOnOutcome(code, batch.known(position));
  }

  /** The leads are there; a Task that was refused decides what becomes of its lead's delivery. */
  private static void tasks(SalesforceBatch batch, List<SaveSObjectResult> results) {
    SalesforceTarget target = batch.target();
    Map<Integer, Outcome> refused = new TreeMap<>();
    boolean anyLogged = false;
    for (int i = 0; i < results.size(); i++) {
      int position = batch.request().positions().get(i);
      SaveSObjectResult result = results.get(i);
      RestError error = error(result);
      boolean left = SalesforceErrors.movedOn(code(error)) && batch.changes(position);
      if (Boolean.TRUE.equals(result.getSuccess())) {
        anyLogged = true;
      } else if (left) {
        batch.end(position, SalesforceErrors.movedOnOutcome(code(error), batch.known(position)));
      } else {
        refused.put(position, taskRefused(target, error));
      }
    }
    Outcome ofAll =
        refused.values().stream()
            .filter(o -> ALL_TASKS.contains(o.kind()))
            .findFirst()
            .orElse(null);
    if (!anyLogged && ofAll != null) {
      batch.waitForTasks(ofAll);
    } else {
      refused.forEach(batch::end);
    }
  }

  private static Outcome taskRefused(SalesforceTarget target, RestError error) {
    String code = code(error);
    boolean running =
        code.equals("DUPLICATE_VALUE")
            && target.callTask().fields().stream().anyMatch(field -> ours(field, error));
    return running
        ? Outcome.later("Salesforce answered " + code + ", another request is still running.")
        : SalesforceErrors.ofTask(code, fields(target, error));
  }

  private static RestError error(SaveSObjectResult result) {
    return result.getErrors() == null || result.getErrors().isEmpty()
        ? new RestError()
        : result.getErrors().get(0);
  }

  private static String code(RestError error) {
    return String.valueOf(error.getErrorCode());
  }

  /**
   * Why a whole request was refused.
   *
   * @param ofOneRecord whether one of its records may be the cause
   */
  private record Refusal(Outcome outcome, boolean ofOneRecord) {}

  private static Refusal whole(SalesforceBatch batch, Throwable failure) {
    Optional<SalesforceLoginException> login =
        causes(failure, SalesforceLoginException.class).findFirst();
    if (login.isPresent()) {
      return new Refusal(login.get().outcome(), false);
    }
    return causes(failure, SalesforceException.class)
        .filter(refusal -> refusal.getStatusCode() >= 300)
        .reduce((outer, inner) -> inner)
        .map(refusal -> whole(batch, refusal))
        .orElseGet(() -> new Refusal(brokenOff(failure), false));
  }

  private static <T> Stream<T> causes(Throwable failure, Class<T> type) {
    return Causes.of(failure).filter(type::isInstance).map(type::cast);
  }

  /** Only a request that cannot be read, or that is too large, may be so for one of its records. */
  private static Refusal whole(SalesforceBatch batch, SalesforceException refusal) {
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

  /** The answer to a request of many does not say which lead it is about. */
  private static Outcome forRequest(Outcome outcome) {
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
  private static List<String> fields(SalesforceTarget target, RestError error) {
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

  private static boolean ours(String field, RestError error) {
    String own = field.toLowerCase(Locale.ROOT);
    boolean listed =
        error.getFields() != null && error.getFields().stream().anyMatch(own::equalsIgnoreCase);
    return listed
        || (error.getMessage() != null
            && error.getMessage().toLowerCase(Locale.ROOT).contains(own));
  }
}
