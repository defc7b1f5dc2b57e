package io.leadroutes.salesforce;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One attempt to bring leads of one account to Salesforce: the requests it takes, one after the
 * other, and what became of each lead. Where an answer was lost it asks first which leads are
 * there. A batch that is refused as a whole for what one of its records may have caused is sent
 * again in halves, until that one is alone; the Tasks of the leads that were accepted come last.
 * For one thread.
 */
public final class SalesforceBatch {

  /** Enough to find two culprits among two hundred leads. */
  private static final int MAX_REQUESTS = 40;

  private final SalesforceTarget target;
  private final List<Integer> recordOf;
  private final List<Delivery> leads;
  private final List<SalesforceMapping.Mapped> mapped;

  /** What is sent of each lead; null until it is known whether that is a new record or a change. */
  private final SalesforceMapping.Sent[] records;

  private final boolean[] changes;
  private final Outcome[] outcomes;

  /** Salesforce's ids of the leads that are there, as far as they are known. */
  private final SortedMap<Integer, String> known = new TreeMap<>();

  /** The same of the leads that were accepted. */
  private final SortedMap<Integer, String> ids = new TreeMap<>();

  private final Deque<List<Integer>> waiting = new ArrayDeque<>();
  private final List<Integer> doubtful;
  private final long began = System.nanoTime();
  private SalesforceRequest request;
  private String token;
  private boolean asWhole;
  private boolean renewed;
  private int requests;
  private boolean tasksSent;

  /**
   * @param leads for each record the delivery it is made for
   * @param recordOf for each delivery the position of its record
   */
  SalesforceBatch(
      SalesforceTarget target,
      List<Integer> recordOf,
      List<Delivery> leads,
      List<SalesforceMapping.Mapped> mapped) {
    this.target = target;
    this.recordOf = recordOf;
    this.leads = leads;
    this.mapped = mapped;
    records = new SalesforceMapping.Sent[mapped.size()];
    changes = new boolean[mapped.size()];
    outcomes = new Outcome[mapped.size()];
    doubtful =
        IntStream.range(0, mapped.size())
            .filter(position -> mayBeThere(leads.get(position)))
            .boxed()
            .toList();
    if (doubtful.isEmpty()) {
      prepare();
    }
    next();
  }

  /** Whether it is not known whether the lead is a new record: an answer was lost, or its id. */
  private static boolean mayBeThere(Delivery delivery) {
    return delivery.sinkId() == null && (delivery.lookFirst() || delivery.version() > 1);
  }

  /**
   * The leads of which that was not known are there, or not.
   *
   * @param there Salesforce's ids by the leads' own
   */
  void answered(Map<String, String> there) {
    for (int position : doubtful) {
      String id = there.get(mapped.get(position).key().toLowerCase(Locale.ROOT));
      if (id != null) {
        known.put(position, id);
      }
    }
    prepare();
  }

  /**
   * The org does not say which of them are there: they are sent whole, as new ones are, and keep
   * their owners, as those do that are there.
   */
  void unanswered() {
    asWhole = true;
    doubtful.forEach(position -> known.put(position, null));
    prepare();
  }

  /** New records and changes go in requests of their own: they say other things of the owner. */
  private void prepare() {
    List<Integer> creations = new ArrayList<>();
    List<Integer> updates = new ArrayList<>();
    for (int position = 0; position < mapped.size(); position++) {
      Delivery delivery = leads.get(position);
      if (delivery.sinkId() != null) {
        known.put(position, delivery.sinkId());
      }
      changes[position] = known.containsKey(position);
      records[position] =
          changes[position] && !(asWhole && delivery.sinkId() == null)
              ? mapped.get(position).change(delivery.memo())
              : mapped.get(position).creation();
      if (isToSend(position)) {
        (changes[position] ? updates : creations).add(position);
      }
    }
    Stream.of(creations, updates).filter(some -> !some.isEmpty()).forEach(waiting::add);
  }

  /** Name of the Camel component that is logged in to the account's org. */
  public String component() {
    return target.component();
  }

  /** Whether there is another request to be sent. */
  public boolean unfinished() {
    return request != null;
  }

  /** The request to be sent now. */
  public SalesforceRequest request() {
    return request;
  }

  SalesforceTarget target() {
    return target;
  }

  Delivery lead(int position) {
    return leads.get(position);
  }

  /** Whether a lead's record holds a value for this field. */
  boolean sends(int position, String field) {
    return records[position].fields().containsKey(field);
  }

  /** Whether a lead's record is one that is there already. */
  boolean changes(int position) {
    return changes[position];
  }

  /** What Salesforce calls a lead that is there, null where that is not known. */
  String known(int position) {
    return known.get(position);
  }

  /** A new version that changes no field that is sent has nothing to do in Salesforce. */
  private boolean isToSend(int position) {
    if (records[position].fields().isEmpty()) {
      String id = known.get(position);
      ids.put(position, id);
      end(position, Outcome.alreadyThere(id, records[position].memo()));
      return false;
    }
    return true;
  }

  /**
   * @param named Salesforce's id of the lead, null where the answer does not name it
   */
  void accept(int position, String named) {
    String id = named == null ? known.get(position) : named;
    ids.put(position, id);
    end(position, Outcome.delivered(id, records[position].memo()));
  }

  /** A lead that is there though all is not done is changed by the next attempt, not made anew. */
  void end(int position, Outcome outcome) {
    boolean partly = !outcome.arrived() && ids.get(position) != null;
    outcomes[position] =
        partly
            ? new Outcome(outcome.kind(), outcome.reason(), outcome.retryAfter(), ids.get(position))
            : outcome;
  }

  /** The leads of the present request come to this. */
  void endRequest(Outcome outcome) {
    request.positions().forEach(position -> end(position, outcome));
  }

  /**
   * No Task came to anything: all leads that are there wait, those without a Task in this attempt
   * too, because one that is delivered would tell that neither Salesforce nor its settings are to
   * blame.
   */
  void waitForTasks(Outcome outcome) {
    for (int position = 0; position < outcomes.length; position++) {
      if (outcomes[position] != null && outcomes[position].arrived()) {
        end(position, outcome);
      }
    }
  }

  /**
   * Nothing more is sent: what no request was made for waits.
   *
   * @param outcome of the request that failed
   */
  void abandon(Outcome outcome) {
    Outcome unsent =
        outcome.kind() == Kind.UNKNOWN ? Outcome.sinkDown(outcome.reason(), null) : outcome;
    waiting.clear();
    for (int position = 0; position < outcomes.length; position++) {
      if (outcomes[position] == null) {
        end(position, unsent);
      }
    }
    if (target.callTask() != null && !ids.isEmpty()) {
      waitForTasks(unsent);
    }
    tasksSent = true;
  }

  /**
   * Has the present request sent once more with a new session, once in an attempt.
   *
   * @return false where that was done, or the request made the session itself
   */
  boolean renew() {
    if (renewed || token == null) {
      return false;
    }
    renewed = true;
    forgetSession();
    return true;
  }

  /** The next request logs in. */
  void forgetSession() {
    target.connection().renew(token == null ? target.connection().token() : token);
  }

  /** Notes the session of the request that is about to leave. */
  void leaves() {
    token = target.connection().token();
  }

  /**
   * Has the present request's leads sent again in two halves.
   *
   * @param within how old the attempt may be, so that it ends well within its lease
   * @return false when that is not possible: one lead is left, or the attempt took enough requests
   */
  boolean halve(Duration within) {
    List<Integer> positions = request.positions();
    boolean late = System.nanoTime() - began > within.toNanos();
    if (positions.size() == 1 || requests + waiting.size() + 2 > MAX_REQUESTS || late) {
      return false;
    }
    int middle = positions.size() / 2;
    waiting.addFirst(positions.subList(middle, positions.size()));
    waiting.addFirst(positions.subList(0, middle));
    return true;
  }

  /** Goes on to the next request, if there is one. */
  void next() {
    requests++;
    if (requests == 1 && !doubtful.isEmpty()) {
      request =
          SalesforceRequest.question(
              target.mapping().externalIdField(),
              doubtful,
              doubtful.stream().map(position -> mapped.get(position).key()).toList());
      return;
    }
    if (!waiting.isEmpty()) {
      List<Integer> positions = waiting.removeFirst();
      boolean change = changes[positions.get(0)];
      request =
          SalesforceRequest.upsert(
              "Lead",
              target.mapping().externalIdField(),
              change ? SalesforceTarget.LEAVE_OWNER : target.assignment(),
              positions,
              positions.stream()
                  .map(position -> target.mapping().record(records[position]))
                  .toList());
      return;
    }
    request = tasksSent || target.callTask() == null ? null : tasks();
    tasksSent = true;
  }

  /** The calls of the accepted leads that are to be logged; null when there is none. */
  private SalesforceRequest tasks() {
    List<Integer> positions = new ArrayList<>();
    List<Map<String, Object>> tasks = new ArrayList<>();
    ids.forEach(
        (position, id) -> {
          Delivery delivery = leads.get(position);
          if (id != null && target.callTask().isFor(delivery)) {
            positions.add(position);
            tasks.add(target.callTask().record(delivery.lead(), id));
          }
        });
    return tasks.isEmpty() ? null : target.callTask().request(positions, tasks);
  }

  /** What became of each delivery, in their order. */
  List<Outcome> outcomes() {
    return recordOf.stream().map(record -> outcomes[record]).toList();
  }

  /** Prints counts only. */
  @Override
  public String toString() {
    return "SalesforceBatch[" + mapped.size() + " records]";
  }
}
