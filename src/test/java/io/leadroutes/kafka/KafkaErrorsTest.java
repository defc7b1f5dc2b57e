package io.leadroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaErrorsTest {

  private static Outcome outcome(Throwable failure) {
    return KafkaErrors.outcome(new ExecutionException(failure), "leads");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PAUSED|SASL_AUTHENTICATION_FAILED UNSUPPORTED_SASL_MECHANISM ILLEGAL_SASL_STATE",
        "PAUSED|TOPIC_AUTHORIZATION_FAILED CLUSTER_AUTHORIZATION_FAILED SECURITY_DISABLED",
        "PAUSED|UNKNOWN_TOPIC_OR_PARTITION INVALID_TOPIC_EXCEPTION UNSUPPORTED_VERSION",
        "PAUSED|UNSUPPORTED_FOR_MESSAGE_FORMAT UNSUPPORTED_COMPRESSION_TYPE INVALID_TIMESTAMP",
        "PAUSED|INVALID_REQUIRED_ACKS POLICY_VIOLATION TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
        "REFUSED|MESSAGE_TOO_LARGE RECORD_LIST_TOO_LARGE INVALID_RECORD",
        "SINK_DOWN|LEADER_NOT_AVAILABLE NOT_ENOUGH_REPLICAS BROKER_NOT_AVAILABLE",
        "SINK_DOWN|THROTTLING_QUOTA_EXCEEDED",
        "UNKNOWN|NOT_ENOUGH_REPLICAS_AFTER_APPEND REQUEST_TIMED_OUT NETWORK_EXCEPTION",
        "UNKNOWN|NOT_LEADER_OR_FOLLOWER KAFKA_STORAGE_ERROR CORRUPT_MESSAGE UNKNOWN_SERVER_ERROR",
        "UNKNOWN|OUT_OF_ORDER_SEQUENCE_NUMBER UNKNOWN_PRODUCER_ID INVALID_PRODUCER_EPOCH",
      })
  void an_answer_of_a_broker_means_what_the_table_says(Kind kind, String codes) {
    for (String code : codes.split(" ")) {
      assertThat(outcome(Errors.valueOf(code).exception()).kind()).as(code).isEqualTo(kind);
    }
  }

  static Stream<Errors> errors() {
    return Arrays.stream(Errors.values()).filter(error -> error != Errors.NONE);
  }

  @ParameterizedTest
  @MethodSource("errors")
  void no_answer_of_a_broker_counts_as_delivered_and_none_is_quoted(Errors error) {
    Outcome outcome = outcome(error.exception("about Ada Lovelace"));

    assertThat(outcome.kind()).isNotIn(Kind.DELIVERED, Kind.LATER, Kind.NOT_THERE);
    assertThat(outcome.reason())
        .contains(error.exception().getClass().getSimpleName())
        .doesNotContain("Ada");
  }

  @Test
  void a_certificate_that_is_refused_pauses_with_the_keys_to_correct() {
    assertThat(outcome(new SslAuthenticationException("handshake")).reason())
        .contains("kafka.security-protocol");
    assertThat(outcome(new SaslAuthenticationException("login")).reason())
        .contains("kafka.sasl-jaas-config");
  }

  @Test
  void a_time_out_is_unknown_unless_the_topic_was_missing() {
    assertThat(outcome(new TimeoutException("expired")).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(outcome(new NetworkException("cut")).kind()).isEqualTo(Kind.UNKNOWN);

    Outcome missing =
        outcome(new TimeoutException("no topic", new UnknownTopicOrPartitionException("none")));
    assertThat(missing.kind()).isEqualTo(Kind.PAUSED);
    assertThat(missing.reason()).contains("kafka.topic leads does not exist");
  }

  @Test
  void a_producer_that_cannot_be_made_pauses_and_an_unknown_host_waits() {
    assertThat(outcome(new ConfigException("compression.type", "gzipp")).kind())
        .isEqualTo(Kind.PAUSED);
    String words = "Failed to construct kafka producer";
    assertThat(outcome(new KafkaException(words, new IllegalArgumentException())).kind())
        .isEqualTo(Kind.PAUSED);
    assertThat(
            outcome(
                    new KafkaException(
                        words, new ConfigException("No resolvable bootstrap urls given in x")))
                .kind())
        .isEqualTo(Kind.SINK_DOWN);
  }

  @Test
  void a_producer_that_broke_off_says_nothing_about_its_settings() {
    Outcome outcome = outcome(new KafkaException("Producer is closed forcefully."));

    assertThat(outcome.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(outcome.reason()).isEqualTo("Sending to Kafka broke off (KafkaException).");
  }

  @Test
  void what_is_not_kafkas_may_have_come_after_the_record() {
    assertThat(outcome(new InterruptedException()).kind()).isEqualTo(Kind.UNKNOWN);
  }
}
