package io.leadroutes.judge.filter;

import io.leadroutes.judge.Filter;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.Duration;

/** Accepts calls that lasted {@code lead.min-duration} or longer; one without duration did not. */
public final class MinDuration implements Filter {

  private final Duration least;

  /**
   * @throws SettingsException when {@code lead.min-duration} is not a duration
   */
  public MinDuration(Settings settings) {
    least = settings.duration("lead.min-duration");
  }

  @Override
  public boolean accepts(Lead lead) {
    return lead.durationSeconds() != null
        && Duration.ofSeconds(lead.durationSeconds()).compareTo(least) >= 0;
  }
}
