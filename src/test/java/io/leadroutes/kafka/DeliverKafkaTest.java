package io.leadroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.flow.Arrivals;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** G5: {@code deliver-kafka} against a real broker. */
@Timeout(60)
class DeliverKafkaTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;
  private static Broker broker;

  private final String topic = "leads-" + UUID.randomUUID();
  private SinkRoute route;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = Broker.start(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void makeTopic() throws Exception {
    broker.topic(topic, Map.of("max.message.bytes", "900000"));
  }

  @AfterEach
  void stop() {
    route.close();
  }

  private void start(Map<String, String> own) {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.brokers", broker.brokers());
    settings.put("kafka.topic", topic);
    settings.put("sink.timeout", "2s");
    settings.putAll(own);
    route = new SinkRoute(SinkRoute.settings(settings), new KafkaSink()::bind, "deliver-kafka");
  }

  private void startSecured(String user) {
    start(
        Map.of(
            "kafka.brokers",
            broker.securedBrokers(),
            "kafka.security-protocol",
            "SASL_PLAINTEXT",
            "kafka.sasl-mechanism",
            "SCRAM-SHA-256",
            "kafka.sasl-jaas-config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                + user
                + "\" password=\"secret+%&\";"));
  }

  private Outcome send(Delivery delivery) {
    Exchange exchange = route.send(delivery);
    assertThat(exchange.getException()).isNull();
    return exchange.getMessage().getBody() instanceof Outcome outcome
        ? outcome
        : Outcome.delivered();
  }

  private void assertDelivered(Delivery delivery) {
    assertThat(send(delivery)).isEqualTo(Outcome.delivered());
  }

  @Test
  void a_lead_is_one_record_with_the_leads_key_and_no_headers() throws Exception {
    start(Map.of());

    assertDelivered(Deliveries.first(1));

    ConsumerRecord<String, String> record = broker.records(topic).get(0);
    assertThat(broker.records(topic)).hasSize(1);
    assertThat(record.key()).isEqualTo("default-1");
    assertThat(record.headers()).isEmpty();
    JsonNode value = JSON.readTree(record.value());
    assertThat(value.path("id").asLong()).isEqualTo(1);
    assertThat(value.path("account").asText()).isEqualTo("default");
    assertThat(value.path("version").asInt()).isEqualTo(1);
    assertThat(value.path("name").asText()).isEqualTo("Ada Lovelace");
    assertThat(value.path("evaluation").path("score").asInt()).isEqualTo(87);
    assertThat(record.value()).doesNotContain("\n");
  }

  @Test
  void versions_of_a_lead_stand_behind_one_another_in_one_partition() {
    start(Map.of());
    for (int version = 1; version <= 5; version++) {
      assertDelivered(
          new Delivery(
              1, "default", Deliveries.lead(1), version, 1, null, null, false, null, version));
    }

    List<ConsumerRecord<String, String>> records = broker.records(topic);

    assertThat(records)
        .extracting(ConsumerRecord::partition)
        .containsOnly(records.get(0).partition());
    assertThat(records)
        .extracting(record -> JSON.readTree(record.value()).path("version").asInt())
        .containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void whatever_a_caller_says_is_a_value_and_nothing_else() throws Exception {
    start(Map.of());
    // A record of the longest ones would be too large.
    List<String> texts =
        Deliveries.HOSTILE.stream().filter(text -> text.length() < 40_000).toList();
    for (String text : texts) {
      assertDelivered(Deliveries.of(1, Deliveries.hostile(1, text)));
    }

    List<ConsumerRecord<String, String>> records = broker.records(topic);

    assertThat(records).hasSize(texts.size());
    for (ConsumerRecord<String, String> record : records) {
      assertThat(record.key()).isEqualTo("default-1");
      assertThat(record.headers()).isEmpty();
      assertThat(JSON.readTree(record.value()).path("version").asInt()).isEqualTo(1);
    }
  }

  @Test
  void a_lead_that_is_too_large_is_a_dead_letter_and_the_next_one_goes() {
    start(Map.of());
    Lead large = Deliveries.hostile(1, "x".repeat(70_000));
    Lead larger = Deliveries.hostile(2, "x".repeat(500_000));

    assertThat(List.of(send(Deliveries.of(1, large)), send(Deliveries.of(2, larger))))
        .allSatisfy(
            outcome -> {
              assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
              assertThat(outcome.reason()).contains("RecordTooLargeException", "max.message.bytes");
            });
    assertDelivered(Deliveries.first(3));
  }

  @Test
  void a_topic_that_is_missing_pauses_and_is_found_once_it_is_made() throws Exception {
    start(Map.of("kafka.topic", topic + "-2"));

    Outcome outcome = send(Deliveries.first(1));

    assertThat(outcome.kind()).isEqualTo(Kind.PAUSED);
    assertThat(outcome.reason()).contains("kafka.topic " + topic + "-2 does not exist");
    broker.topic(topic + "-2", Map.of());
    assertDelivered(Deliveries.first(1));
    assertThat(broker.records(topic + "-2")).hasSize(1);
  }

  @Test
  void a_refused_login_or_permission_pauses_and_goes_on_once_kafka_is_corrected() throws Exception {
    startSecured("lead");
    assertThat(send(Deliveries.first(1)).reason())
        .contains("SaslAuthenticationException", "kafka.sasl-jaas-config");
    try (Admin admin = broker.admin()) {
      ScramCredentialInfo scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
      admin
          .alterUserScramCredentials(
              List.of(new UserScramCredentialUpsertion("lead", scram, "secret+%&")))
          .all()
          .get();
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(send(Deliveries.first(1)).reason())
                      .contains("TopicAuthorizationException", "allow it WRITE"));
      ResourcePattern resource =
          new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
      AccessControlEntry write =
          new AccessControlEntry("User:lead", "*", AclOperation.WRITE, AclPermissionType.ALLOW);
      admin.createAcls(List.of(new AclBinding(resource, write))).all().get();
    }
    await().atMost(LONG).until(() -> send(Deliveries.first(1)).kind() == Kind.DELIVERED);
    assertThat(broker.records(topic)).hasSize(1);
  }

  @Test
  void a_broker_that_is_down_is_waited_for_as_long_as_an_attempt_may_take() throws Exception {
    start(Map.of());
    assertDelivered(Deliveries.first(1));
    broker.stop();
    try {
      long before = System.nanoTime();
      assertThat(send(Deliveries.first(2)).kind()).isEqualTo(Kind.UNKNOWN);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
      // The producer that is made anew knows nothing of the topic.
      assertThat(send(Deliveries.first(2)).kind()).isEqualTo(Kind.UNKNOWN);
    } finally {
      broker.restart();
    }
    await().atMost(LONG).until(() -> send(Deliveries.first(2)).kind() == Kind.DELIVERED);
    assertThat(broker.records(topic))
        .extracting(ConsumerRecord::key)
        .containsExactlyInAnyOrder("default-1", "default-2");
  }

  @Test
  void a_broker_nobody_can_find_holds_neither_the_start_nor_the_stop() {
    long before = System.nanoTime();
    start(Map.of("kafka.brokers", "no-such-host.invalid:9092"));
    assertThat(send(Deliveries.first(1)).kind()).isEqualTo(Kind.SINK_DOWN);
    route.close();
    start(Map.of("kafka.brokers", "127.0.0.1:" + Arrivals.freePort()));
    assertThat(send(Deliveries.first(1)).kind()).isEqualTo(Kind.UNKNOWN);
    route.close();

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void a_producer_that_failed_is_closed_when_its_records_are_answered() {
    start(Map.of("kafka.brokers", "127.0.0.1:" + Arrivals.freePort(), "sink.timeout", "200ms"));
    for (int i = 0; i < 5; i++) {
      assertThat(send(Deliveries.first(1)).kind()).isEqualTo(Kind.UNKNOWN);
    }

    await().atMost(LONG).until(() -> producers() == 0);
  }

  /** Each producer has a thread of its own, named after its client id. */
  private static long producers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains("| lead-routes-"))
        .count();
  }

  @Test
  void a_login_that_cannot_be_read_pauses() {
    start(
        Map.of(
            "kafka.security-protocol", "SASL_PLAINTEXT",
            "kafka.sasl-mechanism", "PLAIN",
            "kafka.sasl-jaas-config", "nonsense"));

    Outcome outcome = send(Deliveries.first(1));

    assertThat(outcome.kind()).as(outcome.reason()).isEqualTo(Kind.PAUSED);
    assertThat(outcome.reason()).contains("kafka.sasl-jaas-config").doesNotContain("nonsense");
  }
}
