package io.leadroutes.salesforce;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
import org.apache.camel.component.salesforce.api.dto.UpsertSObjectResult;
import org.apache.camel.util.ObjectHelper;

/** An upsert of leads by external id: where it goes, what is sent, and what its answer means. */
public final class SalesforceUpsert {

  private final Map<String, SalesforceTarget> targets;

  /**
   * @param targets by name of account
   */
  SalesforceUpsert(Map<String, SalesforceTarget> targets) {
    this.targets = Map.copyOf(targets);
  }

  /**
   * The upsert of these deliveries of one account; one external id twice in a request would
   * collide.
   */
  public SalesforceBatch batch(@Body List<Delivery> deliveries) {
    SalesforceTarget target = target(deliveries);
    SalesforceMapping mapping = target.mapping();
    List<Map<String, Object>> records = new ArrayList<>();
    List<Integer> recordOf = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    Exchange exchange = mapping.exchange();
    for (Delivery delivery : deliveries) {
      Integer earlier = seen.putIfAbsent(delivery.lead().key(), records.size());
      recordOf.add(earlier == null ? records.size() : earlier);
      if (earlier == null) {
        records.add(mapping.record(delivery.lead(), exchange));
      }
    }
    return new SalesforceBatch(
        target.component(), mapping.externalIdField(), deliveries, records, recordOf);
  }

  /** The body of the request; its headers are set too. */
  public List<Map<String, Object>> records(
      @Variable("batch") SalesforceBatch batch, @Headers Map<String, Object> headers) {
    if (target(batch.deliveries()).allowDuplicates()) {
      headers.put("Sforce-Duplicate-Rule-Header", "allowSave=true");
    }
    return batch.records();
  }

  /**
   * What each record's result means.
   *
   * @param results in the order of the records; the component leaves the request's body in place
   *     when it could not read the answer
   */
  public List<Outcome> outcomes(@Variable("batch") SalesforceBatch batch, @Body List<?> results) {
    boolean answered =
        results.size() == batch.records().size()
            && results.stream().allMatch(UpsertSObjectResult.class::isInstance);
    SalesforceMapping mapping = target(batch.deliveries()).mapping();
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < batch.deliveries().size(); i++) {
      outcomes.add(
          answered
              ? outcome(
                  mapping,
                  batch.deliveries().get(i),
                  (UpsertSObjectResult) results.get(batch.recordOf().get(i)))
              : Outcome.unknown("Salesforce's answer could not be read."));
    }
    return outcomes;
  }

  /** What the failure of the whole request means; an upsert may safely be sent twice. */
  public List<Outcome> failed(
      @Variable("batch") SalesforceBatch batch, @ExchangeException Exception failure) {
    SalesforceMapping mapping = target(batch.deliveries()).mapping();
    return Collections.nCopies(batch.deliveries().size(), whole(mapping, failure));
  }

  private SalesforceTarget target(List<Delivery> deliveries) {
    return targets.get(deliveries.get(0).account());
  }

  private static Outcome outcome(
      SalesforceMapping mapping, Delivery delivery, UpsertSObjectResult result) {
    if (Boolean.TRUE.equals(result.getSuccess())) {
      return Outcome.delivered(result.getId());
    }
    RestError error =
        result.getErrors() == null || result.getErrors().isEmpty()
            ? new RestError()
            : result.getErrors().get(0);
    String code = String.valueOf(error.getErrorCode());
    if (SalesforceErrors.movedOn(code) && (delivery.lookFirst() || delivery.sinkId() != null)) {
      return Outcome.delivered(delivery.sinkId());
    }
    String fields = fields(mapping, error);
    if (code.equals("DUPLICATE_VALUE") && ours(mapping, error)) {
      return Outcome.later("Salesforce answered " + code + ", another request is still running.");
    }
    return SalesforceErrors.outcome(code, fields);
  }

  private static Outcome whole(SalesforceMapping mapping, Throwable failure) {
    for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
      if (cause instanceof SalesforceException refusal && !refusal.getErrors().isEmpty()) {
        RestError error = refusal.getErrors().get(0);
        String code = String.valueOf(error.getErrorCode());
        if (SalesforceErrors.known(code)) {
          return forRequest(SalesforceErrors.outcome(code, fields(mapping, error)));
        }
      }
    }
    for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
      if (cause instanceof SalesforceException refusal && refusal.getStatusCode() >= 300) {
        return byStatus(refusal.getStatusCode());
      }
    }
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

  /** A code about a lead, as the answer to a request of many, does not say which one. */
  private static Outcome forRequest(Outcome outcome) {
    return outcome.kind() == Outcome.Kind.DEAD_LETTER ? Outcome.later(outcome.reason()) : outcome;
  }

  private static Outcome byStatus(int status) {
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
                  + ": make salesforce.external-id-field an external id of Lead, and check"
                  + " salesforce.api-version and salesforce.login-url.");
      default ->
          Outcome.paused(
              answered
                  + ": check salesforce.login-url, salesforce.client-id, salesforce.client-secret"
                  + " and the permissions of the integration user.");
    };
  }

  /** Names of fields only: of those the error lists, and of our own those its message mentions. */
  private static String fields(SalesforceMapping mapping, RestError error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    Stream<String> listed = error.getFields() == null ? Stream.empty() : error.getFields().stream();
    Stream<String> mentioned =
        Stream.concat(mapping.fields().stream(), Stream.of(mapping.externalIdField()))
            .filter(field -> field.endsWith("__c") && message.contains(field));
    return Stream.concat(
            listed.filter(field -> field != null && field.matches("[A-Za-z0-9_]{1,80}")), mentioned)
        .distinct()
        .limit(5)
        .collect(Collectors.joining(", "));
  }

  private static boolean ours(SalesforceMapping mapping, RestError error) {
    String own = mapping.externalIdField().toLowerCase(Locale.ROOT);
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
