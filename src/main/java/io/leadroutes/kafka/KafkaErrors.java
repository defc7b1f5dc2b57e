package io.leadroutes.kafka;

import static java.util.Map.entry;

import io.leadroutes.lead.Outcome;
import io.leadroutes.log.Causes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.BrokerNotAvailableException;
import org.apache.kafka.common.errors.InvalidRequiredAcksException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * What Kafka's errors mean for a delivery: those that its client names and those that a broker
 * answers a producer with (the protocol's error codes, each an exception of the client). One that
 * is not listed may have come after the record was written, as a time-out does: it is unknown, and
 * sent again.
 */
final class KafkaErrors {

  private static final String LOGIN =
      "Kafka refuses the login (%1$s): correct kafka.security-protocol, kafka.sasl-mechanism and"
          + " kafka.sasl-jaas-config, or the user's password in Kafka.";
  private static final String WRITING =
      "Kafka does not let the user write to kafka.topic %2$s (%1$s): allow it WRITE on the topic,"
          + " or correct kafka.topic.";
  private static final String TOPIC =
      "kafka.topic %2$s does not exist (%1$s): create it, or correct kafka.topic.";
  private static final String CLUSTER =
      "Kafka cannot take the records (%1$s): use brokers of version 2.8 or later, and correct what"
          + " camel.component.kafka.… or the topic's own settings say otherwise.";

  /** Every lead would fail the same way; the sentence gets the error and the topic. */
  private static final Map<Class<? extends Throwable>, String> PAUSED =
      Map.ofEntries(
          entry(AuthenticationException.class, LOGIN),
          entry(SecurityDisabledException.class, LOGIN),
          // of the topic, the cluster and an id of transactions
          entry(AuthorizationException.class, WRITING),
          entry(UnknownTopicOrPartitionException.class, TOPIC),
          entry(InvalidTopicException.class, TOPIC),
          entry(UnsupportedVersionException.class, CLUSTER),
          entry(UnsupportedForMessageFormatException.class, CLUSTER),
          entry(UnsupportedCompressionTypeException.class, CLUSTER),
          entry(InvalidRequiredAcksException.class, CLUSTER),
          entry(InvalidTimestampException.class, CLUSTER),
          entry(PolicyViolationException.class, CLUSTER));

  /** The record itself is refused: for its size, or by how the topic is set up. */
  private static final List<Class<? extends Throwable>> REFUSED =
      List.of(
          RecordTooLargeException.class,
          RecordBatchTooLargeException.class,
          InvalidRecordException.class,
          SerializationException.class);

  /** Not written, and not because of this lead: the sink waits. */
  private static final List<Class<? extends Throwable>> SINK_DOWN =
      List.of(
          LeaderNotAvailableException.class,
          NotEnoughReplicasException.class,
          BrokerNotAvailableException.class,
          ThrottlingQuotaExceededException.class);

  /** The client's own words when no name of kafka.brokers is known to the DNS. */
  private static final String UNRESOLVED = "No resolvable bootstrap urls";

  /** The client's own words when its settings make no producer, whatever is wrong with them. */
  private static final String NO_PRODUCER = "Failed to construct kafka producer";

  private KafkaErrors() {}

  /**
   * What a failure means. The reason names the error's class only.
   *
   * @param failure as the route got it; its causes are read too, innermost first
   * @param topic for the remedy
   */
  static Outcome outcome(Throwable failure, String topic) {
    List<Throwable> chain = new ArrayList<>(Causes.of(failure).toList());
    Collections.reverse(chain);
    for (Throwable cause : chain) {
      String name = cause.getClass().getSimpleName();
      for (Map.Entry<Class<? extends Throwable>, String> paused : PAUSED.entrySet()) {
        if (paused.getKey().isInstance(cause)) {
          return Outcome.paused(String.format(Locale.ROOT, paused.getValue(), name, topic));
        }
      }
      if (isOneOf(REFUSED, cause)) {
        return Outcome.refused("Kafka refused the record: " + name + "." + remedy(cause));
      }
      if (isOneOf(SINK_DOWN, cause)) {
        return Outcome.sinkDown("Kafka answered " + name + ".", null);
      }
      if (cause instanceof ConfigException
          && String.valueOf(cause.getMessage()).startsWith(UNRESOLVED)) {
        return Outcome.sinkDown(
            "No host of kafka.brokers can be found: correct kafka.brokers, if DNS works.", null);
      }
      if (cause instanceof ApiException) {
        return Outcome.unknown("Kafka did not confirm the record (" + name + ").");
      }
    }
    for (Throwable cause : chain) {
      if (cause instanceof ConfigException
          || (cause instanceof KafkaException && NO_PRODUCER.equals(cause.getMessage()))) {
        return Outcome.paused(
            "The producer for Kafka cannot be created ("
                + chain.get(0).getClass().getSimpleName()
                + "): correct kafka.sasl-mechanism, kafka.sasl-jaas-config and what"
                + " camel.component.kafka.… sets.");
      }
    }
    return Outcome.unknown(
        "Sending to Kafka broke off (" + chain.get(0).getClass().getSimpleName() + ").");
  }

  private static boolean isOneOf(List<Class<? extends Throwable>> types, Throwable cause) {
    return types.stream().anyMatch(type -> type.isInstance(cause));
  }

  private static String remedy(Throwable cause) {
    return cause instanceof RecordTooLargeException
        ? " Raise the topic's max.message.bytes and camel.component.kafka.max-request-size."
        : "";
  }
}
