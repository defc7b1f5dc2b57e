package io.leadroutes.poll;

/**
 * A record that could not be read even alone: its place is remembered, so that the search is not
 * repeated in each pass.
 *
 * @param fromEnd counted from the end of the list, where inserts do not move it
 * @param total calls in the list when it was found
 */
record Suspect(long fromEnd, long total) {

  static Suspect at(long offset, long total) {
    return new Suspect(total - offset, total);
  }

  /**
   * Where it is thought to be now, from 0.
   *
   * @param present calls in the list, or below zero while that is not known
   */
  long place(long present) {
    return (present >= 0 ? present : total) - fromEnd;
  }
}
