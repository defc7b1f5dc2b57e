package io.leadroutes.poll;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much of pages is held in memory at a time, by all accounts together: from when they are read
 * until they are recorded. Usual pages have room for sixteen of a MiB, and of larger ones there is
 * one at a time. What is smaller than a slow server sends in its time needs no room, so that slow
 * servers hold no others.
 */
final class PageRoom {

  /** Up to here a page needs no room; bytes. */
  static final int NOTHING = 64 * 1024;

  /** Up to here it is a usual one; bytes. */
  static final int USUAL = 1024 * 1024;

  private static final int USUAL_PAGES = 16;

  /** A page waits for room no longer than a request may take. */
  private static final long MAX_WAIT_SECONDS = 60;

  private final Semaphore usual = new Semaphore(USUAL_PAGES, true);
  private final Semaphore large = new Semaphore(1, true);

  /** Why a page was given up that other pages held up for too long. */
  static PollException noRoom() {
    return PollException.failed(
        "ClickSpeak's answer had to wait for too long until other large answers were recorded.");
  }

  /** The room of one page, which has none at first. */
  Place place() {
    return new Place();
  }

  /** Used by one thread at a time. */
  final class Place {

    private boolean isUsual;
    private boolean isLarge;
    private boolean hasWaited;

    private Place() {}

    /**
     * Waits until there is room for so many bytes.
     *
     * @throws PollException when there is none for too long
     */
    void grow(int bytes) throws PollException, InterruptedException {
      if (bytes > NOTHING && !isUsual) {
        isUsual = acquired(usual);
      }
      if (bytes > USUAL && !isLarge) {
        isLarge = acquired(large);
      }
    }

    private boolean acquired(Semaphore room) throws PollException, InterruptedException {
      // The one without a wait takes no turn of others, the one with a wait keeps their order.
      if (!room.tryAcquire(0, TimeUnit.SECONDS)) {
        hasWaited = true;
        if (!room.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
          throw noRoom();
        }
      }
      return true;
    }

    /** Whether other pages held this one up. */
    boolean hasWaited() {
      return hasWaited;
    }

    /** Gives it back; more than once does nothing. */
    void leave() {
      if (isLarge) {
        large.release();
      }
      if (isUsual) {
        usual.release();
      }
      isLarge = false;
      isUsual = false;
    }
  }
}
