package io.leadroutes.lead;

import io.leadroutes.call.Call;
import io.leadroutes.call.Evaluation;
import io.leadroutes.call.RawRecord;
import io.leadroutes.call.Transcript;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/** A lead of nobody, in which everything is known: settings are tried on it at start. */
public final class SampleLead {

  private SampleLead() {}

  public static Lead lead() {
    Map<String, Object> values =
        Map.of("outcome", "qualified_lead", "summary", "Wants a call back.", "score", "80");
    Call call =
        new Call(
            "default",
            1,
            "completed",
            "outbound",
            60,
            "Assistant",
            "Campaign",
            "+12025550100",
            "+12025550101",
            Transcript.of("Agent: Hello"),
            values,
            new Evaluation(values),
            BigDecimal.ONE,
            BigDecimal.ONE,
            "human",
            "https://example.org/recording",
            Instant.EPOCH,
            Instant.EPOCH,
            "",
            false,
            RawRecord.of("{}"));
    return new Lead(
        "default-1",
        "Ada Lovelace",
        "Ada",
        "Lovelace",
        "ada@example.org",
        "+12025550101",
        "Company",
        "qualified_lead",
        call);
  }
}
