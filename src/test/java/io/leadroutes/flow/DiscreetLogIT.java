package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G7: whatever goes wrong, the log of the real jar holds nothing personal and no secret. */
class DiscreetLogIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String MARK = "Zebedee";

  @TempDir Path directory;

  private Arrivals arrivals;

  @AfterEach
  void closeSandbox() {
    if (arrivals != null) {
      arrivals.close();
    }
  }

  private static SandboxCall personal(long id) {
    return SandboxCall.qualified(id)
        .variables(
            Map.of(
                "customer_name", MARK + " Example",
                "email", MARK + "@example.com",
                "company", MARK + " Ltd",
                "phone", "+1555" + MARK))
        .phone("+1555" + MARK)
        .transcript("Hello, this is " + MARK)
        .with("recording_url", "https://recordings.example/" + MARK + ".mp3");
  }

  /** A caller's words that try to become lines, expressions and lookups of the log. */
  private static final List<String> HOSTILE =
      List.of(
          MARK + "\r\n2026-01-01 00:00:00.000Z ERROR Forged - " + MARK,
          "${body} {{slack.token}} ${env:HOME} ${jndi:ldap://127.0.0.1:1/" + MARK + "}",
          "{} %s %n " + MARK + " \u001b[2J\u0000<!channel>",
          "../../" + MARK);

  @Test
  void hostile_words_and_answers_print_nothing_of_themselves() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      var sandbox = arrivals.sandbox;
      for (int i = 0; i < HOSTILE.size(); i++) {
        String words = HOSTILE.get(i);
        sandbox
            .clickSpeak()
            .put(
                personal(1 + i)
                    .evaluation(Map.of("outcome", "qualified_lead", "summary", words, words, words))
                    .with("variables", Map.of("customer_name", words, words, List.of(words)))
                    .with("assistant_name", words)
                    .with("webhook_response", words)
                    .transcript(words)
                    .phone(words));
      }
      String words = HOSTILE.get(0).replace("\r\n", "\\r\\n");
      sandbox
          .clickSpeak()
          .putRaw(20, Instant.now(), "{\"id\": 20, \"created_at\": \"" + words + "\"}")
          .putRaw(21, Instant.now(), "\"" + words + "\"");
      sandbox
          .clickSpeak()
          .faults()
          .next(Fault.status(500, words).header("X-Reason", MARK).header("CamelHttpUri", MARK))
          .next(Fault.status(200, "{\"data\": [" + words + "]}"))
          .next(Fault.status(200, "{\"data\": \"" + words + "\"}"));
      sandbox
          .slack()
          .faults()
          .next(Fault.status(400, "{\"ok\":false,\"error\":\"" + words + "\"}"))
          .next(Fault.status(200, "{\"ok\":false,\"error\":\"" + words + "\"}"))
          .next(Fault.statusAfterWork(200, "{\"ok\":true,\"ts\":\"" + words + "\"}"));
      String result =
          "{\"id\":\"%1$s\",\"success\":false,\"errors\":[{\"statusCode\":\"%1$s\",\"message\":\"%1$s\","
              + "\"fields\":[\"%1$s\"]}]}";
      sandbox
          .salesforce()
          .faults()
          .next(
              Fault.status(400, "[{\"errorCode\":\"%1$s\",\"message\":\"%1$s\"}]".formatted(words))
                  .on("/services/data"))
          .next(Fault.status(200, "[" + result.formatted(words) + "]").on("/services/data"))
          .next(Fault.status(400, "{\"error\":\"" + words + "\"}").on("/services/oauth2"));

      Map<String, String> settings = new HashMap<>(arrivals.settings());
      settings.put("retry.schedule", "1s, 1s, 1s, 1s, 1s, 1s");
      settings.put("sink.probe", "500ms");
      Process service = Jar.start(directory, settings);
      await().atMost(LONG).until(() -> !service.isAlive() || arrivals.all(HOSTILE.size()));
      await().atMost(LONG).until(() -> Jar.log(directory).contains("cannot be read"));
      service.destroy();
      assertThat(service.waitFor(30, TimeUnit.SECONDS)).as(Jar.log(directory)).isTrue();

      arrivals.assertEachOnce(HOSTILE.size());
      assertThat(sandbox.clickSpeak().faults().planned()).isZero();
      assertThat(sandbox.slack().faults().planned()).isZero();
      assertThat(sandbox.salesforce().faults().planned()).isZero();
      String log = Jar.log(directory);
      assertThat(log)
          .contains("cannot be read")
          .doesNotContain(MARK, "Forged", "jndi", "recordings.example", "\u001b", "\u0000")
          .doesNotContain(sandbox.clickSpeak().token())
          .doesNotContain(sandbox.salesforce().clientSecret())
          .doesNotContain(settings.get("slack.token"));
    }
  }

  @Test
  void nothing_personal_and_no_secret_is_printed_whatever_fails() throws Exception {
    Path routes = Files.createDirectory(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("judge-call.camel.yaml"),
        """
        - route:
            id: judge-call
            description: Fails for one call with a message that quotes it.
            from:
              uri: direct:judge-call
              steps:
                - bean: {ref: judge, method: judge}
                - choice:
                    when:
                      - expression: {simple: {expression: "${body.lead.callId} == 4"}}
                        steps:
                          - throwException:
                              exceptionType: java.lang.IllegalStateException
                              message: "${body.lead.name} ${body.lead.phone}"
        """);
    try (Arrivals arrivals = new Arrivals(directory)) {
      var sandbox = arrivals.sandbox;
      sandbox
          .clickSpeak()
          .put(personal(1), personal(2), personal(3), personal(4))
          .putRaw(5, Instant.now(), "{\"id\": \"" + MARK + "\"}");
      sandbox.clickSpeak().faults().next(Fault.cutBody()).next(Fault.status(500, MARK));
      sandbox.salesforce().failNext("default-1", "UNABLE_TO_LOCK_ROW", MARK + " is locked");
      sandbox
          .salesforce()
          .failAlways("default-2", "FIELD_CUSTOM_VALIDATION_EXCEPTION", MARK + " is not valid");
      sandbox.salesforce().faults().next(Fault.status(503, MARK)).next(Fault.dropAfterWork());
      sandbox.slack().faults().next(Fault.status(500, MARK)).next(Fault.cutBody());

      Map<String, String> settings = arrivals.settings();
      Process service = Jar.start(directory, settings);
      await()
          .atMost(LONG)
          .until(
              () ->
                  !service.isAlive()
                      || arrivals.slack() == 3
                          && arrivals.lines().size() == 3
                          && arrivals.salesforce() == 2);
      sandbox.slack().token("another");
      sandbox.clickSpeak().put(personal(6));
      await()
          .atMost(LONG)
          .until(() -> Jar.log(directory).contains("slack for account default is paused"));
      await().atMost(LONG).until(() -> Jar.log(directory).contains("default fails for 1 call"));
      service.destroy();
      assertThat(service.waitFor(30, TimeUnit.SECONDS)).as(Jar.log(directory)).isTrue();

      String log = Jar.log(directory);
      assertThat(log)
          .contains(
              "dead letter", "rule of account default fails for 1 call", "that cannot be read")
          .doesNotContain(MARK)
          .doesNotContain(sandbox.clickSpeak().token())
          .doesNotContain(sandbox.salesforce().clientSecret())
          .doesNotContain(settings.get("slack.token"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "htps:{{teams.url}}",
        "\"{{teams.url}}\"",
        "{{teams.url}}?connectTimeout=soon",
        "leads:{{teams.url}}"
      })
  void an_address_that_is_written_wrongly_is_not_printed(String uri) throws Exception {
    Process service = startWith(uri);
    assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(service.exitValue()).isEqualTo(2);
    assertThat(Jar.log(directory))
        .contains("routes/deliver-teams.camel.yaml, line")
        .doesNotContain(MARK);
  }

  @Test
  void an_address_that_nobody_answers_at_is_not_printed() throws Exception {
    Process service = startWith("{{teams.url}}");
    await()
        .atMost(LONG)
        .until(() -> Jar.log(directory).contains("teams for account default is backing off"));
    service.destroy();
    assertThat(service.waitFor(30, TimeUnit.SECONDS)).as(Jar.log(directory)).isTrue();

    assertThat(Jar.log(directory)).doesNotContain(MARK);
  }

  private Process startWith(String uri) throws Exception {
    Files.writeString(
        Files.createDirectories(directory.resolve("routes")).resolve("deliver-teams.camel.yaml"),
        """
        - route:
            id: deliver-teams
            from:
              uri: leads:teams
              steps:
                - to: {uri: '%s'}
        """
            .formatted(uri));
    arrivals = new Arrivals(directory);
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    Map<String, String> settings = new HashMap<>(arrivals.settings());
    settings.put("lead.sinks", "teams");
    settings.put("teams.url", "https://127.0.0.1:1/" + MARK + "?sig=" + MARK);
    return Jar.start(directory, settings);
  }
}
