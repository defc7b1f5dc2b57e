package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G7: whatever goes wrong, the log of the real jar holds nothing personal and no secret. */
class DiscreetLogIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String MARK = "Zebedee";

  @TempDir Path directory;

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
      service.destroy();
      assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();

      String log = Jar.log(directory);
      assertThat(log)
          .contains("dead letter", "judging failed", "cannot be read")
          .doesNotContain(MARK)
          .doesNotContain(sandbox.clickSpeak().token())
          .doesNotContain(sandbox.salesforce().clientSecret())
          .doesNotContain(settings.get("slack.token"));
    }
  }
}
