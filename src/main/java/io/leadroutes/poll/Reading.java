package io.leadroutes.poll;

import io.leadroutes.ledger.Look;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;

/**
 * One look at the calls of some days by the present rule, within the account's budget; nothing is
 * recorded. It stands where a service has {@link Passes}.
 */
public final class Reading {

  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final Pass pass;

  /**
   * @param from first day, in the account's time zone
   * @param to last day, included
   * @param now milliseconds, by the ledger's clock
   */
  public Reading(Source source, LocalDate from, LocalDate to, long now, Tally tally) {
    Look look = Look.live(source.rule(), 0, source.settle().toMillis());
    // A day more on both ends, because the API's time zone is not known.
    Window days = new Window(from.minusDays(1), to.plusDays(1));
    pass = SlicedPass.days(source, Kind.PREVIEW, look, now, days).into(tally);
  }

  /** The pass to walk. */
  public Pass pass() {
    return pass;
  }

  /** The span of creation times that days of the account's time zone make. */
  public static Look.Span span(Source source, LocalDate from, LocalDate to) {
    return new Look.Span(
        from.atStartOfDay(source.zone()).toInstant().toEpochMilli(),
        to.plusDays(1).atStartOfDay(source.zone()).toInstant().toEpochMilli());
  }

  /** Called by the route when every page was read. */
  public void accept(@Body Pass pass) {
    end.complete(null);
  }

  /** Called by the route when the pass could not go on. */
  public void refuse(
      @Body Pass pass, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) {
    pass.end();
    end.complete(Passes.reason(failure));
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
