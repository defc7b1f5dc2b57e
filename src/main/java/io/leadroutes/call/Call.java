package io.leadroutes.call;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * One row of the list of calls, in one form whichever shape it came in. Text is as the API gave it,
 * null where it gave none.
 *
 * @param account name of the account it was read from
 * @param id the platform's number of the call, unique within the account
 * @param type outbound, inbound, web, or a word not known yet
 * @param durationSeconds null when the API gave none
 * @param said the transcript, read when {@link #transcript()} is asked for
 * @param variables what the campaign knew before the call; values as in {@link Evaluation}
 * @param answeredBy human, machine, unknown or null
 * @param recordingUrl as given, possibly relative to the host
 * @param createdAt null when the API gave none that can be read
 * @param updatedAt likewise
 * @param contentHash changes when something changed that matters to a lead: see {@link ContentHash}
 * @param settled whether it stayed as it is for as long as an unknown status needs to count as over
 * @param raw the record's JSON exactly as it was read
 * @param webhook what the customer's own endpoint answered, read when somebody asks for it
 */
public record Call(
    String account,
    long id,
    String status,
    String type,
    Integer durationSeconds,
    String assistantName,
    String campaignName,
    String assistantPhone,
    String clientPhone,
    Transcript said,
    Map<String, Object> variables,
    Evaluation evaluation,
    BigDecimal carrierCost,
    BigDecimal totalCost,
    String answeredBy,
    String recordingUrl,
    Instant createdAt,
    Instant updatedAt,
    String contentHash,
    boolean settled,
    RawRecord raw,
    WebhookResponse webhook) {

  private static final Set<String> RUNNING = Set.of("initiated", "ringing", "in-progress");
  private static final Set<String> TERMINAL =
      Set.of(
          "completed",
          "ended",
          "ended_by_customer",
          "ended_by_assistant",
          "busy",
          "no-answer",
          "unanswered",
          "failed",
          "voicemail");

  /** A call of which no webhook was told. */
  public Call(
      String account,
      long id,
      String status,
      String type,
      Integer durationSeconds,
      String assistantName,
      String campaignName,
      String assistantPhone,
      String clientPhone,
      Transcript said,
      Map<String, Object> variables,
      Evaluation evaluation,
      BigDecimal carrierCost,
      BigDecimal totalCost,
      String answeredBy,
      String recordingUrl,
      Instant createdAt,
      Instant updatedAt,
      String contentHash,
      boolean settled,
      RawRecord raw) {
    this(
        account,
        id,
        status,
        type,
        durationSeconds,
        assistantName,
        campaignName,
        assistantPhone,
        clientPhone,
        said,
        variables,
        evaluation,
        carrierCost,
        totalCost,
        answeredBy,
        recordingUrl,
        createdAt,
        updatedAt,
        contentHash,
        settled,
        raw,
        WebhookResponse.NONE);
  }

  /** One text, {@code Agent:} and {@code Customer:} lines where it came as segments; or null. */
  public String transcript() {
    return said.text();
  }

  /**
   * Whether the call is over. A status that is not known counts as over once the call is evaluated
   * and has settled: the platform evaluates after the end, but may not be done with it.
   */
  public boolean terminal() {
    String folded = status == null ? "" : Evaluation.fold(status);
    return TERMINAL.contains(folded) || (settled && !RUNNING.contains(folded) && evaluated());
  }

  /**
   * Changes when a verdict may become another one: with the content, and with what filters ask for
   * that is no change of a lead, because it may come later than the evaluation.
   */
  public String judgedOn() {
    return contentHash
        + ':'
        + ContentHash.ofFacts(type, durationSeconds, assistantName, campaignName, answeredBy);
  }

  /**
   * Whether a verdict saw the content that the call has now.
   *
   * @param judged the {@link #judgedOn()} it rests on, null for none; older ones are the content
   *     alone
   */
  public boolean sameContentAs(String judged) {
    return judged != null && (judged.equals(contentHash) || judged.startsWith(contentHash + ':'));
  }

  /** The same with what filters ask for besides; an older one that does not say it is no other. */
  public boolean sameFactsAs(String judged) {
    return contentHash.equals(judged) || judgedOn().equals(judged);
  }

  /** Whether it would be over if it were settled. */
  public boolean settles() {
    return !terminal() && settle().terminal();
  }

  /** The same call, settled. */
  public Call settle() {
    return new Call(
        account,
        id,
        status,
        type,
        durationSeconds,
        assistantName,
        campaignName,
        assistantPhone,
        clientPhone,
        said,
        variables,
        evaluation,
        carrierCost,
        totalCost,
        answeredBy,
        recordingUrl,
        createdAt,
        updatedAt,
        contentHash,
        true,
        raw,
        webhook);
  }

  /** Whether the platform has filled in an evaluation. */
  public boolean evaluated() {
    return !evaluation.isEmpty();
  }

  /** Not terminal yet, or not evaluated yet. */
  public boolean open() {
    return !terminal() || !evaluated();
  }

  /** By its key alone: Camel keeps what it knows of a body under the body's hash. */
  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }

  /** Prints ids only: everything else is personal data. */
  @Override
  public String toString() {
    return "Call[" + account + "-" + id + "]";
  }
}
