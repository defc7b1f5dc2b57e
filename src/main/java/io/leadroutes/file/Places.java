package io.leadroutes.file;

import io.leadroutes.lead.Delivery;
import java.util.List;

/** Remembers where lines are about to be written, before they are. */
@FunctionalInterface
public interface Places {

  /**
   * Notes the place for all these deliveries; returns when it is on disk.
   *
   * @param place what {@link Delivery.Earlier#place()} gives back after a crash
   * @throws RuntimeException when a claim has lapsed or the note failed: nothing may be written
   *     then
   */
  void note(List<Delivery> batch, String place);
}
