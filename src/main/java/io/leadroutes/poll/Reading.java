package io.leadroutes.poll;

import io.leadroutes.ledger.Look;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;

/**
 * One look at the calls of some days by the present rule, within the account's budget; nothing is
 * recorded. It stands where a service has {@link Passes}.
 */
public final class Reading {

  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final Turns turns = new Turns();

  /**
   * @param from first day, in the account's time zone
   * @param to last day, included
   * @param now milliseconds, by the ledger's clock
   */
  public Reading(Source source, LocalDate from, LocalDate to, long now) {
    Look look = Look.live(source.rule(), 0, source.settle().toMillis());
    // A day more on both ends, because the API's time zone is not known.
    Window days = new Window(from.minusDays(1), to.plusDays(1));
    Pass pass = SlicedPass.days(new PassScope(source, Kind.PREVIEW, look), now, days, null);
    try {
      turns.add(Round.first(source, Kind.PREVIEW, "").next(pass, pass.next(List.of())));
    } catch (Exception e) {
      end.complete(Passes.reason(e));
    }
  }

  /** The span of creation times that days of the account's time zone make. */
  public static Look.Span span(Source source, LocalDate from, LocalDate to) {
    return new Look.Span(
        from.atStartOfDay(source.zone()).toInstant().toEpochMilli(),
        to.plusDays(1).atStartOfDay(source.zone()).toInstant().toEpochMilli());
  }

  /** The round whose turn it is. */
  public List<Round> due() {
    return turns.release();
  }

  /** Takes a round's requests out of the budget. */
  public Round permit(@Body Round round) {
    try {
      return turns.permit(round);
    } catch (RuntimeException e) {
      return refuse(round, e);
    }
  }

  /** Gives the results of a round to the pass. */
  public Round next(@Body List<PageResult> results, @Variable("round") Round round) {
    try {
      Round next = round.next(results);
      if (!next.isUnfinished()) {
        end.complete(null);
      }
      return next;
    } catch (Exception e) {
      return refuse(round, e);
    }
  }

  /** Called by the route when the pass could not go on. */
  public Round refuse(
      @Variable("round") Round round,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
    end.complete(Passes.reason(failure));
    return round.next(round.pass(), List.of());
  }

  /**
   * Waits for the end.
   *
   * @return why it was not read to the end, or null
   */
  public String await() {
    return end.join();
  }
}
