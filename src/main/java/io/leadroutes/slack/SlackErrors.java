package io.leadroutes.slack;

import static java.util.Map.entry;

import io.leadroutes.lead.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What Slack's error codes mean for a delivery. The codes are those of Slack's documentation of
 * {@code chat.postMessage}, {@code chat.update}, {@code conversations.history}, {@code auth.test}
 * and incoming webhooks, and the ones every method shares. A code that is not listed is tried again
 * by {@code retry.schedule} and named.
 */
final class SlackErrors {

  private static final Pattern CODE = Pattern.compile("[a-z_0-9]{1,60}");

  /** Not done, and not because of this lead: the sink waits. */
  private static final Set<String> WAIT = codes("ratelimited rate_limited");

  /** It may have been posted: the channel is read before anything is posted again. */
  private static final Set<String> UNKNOWN =
      codes("fatal_error internal_error request_timeout service_unavailable rollup_error");

  /** The message itself is refused: what the lead says in it, or how it is made. */
  private static final Set<String> REFUSED =
      codes(
          "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text",
          "invalid_metadata_format invalid_metadata_schema metadata_too_large invalid_payload",
          "invalid_attachments attachment_payload_limit_exceeded too_many_attachments",
          "too_many_contact_cards markdown_text_conflict cannot_reply_to_message",
          "draft_already_deleted draft_already_sent draft_has_conflict draft_not_found",
          "duplicate_message_not_found missing_file_data invalid_arguments invalid_arg_name",
          "invalid_array_arg invalid_charset invalid_form_data invalid_post_type",
          "missing_post_type invalid_json json_not_object",
          "slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked",
          "slack_connect_lists_sharing_blocked slack_connect_blocked_file_type",
          "slack_connect_clip_sharing_blocked slack_connect_file_upload_sharing_blocked",
          "block_mismatch blocked_file_type cant_broadcast_message file_deleted file_is_deleted",
          "file_not_found file_share_limit_reached is_inactive max_file_sharing_exceeded",
          "no_dual_broadcast_content_update streaming_state_conflict unable_to_share_files",
          "update_failed invalid_cursor invalid_metadata_filter_keys invalid_ts_latest",
          "invalid_ts_oldest");

  /** An edit found no message that it may change; posting another one would make two of it. */
  private static final Set<String> NOT_EDITABLE =
      codes("message_not_found cant_update_message edit_window_closed");

  private static final String TOKEN =
      "Slack refuses slack.token (%s): set the bot token of an app that is installed in the"
          + " workspace.";
  private static final String CHANNEL =
      "slack.channel %2$s was not found: invite the app to the channel, or correct slack.channel.";
  private static final String POSTING =
      "slack.channel %2$s lets the app not post (%1$s): allow it in the channel's settings, or"
          + " choose another channel.";
  private static final String ARCHIVED =
      "slack.channel %2$s is archived: unarchive it, or choose another channel.";
  private static final String POLICY =
      "The workspace does not let the app post (%s): ask an administrator of the workspace to"
          + " approve the app.";
  private static final String MIGRATION =
      "Slack is moving the workspace or the channel (%s), and takes no messages meanwhile: nothing"
          + " need be corrected, it goes on by itself when that is done.";
  private static final String APP =
      "Slack refuses the app (%s): set slack.token to a bot token, xoxb-…, with chat:write and"
          + " channels:history.";

  /** Every lead would fail the same way; the sentence gets the code and the channel. */
  private static final Map<String, String> PAUSED =
      Map.ofEntries(
          entry("invalid_auth", TOKEN),
          entry("not_authed", TOKEN),
          entry("account_inactive", TOKEN),
          entry("token_revoked", TOKEN),
          entry("token_expired", TOKEN),
          entry("team_not_found", TOKEN),
          entry("two_factor_setup_required", TOKEN),
          entry("user_removed_from_team", TOKEN),
          entry("no_service", TOKEN),
          entry(
              "missing_scope",
              "slack.token lacks a scope: add chat:write and channels:history (groups:history for a"
                  + " private channel) to the app and install it again."),
          entry("no_permission", APP),
          entry("not_allowed_token_type", APP),
          entry("as_user_not_supported", APP),
          entry("metadata_must_be_sent_from_app", APP),
          entry("send_on_behalf_not_allowed", APP),
          entry("deprecated_endpoint", APP),
          entry("method_deprecated", APP),
          entry("unknown_method", "slack.api-url is not Slack's API (%s): correct slack.api-url."),
          entry("channel_not_found", CHANNEL),
          entry("duplicate_channel_not_found", CHANNEL),
          entry(
              "not_in_channel", "The app is not in slack.channel %2$s: invite it to the channel."),
          entry("is_archived", ARCHIVED),
          entry("channel_is_archived", ARCHIVED),
          entry("messages_tab_disabled", POSTING),
          entry("restricted_action", POSTING),
          entry("restricted_action_non_threadable_channel", POSTING),
          entry("restricted_action_read_only_channel", POSTING),
          entry("restricted_action_thread_locked", POSTING),
          entry("restricted_action_thread_only_channel", POSTING),
          entry("posting_to_channel_denied", POSTING),
          entry("channel_is_limited_access", POSTING),
          entry("action_prohibited", POSTING),
          entry(
              "message_limit_exceeded",
              "The workspace has sent as many messages as its plan allows (%s): wait until Slack"
                  + " lets it send again, or choose another plan."),
          entry("team_added_to_org", MIGRATION),
          entry("org_login_required", MIGRATION),
          entry("external_channel_migrating", MIGRATION),
          entry("access_denied", POLICY),
          entry("accesslimited", POLICY),
          entry("app_access_restricted", POLICY),
          entry("ekm_access_denied", POLICY),
          entry("enterprise_is_restricted", POLICY),
          entry("team_access_not_granted", POLICY));

  private SlackErrors() {}

  /**
   * What a refusal means.
   *
   * @param code {@code error} of an answer with {@code ok: false}
   * @param channel the channel's id, for the remedy
   * @param retryAfter what Slack asked for, or null
   */
  static Outcome outcome(String code, String channel, Duration retryAfter) {
    String named = named(code);
    if (PAUSED.containsKey(code)) {
      return Outcome.paused(String.format(Locale.ROOT, PAUSED.get(code), code, channel));
    }
    if (WAIT.contains(code)) {
      return Outcome.sinkDown("Slack answered " + named + ".", retryAfter);
    }
    if (UNKNOWN.contains(code)) {
      return Outcome.unknown("Slack answered " + named + ".");
    }
    if (NOT_EDITABLE.contains(code)) {
      String reason =
          "Slack cannot edit the lead's message ("
              + named
              + "): it was deleted, is too old, or does not stand in slack.channel "
              + channel
              + ".";
      return code.equals("message_not_found")
          ? Outcome.deadLetter(reason)
          : Outcome.refused(reason);
    }
    if (REFUSED.contains(code)) {
      return Outcome.refused("Slack refused the message: " + named + ".");
    }
    return Outcome.later(
        code.isEmpty()
            ? "Slack refused the message and did not say why (ok: false without an error)."
            : "Slack answered " + named + ", which this program does not know.");
  }

  /** Whether a refusal is a rate limit, which is over by itself. */
  static boolean isRateLimit(String code) {
    return WAIT.contains(code);
  }

  /** Whether a refusal is about the channel and not about the token, the app or the workspace. */
  static boolean isAboutChannel(String code) {
    return PAUSED.getOrDefault(code, "").contains("%2$s");
  }

  /** A channel that a rule chose may be the lead's own fault: others go to other channels. */
  static Outcome ofLead(Outcome outcome, SlackAnswer answer, SlackWorkspaces.Workspace workspace) {
    return workspace.rule() != null
            && outcome.kind() == Outcome.Kind.PAUSED
            && isAboutChannel(answer.error())
        ? Outcome.refused(outcome.reason())
        : outcome;
  }

  /** A rule chose what has not the form of a channel's id, for this lead or for all. */
  static Outcome noChannel() {
    return Outcome.refused(
        "slack.channel chooses no channel: have its expression end in the id of a channel,"
            + " C0123456789, for every lead.");
  }

  /** Somebody else than Slack answered, and will answer every lead so. */
  static Outcome notSlack(SlackAnswer answer) {
    return Outcome.paused(
        "slack.api-url answered HTTP "
            + answer.status()
            + " with "
            + answer.form()
            + ", as Slack's API does not: correct slack.api-url, or have the proxy or firewall let"
            + " requests to it pass.");
  }

  /** A code as a log may hold it. */
  static String named(String code) {
    return CODE.matcher(code).matches() ? code : "an unreadable code";
  }

  private static Set<String> codes(String... lines) {
    return Set.of(String.join(" ", lines).split(" "));
  }
}
