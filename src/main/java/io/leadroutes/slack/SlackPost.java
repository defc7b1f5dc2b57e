package io.leadroutes.slack;

import io.leadroutes.delivery.Places;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.Variable;

/** The requests that post a lead or edit its message, and what their answers mean. */
public final class SlackPost {

  private final SlackWorkspaces workspaces;
  private final SlackMemory memory;
  private final Places places;

  /**
   * @param places notes the channel before a lead is posted, where a rule chose it
   */
  SlackPost(SlackWorkspaces workspaces, SlackMemory memory, Places places) {
    this.workspaces = workspaces;
    this.memory = memory;
    this.places = places;
  }

  /**
   * What becomes of a lead that is not to be posted or edited now, because a rule chose no channel
   * for it, or one where others come first; null for one whose turn it is.
   */
  public Outcome notNow(@Body Delivery delivery) {
    if (looksFirst(delivery)) {
      return null;
    }
    String channel = channel(delivery);
    if (!SlackWorkspaces.isChannel(channel)) {
      return SlackErrors.noChannel();
    }
    if (!workspaces.isShared(delivery.account())) {
      return null; // its pace was kept before it was claimed
    }
    double perSecond = workspaces.of(delivery.account()).perSecond();
    Duration wait = memory.untilTurn(delivery.id(), channel, perSecond);
    return wait.isZero() ? null : Outcome.notYet("Others go to its channel first.", wait);
  }

  /** Where its message stands, or is to stand. */
  private String channel(Delivery delivery) {
    return edits(delivery) && SlackWorkspaces.isChannel(delivery.memo())
        ? delivery.memo()
        : workspaces.of(delivery.account()).channel(delivery.lead());
  }

  /**
   * Whether an earlier post may have arrived, so that nothing may be posted before a look. An edit
   * may simply be made twice.
   */
  public boolean looksFirst(@Body Delivery delivery) {
    return delivery.lookFirst() && !edits(delivery);
  }

  /**
   * Whether the lead has its message already, which is changed then: a second one never follows.
   */
  public boolean edits(@Body Delivery delivery) {
    return delivery.sinkId() != null;
  }

  /**
   * The body of the request that posts; its headers are set too.
   *
   * @throws IllegalStateException for a lead that has its message already, from a route that
   *     forgets to ask
   */
  public byte[] request(
      @Variable("delivery") Delivery delivery, @Headers Map<String, Object> headers) {
    if (edits(delivery)) {
      throw new IllegalStateException(delivery + " has its message already: use edit-slack.");
    }
    SlackWorkspaces.Workspace workspace = prepared(delivery, headers);
    String channel = channel(delivery);
    if (workspaces.isShared(delivery.account())) {
      // The claim did not know it: after a crash it is looked for there.
      places.note(List.of(delivery), "slack " + channel);
    }
    memory.sending(delivery.id());
    return SlackMessage.post(delivery, channel, workspace.host());
  }

  /** The body of the request that edits; its headers are set too. */
  public byte[] edit(
      @Variable("delivery") Delivery delivery, @Headers Map<String, Object> headers) {
    SlackWorkspaces.Workspace workspace = prepared(delivery, headers);
    return SlackMessage.edit(delivery, channel(delivery), workspace.host());
  }

  private SlackWorkspaces.Workspace prepared(Delivery delivery, Map<String, Object> headers) {
    SlackWorkspaces.Workspace workspace = workspaces.of(delivery.account());
    headers.put("Authorization", "Bearer " + workspace.token());
    headers.put(Exchange.CONTENT_TYPE, "application/json; charset=utf-8");
    return workspace;
  }

  /** What Slack's answer means: see {@link SlackErrors} and {@link #byStatus}. */
  public Outcome outcome(
      @Variable("delivery") Delivery delivery,
      @Body InputStream body,
      @Header(Exchange.HTTP_RESPONSE_CODE) int status,
      @Header("Retry-After") String retryAfter,
      @Header("Date") String date) {
    memory.heard(date);
    SlackAnswer answer = SlackAnswer.read(status, body, retryAfter);
    String channel = channel(delivery);
    SlackWorkspaces.Workspace workspace = workspaces.of(delivery.account());
    if (status != 200) {
      return SlackErrors.ofLead(byStatus(answer, channel), answer, workspace);
    }
    if (!answer.readable()) {
      return Outcome.unknown("Slack's answer could not be read: it is " + answer.form() + ".");
    }
    if (answer.ok()) {
      String ts = edits(delivery) ? delivery.sinkId() : answer.json().path("ts").asText("");
      if (ts.isEmpty()) {
        // A message without a name could never be edited; the look-up finds out what it is called.
        return Outcome.unknown("Slack did not name the message.");
      }
      memory.posted(delivery.id(), channel, ts);
      return Outcome.delivered(ts, channel);
    }
    return SlackErrors.ofLead(
        SlackErrors.outcome(answer.error(), channel, answer.retryAfter()), answer, workspace);
  }

  /** Only a refusal that says so is "not posted"; whatever a server broke over may be posted. */
  private static Outcome byStatus(SlackAnswer answer, String channel) {
    int status = answer.status();
    String answered = "Slack answered HTTP " + status + ".";
    if (status == 429) {
      return Outcome.sinkDown(answered, answer.retryAfter());
    }
    if (status >= 500 || status == 408 || status < 300) {
      return Outcome.unknown(answered);
    }
    if (answer.readable() && !answer.error().isEmpty()) {
      return SlackErrors.outcome(answer.error(), channel, answer.retryAfter());
    }
    if (answer.isPage()) {
      return SlackErrors.notSlack(answer);
    }
    return switch (status) {
      case 400, 413, 422 -> Outcome.refused("Slack refused the message: HTTP " + status + ".");
      case 401, 403 ->
          Outcome.paused(
              "Slack refuses slack.token (HTTP " + status + "): set a bot token that is valid.");
      default -> SlackErrors.notSlack(answer);
    };
  }
}
