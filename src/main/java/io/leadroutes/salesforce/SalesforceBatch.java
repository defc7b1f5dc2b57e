package io.leadroutes.salesforce;

import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One attempt to bring leads of one account to Salesforce: the requests it takes, one after the
 * other, and what became of each lead. A batch that is refused as a whole for what one of its
 * records may have caused is sent again in halves, until that one is alone; the Tasks of the leads
 * that were accepted come last. For one thread.
 */
public final class SalesforceBatch {

  /** Enough to find two culprits among two hundred leads. */
  private static final int MOST_REQUESTS = 40;

  private final SalesforceTarget target;
  private final List<Integer> recordOf;
  private final List<Delivery> leads;
  private final List<SalesforceMapping.Mapped> records;
  private final Outcome[] outcomes;

  /** Salesforce's ids of the leads that were accepted. */
  private final SortedMap<Integer, String> ids = new TreeMap<>();

  private final Deque<List<Integer>> waiting = new ArrayDeque<>();
  private final long began = System.nanoTime();
  private SalesforceRequest request;
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
      List<SalesforceMapping.Mapped> records) {
    this.target = target;
    this.recordOf = recordOf;
    this.leads = leads;
    this.records = records;
    outcomes = new Outcome[records.size()];
    List<Integer> positions =
        IntStream.range(0, records.size()).filter(this::isToSend).boxed().toList();
    if (!positions.isEmpty()) {
      waiting.add(positions);
    }
    next();
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
    return records.get(position).fields().containsKey(field);
  }

  /** A new version that changes no field that is sent has nothing to do in Salesforce. */
  private boolean isToSend(int position) {
    if (records.get(position).fields().isEmpty()) {
      String id = leads.get(position).sinkId();
      ids.put(position, id);
      end(position, Outcome.alreadyThere(id, records.get(position).memo()));
      return false;
    }
    return true;
  }

  void accept(int position, String id) {
    ids.put(position, id);
    end(position, Outcome.delivered(id, records.get(position).memo()));
  }

  void end(int position, Outcome outcome) {
    outcomes[position] = outcome;
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
    waiting.forEach(positions -> positions.forEach(position -> end(position, unsent)));
    waiting.clear();
    if (target.callTask() != null && !ids.isEmpty()) {
      waitForTasks(unsent);
    }
    tasksSent = true;
    if (outcome.kind() == Kind.PAUSED && delivered()) {
      // What stopped the attempt half-way is no reason to give those up that were not sent.
      for (int position = 0; position < outcomes.length; position++) {
        if (outcomes[position].equals(outcome)) {
          end(position, Outcome.later(outcome.reason()));
        }
      }
    }
  }

  private boolean delivered() {
    return Stream.of(outcomes).anyMatch(outcome -> outcome.kind() == Kind.DELIVERED);
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
    if (positions.size() == 1 || requests + waiting.size() + 2 > MOST_REQUESTS || late) {
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
    if (!waiting.isEmpty()) {
      List<Integer> positions = waiting.removeFirst();
      request =
          new SalesforceRequest(
              SalesforceRequest.UPSERT,
              "Lead",
              target.mapping().externalIdField(),
              positions,
              positions.stream().map(records::get).map(target.mapping()::record).toList());
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
    return "SalesforceBatch[" + records.size() + " records]";
  }
}
