package io.leadroutes.lead;

import io.leadroutes.call.Call;
import io.leadroutes.call.Evaluation;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/**
 * A call with its contact details: what a sink gets, and what {@code judge-call} looks at. Text is
 * null where nothing is known.
 *
 * @param key the lead's external key everywhere, {@code <account>-<call id>}; the account by the
 *     name it was first known by
 * @param name full name
 * @param outcome value of the first evaluation variable that decides, as text
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
    Call call) {

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
