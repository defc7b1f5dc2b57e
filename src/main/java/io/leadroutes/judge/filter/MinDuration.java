package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.Duration;
import java.util.function.Predicate;

/** Accepts calls that lasted {@code lead.min-duration} or longer; one without duration did not. */
public final class MinDuration implements Filter {

  @Override
  public String name() {
    return "min-duration";
  }

  /**
   * @throws SettingsException when {@code lead.min-duration} is not a duration
   */
  @Override
  public Predicate<Lead> of(Settings settings) {
    Duration least = settings.duration(Keys.LEAD_MIN_DURATION);
    return lead ->
        lead.durationSeconds() != null
            && Duration.ofSeconds(lead.durationSeconds()).compareTo(least) >= 0;
  }
}
