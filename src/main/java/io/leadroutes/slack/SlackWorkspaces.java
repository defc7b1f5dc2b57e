package io.leadroutes.slack;

import io.leadroutes.delivery.LeadExpression;
import io.leadroutes.lead.Lead;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;

/** How each account's leads are posted: token, channel, or the rule that chooses one, and pace. */
final class SlackWorkspaces {

  private static final Pattern CHANNEL = Pattern.compile("[CG][A-Z0-9]{1,30}");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  private final Map<String, Workspace> workspaces = new HashMap<>();

  /**
   * @throws SettingsException when an account whose leads go to Slack has no token or no channel
   */
  SlackWorkspaces(CamelContext context, Settings settings) {
    for (String account : settings.accountsWith("slack")) {
      settings.attempt(() -> workspaces.put(account, read(context, settings.forAccount(account))));
    }
  }

  /**
   * What one process at a time posts to for an account: its channel, or, where a rule may choose
   * the same one for another, all channels of the app.
   */
  String place(String account) {
    Workspace own = of(account);
    return isShared(account)
        ? "of " + workspaces.keySet().stream().filter(other -> isOf(own, other)).sorted().toList()
        : own.channel();
  }

  /** Whether it is not known before a lead is read which channel it goes to, or shares. */
  boolean isShared(String account) {
    return workspaces.keySet().stream()
        .anyMatch(other -> isOf(of(account), other) && of(other).rule() != null);
  }

  private boolean isOf(Workspace workspace, String account) {
    return workspace.token().equals(of(account).token());
  }

  /** Whether a text has the form of a channel's id. */
  static boolean isChannel(String text) {
    return text != null && CHANNEL.matcher(text).matches();
  }

  /** Where the leads of this account go. */
  Workspace of(String account) {
    return workspaces.get(account);
  }

  private static Workspace read(CamelContext context, Settings own) {
    String token = own.required(Keys.SLACK_TOKEN);
    if (!TOKEN.matcher(token).matches()) {
      own.refuse(
          Keys.SLACK_TOKEN, " holds a character that no token has: copy the bot token again.");
    }
    String channel = own.required(Keys.SLACK_CHANNEL);
    LeadExpression rule = channel.contains("${") ? rule(context, own, channel) : null;
    if (rule == null && !isChannel(channel)) {
      own.refuse(
          Keys.SLACK_CHANNEL,
          "="
              + channel
              + " is not the id of a channel: copy one such as C0123456789 from the channel's"
              + " details.");
    }
    return new Workspace(
        token,
        rule == null ? channel : null,
        rule,
        own.text(Keys.CLICKSPEAK_BASE_URL),
        own.rate(Keys.SLACK_PER_SECOND),
        own.duration(Keys.SLACK_LOOK_AGAIN));
  }

  private static LeadExpression rule(CamelContext context, Settings own, String text) {
    try {
      return new LeadExpression(context, text);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          own.nameOf(Keys.SLACK_CHANNEL)
              + "="
              + text
              + " is neither the id of a channel nor a Simple expression over a lead: write"
              + " C0123456789, or ${iif(${body.campaign} == 'Spring', 'C0123456789',"
              + " 'C0987654321')}.");
    }
  }

  /**
   * One account's place in Slack.
   *
   * @param token the bot token, a secret
   * @param channel id of the channel, null where a rule chooses it
   * @param rule that chooses the channel by the lead, or null
   * @param host the address that relative links of the account's calls belong to
   * @param perSecond messages a second, 0 for no pace
   * @param lookAgain how long after an attempt "not there" may be believed
   */
  record Workspace(
      String token,
      String channel,
      LeadExpression rule,
      String host,
      double perSecond,
      Duration lookAgain) {

    /** The channel for a lead, which is none where {@link #isChannel} says so; it may be data. */
    String channel(Lead lead) {
      if (rule == null) {
        return channel;
      }
      try {
        Object chosen = rule.of(lead);
        // Simple keeps the quotes around what iif ends in.
        return chosen == null ? "" : chosen.toString().replace("'", "").strip();
      } catch (RuntimeException e) {
        LeadExpression.refuseToGoOn(e);
        return ""; // no channel, which costs this lead alone
      }
    }

    /** Prints the channel only. */
    @Override
    public String toString() {
      return "Workspace[" + channel + "]";
    }
  }
}
