package com.example.leads;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Key;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Accepts calls made on the days of {@code lead.weekdays}, in the account's time zone. */
public final class WeekdayCall implements Filter {

  private static final Key WEEKDAYS =
      Key.of(
              Key.Kind.LIST,
              "lead.weekdays",
              "monday, tuesday, wednesday, thursday, friday",
              "The days whose calls may be leads.")
          .own()
          .remedy("name days such as monday");

  @Override
  public String name() {
    return "weekday-call";
  }

  @Override
  public List<Key> keys() {
    return List.of(WEEKDAYS);
  }

  @Override
  public Predicate<Lead> of(Settings settings) {
    List<DayOfWeek> days =
        settings.requiredList(WEEKDAYS).stream()
            .map(day -> DayOfWeek.valueOf(day.toUpperCase(Locale.ROOT)))
            .toList();
    ZoneId zone = settings.zone(Keys.CLICKSPEAK_TIME_ZONE);
    return lead ->
        lead.createdAt() != null && days.contains(lead.createdAt().atZone(zone).getDayOfWeek());
  }
}
