package io.leadroutes.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a mapping or judge-call can say of a lead. */
class LeadInExpressionsTest {

  private static final String CALL =
      """
      {"id":17,"type":"outbound","duration":83.4,"status":"completed","answered_by":"human",
       "assistant_name":"Mia","campaign_name":"Spring","assistant_phone_number":"+12025550100",
       "client_phone_number":"+12025550101","transcript":"Hello","carrier_cost":"0.02",
       "total_cost":0.025,"recording_url":"https://h/1.mp3","created_at":"2026-01-05 10:00:00",
       "updated_at":"2026-01-05 10:02:00","variables":{"First Name":"Ada","plan":"pro"},
       "evaluation":{"outcome":"hot","score":8},
       "webhook_response":{"data":{"crm_contact_id":"c-1","owners":[{"name":"Eve"}],"n":7},"a.b":"x"}}\
      """;

  @TempDir private Path empty;

  private final DefaultCamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "-",
      value = {
        "${body.callId}|17",
        "${body.type}|outbound",
        "${body.durationSeconds}|83",
        "${body.status}|completed",
        "${body.answeredBy}|human",
        "${body.assistant}|Mia",
        "${body.campaign}|Spring",
        "${body.assistantPhoneNumber}|+12025550100",
        "${body.clientPhoneNumber}|+12025550101",
        "${body.transcript}|Hello",
        "${body.carrierCost}|0.02",
        "${body.totalCost}|0.025",
        "${body.recordingUrl}|https://h/1.mp3",
        "${body.createdAt}|2026-01-05T10:00:00Z",
        "${body.updatedAt}|2026-01-05T10:02:00Z",
        "${body.variable('firstName')}|Ada",
        "${body.variable('first_name')}|Ada",
        "${body.evaluated('Outcome')}|hot",
        "${body.webhookResponse('data.crm_contact_id')}|c-1",
        "${body.webhookResponse('data.owners.0.name')}|Eve",
        "Contact"
            + " ${body.webhookResponse('data.crm_contact_id')}/${body.webhookResponse('data.n')}|Contact"
            + " c-1/7",
        "${body.webhookResponse('data.nothing')}|-",
        "${body.salutation}|-"
      })
  void every_field_of_a_call_can_be_used(String expression, String value) {
    assertThat(evaluated(expression, CALL)).isEqualTo(value);
  }

  @Test
  void a_call_without_webhook_has_no_answer_of_one() {
    assertThat(evaluated("${body.webhookResponse('data.crm_contact_id')}", "{\"id\":1}")).isNull();
    assertThat(evaluated("${body.webhookResponse}", "{\"id\":1}")).isNull();
  }

  private String evaluated(String text, String call) {
    Settings settings = Settings.load(empty, Map.of(), new Properties());
    Lead lead =
        new LeadReader(settings).lead(new CallPageReader("acme", ZoneOffset.UTC).readCall(call));
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(lead);
    Expression expression = context.resolveLanguage("simple").createExpression(text);
    expression.init(context);
    Object value = expression.evaluate(exchange, Object.class);
    return value == null ? null : value.toString();
  }
}
