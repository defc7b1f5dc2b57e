package io.leadroutes.kafka;

import io.leadroutes.lead.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The producer that Camel holds: one of Kafka's after the other, made when the first record comes.
 *
 * <p>One that was refused a login or a permission once sends nothing any more, whatever is
 * corrected in Kafka afterwards; so after a failure that was not the record's own the next record
 * goes by a new one, and the old one is closed when all its records are answered.
 *
 * <p>It answers and closes in time whatever Kafka does. While an idempotent producer asks for its
 * number and gets none, {@code delivery.timeout.ms} does not count (found by running kafka-clients
 * 3.9.1): whoever waits for a record, or for the producer to close, would wait until Kafka is well,
 * and then the record would be sent although another producer had sent it again.
 */
final class PromptProducer implements Producer<Object, Object> {

  private final Properties properties;
  private final Duration answer;
  private final Duration close;
  private One current;
  private int made;
  private boolean closed;

  /** One of Kafka's own, and how many of its records are not answered. */
  private static final class One {

    private final Producer<Object, Object> producer;
    private int unanswered;
    private boolean failed;

    One(Producer<Object, Object> producer) {
      this.producer = producer;
    }
  }

  /**
   * @param answer how long a record's confirmation is waited for, above {@code delivery.timeout.ms}
   * @param close how long a producer that is closed may go on with what is on its way
   */
  PromptProducer(Properties properties, Duration answer, Duration close) {
    this.properties = properties;
    this.answer = answer;
    this.close = close;
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<Object, Object> record) {
    return send(record, null);
  }

  @Override
  public Future<RecordMetadata> send(ProducerRecord<Object, Object> record, Callback callback) {
    One one = take();
    try {
      return new Confirmation(one, one.producer.send(record, callback));
    } catch (RuntimeException e) {
      answered(one, e);
      throw e;
    }
  }

  private synchronized One take() {
    if (closed) {
      throw new IllegalStateException("The producer is closed.");
    }
    if (current == null) {
      Properties own = new Properties();
      own.putAll(properties);
      own.put(ProducerConfig.CLIENT_ID_CONFIG, "lead-routes-" + ++made);
      current = new One(new KafkaProducer<>(own));
    }
    current.unanswered++;
    return current;
  }

  /**
   * @param failure null for a record that was confirmed
   */
  private void answered(One one, Throwable failure) {
    boolean done;
    synchronized (this) {
      one.unanswered--;
      if (failure != null && KafkaErrors.outcome(failure, "").kind() != Outcome.Kind.REFUSED) {
        one.failed = true;
        current = current == one ? null : current;
      }
      done = one.failed && one.unanswered == 0;
    }
    if (done) {
      one.producer.close(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    close(close);
  }

  @Override
  public void close(Duration timeout) {
    One last;
    synchronized (this) {
      closed = true;
      last = current;
      current = null;
    }
    if (last != null) {
      last.producer.close(timeout);
    }
  }

  /** Of a record; who waits for it in vain ends the producer, so that it sends nothing late. */
  private final class Confirmation implements Future<RecordMetadata> {

    private final One one;
    private final Future<RecordMetadata> future;
    private final AtomicBoolean told = new AtomicBoolean();

    Confirmation(One one, Future<RecordMetadata> future) {
      this.one = one;
      this.future = future;
    }

    @Override
    public RecordMetadata get() throws InterruptedException, ExecutionException {
      try {
        return get(answer.toMillis(), TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException e) {
        one.producer.close(Duration.ZERO);
        throw new ExecutionException(
            new TimeoutException("Kafka neither confirmed nor refused the record.", e));
      }
    }

    @Override
    public RecordMetadata get(long timeout, TimeUnit unit)
        throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
      Throwable failure = null;
      try {
        return future.get(timeout, unit);
      } catch (Exception e) {
        failure = e;
        throw e;
      } finally {
        if (told.compareAndSet(false, true)) {
          answered(one, failure);
        }
      }
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

  @Override
  public void flush() {
    throw unused();
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    throw unused();
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return Map.of();
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    throw unused();
  }

  @Override
  public void initTransactions() {
    throw unused();
  }

  @Override
  public void beginTransaction() {
    throw unused();
  }

  @Override
  @Deprecated
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, String group) {
    throw unused();
  }

  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    throw unused();
  }

  @Override
  public void commitTransaction() {
    throw unused();
  }

  @Override
  public void abortTransaction() {
    throw unused();
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException("This producer sends single records.");
  }
}
