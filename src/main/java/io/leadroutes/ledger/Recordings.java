package io.leadroutes.ledger;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/** Tells within this process of which accounts something was recorded that may have to be sent. */
final class Recordings {

  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();

  /**
   * @return ends the listening
   */
  Runnable listen(LongConsumer listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** After the transaction is on disk. */
  void tell(long account) {
    listeners.forEach(listener -> listener.accept(account));
  }
}
