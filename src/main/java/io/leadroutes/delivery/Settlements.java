package io.leadroutes.delivery;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Deliveries.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;

/**
 * From the outcomes of one exchange to what the ledger records: the retry schedule of a lead, and
 * the back-off or pause of a sink.
 *
 * @param deliveries one for each delivery of the exchange
 * @param trouble of the sink as a whole, or null
 * @param well whether the sink answered for a lead, so that earlier trouble is over
 */
record Settlements(List<Settlement> deliveries, Trouble trouble, boolean well) {

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);
  private static final Duration LONGEST_PROBE = Duration.ofHours(1);
  private static final Duration BEFORE_LOOKING = Duration.ofSeconds(1);

  /**
   * @param outcomes in the order of the deliveries
   * @param lookup whether the sink can look up what arrived
   * @param failures how often in a row the sink had failed as a whole before
   * @param paused whether it was paused before
   * @param random numbers from 0 to 1, for jitter
   */
  static Settlements of(
      List<Delivery> deliveries,
      List<Outcome> outcomes,
      DeliveryRules rules,
      boolean lookup,
      int failures,
      boolean paused,
      DoubleSupplier random) {
    boolean anyDelivered = outcomes.stream().anyMatch(o -> o.kind() == Kind.DELIVERED);
    List<Settlement> settlements = new ArrayList<>();
    for (int i = 0; i < deliveries.size(); i++) {
      Outcome outcome = ofOneLead(outcomes.get(i), anyDelivered);
      settlements.add(settle(deliveries.get(i), outcome, rules, lookup, random));
    }
    Trouble trouble =
        anyDelivered ? null : trouble(outcomes, rules, failures, paused, random.getAsDouble());
    // What needed nothing to be sent may end an outage, but does not show that settings are right.
    boolean answered = !paused || outcomes.stream().anyMatch(o -> o.kind() != Kind.ALREADY_THERE);
    return new Settlements(settlements, trouble, trouble == null && answered && failures > 0);
  }

  /** Where others of the same request succeeded, neither the sink nor its settings are to blame. */
  private static Outcome ofOneLead(Outcome outcome, boolean othersDelivered) {
    if (othersDelivered && outcome.kind() == Kind.PAUSED) {
      return Outcome.deadLetter(outcome.reason());
    }
    if (othersDelivered && outcome.kind() == Kind.SINK_DOWN) {
      return Outcome.later(outcome.reason());
    }
    return outcome;
  }

  private static Settlement settle(
      Delivery delivery,
      Outcome outcome,
      DeliveryRules rules,
      boolean lookup,
      DoubleSupplier random) {
    return switch (outcome.kind()) {
      case LATER -> {
        List<Duration> schedule = rules.retrySchedule();
        if (delivery.attempt() > schedule.size()) {
          String reason = "given up after " + delivery.attempt() + " attempts: " + outcome.reason();
          yield new Settlement(delivery, Outcome.deadLetter(reason), Duration.ZERO);
        }
        Duration longest = schedule.get(delivery.attempt() - 1);
        Duration jittered =
            outcome.retryAfter() != null
                ? outcome.retryAfter()
                : part(longest, random.getAsDouble());
        yield new Settlement(delivery, outcome, jittered);
      }
      case UNKNOWN ->
          lookup
              ? new Settlement(delivery, outcome, BEFORE_LOOKING)
              : new Settlement(
                  delivery,
                  Outcome.deadLetter("may have been delivered: " + outcome.reason()),
                  Duration.ZERO);
      case LOOK_AGAIN -> new Settlement(delivery, outcome, outcome.retryAfter());
      default -> new Settlement(delivery, outcome, Duration.ZERO);
    };
  }

  private static Trouble trouble(
      List<Outcome> outcomes, DeliveryRules rules, int failures, boolean paused, double random) {
    Outcome pause = first(outcomes, Kind.PAUSED);
    if (pause != null) {
      Duration probe = doubled(rules.probe(), paused ? failures : 0, LONGEST_PROBE);
      return new Trouble(failures + 1, pause.reason(), pause.reason(), probe);
    }
    Outcome down = first(outcomes, Kind.SINK_DOWN, Kind.UNKNOWN);
    if (down == null) {
      return null;
    }
    Duration asked =
        outcomes.stream()
            .filter(o -> o.kind() == Kind.SINK_DOWN || o.kind() == Kind.UNKNOWN)
            .map(Outcome::retryAfter)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null);
    Duration backoff = doubled(FIRST_BACKOFF, failures, LONGEST_BACKOFF);
    Duration halfJittered = part(backoff, 0.5 + random / 2);
    return new Trouble(failures + 1, null, down.reason(), asked == null ? halfJittered : asked);
  }

  private static Outcome first(List<Outcome> outcomes, Kind... kinds) {
    return outcomes.stream()
        .filter(outcome -> List.of(kinds).contains(outcome.kind()))
        .findFirst()
        .orElse(null);
  }

  private static Duration doubled(Duration first, int times, Duration longest) {
    Duration doubled = first.multipliedBy(1L << Math.min(times, 16));
    return doubled.compareTo(longest) > 0 ? longest : doubled;
  }

  private static Duration part(Duration duration, double factor) {
    return Duration.ofMillis((long) (duration.toMillis() * factor));
  }
}
