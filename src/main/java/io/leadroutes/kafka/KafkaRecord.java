package io.leadroutes.kafka;

import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import io.leadroutes.lead.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Headers;
import org.apache.camel.component.kafka.KafkaConstants;

/** A lead's version as a record: what is sent, and what a failure means. */
public final class KafkaRecord {

  private final String topic;
  private final Clock clock;

  /**
   * @param clock says when a record is delivered
   */
  KafkaRecord(String topic, Clock clock) {
    this.topic = topic;
    this.clock = clock;
  }

  /**
   * The value of the record; its key, the lead's, is set too.
   *
   * @throws io.leadroutes.http.NotSentException when the claim on the lead has lapsed
   */
  public byte[] value(@Body Delivery delivery, @Headers Map<String, Object> headers)
      throws IOException {
    headers.put(KafkaConstants.KEY, delivery.lead().key());
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    LeadJson.write(value, delivery, clock.instant());
    SendLimit.check();
    return value.toByteArray();
  }

  /**
   * What the failure means.
   *
   * @param failure with all its causes; the innermost alone would not say what it stopped
   */
  public Outcome failed(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable failure) {
    return KafkaErrors.outcome(failure, topic);
  }
}
