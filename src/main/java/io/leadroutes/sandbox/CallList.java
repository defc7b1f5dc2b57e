package io.leadroutes.sandbox;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The calls of an account, newest first, each one serialised once. */
final class CallList {

  /** One call: what the filters look at, and its JSON. */
  record Entry(
      long id,
      Instant createdAt,
      LocalDate day,
      String status,
      String type,
      String phone,
      long assistantId,
      long campaignId,
      byte[] json) {

    static Entry of(SandboxCall call) {
      return new Entry(
          call.id(),
          call.createdAt(),
          dayOf(call.createdAt()),
          text(call, "status"),
          text(call, "type"),
          text(call, "client_phone_number"),
          call.assistantId(),
          call.campaignId(),
          call.bytes());
    }

    static Entry raw(long id, Instant createdAt, byte[] json) {
      return new Entry(id, createdAt, dayOf(createdAt), null, null, null, 0, 0, json);
    }

    private static String text(SandboxCall call, String field) {
      return call.field(field) == null ? null : call.field(field).textValue();
    }

    private static LocalDate dayOf(Instant instant) {
      return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
  }

  /** The filters of one request; null means any. */
  record Filter(
      String status,
      String type,
      String phone,
      Long assistantId,
      Long campaignId,
      LocalDate from,
      LocalDate to) {

    private static final Filter NONE = new Filter(null, null, null, null, null, null, null);

    Filter daysOnly() {
      return new Filter(null, null, null, null, null, from, to);
    }

    private boolean accepts(Entry call) {
      return (status == null || status.equals(call.status()))
          && (type == null || type.equals(call.type()))
          && (phone == null || phone.equals(call.phone()))
          && (assistantId == null || assistantId == call.assistantId())
          && (campaignId == null || campaignId == call.campaignId())
          && (from == null || !call.day().isBefore(from))
          && (to == null || !call.day().isAfter(to));
    }
  }

  private static final Comparator<Entry> NEWEST_FIRST =
      Comparator.comparing(Entry::createdAt).thenComparing(Entry::id).reversed();

  private final Map<Long, Entry> byId = new HashMap<>();
  private final Map<Filter, Entry[]> selections = new ConcurrentHashMap<>();

  synchronized void put(Entry call) {
    byId.put(call.id(), call);
    selections.clear();
  }

  synchronized void putAll(List<Entry> calls) {
    calls.forEach(call -> byId.put(call.id(), call));
    selections.clear();
  }

  synchronized boolean remove(long id) {
    boolean removed = byId.remove(id) != null;
    selections.clear();
    return removed;
  }

  synchronized void clear() {
    byId.clear();
    selections.clear();
  }

  synchronized Entry get(long id) {
    return byId.get(id);
  }

  synchronized int size() {
    return byId.size();
  }

  /** Returns the calls the filter accepts. */
  FoundCalls select(Filter filter) {
    Entry[] known = selections.get(filter);
    Entry[] selected = known != null ? known : selectAnew(filter);
    return new FoundCalls(selected.length, place -> selected[place].json());
  }

  private synchronized Entry[] selectAnew(Filter filter) {
    Entry[] all = selections.get(Filter.NONE);
    if (all == null) {
      all = byId.values().toArray(Entry[]::new);
      Arrays.sort(all, NEWEST_FIRST);
      selections.put(Filter.NONE, all);
    }
    if (filter.equals(Filter.NONE)) {
      return all;
    }
    Entry[] selected = Arrays.stream(all).filter(filter::accepts).toArray(Entry[]::new);
    selections.put(filter, selected);
    return selected;
  }
}
