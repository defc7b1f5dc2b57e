package io.leadroutes.kafka;

import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import io.leadroutes.lead.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;

/** A lead's version as a record: what is sent, by which producer, and what a failure means. */
public final class KafkaRecord {

  private final String topic;
  private final Clock clock;
  private final AtomicInteger producers = new AtomicInteger(1);

  /**
   * @param clock says when a record is delivered
   */
  KafkaRecord(String topic, Clock clock) {
    this.topic = topic;
    this.clock = clock;
  }

  /**
   * The number of the producer to send by, part of its client id. A producer that was refused a
   * login or a permission once sends nothing any more, whatever is corrected in Kafka afterwards:
   * after a failure the next record goes by a new one.
   */
  public int producer() {
    return producers.get();
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
   * What the failure means; whatever it was, the producer it came from is not used again.
   *
   * @param producer the number of that producer
   * @param failure with all its causes; the innermost alone would not say what it stopped
   */
  public Outcome failed(
      @Variable("producer") int producer,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable failure) {
    Outcome outcome = KafkaErrors.outcome(failure, topic);
    if (outcome.kind() != Outcome.Kind.REFUSED) {
      producers.compareAndSet(producer, producer + 1);
    }
    return outcome;
  }
}
