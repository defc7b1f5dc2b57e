package io.leadroutes.judge;

import io.leadroutes.call.Call;
import io.leadroutes.lead.Lead;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What was decided about one call. {@code judge-call} may narrow it: {@code
 * ${body.reject('german-number')}} and {@code ${body.sinks('slack, file')}} return a new verdict.
 *
 * @param call the call that was judged
 * @param lead its contact details, also for a call that is not a lead
 * @param rejectedBy name of the filter that said no, null for a lead
 * @param sinks where the lead goes
 * @param error why judging failed, null when it did not; such a call is judged again
 * @param known the sinks that may be chosen from
 */
public record Verdict(
    Call call, Lead lead, String rejectedBy, List<String> sinks, String error, Set<String> known) {

  public Verdict {
    sinks = List.copyOf(sinks);
    known = Set.copyOf(known);
  }

  /** A call that every filter accepted goes to all sinks. */
  public static Verdict accepted(Lead lead, List<String> sinks) {
    return new Verdict(lead.call(), lead, null, sinks, null, Set.copyOf(sinks));
  }

  /** A call that a filter rejected. */
  public static Verdict rejected(Lead lead, String filter) {
    return new Verdict(lead.call(), lead, filter, List.of(), null, Set.of());
  }

  /** A call whose judging failed; the class of the failure is named, its message may hold data. */
  public static Verdict failed(Call call, Throwable failure) {
    return new Verdict(call, null, null, List.of(), failure.getClass().getName(), Set.of());
  }

  public boolean qualified() {
    return rejectedBy == null && error == null;
  }

  /**
   * Not a lead after all. A call that is rejected already keeps the first reason.
   *
   * @param filter name to record, as {@code german-number}
   */
  public Verdict reject(String filter) {
    return qualified() ? rejected(lead, filter) : this;
  }

  /**
   * Only these sinks, of those in {@code lead.sinks}.
   *
   * @param names comma-separated
   * @throws IllegalArgumentException for a name that is not in {@code lead.sinks}
   */
  public Verdict sinks(String names) {
    if (!qualified()) {
      return this;
    }
    List<String> chosen =
        Arrays.stream(names.split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList();
    for (String name : chosen) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("judge-call names a sink that is not in lead.sinks");
      }
    }
    return new Verdict(call, lead, null, chosen, null, known);
  }

  /** By its key alone: Camel keeps what it knows of a body under the body's hash. */
  @Override
  public int hashCode() {
    return call.hashCode();
  }

  /** Prints ids only. */
  @Override
  public String toString() {
    String decision =
        error != null ? " failed" : qualified() ? " lead" : " rejected by " + rejectedBy;
    return "Verdict[" + call + decision + "]";
  }
}
