package io.leadroutes.sinks;

import io.leadroutes.call.Call;
import io.leadroutes.call.Evaluation;
import io.leadroutes.call.RawRecord;
import io.leadroutes.call.Transcript;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Deliveries as the ledger hands them out. */
public final class Deliveries {

  public static final Instant ATTEMPTED = Instant.parse("2026-03-01T10:00:00.123456Z");

  /** What a caller may say or be called, to do harm or by accident. */
  public static final List<String> HOSTILE =
      List.of(
          "<!channel> <@U123> & <https://evil.example|click>",
          "${body.email} ${sys.user.home} ${bean:registry}",
          "{{env:PATH}} {{slack.token}}",
          "=HYPERLINK(\"https://evil.example\")",
          "../../etc/passwd",
          "\ud800 alone \udc00",
          "\u0000\u0001\u001b[31m\r\n\t\u2028\u202e",
          "\"},{\"injected\":true",
          "\ud83d\ude00".repeat(20_000),
          "&".repeat(40_000),
          "x".repeat(40_960),
          "{\"id\":2,\"version\":1}\n{\"id\":2,\"version\":1}\n",
          "   ");

  private Deliveries() {}

  /** {@link #HOSTILE} as a source of test parameters. */
  public static List<String> hostile() {
    return HOSTILE;
  }

  public static Delivery first(long id) {
    return of(id, lead(id), false, null);
  }

  /** The first of another account. */
  public static Delivery of(String account, long id) {
    Lead lead = lead(id);
    Lead own =
        new Lead(
            account + "-" + id,
            lead.name(),
            lead.firstName(),
            lead.lastName(),
            lead.email(),
            lead.phone(),
            lead.company(),
            lead.outcome(),
            lead.call());
    return of(account, id, own, false, null);
  }

  public static Delivery of(long id, Lead lead) {
    return of(id, lead, false, null);
  }

  /** One whose earlier attempt has an unknown outcome. */
  public static Delivery unknown(long id, Delivery.Earlier earlier) {
    return of(id, lead(id), true, earlier);
  }

  /** A lead that changed or is sent again after the sink has had it. */
  public static Delivery update(long id, int version, String sinkId) {
    return new Delivery(id, "default", lead(id), version, 1, sinkId, null, false, null, 7);
  }

  /** Looked up before so many times, so many seconds after the attempt. */
  public static Delivery.Earlier earlier(int looks, int seconds) {
    return new Delivery.Earlier(ATTEMPTED, ATTEMPTED.plusSeconds(seconds), looks, null);
  }

  public static Delivery.Earlier noted(String place) {
    return new Delivery.Earlier(ATTEMPTED, ATTEMPTED.plusSeconds(60), 0, place);
  }

  public static Lead lead(long callId) {
    return lead(
        callId,
        "Ada Lovelace",
        "Ada",
        "Lovelace",
        "ada@example.org",
        "+44 20 7946 0000",
        "Engines Ltd",
        "https://recordings.example.org/" + callId + ".mp3?a=1&b=2",
        "Agent: Hello\nCustomer: Hi",
        Map.of("outcome", "qualified_lead", "score", new BigDecimal("87")));
  }

  /** The same text wherever a call can bring one along. */
  public static Lead hostile(long callId, String text) {
    return lead(
        callId,
        text,
        text,
        text,
        text,
        text,
        text,
        text,
        text,
        Map.of("outcome", text, "score", text, "summary", text, text, List.of(text)));
  }

  /** Nothing is known of the caller. */
  public static Lead bare(long callId) {
    return lead(callId, null, null, null, null, null, null, null, null, Map.of());
  }

  public static Lead lead(
      long callId,
      String name,
      String firstName,
      String lastName,
      String email,
      String phone,
      String company,
      String recordingUrl,
      String transcript,
      Map<String, Object> evaluation) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("campaign_code", company);
    variables.put("tags", List.of("a", true));
    variables.put("nothing", null);
    Call call =
        new Call(
            "default",
            callId,
            "completed",
            "outbound",
            95,
            "Assistant",
            company,
            "+1",
            phone,
            Transcript.of(transcript),
            variables,
            new Evaluation(evaluation),
            new BigDecimal("0.10"),
            new BigDecimal("0.25"),
            "human",
            recordingUrl,
            Instant.parse("2026-03-01T09:00:00Z"),
            Instant.parse("2026-03-01T09:05:00.5Z"),
            "hash",
            false,
            RawRecord.of("{}"));
    return new Lead(
        "default-" + callId,
        name,
        firstName,
        lastName,
        email,
        phone,
        company,
        (String) evaluation.get("outcome"),
        call);
  }

  private static Delivery of(long id, Lead lead, boolean lookFirst, Delivery.Earlier earlier) {
    return of("default", id, lead, lookFirst, earlier);
  }

  private static Delivery of(
      String account, long id, Lead lead, boolean lookFirst, Delivery.Earlier earlier) {
    return new Delivery(id, account, lead, 1, 1, null, null, lookFirst, earlier, 7);
  }
}
