package io.leadroutes.slack;

import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Which token and channel an account's leads are posted with. */
final class SlackWorkspaces {

  private static final Pattern CHANNEL = Pattern.compile("[CG][A-Z0-9]{1,30}");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  private final Settings settings;
  private final Map<String, Workspace> known = new ConcurrentHashMap<>();

  /**
   * @throws SettingsException when an account has no token or no channel
   */
  SlackWorkspaces(Settings settings) {
    this.settings = settings;
    settings.accounts().forEach(this::of);
  }

  /** Where the leads of this account go. */
  Workspace of(String account) {
    return known.computeIfAbsent(account, name -> read(settings.forAccount(name)));
  }

  private static Workspace read(Settings own) {
    String token =
        own.required(
            "slack.token",
            "create a Slack app with chat:write and channels:history, install it, and copy its bot"
                + " token");
    if (!TOKEN.matcher(token).matches()) {
      throw new SettingsException(
          "slack.token holds a character that no token has: copy the bot token again.");
    }
    String channel =
        own.required("slack.channel", "copy the channel's id, C0123456789, from its details");
    if (!CHANNEL.matcher(channel).matches()) {
      throw new SettingsException(
          "slack.channel="
              + channel
              + " is not the id of a channel: copy one such as C0123456789 from the channel's"
              + " details.");
    }
    return new Workspace(token, channel);
  }

  /**
   * A bot token and a channel's id.
   *
   * @param token a secret
   */
  record Workspace(String token, String channel) {

    /** Prints the channel only. */
    @Override
    public String toString() {
      return "Workspace[" + channel + "]";
    }
  }
}
