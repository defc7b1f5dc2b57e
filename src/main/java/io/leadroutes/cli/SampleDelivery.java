package io.leadroutes.cli;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadReader;
import io.leadroutes.settings.Settings;
import java.time.ZoneOffset;

/** A lead of nobody, with every field that a call can have, to try expressions on. */
final class SampleDelivery {

  private static final String CALL =
      """
      {"id": 1, "type": "outbound", "status": "completed", "duration": 60,
       "assistant_name": "Assistant", "campaign_name": "Campaign",
       "assistant_phone_number": "+12025550100", "client_phone_number": "+12025550101",
       "transcript": "Agent: Hello.",
       "variables": {"customer_name": "Ada Lovelace", "email": "ada@example.org",
                     "company": "Example"},
       "evaluation": {"outcome": "qualified_lead", "summary": "Wants a call back.", "score": 80},
       "webhook_response": {"status": "success"}, "carrier_cost": 0.02, "total_cost": 0.03,
       "answered_by": "human", "recording_url": "https://example.org/recording.mp3",
       "created_at": "2026-01-31 14:30:00", "updated_at": "2026-01-31 14:34:05"}
      """;

  private SampleDelivery() {}

  static Delivery of(Settings settings) {
    String account = settings.accounts().get(0);
    var call = new CallPageReader(account, ZoneOffset.UTC).readCall(CALL);
    var lead = new LeadReader(settings.forAccount(account)).lead(call);
    return new Delivery(1, account, lead, 1, 1, null, null, false, null, 1);
  }
}
