package io.leadroutes.kafka;

import io.leadroutes.delivery.Sink;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Kafka sink: what its route {@code deliver-kafka} needs. */
public final class KafkaSink implements Sink {

  private static final Pattern BROKER =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):\\d{1,5}");

  /** The names Kafka allows; what stands in a route's address besides would mean something. */
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  private static final Set<String> PROTOCOLS =
      Set.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");

  @Override
  public String name() {
    return "kafka";
  }

  /**
   * Checks the sink's settings, adds the component {@code kafka} and binds the bean {@code
   * kafkaRecord}. Nobody is connected to before the first lead.
   *
   * @throws SettingsException when a setting is missing or wrong
   */
  @Override
  public void bind(CamelContext context, Settings settings) {
    context.addComponent("kafka", component(settings));
    context.getRegistry().bind("kafkaRecord", new KafkaRecord(topic(settings), Clock.systemUTC()));
  }

  private static KafkaComponent component(Settings settings) {
    KafkaComponent component = new KafkaComponent();
    component.setConfiguration(configuration(settings));
    Duration timeout = settings.duration(Keys.SINK_TIMEOUT);
    component.setKafkaClientFactory(
        new DefaultKafkaClientFactory() {
          @Override
          public Producer<Object, Object> getProducer(Properties properties) {
            return new PromptProducer(
                properties, timeout.multipliedBy(3).dividedBy(2), timeout.dividedBy(2));
          }
        });
    // A Kafka that is down is trouble of this sink and no reason to call the service not ready.
    component.setHealthCheckProducerEnabled(false);
    return component;
  }

  private static KafkaConfiguration configuration(Settings settings) {
    KafkaConfiguration configuration = new KafkaConfiguration();
    configuration.setBrokers(brokers(settings));
    secure(configuration, settings);
    configuration.setValueSerializer(ByteArraySerializer.class.getName());
    // A lead is settled when all replicas in sync have it, and what the client repeats is one
    // record.
    configuration.setRequestRequiredAcks("all");
    configuration.setEnableIdempotence(true);
    configuration.setSynchronous(true);
    // Half of it to find the topic's brokers and, once it lies in the producer, all of it to be
    // confirmed, in which a request whose answer is lost is repeated.
    int timeout = Math.toIntExact(settings.duration(Keys.SINK_TIMEOUT).toMillis());
    configuration.setMaxBlockMs(timeout / 2);
    configuration.setRequestTimeoutMs(timeout / 2);
    configuration.setDeliveryTimeoutMs(timeout);
    return configuration;
  }

  private static String brokers(Settings settings) {
    List<String> brokers = settings.requiredList(Keys.KAFKA_BROKERS);
    for (String broker : brokers) {
      if (!BROKER.matcher(broker).matches()) {
        throw new SettingsException(
            "kafka.brokers: '"
                + broker
                + "' is not a broker: "
                + Keys.KAFKA_BROKERS.remedy()
                + ".");
      }
    }
    return String.join(",", brokers);
  }

  private static String topic(Settings settings) {
    String topic = settings.required(Keys.KAFKA_TOPIC);
    if (!TOPIC.matcher(topic).matches()) {
      throw new SettingsException(
          "kafka.topic="
              + topic
              + " is not the name of a topic: use letters, digits, '.', '_' and '-' only.");
    }
    return topic;
  }

  private static void secure(KafkaConfiguration configuration, Settings settings) {
    String protocol = settings.required(Keys.KAFKA_SECURITY_PROTOCOL);
    if (!PROTOCOLS.contains(protocol)) {
      throw new SettingsException(
          "kafka.security-protocol="
              + protocol
              + " does not exist: write PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.");
    }
    configuration.setSecurityProtocol(protocol);
    if (protocol.startsWith("SASL_")) {
      configuration.setSaslMechanism(settings.required(Keys.KAFKA_SASL_MECHANISM));
      configuration.setSaslJaasConfig(settings.required(Keys.KAFKA_SASL_JAAS_CONFIG));
    } else if (!settings.text(Keys.KAFKA_SASL_JAAS_CONFIG).isEmpty()) {
      throw new SettingsException(
          "kafka.sasl-jaas-config is set, but kafka.security-protocol="
              + protocol
              + " has no login: write SASL_SSL, or remove kafka.sasl-jaas-config.");
    }
  }
}
