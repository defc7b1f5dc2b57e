package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.CommandLineOfTests;
import io.leadroutes.cli.Service;
import io.leadroutes.kafka.Broker;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** G2: the whole way with a real broker as the last stop. */
@Timeout(120)
class KafkaTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int LEADS = 50;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private Arrivals arrivals;
  private Broker broker;

  @BeforeEach
  void open() throws Exception {
    arrivals = new Arrivals(directory);
    broker = Broker.start(directory);
    broker.topic("leads", Map.of());
  }

  @AfterEach
  void close() {
    arrivals.close();
    broker.close();
  }

  private Settings settings() {
    Map<String, String> settings = new HashMap<>(arrivals.settings());
    settings.put("lead.sinks", "file, kafka");
    settings.put("kafka.brokers", broker.brokers());
    settings.put("kafka.topic", "leads");
    settings.put("camel.component.kafka.compression-codec", "gzip");
    return Settings.load(directory, Map.of(), new Properties()).with(settings);
  }

  private List<String> records() {
    return broker.records("leads").stream().map(KafkaTest::keyAndVersion).toList();
  }

  private static String keyAndVersion(ConsumerRecord<String, String> record) {
    try {
      JsonNode value = JSON.readTree(record.value());
      return record.key() + " " + value.path("version").asInt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> each(int version) {
    return LongStream.rangeClosed(1, LEADS)
        .mapToObj(id -> "default-" + id + " " + version)
        .toList();
  }

  private boolean ready(Settings settings) throws Exception {
    URI health =
        URI.create("http://127.0.0.1:" + settings.text("console.port") + "/observe/health/ready");
    return HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding())
            .statusCode()
        == 200;
  }

  @Test
  void each_version_of_a_lead_is_one_record_although_kafka_comes_up_after_the_service()
      throws Exception {
    LongStream.rangeClosed(1, LEADS)
        .forEach(id -> arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id)));
    Settings settings = settings();
    broker.stop();
    try (Service service = Service.start(settings, directory)) {
      KafkaComponent kafka = service.context().getComponent("kafka", KafkaComponent.class);
      assertThat(kafka.getConfiguration().getCompressionCodec()).isEqualTo("gzip");
      // A Kafka that is down holds neither the start nor another sink.
      await().atMost(LONG).until(() -> arrivals.lines().size() == LEADS);
      assertThat(ready(settings)).isTrue();

      broker.restart();
      await().atMost(LONG).until(() -> records().size() >= LEADS);
      assertThat(records()).containsExactlyInAnyOrderElementsOf(each(1));

      String longAgo = LocalDate.now(ZoneOffset.UTC).minusDays(30).toString();
      new CommandLineOfTests(settings, directory)
          .run("resend", "--sink", "kafka", "--from", longAgo);
      await().atMost(LONG).until(() -> records().size() >= 2 * LEADS);
      arrivals.awaitTwoMorePasses();
    }
    List<String> records = records();
    assertThat(records).containsAll(each(1)).containsAll(each(2)).hasSize(2 * LEADS);
  }
}
