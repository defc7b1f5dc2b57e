package io.leadroutes.kafka;

import io.leadroutes.flow.Arrivals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka in this JVM: one node that is controller and broker. Whoever comes by {@link
 * #brokers} may do everything; by {@link #securedBrokers} one needs a user with a password.
 */
public final class Broker implements AutoCloseable {

  /** Now and then a node does not come up; a second one does. */
  private static final int STARTS = 3;

  private static final Duration START = Duration.ofSeconds(20);

  private final Path directory;
  private final int port = Arrivals.freePort();
  private final int securedPort = Arrivals.freePort();
  private final int controllerPort = Arrivals.freePort();
  private final List<Line> lines;
  private final String clusterId = Uuid.randomUuid().toString();
  private KafkaRaftServer server;

  static {
    // A node that cannot go on would end the JVM of all tests.
    Exit.setExitProcedure(Broker::refuseToEnd);
    Exit.setHaltProcedure(Broker::refuseToEnd);
  }

  /**
   * Another way in, for somebody who stands between: whoever comes by it is told to come back
   * there.
   *
   * @param front the port that clients are told
   * @param back the port it listens on
   */
  record Line(int front, int back) {}

  private Broker(Path directory, int lines) {
    this.directory = directory;
    this.lines =
        Stream.generate(() -> new Line(Arrivals.freePort(), Arrivals.freePort()))
            .limit(lines)
            .toList();
  }

  /** Returns when it takes requests. */
  public static Broker start(Path directory) throws Exception {
    return start(directory, 0);
  }

  /** The same with so many {@link #lines}. */
  static Broker start(Path directory, int lines) throws Exception {
    for (int attempt = 1; ; attempt++) {
      Broker broker = new Broker(directory.resolve("broker-" + attempt), lines);
      try {
        broker.format();
        broker.restart();
        return broker;
      } catch (ExecutionException | TimeoutException e) {
        if (attempt == STARTS) {
          throw e;
        }
      }
    }
  }

  private static void refuseToEnd(int status, String message) {
    throw new IllegalStateException("The broker wanted to end the JVM: " + message);
  }

  private void format() throws Exception {
    Files.createDirectories(directory);
    new Formatter()
        .setClusterId(clusterId)
        .setNodeId(1)
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .run();
  }

  /** Serves on the same ports, with what it had. */
  public void restart() throws Exception {
    server = new KafkaRaftServer(KafkaConfig.fromProps(properties()), Time.SYSTEM);
    CompletableFuture<Void> up = CompletableFuture.runAsync(server::startup);
    up.get(START.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Refuses connections from now on; what it has stays. */
  public void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  private Properties properties() {
    String host = "127.0.0.1:";
    Properties properties = new Properties();
    StringBuilder listeners = new StringBuilder();
    StringBuilder told = new StringBuilder();
    StringBuilder protocols = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      listeners.append(",LINE%d://%s%d".formatted(i, host, lines.get(i).back()));
      told.append(",LINE%d://%s%d".formatted(i, host, lines.get(i).front()));
      protocols.append(",LINE%d:PLAINTEXT".formatted(i));
    }
    String open = "PLAINTEXT://%s%d,SASL_PLAINTEXT://%s%d".formatted(host, port, host, securedPort);
    properties.putAll(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.voters", "1@" + host + controllerPort),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("listeners", open + ",CONTROLLER://" + host + controllerPort + listeners),
            Map.entry("advertised.listeners", open + told),
            Map.entry(
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT"
                    + protocols),
            Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-256"),
            Map.entry(
                "listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
            Map.entry(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
            Map.entry("super.users", "User:ANONYMOUS"),
            Map.entry("log.dirs", directory.toString()),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("num.network.threads", "1"),
            Map.entry("num.io.threads", "2"),
            Map.entry("connection.failed.authentication.delay.ms", "0")));
    return properties;
  }

  /** For {@code kafka.brokers}, without user. */
  public String brokers() {
    return "127.0.0.1:" + port;
  }

  /** For {@code kafka.brokers} with SASL_PLAINTEXT and SCRAM-SHA-256. */
  public String securedBrokers() {
    return "127.0.0.1:" + securedPort;
  }

  List<Line> lines() {
    return lines;
  }

  public Admin admin() {
    return Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers()));
  }

  /** Makes a topic of three partitions. */
  public void topic(String name, Map<String, String> configuration) throws Exception {
    try (Admin admin = admin()) {
      admin
          .createTopics(List.of(new NewTopic(name, 3, (short) 1).configs(configuration)))
          .all()
          .get();
    }
  }

  /** Everything that stands in the topic, in no order between partitions. */
  public List<ConsumerRecord<String, String>> records(String topic) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  @Override
  public void close() {
    stop();
  }
}
