package io.leadroutes.slack;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** G5: every documented error of Slack has its meaning. */
class SlackErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PAUSED|invalid_auth not_authed account_inactive token_revoked token_expired missing_scope",
        "PAUSED|no_permission channel_not_found not_in_channel is_archived restricted_action",
        "PAUSED|action_prohibited no_service channel_is_archived",
        "PAUSED|app_access_restricted as_user_not_supported duplicate_channel_not_found",
        "PAUSED|ekm_access_denied messages_tab_disabled metadata_must_be_sent_from_app",
        "PAUSED|restricted_action_non_threadable_channel restricted_action_read_only_channel",
        "PAUSED|restricted_action_thread_locked restricted_action_thread_only_channel",
        "PAUSED|send_on_behalf_not_allowed team_not_found channel_is_limited_access",
        "PAUSED|posting_to_channel_denied access_denied accesslimited enterprise_is_restricted",
        "PAUSED|team_access_not_granted two_factor_setup_required user_removed_from_team",
        "PAUSED|not_allowed_token_type deprecated_endpoint method_deprecated unknown_method",
        "REFUSED|invalid_blocks msg_blocks_too_long msg_too_long no_text invalid_payload",
        "REFUSED|invalid_metadata_format attachment_payload_limit_exceeded",
        "REFUSED|cannot_reply_to_message draft_already_deleted draft_already_sent",
        "REFUSED|draft_has_conflict draft_not_found duplicate_message_not_found",
        "REFUSED|invalid_blocks_format invalid_metadata_schema markdown_text_conflict",
        "REFUSED|metadata_too_large missing_file_data slack_connect_canvas_sharing_blocked",
        "REFUSED|slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked",
        "REFUSED|too_many_attachments too_many_contact_cards block_mismatch blocked_file_type",
        "REFUSED|cant_broadcast_message cant_update_message edit_window_closed file_deleted",
        "REFUSED|file_is_deleted file_not_found file_share_limit_reached invalid_attachments",
        "REFUSED|is_inactive max_file_sharing_exceeded",
        "REFUSED|no_dual_broadcast_content_update slack_connect_blocked_file_type",
        "REFUSED|slack_connect_clip_sharing_blocked",
        "REFUSED|slack_connect_file_upload_sharing_blocked streaming_state_conflict",
        "REFUSED|unable_to_share_files update_failed invalid_cursor",
        "REFUSED|invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest",
        "REFUSED|invalid_arguments invalid_arg_name invalid_array_arg invalid_charset",
        "REFUSED|invalid_form_data invalid_post_type missing_post_type invalid_json",
        "REFUSED|json_not_object",
        "DEAD_LETTER|message_not_found",
        "PAUSED|message_limit_exceeded team_added_to_org org_login_required",
        "PAUSED|external_channel_migrating",
        "SINK_DOWN|rate_limited ratelimited",
        "UNKNOWN|fatal_error internal_error request_timeout rollup_error service_unavailable",
        "LATER|a_code_of_tomorrow"
      })
  void every_code_slack_documents_has_its_class(Kind kind, String codes) {
    for (String code : codes.split(" ")) {
      Outcome outcome = SlackErrors.outcome(code, "C0LEADS", Duration.ofSeconds(3));

      assertThat(outcome.kind()).as(code).isEqualTo(kind);
      assertThat(outcome.reason()).as(code).endsWith(".").doesNotContain("%");
    }
  }

  @Test
  void no_error_that_slack_documents_is_left_unclassified() throws IOException {
    Path documented = Path.of("src/test/resources/documented/slack-errors.tsv");
    for (String line : Files.readAllLines(documented)) {
      String code = line.split("\t")[1];

      assertThat(SlackErrors.outcome(code, "C0LEADS", null).reason())
          .as(line)
          .doesNotContain("which this program does not know");
    }
  }

  @Test
  void a_channel_that_is_gone_names_the_key_and_the_remedy() {
    assertThat(SlackErrors.outcome("channel_not_found", "C0X", null).reason())
        .isEqualTo(
            "slack.channel C0X was not found: invite the app to the channel, or correct"
                + " slack.channel.");
  }

  @Test
  void an_unknown_code_is_named() {
    assertThat(SlackErrors.outcome("a_code_of_tomorrow", "C0X", null).reason())
        .contains("a_code_of_tomorrow", "which this program does not know");
  }

  @Test
  void what_is_no_code_is_not_quoted() {
    assertThat(SlackErrors.outcome("Call +49 30 1234 <now>", "C0X", null).reason())
        .doesNotContain("1234");
  }
}
