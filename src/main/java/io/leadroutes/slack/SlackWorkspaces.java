package io.leadroutes.slack;

import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** How each account's leads are posted: token, channel and pace. */
final class SlackWorkspaces {

  private static final Pattern CHANNEL = Pattern.compile("[CG][A-Z0-9]{1,30}");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  private final Map<String, Workspace> workspaces = new HashMap<>();

  /**
   * @throws SettingsException when an account whose leads go to Slack has no token or no channel
   */
  SlackWorkspaces(Settings settings) {
    for (String account : settings.accountsWith("slack")) {
      settings.attempt(() -> workspaces.put(account, read(settings.forAccount(account))));
    }
  }

  /** Whether a text has the form of a channel's id. */
  static boolean isChannel(String text) {
    return CHANNEL.matcher(text).matches();
  }

  /** Where the leads of this account go. */
  Workspace of(String account) {
    return workspaces.get(account);
  }

  private static Workspace read(Settings own) {
    String token = own.required(Keys.SLACK_TOKEN);
    if (!TOKEN.matcher(token).matches()) {
      own.refuse(
          Keys.SLACK_TOKEN, " holds a character that no token has: copy the bot token again.");
    }
    String channel = own.required(Keys.SLACK_CHANNEL);
    if (!isChannel(channel)) {
      own.refuse(
          Keys.SLACK_CHANNEL,
          "="
              + channel
              + " is not the id of a channel: copy one such as C0123456789 from the channel's"
              + " details.");
    }
    return new Workspace(
        token,
        channel,
        own.text(Keys.CLICKSPEAK_BASE_URL),
        own.rate(Keys.SLACK_PER_SECOND),
        own.duration(Keys.SLACK_LOOK_AGAIN));
  }

  /**
   * One account's place in Slack.
   *
   * @param token the bot token, a secret
   * @param channel id of the channel
   * @param host the address that relative links of the account's calls belong to
   * @param perSecond messages a second, 0 for no pace
   * @param lookAgain how long after an attempt "not there" may be believed
   */
  record Workspace(
      String token, String channel, String host, double perSecond, Duration lookAgain) {

    /** Prints the channel only. */
    @Override
    public String toString() {
      return "Workspace[" + channel + "]";
    }
  }
}
