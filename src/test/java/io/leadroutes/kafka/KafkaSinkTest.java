package io.leadroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import io.leadroutes.sinks.SinkRoute;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSinkTest {

  private static Settings settings(Map<String, String> others) {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.brokers", "broker-1.example.com:9093, [::1]:9092");
    settings.put("kafka.topic", "leads");
    settings.putAll(others);
    return SinkRoute.settings(settings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kafka.brokers | '' | kafka.brokers is empty: write one or more brokers as host:port",
        "kafka.brokers | localhost | kafka.brokers: 'localhost' is not a broker",
        "kafka.brokers | http://host:9092 | 'http://host:9092' is not a broker",
        "kafka.topic | '' | kafka.topic is not set: name the topic",
        "kafka.topic | leads?brokers=other:1 | kafka.topic=leads?brokers=other:1 is not the name",
        "kafka.topic | ${body.name} | is not the name of a topic",
        "kafka.security-protocol | TLS | kafka.security-protocol=TLS does not exist: write"
            + " PLAINTEXT",
        "kafka.security-protocol | SASL_SSL | kafka.sasl-mechanism is not set",
        "kafka.sasl-jaas-config | secret | kafka.sasl-jaas-config is set, but"
      })
  void a_setting_that_is_wrong_is_named_with_its_remedy(String key, String value, String part) {
    assertThatThrownBy(
            () -> new KafkaSink().bind(new DefaultCamelContext(), settings(Map.of(key, value))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(part)
        .message()
        .endsWith(".")
        .doesNotContain("secret");
  }

  @Test
  void a_lead_counts_when_all_replicas_have_it_and_repeats_of_the_client_count_once() {
    CamelContext context = new DefaultCamelContext();
    new KafkaSink().bind(context, settings(Map.of("sink.timeout", "10s")));
    KafkaConfiguration kafka =
        context.getComponent("kafka", KafkaComponent.class).getConfiguration();

    assertThat(kafka.getRequestRequiredAcks()).isEqualTo("all");
    assertThat(kafka.isEnableIdempotence()).isTrue();
    assertThat(kafka.getMaxBlockMs()).isEqualTo(5_000);
    assertThat(kafka.getDeliveryTimeoutMs()).isEqualTo(10_000);
    assertThat(kafka.getBrokers()).isEqualTo("broker-1.example.com:9093,[::1]:9092");
  }
}
