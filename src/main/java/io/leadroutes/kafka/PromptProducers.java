package io.leadroutes.kafka;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Makes producers that answer and close in time whatever Kafka does. While an idempotent producer
 * asks for its number and gets none, {@code delivery.timeout.ms} does not count (found by running
 * kafka-clients 3.9.1): whoever waits for a record, or for the producer to close, would wait until
 * Kafka is well, and then the record would be sent although another producer had sent it again.
 */
final class PromptProducers extends DefaultKafkaClientFactory {

  private final Duration answer;
  private final Duration close;

  /**
   * @param answer how long a record's confirmation is waited for, above {@code delivery.timeout.ms}
   * @param close how long a producer that is closed may go on with what is on its way
   */
  PromptProducers(Duration answer, Duration close) {
    this.answer = answer;
    this.close = close;
  }

  @Override
  public Producer<Object, Object> getProducer(Properties properties) {
    return new PromptProducer(properties);
  }

  private final class PromptProducer extends KafkaProducer<Object, Object> {

    PromptProducer(Properties properties) {
      super(properties);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> record, Callback callback) {
      return new Confirmation(super.send(record, callback));
    }

    @Override
    public void close() {
      close(close);
    }

    /** Of a record; who waits for it in vain ends the producer, so that it sends nothing late. */
    private final class Confirmation implements Future<RecordMetadata> {

      private final Future<RecordMetadata> future;

      Confirmation(Future<RecordMetadata> future) {
        this.future = future;
      }

      @Override
      public RecordMetadata get() throws InterruptedException, ExecutionException {
        try {
          return future.get(answer.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
          PromptProducer.this.close(Duration.ZERO);
          throw new ExecutionException(
              new TimeoutException("Kafka neither confirmed nor refused the record.", e));
        }
      }

      @Override
      public RecordMetadata get(long timeout, TimeUnit unit)
          throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
        return future.get(timeout, unit);
      }

      @Override
      public boolean cancel(boolean mayInterruptIfRunning) {
        return future.cancel(mayInterruptIfRunning);
      }

      @Override
      public boolean isCancelled() {
        return future.isCancelled();
      }

      @Override
      public boolean isDone() {
        return future.isDone();
      }
    }
  }
}
