package io.leadroutes.delivery;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.ledger.Deliveries.Ending;
import io.leadroutes.ledger.Deliveries.Refusal;
import io.leadroutes.ledger.Deliveries.Settlement;
import io.leadroutes.ledger.Deliveries.Standing;
import io.leadroutes.ledger.Deliveries.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * From the outcomes of one exchange to what the ledger records: the retry schedule of a lead, and
 * the back-off or pause of a sink.
 *
 * <p>A refusal says what is wrong and not whose fault it is; that is what other leads tell. Where
 * another one arrived since, it is the lead's. Where none did, the lead is held and others are
 * tried at once; when several were refused, or one of them several times, the sink is paused, and
 * its leads wait.
 */
final class Settlements {

  /** So many refusals without a lead that arrived between them are no accident. */
  private static final int ENOUGH = 3;

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);
  private static final Duration MAX_PROBE = Duration.ofHours(1);
  private static final Duration MAX_HELD = Duration.ofDays(2);
  private static final Duration BEFORE_LOOKING = Duration.ofSeconds(1);

  private final List<Delivery> deliveries;
  private final List<Outcome> outcomes;
  private final DeliveryRules rules;
  private final boolean lookup;
  private final int failures;
  private final boolean paused;
  private final Standing standing;
  private final double random;

  private Settlements(
      List<Delivery> deliveries,
      List<Outcome> outcomes,
      DeliveryRules rules,
      boolean lookup,
      int failures,
      boolean paused,
      Standing standing,
      DoubleSupplier random) {
    this.deliveries = deliveries;
    this.outcomes = outcomes;
    this.rules = rules;
    this.lookup = lookup;
    this.failures = failures;
    this.paused = paused;
    this.standing = standing;
    // One for all of an exchange: those of one request come again in one request.
    this.random = random.getAsDouble();
  }

  /**
   * @param outcomes in the order of the deliveries
   * @param lookup whether the sink can look up what arrived
   * @param failures how often in a row the sink had failed as a whole before
   * @param paused whether it was paused before
   * @param standing what the ledger knows of the deliveries, needed where {@link #hangsOnOthers}
   * @param random numbers from 0 to 1, for jitter
   */
  static Ending of(
      List<Delivery> deliveries,
      List<Outcome> outcomes,
      DeliveryRules rules,
      boolean lookup,
      int failures,
      boolean paused,
      Standing standing,
      DoubleSupplier random) {
    return new Settlements(deliveries, outcomes, rules, lookup, failures, paused, standing, random)
        .ending();
  }

  /**
   * Each counts an attempt and comes again, whatever became of others: the sink has no part in it.
   */
  static Ending later(
      List<Delivery> deliveries, String reason, DeliveryRules rules, DoubleSupplier random) {
    Settlements settlements =
        new Settlements(deliveries, List.of(), rules, true, 0, false, Standing.NONE, random);
    Outcome later = Outcome.later(reason);
    return new Ending(
        deliveries.stream().map(delivery -> settlements.settle(delivery, later)).toList(),
        null,
        false);
  }

  /** Whether what becomes of these hangs on what became of other deliveries. */
  static boolean hangsOnOthers(List<Outcome> outcomes) {
    return outcomes.stream().anyMatch(Settlements::isRefusal);
  }

  /** Whether others of the sink may fail as this one did. */
  static boolean mayBeTrouble(Outcome outcome) {
    return switch (outcome.kind()) {
      case LATER, REFUSED, SINK_DOWN, UNKNOWN, PAUSED -> true;
      default -> false;
    };
  }

  /** Whether the delivery is claimed again, after its delay. */
  static boolean comesAgain(Settlement settlement) {
    return !settlement.outcome().arrived()
        && settlement.outcome().kind() != Kind.DEAD_LETTER
        && settlement.outcome().kind() != Kind.SKIPPED;
  }

  private static boolean isRefusal(Outcome outcome) {
    return outcome.kind() == Kind.REFUSED || outcome.kind() == Kind.LATER;
  }

  private Ending ending() {
    boolean anyDelivered = outcomes.stream().anyMatch(o -> o.kind() == Kind.DELIVERED);
    List<Settlement> settlements = new ArrayList<>();
    List<Outcome> heldNew = new ArrayList<>();
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      Outcome outcome = outcomes.get(i);
      if (anyDelivered && outcome.kind() == Kind.SINK_DOWN) {
        // Where others of the same request succeeded, the sink is not to blame.
        settlements.add(settle(delivery, as(Kind.LATER, outcome)));
      } else if (isRefusal(outcome) && !isItsOwn(delivery, outcome)) {
        settlements.add(hold(delivery, outcome));
        if (!standing.of(delivery).changed()) {
          heldNew.add(outcome);
        }
      } else if (outcome.kind() == Kind.REFUSED) {
        settlements.add(settle(delivery, as(Kind.DEAD_LETTER, outcome)));
      } else {
        settlements.add(settle(delivery, outcome));
      }
    }
    Trouble trouble = trouble(anyDelivered, heldNew);
    boolean answered =
        settlements.stream().map(Settlement::outcome).anyMatch(Settlements::showsSettingsAreRight);
    // A look-up that goes on shows nothing at all, and so does what was not sent.
    boolean shows =
        outcomes.stream()
            .map(Outcome::kind)
            .anyMatch(kind -> kind != Kind.LOOKING && kind != Kind.SKIPPED);
    return new Ending(
        settlements, trouble, trouble == null && shows && failures > 0 && (answered || !paused));
  }

  /**
   * Whether a refusal is the lead's own: another one of its kind arrived, of the same exchange or
   * since; or that was found at an earlier attempt of its schedule; or it is a change that was
   * refused for days.
   */
  private boolean isItsOwn(Delivery delivery, Outcome outcome) {
    Refusal refusal = standing.of(delivery);
    return refusal.othersArrived()
        || (outcome.kind() == Kind.LATER && delivery.attempt() > 1)
        || (refusal.changed() && refusal.heldFor().compareTo(MAX_HELD) > 0)
        || IntStream.range(0, deliveries.size())
            .anyMatch(
                i ->
                    outcomes.get(i).kind() == Kind.DELIVERED
                        && standing.of(deliveries.get(i)).changed() == refusal.changed());
  }

  /** What needed nothing to be sent may end an outage, and so may a refusal, no pause. */
  private static boolean showsSettingsAreRight(Outcome outcome) {
    return outcome.kind() != Kind.ALREADY_THERE
        && outcome.kind() != Kind.REFUSED
        && outcome.kind() != Kind.SKIPPED
        && outcome.kind() != Kind.LOOKING;
  }

  /**
   * It waits as long again as it has waited. A changed lead waits by itself: that its change is
   * refused must not keep new leads from going.
   */
  private Settlement hold(Delivery delivery, Outcome outcome) {
    Refusal refusal = standing.of(delivery);
    Duration longest = refusal.changed() ? MAX_PROBE : rules.probe();
    Duration asked = outcome.retryAfter() == null ? Duration.ZERO : outcome.retryAfter();
    Duration wait = longer(FIRST_BACKOFF, refusal.heldFor());
    wait = wait.compareTo(longest) > 0 ? longest : wait;
    return new Settlement(delivery, as(Kind.REFUSED, outcome), longer(wait, asked));
  }

  private static Outcome as(Kind kind, Outcome outcome) {
    return new Outcome(kind, outcome.reason(), null, outcome.sinkId());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private Settlement settle(Delivery delivery, Outcome outcome) {
    return switch (outcome.kind()) {
      case LATER -> {
        List<Duration> schedule = rules.retrySchedule();
        if (delivery.attempt() > schedule.size()) {
          String reason = "given up after " + delivery.attempt() + " attempts: " + outcome.reason();
          Outcome dead = new Outcome(Kind.DEAD_LETTER, reason, null, outcome.sinkId());
          yield new Settlement(delivery, dead, Duration.ZERO);
        }
        Duration longest = schedule.get(delivery.attempt() - 1);
        Duration jittered =
            outcome.retryAfter() != null ? outcome.retryAfter() : part(longest, random);
        yield new Settlement(delivery, outcome, jittered);
      }
      case UNKNOWN ->
          lookup
              ? new Settlement(delivery, outcome, BEFORE_LOOKING)
              : new Settlement(
                  delivery,
                  Outcome.deadLetter("may have been delivered: " + outcome.reason()),
                  Duration.ZERO);
      case LOOK_AGAIN, LOOKING -> new Settlement(delivery, outcome, outcome.retryAfter());
      default -> new Settlement(delivery, outcome, Duration.ZERO);
    };
  }

  private Trouble trouble(boolean anyDelivered, List<Outcome> heldNew) {
    Outcome pause = first(outcomes, Kind.PAUSED);
    if (pause != null) {
      Duration probe = doubled(rules.probe(), paused ? failures : 0, MAX_PROBE);
      return new Trouble(failures + 1, pause.reason(), pause.reason(), probe);
    }
    Outcome down = anyDelivered ? null : first(outcomes, Kind.SINK_DOWN, Kind.UNKNOWN);
    if (down == null) {
      return heldNew.isEmpty() ? null : refusing(heldNew);
    }
    Duration asked =
        outcomes.stream()
            .filter(o -> o.kind() == Kind.SINK_DOWN || o.kind() == Kind.UNKNOWN)
            .map(Outcome::retryAfter)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null);
    Duration backoff = doubled(FIRST_BACKOFF, failures, MAX_BACKOFF);
    Duration halfJittered = part(backoff, 0.5 + random / 2);
    return new Trouble(failures + 1, null, down.reason(), asked == null ? halfJittered : asked);
  }

  /**
   * No lead arrives, as far as known. While few were refused the next one is tried at once, and
   * from then on one at a time, a different one each time.
   */
  private Trouble refusing(List<Outcome> heldNew) {
    Outcome says = first(heldNew, Kind.REFUSED);
    String reason = (says == null ? heldNew.get(0) : says).reason();
    boolean many = standing.heldNew() + heldNew.size() >= ENOUGH;
    boolean enough = many || failures + 1 >= ENOUGH;
    return new Trouble(
        failures + 1, enough ? reason : null, reason, many ? rules.probe() : Duration.ZERO);
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
