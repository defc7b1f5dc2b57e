package io.leadroutes.poll;

import java.time.Duration;
import java.time.LocalDate;

/**
 * One page to fetch.
 *
 * @param number from 1, counted in pages of {@code perPage}
 * @param attempt how often it was tried before, below zero for a control
 * @param notBefore not to be asked for earlier, by {@link System#nanoTime}; 0 for at once
 * @param permit when it was taken out of the account's budget, null until it was
 */
public record PageRequest(
    PassScope scope,
    Window window,
    int number,
    int perPage,
    int attempt,
    long notBefore,
    Permit permit) {

  private static final int CONTROL = -1;
  private static final Window NO_CALLS = Window.from(LocalDate.of(2100, 1, 1));

  /**
   * When a request was noted.
   *
   * @param began by the ledger's clock, milliseconds: what is recorded later is newer than its page
   * @param nanos the same moment by {@link System#nanoTime}
   */
  record Permit(long began, long nanos) {

    /** How long ago that was. */
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }
  }

  PageRequest(
      PassScope scope, Window window, int number, int perPage, int attempt, long notBefore) {
    this(scope, window, number, perPage, attempt, notBefore, null);
  }

  /** One that asks for calls of days to come, of which there are none. */
  static PageRequest control(PassScope scope) {
    return new PageRequest(scope, NO_CALLS, 1, 1, CONTROL, 0);
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
    return new PageRequest(scope, window, number, perPage, attempt + 1, later);
  }

  /** The same page as if it had not been tried. */
  PageRequest waiting(long later) {
    return new PageRequest(scope, window, number, perPage, attempt, later);
  }

  PageRequest permitted(Permit noted) {
    return new PageRequest(scope, window, number, perPage, attempt, notBefore, noted);
  }

  /** Its parameters: nothing but numbers, days and statuses of ours. */
  public String query() {
    return "per_page=" + perPage + "&page=" + number + window.query();
  }

  /** The address of the list, out of the settings. */
  public String url() {
    return scope.source().url() + "/user/calls";
  }

  /** How long each wait for the API may take, milliseconds: each account has its own. */
  public long timeout() {
    return scope.source().timeout().toMillis();
  }

  /** What proves who asks; a secret. */
  public String authorization() {
    return "Bearer " + scope.source().token();
  }

  /** By its place alone: Camel keeps what it knows of a body under the body's hash. */
  @Override
  public int hashCode() {
    return number * 31 + perPage;
  }

  /** Prints no secret. */
  @Override
  public String toString() {
    return "PageRequest[" + query() + "]";
  }
}
