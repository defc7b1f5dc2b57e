package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.judge.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file users edit. */
class JudgeCallTest {

  private static final Path FILE = Path.of("routes/judge-call.camel.yaml");

  @TempDir Path directory;

  private PollingRoutes routes;

  private Verdict judge(String text, Call call) throws Exception {
    routes.load(text, "judge-call");
    return routes.send("judge-call", call).getMessage().getBody(Verdict.class);
  }

  private void start() throws Exception {
    start("ended, evaluated, outcome");
  }

  private void start(String filters) throws Exception {
    routes =
        new PollingRoutes(
            directory,
            "http://127.0.0.1:1/api",
            Map.of("lead.sinks", "slack, file", "lead.filters", filters));
  }

  @AfterEach
  void stop() {
    routes.close();
  }

  /** The route as shipped, with these lines after its last step. */
  private static String with(String step) throws Exception {
    String shipped =
        Files.readString(FILE)
            .lines()
            .filter(line -> !line.strip().startsWith("#"))
            .collect(Collectors.joining("\n"));
    return shipped + "\n" + step.indent(8);
  }

  /** The route with the example of its comment as it stands there. */
  private static String example() throws Exception {
    return Files.readString(FILE)
        .lines()
        .map(line -> line.replaceFirst("^( +)# ([- ].*)$", "$1$2"))
        .filter(line -> !line.strip().startsWith("#"))
        .collect(Collectors.joining("\n"));
  }

  private static Call calledFrom(String phone) {
    return new CallPageReader("default", ZoneOffset.UTC)
        .readCall(
            """
            {"id": 7, "status": "completed", "evaluation": {"outcome": "qualified_lead"},
             "client_phone_number": %s}
            """
                .formatted(phone));
  }

  @Test
  void as_shipped_it_asks_the_filters_and_keeps_the_lead() throws Exception {
    start();

    Verdict verdict = judge(Files.readString(FILE), routes.fixture.qualified(7));

    assertThat(verdict.qualified()).isTrue();
    assertThat(verdict.sinks()).containsExactly("slack", "file");
    assertThat(verdict.lead().name()).isEqualTo("Ada Example");
  }

  @ParameterizedTest
  @CsvSource({"'\"+15550100\"', german-number", "null, german-number", "'\"+493023125000\"',"})
  void the_condition_in_its_comment_works_as_well_as_a_filter_in_java(
      String phone, String rejectedBy) throws Exception {
    Call call = calledFrom(phone);
    start("ended, evaluated, outcome, german-number");
    Verdict byFilter = judge(Files.readString(FILE), call);
    routes.close();

    start("ended, evaluated, outcome");
    Verdict byCondition = judge(example(), call);

    assertThat(byCondition.rejectedBy()).isEqualTo(rejectedBy);
    assertThat(byCondition).isEqualTo(byFilter);
  }

  @Test
  void a_condition_may_choose_the_sinks() throws Exception {
    start();

    Verdict verdict =
        judge(
            with("- setBody: {expression: {simple: {expression: \"${body.sinks('file')}\"}}}"),
            routes.fixture.qualified(7));

    assertThat(verdict.sinks()).containsExactly("file");
  }

  @Test
  void a_condition_sees_calls_that_a_filter_rejected_and_keeps_the_first_reason() throws Exception {
    start();

    Verdict verdict =
        judge(
            with("- setBody: {expression: {simple: {expression: \"${body.reject('mine')}\"}}}"),
            routes.fixture.call(7, "ringing", "null"));

    assertThat(verdict.rejectedBy()).isEqualTo("ended");
  }
}
