package io.leadroutes.delivery;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Exchange;

/** Reads from a finished exchange how its deliveries ended. */
final class Outcomes {

  private Outcomes() {}

  /**
   * @return one outcome for each delivery, in their order
   */
  static List<Outcome> of(Exchange exchange, List<Delivery> deliveries) {
    Throwable failure = exchange.getException();
    Object body = exchange.getMessage().getBody();
    if (failure == null && body instanceof Outcome outcome) {
      return Collections.nCopies(deliveries.size(), outcome);
    }
    if (failure == null && body instanceof List<?> list && list.stream().anyMatch(Outcomes::is)) {
      return ofList(list, deliveries.size());
    }
    if (failure == null) {
      // Set by onException and by doCatch alike: whoever handles a failure says how it ended.
      failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    }
    Steps.Trail trail = Steps.of(exchange);
    Outcome outcome = failure == null ? ended(trail) : Failures.outcome(failure, trail);
    if (deliveries.size() > 1 && outcome.kind() == Kind.REFUSED) {
      // Which of them it is about shows when they go one at a time, as they do while there is
      // trouble.
      outcome = Outcome.sinkDown(outcome.reason(), null);
    } else if (deliveries.size() > 1 && outcome.kind() == Kind.LATER) {
      outcome = Outcome.unknown(outcome.reason());
    }
    return Collections.nCopies(deliveries.size(), outcome);
  }

  /** A filter, or a choice without otherwise, may have kept the lead from being sent. */
  private static Outcome ended(Steps.Trail trail) {
    return trail == null || trail.maySend()
        ? Outcome.delivered()
        : Outcome.refused(
            "The route ended without sending the lead anywhere: where that is meant, end it with"
                + " Outcome.skipped, else correct its filter or choice.");
  }

  private static List<Outcome> ofList(List<?> list, int deliveries) {
    if (list.size() == deliveries && list.stream().allMatch(Outcomes::is)) {
      return list.stream().map(Outcome.class::cast).toList();
    }
    Outcome unknown =
        Outcome.unknown(
            String.format(
                Locale.ROOT,
                "The route ended with %d outcomes for %d deliveries.",
                list.size(),
                deliveries));
    return Collections.nCopies(deliveries, unknown);
  }

  private static boolean is(Object element) {
    return element instanceof Outcome;
  }
}
