package io.leadroutes.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTest {

  @ParameterizedTest
  @CsvSource({
    "completed, true, true",
    "ended, true, true",
    "ended_by_customer, true, true",
    "ended_by_assistant, true, true",
    "busy, true, true",
    "no-answer, true, true",
    "unanswered, true, true",
    "failed, true, true",
    "voicemail, true, true",
    "' Completed ', true, true",
    "initiated, false, false",
    "ringing, false, false",
    "in-progress, false, false",
    "transferred, false, true",
    ", false, true"
  })
  void a_call_is_over_by_its_status_and_by_its_evaluation_that_settled_where_the_status_is_unknown(
      String status, boolean withoutEvaluation, boolean withEvaluation) {
    assertThat(call(status, "{}").terminal()).isEqualTo(withoutEvaluation);
    assertThat(call(status, "{\"outcome\":\"cold\"}").settle().terminal())
        .isEqualTo(withEvaluation);
  }

  @ParameterizedTest
  @CsvSource({
    "completed, '{\"outcome\":\"cold\"}', false",
    "completed, '{}', true",
    "ringing, '{\"outcome\":\"cold\"}', true",
    "transferred, '{\"outcome\":\"cold\"}', true"
  })
  void a_call_is_open_until_it_is_over_and_evaluated(
      String status, String evaluation, boolean open) {
    assertThat(call(status, evaluation).open()).isEqualTo(open);
  }

  private static Call call(String status, String evaluation) {
    String text = status == null ? "null" : "\"" + status + "\"";
    return new CallPageReader("acme", ZoneId.of("UTC"))
        .readCall("{\"id\":1,\"status\":" + text + ",\"evaluation\":" + evaluation + "}");
  }
}
