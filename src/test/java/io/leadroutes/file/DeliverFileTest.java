package io.leadroutes.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.delivery.Places;
import io.leadroutes.lead.Outcome;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliverFileTest {

  @TempDir Path directory;

  private SinkRoute route;
  private Places places = (batch, place) -> {};

  @BeforeEach
  void start() {
    Clock clock = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    route =
        new SinkRoute(
            SinkRoute.settings(
                Map.of(
                    "clickspeak.accounts",
                    "default, acme",
                    "file.directory",
                    directory.toString(),
                    "clickspeak.account.acme.file.directory",
                    directory.resolve("of-acme").toString())),
            (context, settings) ->
                FileSink.bind(
                    context, settings, (batch, place) -> places.note(batch, place), clock),
            "deliver-file");
  }

  @AfterEach
  void stop() {
    route.close();
  }

  @Test
  void a_batch_is_appended_to_the_accounts_file_of_the_day() throws IOException {
    Exchange exchange = route.send(List.of(Deliveries.first(1), Deliveries.first(2)));

    assertThat(exchange.getMessage().getBody())
        .isEqualTo(List.of(Outcome.delivered(), Outcome.delivered()));
    assertThat(Files.readAllLines(directory.resolve("default/leads-2026-03-01.jsonl"))).hasSize(2);
  }

  @Test
  void an_account_has_its_own_directory() throws IOException {
    route.send(List.of(Deliveries.first(1)));
    route.send(List.of(Deliveries.of("acme", 1)));

    assertThat(Files.readAllLines(directory.resolve("default/leads-2026-03-01.jsonl"))).hasSize(1);
    assertThat(Files.readAllLines(directory.resolve("of-acme/acme/leads-2026-03-01.jsonl")))
        .hasSize(1);
  }

  @Test
  void a_lapsed_claim_fails_the_exchange_and_writes_nothing() throws IOException {
    places =
        (batch, place) -> {
          throw new IllegalStateException("lapsed");
        };

    Exchange exchange = route.send(List.of(Deliveries.first(1)));

    assertThat(exchange.getException()).hasMessage("lapsed");
    assertThat(directory.resolve("default/leads-2026-03-01.jsonl")).isEmptyFile();
  }
}
