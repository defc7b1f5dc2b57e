package io.leadroutes.delivery;

import io.leadroutes.lead.Delivery;
import java.util.List;

/** Remembers where deliveries are about to go, where their claim could not tell, before they do. */
@FunctionalInterface
public interface Places {

  /**
   * Notes the place for all these deliveries; returns when it is on disk.
   *
   * @param place what {@link Delivery.Earlier#place()} gives back after a crash
   * @throws RuntimeException when a claim has lapsed or the note failed: nothing may be sent then
   */
  void note(List<Delivery> batch, String place);
}
