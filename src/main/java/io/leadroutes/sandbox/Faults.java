package io.leadroutes.sandbox;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The faults planned for one server. A planned single fault goes before a standing one, and waits
 * until a request comes that it is meant for.
 */
public final class Faults {

  private final List<Fault> planned = new ArrayList<>();
  private final List<Fault> standing = new ArrayList<>();
  private long struck;

  /** Strikes the next request that the fault is meant for, once. */
  public Faults next(Fault fault) {
    return next(1, fault);
  }

  /** Strikes the next {@code times} requests that the fault is meant for. */
  public synchronized Faults next(int times, Fault fault) {
    for (int i = 0; i < times; i++) {
      planned.add(fault);
    }
    return this;
  }

  /** Strikes every request that the fault is meant for, until {@link #clear}. */
  public synchronized Faults always(Fault fault) {
    standing.add(fault);
    return this;
  }

  /** Forgets all faults: the server works again. */
  public synchronized void clear() {
    planned.clear();
    standing.clear();
  }

  /** Returns how many single faults have not struck yet. */
  public synchronized int planned() {
    return planned.size();
  }

  /** Returns how many requests were struck so far. */
  public synchronized long struck() {
    return struck;
  }

  /** Returns the fault for this request, or null; a planned one is used up by that. */
  synchronized Fault take(Request request) {
    for (Iterator<Fault> faults = planned.iterator(); faults.hasNext(); ) {
      Fault fault = faults.next();
      if (fault.strikes(request)) {
        faults.remove();
        struck++;
        return fault;
      }
    }
    for (Fault fault : standing) {
      if (fault.strikes(request)) {
        struck++;
        return fault;
      }
    }
    return null;
  }
}
