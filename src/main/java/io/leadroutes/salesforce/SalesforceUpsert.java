package io.leadroutes.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.apache.camel.component.salesforce.api.dto.RestError;
import org.apache.camel.component.salesforce.api.dto.SaveSObjectResult;

/**
 * An upsert of leads by external id, and of the Tasks of their calls: where it goes, what is sent,
 * and what its answers mean.
 */
public final class SalesforceUpsert {

  /** What every Lead has, because Salesforce creates none without. */
  private static final List<String> NEEDED_BY_ALL = List.of("LastName", "Company");

  /** What is not the lead's own while no Task comes to anything. */
  private static final Set<Kind> ALL_TASKS = EnumSet.of(Kind.PAUSED, Kind.SINK_DOWN, Kind.REFUSED);

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
    if (Refusal.needsSession(failure) && batch.renew()) {
      return;
    }
    Refusal refusal = Refusal.of(batch, failure);
    if (batch.request().asks() && Refusal.cannotBeAsked(failure)) {
      batch.unanswered();
    } else if (!refusal.ofOneRecord()) {
      if (refusal.brokeOff()) {
        // The org may have moved: the next log-in tells where it is.
        batch.forgetSession();
      }
      giveUp(batch, refusal.outcome());
    } else if (batch.request().tasks()) {
      batch.waitForTasks(refusal.ofRequest());
    } else if (batch.request().positions().size() == 1) {
      batch.endRequest(refusal.outcome());
    } else if (!batch.halve(batch.target().timeout())) {
      batch.endRequest(refusal.ofRequest());
    }
    batch.next();
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
    String code = Refusal.code(error);
    if (SalesforceErrors.movedOn(code)) {
      return movedOn(batch, position, code);
    }
    if (code.equals("REQUIRED_FIELD_MISSING")
        && batch.changes(position)
        && NEEDED_BY_ALL.stream()
            .anyMatch(f -> Refusal.ours(f, error) && !batch.sends(position, f))) {
      // An update sends what changed: only a record that is gone for good asks for these.
      return SalesforceErrors.movedOnOutcome("ENTITY_IS_DELETED", batch.known(position));
    }
    if (code.equals("DUPLICATE_VALUE") && Refusal.ours(target.mapping().externalIdField(), error)) {
      String reason = "Salesforce answered " + code + ", another request is still running.";
      // That request makes the record: the next one changes it.
      return delivery.lookFirst() || delivery.sinkId() != null
          ? Outcome.later(reason)
          : Outcome.unknown(reason);
    }
    return SalesforceErrors.outcome(code, Refusal.fields(target, error), target.mapping()::keyOf);
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
      boolean left = SalesforceErrors.movedOn(Refusal.code(error)) && batch.changes(position);
      if (Boolean.TRUE.equals(result.getSuccess())) {
        anyLogged = true;
      } else if (left) {
        batch.end(
            position, SalesforceErrors.movedOnOutcome(Refusal.code(error), batch.known(position)));
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
    String code = Refusal.code(error);
    boolean running =
        code.equals("DUPLICATE_VALUE")
            && target.callTask().fields().stream().anyMatch(field -> Refusal.ours(field, error));
    return running
        ? Outcome.later("Salesforce answered " + code + ", another request is still running.")
        : SalesforceErrors.ofTask(code, Refusal.fields(target, error));
  }

  private static RestError error(SaveSObjectResult result) {
    return result.getErrors() == null || result.getErrors().isEmpty()
        ? new RestError()
        : result.getErrors().get(0);
  }
}
