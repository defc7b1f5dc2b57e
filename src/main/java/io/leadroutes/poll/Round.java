package io.leadroutes.poll;

import java.util.ArrayList;
import java.util.List;

/**
 * What a reader has to do next for one pass: its next requests.
 *
 * @param source whose calls are read
 * @param share what it has a share of the readers with: its host, or all accounts that failed last
 * @param pass null before it has begun
 * @param requests to be made now; none before the pass has begun and when it has come to its end
 * @param unasked those of the round that the budget has no room for yet
 * @param waitsSince since when its requests wait for the budget, by {@link System#nanoTime}; null
 *     while they do not
 */
public record Round(
    Source source,
    Kind kind,
    String share,
    Pass pass,
    List<PageRequest> requests,
    List<PageRequest> unasked,
    Long waitsSince) {

  /** The share of accounts whose last pass failed. */
  static final String FAILED = "failed";

  /** A pass that is still to begin. */
  static Round first(Source source, Kind kind, String share) {
    return new Round(source, kind, share, null, List.of(), List.of(), null);
  }

  /** The next round of a pass. */
  Round next(Pass of, List<PageRequest> next) {
    return new Round(of == null ? source : of.source(), kind, share, of, next, List.of(), null);
  }

  /**
   * Gives the results of this round to the pass.
   *
   * @throws Exception the failure that ends it
   */
  Round next(List<PageResult> results) throws Exception {
    List<PageResult> all = new ArrayList<>(results);
    unasked.forEach(request -> all.add(PageResult.unasked(request)));
    return next(pass, pass.next(all));
  }

  Round waiting(long since) {
    return new Round(source, kind, share, pass, requests, unasked, since);
  }

  Round with(List<PageRequest> permitted, List<PageRequest> rest) {
    return new Round(source, kind, share, pass, permitted, rest, null);
  }

  /** Whether its requests may leave. */
  public boolean isPermitted() {
    return isUnfinished() && requests.get(0).permit() != null;
  }

  /** Whether there is more to be read. */
  public boolean isUnfinished() {
    return !requests.isEmpty();
  }

  /** By its account alone: Camel keeps what it knows of a body under the body's hash. */
  @Override
  public int hashCode() {
    return source.account().name().hashCode();
  }

  @Override
  public String toString() {
    return "Round[" + source.account().name() + " " + kind.word() + ", " + requests.size() + "]";
  }
}
