package io.leadroutes.slack;

import io.leadroutes.delivery.Places;
import io.leadroutes.delivery.Sink;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;

/**
 * The Slack sink: what its routes {@code deliver-slack}, {@code edit-slack} and {@code
 * look-up-slack} need.
 */
public final class SlackSink implements Sink {

  @Override
  public String name() {
    return "slack";
  }

  /**
   * Checks the sink's settings and binds the beans {@code slackPost}, {@code slackHistory}, {@code
   * slackPace} and {@code slackPlace}.
   *
   * @throws SettingsException when a setting is missing or wrong
   */
  @Override
  public void bind(CamelContext context, Settings settings) {
    checkUrl(settings);
    SlackWorkspaces workspaces = new SlackWorkspaces(context, settings);
    Registry registry = context.getRegistry();
    SlackMemory memory = new SlackMemory(System::nanoTime);
    Places places = registry.findSingleByType(Places.class);
    registry.bind("slackPost", new SlackPost(workspaces, memory, places));
    registry.bind("slackHistory", new SlackHistory(workspaces, memory));
    // Where a rule chooses the channel, its pace can be kept only when the lead is read.
    ToDoubleFunction<String> pace =
        account -> workspaces.isShared(account) ? 0 : workspaces.of(account).perSecond();
    registry.bind("slackPace", pace);
    UnaryOperator<String> place = workspaces::place;
    registry.bind("slackPlace", place);
  }

  /** The routes use the key as it is written, so it must be the URL as it is used. */
  private static void checkUrl(Settings settings) {
    String url = settings.url(Keys.SLACK_API_URL);
    if (!url.equals(settings.text(Keys.SLACK_API_URL))) {
      throw new SettingsException(
          "slack.api-url ends with a slash: write it without, as https://slack.com/api.");
    }
  }
}
