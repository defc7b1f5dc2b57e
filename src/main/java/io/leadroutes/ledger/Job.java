package io.leadroutes.ledger;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.jdbi.v3.core.mapper.reflect.ColumnName;

/**
 * A backfill of one account, as the ledger keeps it.
 *
 * @param from first day, in the account's time zone
 * @param to last day, included
 * @param sinks where its leads go, empty for all
 * @param next everything before this day is done
 * @param remark why it stands still or what was odd, null while all is well
 * @param ended whether it is done, or cancelled
 */
public record Job(
    long id,
    long accountId,
    @ColumnName("from_day") LocalDate from,
    @ColumnName("to_day") LocalDate to,
    List<String> sinks,
    @ColumnName("next_day") LocalDate next,
    long pages,
    long calls,
    long leads,
    String remark,
    boolean ended) {

  static final String CANCELLED = "cancelled";

  /** Whether a person ended it. */
  public boolean cancelled() {
    return ended && CANCELLED.equals(remark);
  }

  /**
   * Its days.
   *
   * @param zone of the account
   */
  public Look.Span span(ZoneId zone) {
    return new Look.Span(
        from.atStartOfDay(zone).toInstant().toEpochMilli(),
        to.plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli());
  }
}
