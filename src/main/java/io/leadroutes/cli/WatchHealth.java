package io.leadroutes.cli;

import io.leadroutes.watch.Issue;
import io.leadroutes.watch.Watch;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Says what is in the way of leads, why, and what to do. It is always up: other accounts and sinks
 * go on, and a restart would change nothing.
 */
final class WatchHealth extends AbstractHealthCheck {

  private final Watch watch;

  WatchHealth(Watch watch) {
    super("lead-routes", "watch");
    this.watch = watch;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    List<Issue> issues = watch.issues();
    if (!issues.isEmpty()) {
      builder.message(issues.stream().map(Issue::toString).collect(Collectors.joining(" ")));
    }
    builder.up();
  }

  @Override
  public boolean isLiveness() {
    return false;
  }
}
