package io.leadroutes.poll;

import java.time.LocalDate;

/**
 * One page to fetch.
 *
 * @param number from 1, counted in pages of {@code perPage}
 * @param attempt how often it was tried before, below zero for a control
 * @param notBefore not to be asked for earlier, by {@link System#nanoTime}; 0 for at once
 */
public record PageRequest(
    Pass pass, Window window, int number, int perPage, int attempt, long notBefore) {

  private static final int CONTROL = -1;
  private static final Window NO_CALLS = Window.from(LocalDate.of(2100, 1, 1));

  /** One that asks for calls of days to come, of which there are none. */
  static PageRequest control(Pass pass) {
    return new PageRequest(pass, NO_CALLS, 1, 1, CONTROL, 0);
  }

  /** Where its first record stands in the list, from 0. */
  long offset() {
    return (number - 1L) * perPage;
  }

  /** Whether it only shows that the API is there: no record can spoil what it asks for. */
  boolean isControl() {
    return attempt == CONTROL;
  }

  PageRequest again(long later) {
    return new PageRequest(pass, window, number, perPage, attempt + 1, later);
  }

  /** The same page as if it had not been tried. */
  PageRequest waiting(long later) {
    return new PageRequest(pass, window, number, perPage, attempt, later);
  }

  /** By its place alone: Camel keeps what it knows of a body under the body's hash. */
  @Override
  public int hashCode() {
    return number * 31 + perPage;
  }
}
