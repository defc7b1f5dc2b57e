package io.leadroutes.poll;

/**
 * One page to fetch.
 *
 * @param number from 1, counted in pages of {@code perPage}
 * @param attempt how often it was tried before
 * @param notBefore not to be asked for earlier, by {@link System#nanoTime}; 0 for at once
 */
public record PageRequest(
    Pass pass, Window window, int number, int perPage, int attempt, long notBefore) {

  /** Where its first record stands in the list, from 0. */
  long offset() {
    return (number - 1L) * perPage;
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
