package io.leadroutes.salesforce;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
import org.apache.camel.util.ObjectHelper;

/**
 * An upsert of leads by external id, and of the Tasks of their calls: where it goes, what is sent,
 * and what its answers mean.
 */
public final class SalesforceUpsert {

  /** What every Lead has, because Salesforce creates none without. */
  private static final List<String> NEEDED_BY_ALL = List.of("LastName", "Company");

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
        SalesforceMapping.Mapped whole = mapping.mapped(delivery.lead(), exchange);
        records.add(delivery.sinkId() == null ? whole : mapping.changed(whole, delivery.memo()));
      }
    }
    return new SalesforceBatch(target, recordOf, leads, records);
  }

  /** The body of the attempt's present request; its headers are set too. */
  public List<Map<String, Object>> records(
      @Variable("batch") SalesforceBatch batch, @Headers Map<String, Object> headers) {
    if (batch.target().allowDuplicates()) {
      headers.put("Sforce-Duplicate-Rule-Header", "allowSave=true");
    }
    return batch.request().records();
  }

  /**
   * Notes what each record's result means, and goes on to the next request.
   *
   * @param results in the order of the records; the component leaves the request's body in place
   *     when it could not read the answer
   */
  public void answered(@Variable("batch") SalesforceBatch batch, @Body List<?> results) {
    SalesforceRequest request = batch.request();
    boolean readable =
        results.size() == request.records().size()
            && results.stream().allMatch(SaveSObjectResult.class::isInstance);
    if (!readable) {
      giveUp(batch, Outcome.unknown("Salesforce's answer could not be read."));
    } else {
      List<SaveSObjectResult> saved = results.stream().map(SaveSObjectResult.class::cast).toList();
      if (request.ofTasks()) {
        tasks(batch, saved);
      } else {
        leads(batch, saved);
      }
    }
    batch.next();
  }

  /**
   * Notes what the failure of the whole request means, and goes on to the next one; an upsert may
   * safely be sent twice.
   */
  public void failed(
      @Variable("batch") SalesforceBatch batch, @ExchangeException Exception failure) {
    Refusal refusal = whole(batch, failure);
    if (!refusal.ofOneRecord()) {
      giveUp(batch, refusal.outcome());
    } else if (batch.request().ofTasks()) {
      Outcome outcome = refusal.outcome();
      batch.waitForTasks(outcome.kind() == Kind.PAUSED ? outcome : forRequest(outcome));
    } else if (batch.request().positions().size() == 1) {
      batch.endRequest(alone(batch.target(), refusal.outcome()));
    } else if (!batch.halve(batch.target().timeout())) {
      batch.endRequest(forRequest(refusal.outcome()));
    }
    batch.next();
  }

  /** What became of each delivery, in their order. */
  public List<Outcome> outcomes(@Variable("batch") SalesforceBatch batch) {
    return batch.outcomes();
  }

  /** Salesforce, or its settings, and no record: nothing more is sent in this attempt. */
  private static void giveUp(SalesforceBatch batch, Outcome outcome) {
    if (batch.request().ofTasks()) {
      batch.waitForTasks(outcome);
    } else {
      batch.endRequest(outcome);
      batch.abandon(outcome);
    }
  }

  private static void leads(SalesforceBatch batch, List<SaveSObjectResult> results) {
    SalesforceTarget target = batch.target();
    for (int i = 0; i < results.size(); i++) {
      int position = batch.request().positions().get(i);
      SaveSObjectResult result = results.get(i);
      if (Boolean.TRUE.equals(result.getSuccess())) {
        target.proven().set(true);
        batch.accept(position, result.getId());
        if (target.callTask() != null && result.getId() == null) {
          batch.end(position, Outcome.later("Salesforce accepted the lead without naming it."));
        }
      } else {
        RestError error = error(result);
        Outcome outcome = refused(batch, position, error);
        boolean one = SalesforceErrors.oneOrAll(code(error)) && results.size() == 1;
        batch.end(position, one ? alone(target, outcome) : outcome);
      }
    }
  }

  private static Outcome refused(SalesforceBatch batch, int position, RestError error) {
    SalesforceTarget target = batch.target();
    Delivery delivery = batch.lead(position);
    String code = code(error);
    if (SalesforceErrors.movedOn(code)) {
      return movedOn(target, delivery, code);
    }
    if (code.equals("REQUIRED_FIELD_MISSING")
        && delivery.sinkId() != null
        && NEEDED_BY_ALL.stream().anyMatch(f -> ours(f, error) && !batch.sends(position, f))) {
      // An update sends what changed: only a record that is gone for good asks for these.
      return Outcome.alreadyThere(delivery.sinkId(), null);
    }
    if (code.equals("DUPLICATE_VALUE") && ours(target.mapping().externalIdField(), error)) {
      return Outcome.later("Salesforce answered " + code + ", another request is still running.");
    }
    return SalesforceErrors.outcome(code, fields(target, error));
  }

  /** A salesperson has gone on with the lead or removed it: an update has nothing to do there. */
  private static Outcome movedOn(SalesforceTarget target, Delivery delivery, String code) {
    if (isUpdate(delivery)) {
      return Outcome.alreadyThere(delivery.sinkId(), null);
    }
    return target.callTask() == null
        ? SalesforceErrors.outcome(code, "")
        : SalesforceErrors.ofTask(code, "");
  }

  private static boolean isUpdate(Delivery delivery) {
    return delivery.version() > 1 || delivery.lookFirst() || delivery.sinkId() != null;
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
      boolean left = SalesforceErrors.movedOn(code(error)) && isUpdate(batch.lead(position));
      if (Boolean.TRUE.equals(result.getSuccess())) {
        anyLogged = true;
      } else if (!left) {
        refused.put(position, taskRefused(target, error));
      }
    }
    Outcome ofAll =
        refused.values().stream()
            .filter(o -> o.kind() == Kind.PAUSED || o.kind() == Kind.SINK_DOWN)
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
    for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
      if (cause instanceof SalesforceException refusal && !refusal.getErrors().isEmpty()) {
        RestError error = refusal.getErrors().get(0);
        if (SalesforceErrors.known(code(error))) {
          return byCode(batch, error, refusal.getStatusCode());
        }
      }
    }
    for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
      if (cause instanceof SalesforceException refusal && refusal.getStatusCode() >= 300) {
        Outcome outcome = byStatus(refusal.getStatusCode(), batch.request());
        return new Refusal(outcome, blamesLead(outcome));
      }
    }
    return new Refusal(brokenOff(failure), false);
  }

  private static Refusal byCode(SalesforceBatch batch, RestError error, int status) {
    String fields = fields(batch.target(), error);
    Outcome outcome =
        batch.request().ofTasks()
            ? SalesforceErrors.ofTask(code(error), fields)
            : SalesforceErrors.outcome(code(error), fields);
    boolean refused = status < 500;
    return new Refusal(
        outcome, (refused && blamesLead(outcome)) || SalesforceErrors.oneOrAll(code(error)));
  }

  private static boolean blamesLead(Outcome outcome) {
    return outcome.kind() == Kind.DEAD_LETTER || outcome.kind() == Kind.LATER;
  }

  private static Outcome brokenOff(Throwable failure) {
    for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
      // The component's client reports a connection that took too long as a SocketTimeoutException,
      // an answer that took too long as a TimeoutException.
      if (cause instanceof ConnectException
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
        "The request to Salesforce broke off (" + root(failure).getClass().getSimpleName() + ").");
  }

  /** The answer to a request of many does not say which lead it is about. */
  private static Outcome forRequest(Outcome outcome) {
    return outcome.kind() == Kind.LATER ? outcome : Outcome.later(outcome.reason());
  }

  /**
   * The only lead of a request, refused for its value or for the settings. Where another one was
   * accepted since the last such refusal it is the value, and waiting would help nobody.
   */
  private static Outcome alone(SalesforceTarget target, Outcome outcome) {
    return outcome.kind() == Kind.PAUSED && target.proven().getAndSet(false)
        ? Outcome.deadLetter(outcome.reason())
        : outcome;
  }

  private static Outcome byStatus(int status, SalesforceRequest request) {
    String answered = "Salesforce answered HTTP " + status;
    if (status >= 500 || status == 408 || status == 420 || status == 429) {
      return Outcome.sinkDown(answered + ".", null);
    }
    return switch (status) {
      case 300 -> Outcome.deadLetter(answered + ": several records have this external id.");
      case 400, 413, 414, 431 -> Outcome.later(answered + ".");
      case 410 ->
          Outcome.paused(answered + ": the API version is retired, raise salesforce.api-version.");
      case 404 ->
          Outcome.paused(
              answered
                  + (request.ofTasks()
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
  private static String fields(SalesforceTarget target, RestError error) {
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
        .collect(Collectors.joining(", "));
  }

  private static boolean ours(String field, RestError error) {
    String own = field.toLowerCase(Locale.ROOT);
    boolean listed =
        error.getFields() != null && error.getFields().stream().anyMatch(own::equalsIgnoreCase);
    return listed
        || (error.getMessage() != null
            && error.getMessage().toLowerCase(Locale.ROOT).contains(own));
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
