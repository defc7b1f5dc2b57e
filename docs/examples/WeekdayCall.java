package com.example.leads;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Accepts calls made on the days of {@code lead.weekdays}, in the account's time zone. */
public final class WeekdayCall implements Filter {

  @Override
  public String name() {
    return "weekday-call";
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("lead.weekdays", "monday, tuesday, wednesday, thursday, friday");
  }

  @Override
  public Predicate<Lead> of(Settings settings) {
    List<DayOfWeek> days =
        settings.requiredList("lead.weekdays", "name days such as monday").stream()
            .map(day -> DayOfWeek.valueOf(day.toUpperCase(Locale.ROOT)))
            .toList();
    ZoneId zone = settings.zone("clickspeak.time-zone");
    return lead ->
        lead.createdAt() != null && days.contains(lead.createdAt().atZone(zone).getDayOfWeek());
  }
}
