package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.Call;
import io.leadroutes.judge.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    routes =
        new PollingRoutes(directory, "http://127.0.0.1:1/api", Map.of("lead.sinks", "slack, file"));
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

  @Test
  void as_shipped_it_asks_the_filters_and_keeps_the_lead() throws Exception {
    start();

    Verdict verdict = judge(Files.readString(FILE), routes.fixture.qualified(7));

    assertThat(verdict.qualified()).isTrue();
    assertThat(verdict.sinks()).containsExactly("slack", "file");
    assertThat(verdict.lead().name()).isEqualTo("Ada Example");
  }

  @Test
  void the_example_in_its_comment_works_as_it_stands() throws Exception {
    start();
    String example =
        Files.readString(FILE)
            .lines()
            .map(line -> line.replaceFirst("^( +)# ([- ].*)$", "$1$2"))
            .filter(line -> !line.strip().startsWith("#"))
            .collect(Collectors.joining("\n"));
    assertThat(example).contains("reject('german-number')");

    Verdict verdict = judge(example, routes.fixture.qualified(7));

    assertThat(verdict.rejectedBy()).isEqualTo("german-number");
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
