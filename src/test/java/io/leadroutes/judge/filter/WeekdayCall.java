package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import java.time.DayOfWeek;
import java.time.ZoneId;

/** Accepts calls made from Monday to Friday, in the account's time zone. */
public final class WeekdayCall implements Filter {

  private final ZoneId zone;

  public WeekdayCall(Settings settings) {
    zone = settings.zone("clickspeak.time-zone");
  }

  @Override
  public boolean accepts(Lead lead) {
    return lead.createdAt() != null
        && lead.createdAt().atZone(zone).getDayOfWeek().compareTo(DayOfWeek.SATURDAY) < 0;
  }
}
