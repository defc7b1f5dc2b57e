package io.leadroutes.lead;

import io.leadroutes.call.Call;
import io.leadroutes.call.Evaluation;
import io.leadroutes.call.WebhookResponse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A call with its contact details: what a sink gets, and what {@code judge-call} looks at. Text is
 * null where nothing is known.
 *
 * @param key the lead's external key everywhere, {@code <account>-<call id>}; the account by the
 *     name it was first known by
 * @param name full name
 * @param outcome value of the first evaluation variable that decides, as text
 * @param salutation what stands in front of the name, as {@code Frau Dr.}
 * @param dropped contact details that were there and were no value
 */
public record Lead(
    String key,
    String name,
    String firstName,
    String lastName,
    String email,
    String phone,
    String company,
    String outcome,
    Call call,
    String salutation,
    List<Dropped> dropped) {

  public Lead {
    dropped = List.copyOf(dropped);
  }

  /** A lead whose name has no salutation, and of which nothing was dropped. */
  public Lead(
      String key,
      String name,
      String firstName,
      String lastName,
      String email,
      String phone,
      String company,
      String outcome,
      Call call) {
    this(key, name, firstName, lastName, email, phone, company, outcome, call, null, List.of());
  }

  public String account() {
    return call.account();
  }

  public long callId() {
    return call.id();
  }

  public String type() {
    return call.type();
  }

  public String status() {
    return call.status();
  }

  public Integer durationSeconds() {
    return call.durationSeconds();
  }

  public String assistant() {
    return call.assistantName();
  }

  public String campaign() {
    return call.campaignName();
  }

  public String answeredBy() {
    return call.answeredBy();
  }

  /** The number of ours that called or was called, as the API gave it. */
  public String assistantPhoneNumber() {
    return call.assistantPhone();
  }

  /** The other number of the call, as the API gave it; {@link #phone} may be another one. */
  public String clientPhoneNumber() {
    return call.clientPhone();
  }

  public Map<String, Object> evaluation() {
    return call.evaluation().values();
  }

  public Map<String, Object> variables() {
    return call.variables();
  }

  public String transcript() {
    return call.transcript();
  }

  public String recordingUrl() {
    return call.recordingUrl();
  }

  public BigDecimal carrierCost() {
    return call.carrierCost();
  }

  public BigDecimal totalCost() {
    return call.totalCost();
  }

  public Instant createdAt() {
    return call.createdAt();
  }

  public Instant updatedAt() {
    return call.updatedAt();
  }

  /** The evaluation's summary, else the transcript. */
  public String summary() {
    return call.evaluation().text("summary").orElseGet(call::transcript);
  }

  /** The evaluation's value of this name as text, null when there is none. */
  public String evaluated(String name) {
    return call.evaluation().text(name).orElse(null);
  }

  /** The variable of this name as text, null when there is none. */
  public String variable(String name) {
    return Evaluation.textOf(call.variables(), name).orElse(null);
  }

  /** What the customer's own endpoint answered, as JSON values: see {@link WebhookResponse}. */
  public Object webhookResponse() {
    return call.webhook().value();
  }

  /**
   * A value of it as text, null when there is none.
   *
   * @param path names with a dot between them, as {@code data.crm_contact_id}
   */
  public String webhookResponse(String path) {
    return call.webhook().text(path).orElse(null);
  }

  /** By its key alone: Camel keeps what it knows of a body under the body's hash. */
  @Override
  public int hashCode() {
    return key.hashCode();
  }

  /** Prints the key only: everything else is personal data. */
  @Override
  public String toString() {
    return "Lead[" + key + "]";
  }
}
