package io.leadroutes.ledger;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * The right side of the ledger: deliveries are claimed, sent and settled. Claiming and marking
 * {@code sending} are one statement, on disk before any request leaves; settling names the claim,
 * so that who lost it settles nothing.
 */
public final class Deliveries {

  /** A larger call is not sent: a person has to look at it. Bytes of JSON. */
  public static final long MAX_BYTES = 8L * 1024 * 1024;

  /** Why a delivery is cancelled whose sink the rule does not name any more. */
  static final String DROPPED = "the rule does not name this sink any more";

  /** Between two looks for what nobody told this process: where other processes record as well. */
  private static final Duration LOOK_BESIDE_OTHERS = Duration.ofSeconds(1);

  /** And where only commands do. */
  private static final Duration LOOK_ALONE = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final Rules rules;
  private final DueDeliveries due;
  private final Claims claims;
  private final Settling settling;
  private final Lapsed lapsed;

  /**
   * @param reader makes a lead of an account and a call's raw JSON
   */
  public Deliveries(Ledger ledger, BiFunction<Account, String, Lead> reader) {
    this.ledger = ledger;
    rules = new Rules(ledger);
    due = new DueDeliveries(ledger, rules);
    claims = new Claims(ledger, rules, reader);
    settling = new Settling(ledger);
    lapsed = new Lapsed(ledger);
  }

  /**
   * What a sink has to deliver.
   *
   * @param accounts ids of those that have something due
   * @param next until something else is, null where nothing waits for its time
   */
  public record Due(Set<Long> accounts, Duration next) {}

  /**
   * What a claim may take.
   *
   * @param most deliveries at most
   * @param bytes of their calls' JSON at most
   * @param first how large the first may be though it is larger than that
   * @param changed how many places are kept for leads that changed, while new ones wait as well
   * @param place where they go, kept for a look-up after an unknown outcome; null where the sink
   *     has no places
   */
  public record Portion(int most, long bytes, long first, int changed, String place) {}

  /**
   * A delivery that was claimed and not read yet.
   *
   * @param delivery with a lead that is null
   * @param bytes of the call's JSON, 0 where its data was removed
   */
  public record Claim(Delivery delivery, long callId, long bytes) {}

  /**
   * What one claim brought.
   *
   * @param claims in the order in which they are to be sent
   * @param more whether more is due than was taken
   * @param changed how many of them are leads that changed
   * @param failures how often in a row the sink had failed as a whole; above zero this is a probe
   * @param paused whether the sink was paused
   */
  public record Claimed(
      List<Claim> claims, boolean more, int changed, int failures, boolean paused) {

    public boolean isEmpty() {
      return claims.isEmpty();
    }

    /** The deliveries, whose leads are not read yet. */
    public List<Delivery> deliveries() {
      return claims.stream().map(Claim::delivery).toList();
    }
  }

  /**
   * Claimed deliveries with their leads.
   *
   * @param unreadable those whose call cannot be read any more, to be settled as dead letters
   */
  public record Read(List<Delivery> deliveries, List<Delivery> unreadable) {}

  /** How one delivery of a claim ended, and how long until it is due again. */
  public record Settlement(Delivery delivery, Outcome outcome, Duration delay) {}

  /**
   * Trouble of a sink as a whole.
   *
   * @param paused why it is paused and what to do, null for an outage
   * @param delay until it is tried again
   */
  public record Trouble(int failures, String paused, String reason, Duration delay) {}

  /**
   * How the deliveries of one exchange ended.
   *
   * @param deliveries one for each of them
   * @param trouble of the sink as a whole, null when there is none
   * @param well whether the sink answered for a lead, so that earlier trouble is over
   */
  public record Ending(List<Settlement> deliveries, Trouble trouble, boolean well) {}

  /**
   * What the ledger knows of a delivery at the moment its refusal is settled.
   *
   * @param changed whether the sink has had an earlier version
   * @param othersArrived whether the sink took another one of the kind since this one was first
   *     refused, or since its present attempt began
   * @param heldFor since it was first refused
   */
  public record Refusal(boolean changed, boolean othersArrived, Duration heldFor) {}

  /**
   * What the ledger knows of a sink's refusals at the moment those of an exchange are settled.
   *
   * @param refusals by id of delivery, for all of the exchange
   * @param heldNew how many other new leads are held
   * @param heldChanged how many other changed leads are held
   */
  public record Standing(Map<Long, Refusal> refusals, int heldNew, int heldChanged) {

    public static final Standing NONE = new Standing(Map.of(), 0, 0);

    /** What is known of a delivery. */
    public Refusal of(Delivery delivery) {
      return refusals.getOrDefault(delivery.id(), new Refusal(false, false, Duration.ZERO));
    }
  }

  /**
   * What a settlement did.
   *
   * @param deliveries how many were still ours
   * @param troubleBegan whether the sink as a whole was well until now, or waited and is paused now
   * @param ending as it was decided
   * @param standing by which it was decided
   * @param freed whether others of the account were held and are due now, because these arrived
   */
  public record Settled(
      int deliveries, boolean troubleBegan, Ending ending, Standing standing, boolean freed) {}

  /** How long a claim lasts without renewal. */
  public Duration lease() {
    return ledger.lease();
  }

  /** How often to look for what nobody told: {@link #onRecorded} tells of this process alone. */
  public Duration look() {
    Duration most = ledger.dialect == Dialect.SQLITE ? LOOK_ALONE : LOOK_BESIDE_OTHERS;
    Duration half = ledger.lease().dividedBy(2);
    return half.compareTo(most) < 0 ? half : most;
  }

  /**
   * Calls a listener with the id of an account whenever this process has recorded leads of it.
   *
   * @return ends that
   */
  public Runnable onRecorded(LongConsumer listener) {
    return ledger.recordings.listen(listener);
  }

  /**
   * The rules by which this process judges the calls of accounts. Where no full pass was read to
   * its end by it yet, what waits of calls that another rule judged is not claimed until one was.
   *
   * @return how many deliveries of each account wait for that
   */
  public Map<Account, Integer> judgedBy(Map<Account, String> rules) {
    return this.rules.judgedBy(rules);
  }

  /** What is due at a sink, of all accounts in one question; reads only. */
  public Due due(String sink) {
    return due.due(sink);
  }

  /**
   * Makes leads due again that changed after this sink got them; several changes become one.
   *
   * @param accounts ids of those whose leads the sink gets
   * @return how many
   */
  public int update(String sink, Set<Long> accounts) {
    return due.update(sink, accounts);
  }

  /**
   * Claims what is due: new leads before changed ones, each oldest first. While the sink has
   * trouble nothing is claimed before its time, and then one delivery only, of all processes, to
   * see whether it is over; that is the oldest, new or changed, so that no single lead decides.
   */
  public Claimed claim(String sink, Account account, Portion portion) {
    return claims.claim(sink, account, portion);
  }

  /**
   * Reads the calls of claimed deliveries. Nothing was sent before: whatever this throws, they can
   * be handed back.
   */
  public Read read(Account account, List<Claim> claimed) {
    return claims.read(account, claimed);
  }

  /**
   * Gives back what was claimed and never sent.
   *
   * @return completes once it is on disk
   */
  public CompletableFuture<Void> release(List<Delivery> deliveries) {
    return claims.release(deliveries);
  }

  /**
   * Keeps claims alive while their exchanges run.
   *
   * @return ids of those that were still claimed
   */
  public CompletableFuture<Set<Long>> renew(List<Delivery> deliveries) {
    return claims.renew(deliveries);
  }

  /**
   * Notes where a sink is about to put deliveries, before it does; blocks until that is on disk.
   *
   * @throws LedgerException when one of the claims has lapsed: then nothing may be sent
   */
  public void note(List<Delivery> deliveries, String place) {
    claims.note(deliveries, place);
  }

  /**
   * Settles one exchange's deliveries and, where the sink as a whole failed or is well again, the
   * sink, in one transaction.
   *
   * @param trouble null when there is none
   * @param well whether earlier trouble is over
   * @return completes once it is on disk
   */
  public CompletableFuture<Settled> settle(
      String sink, Account account, List<Settlement> settlements, Trouble trouble, boolean well) {
    Ending ending = new Ending(settlements, trouble, well);
    return settle(sink, account, List.of(), Duration.ZERO, standing -> ending);
  }

  /**
   * The same where how it ended hangs on what became of other deliveries.
   *
   * @param refused those of the exchange, or none where none of them was refused
   * @param since how long ago the exchange began
   * @param decide may be asked more than once
   */
  public CompletableFuture<Settled> settle(
      String sink,
      Account account,
      List<Delivery> refused,
      Duration since,
      Function<Standing, Ending> decide) {
    return settling.settle(sink, account, refused, since, decide);
  }

  /**
   * Takes over what a process claimed that has died since: it may have been sent.
   *
   * @param lookup whether the sink can look up what arrived; otherwise a person has to
   * @return how many
   */
  public int takeOver(String sink, boolean lookup) {
    return lapsed.takeOver(sink, lookup);
  }

  /**
   * Makes dead letters of what a process claimed for sinks that nobody delivers to any more,
   * because they were taken out of {@code lead.sinks}: nobody looks up whether it arrived. A
   * process that still delivers to them has a lease's time to take them over itself.
   *
   * @param sinks that there are
   * @return how many
   */
  public int takeOverOthers(Set<String> sinks) {
    return lapsed.takeOverOthers(sinks);
  }
}
