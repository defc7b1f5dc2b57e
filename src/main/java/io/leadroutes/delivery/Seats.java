package io.leadroutes.delivery;

/**
 * How accounts share what there is of threads, and of deliveries on their way. Where there are
 * several, none has more than half, and whoever has one leaves as many free as there are others
 * without any, or half where that is more than there is: so however many hang, the next has its
 * own.
 */
final class Seats {

  private Seats() {}

  /**
   * How many more an account may take.
   *
   * @param seats there are
   * @param taken by all
   * @param own taken by the account
   * @param accounts there are
   * @param holders accounts that have taken any, this one included
   */
  static int free(int seats, int taken, int own, int accounts, int holders) {
    int free = seats - taken;
    if (accounts <= 1 || free <= 0) {
      return Math.max(0, free);
    }
    int without = accounts - holders - (own == 0 ? 1 : 0);
    int kept = accounts <= seats ? without : Math.min(without, seats / 2);
    int most = Math.max(1, seats / 2) - own;
    return Math.max(own == 0 ? 1 : 0, Math.min(most, free - kept));
  }
}
