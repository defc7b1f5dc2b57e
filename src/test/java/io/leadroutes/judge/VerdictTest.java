package io.leadroutes.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.lead.Lead;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** G7: a verdict prints ids only. */
class VerdictTest {

  private static final Call CALL =
      new CallPageReader("acme", ZoneId.of("UTC"))
          .readCall("{\"id\":123,\"client_phone_number\":\"+4930123\"}");
  private static final Lead LEAD =
      new Lead("acme-123", "John Smith", "John", "Smith", null, "+4930123", null, "hot", CALL);

  private final Verdict verdict = Verdict.accepted(LEAD, List.of("salesforce", "slack", "file"));

  @Test
  void a_rejected_verdict_is_a_new_one_and_keeps_its_lead() {
    Verdict rejected = verdict.reject("german-number");

    assertThat(rejected.qualified()).isFalse();
    assertThat(rejected.rejectedBy()).isEqualTo("german-number");
    assertThat(rejected.sinks()).isEmpty();
    assertThat(rejected.lead().phone()).isEqualTo("+4930123");
    assertThat(rejected.call()).isSameAs(CALL);
    assertThat(verdict.qualified()).isTrue();
  }

  @Test
  void a_rejected_verdict_keeps_its_first_reason() {
    assertThat(verdict.reject("first").reject("second").rejectedBy()).isEqualTo("first");
    assertThat(Verdict.rejected(LEAD, "ended").reject("second").rejectedBy()).isEqualTo("ended");
  }

  @Test
  void sinks_narrows_to_the_sinks_that_are_named() {
    Verdict narrowed = verdict.sinks(" slack ,file,, slack");

    assertThat(narrowed.sinks()).containsExactly("slack", "file");
    assertThat(narrowed.qualified()).isTrue();
    assertThat(verdict.sinks()).containsExactly("salesforce", "slack", "file");
  }

  @Test
  void sinks_may_choose_again_from_all_sinks() {
    assertThat(verdict.sinks("slack").sinks("file").sinks()).containsExactly("file");
  }

  @Test
  void a_sink_that_is_not_in_lead_sinks_is_refused() {
    assertThatThrownBy(() -> verdict.sinks("slack, teams"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("judge-call names a sink that is not in lead.sinks");
  }

  @Test
  void a_call_that_is_no_lead_gets_no_sinks() {
    assertThat(verdict.reject("x").sinks("slack").sinks()).isEmpty();
    assertThat(Verdict.failed(CALL, new IllegalStateException()).sinks("slack").sinks()).isEmpty();
  }

  @Test
  void a_call_whose_judging_failed_is_no_lead_and_names_only_the_kind_of_failure() {
    Verdict failed = Verdict.failed(CALL, new IllegalStateException("John Smith"));

    assertThat(failed.qualified()).isFalse();
    assertThat(failed.error()).isEqualTo("java.lang.IllegalStateException");
    assertThat(failed.rejectedBy()).isNull();
    assertThat(failed.reject("german-number")).isSameAs(failed);
  }

  @Test
  void later_changes_of_the_list_it_was_made_of_do_not_reach_it() {
    List<String> sinks = new ArrayList<>(List.of("slack"));
    Verdict accepted = Verdict.accepted(LEAD, sinks);
    sinks.add("file");

    assertThat(accepted.sinks()).containsExactly("slack");
    assertThatThrownBy(() -> accepted.sinks().add("file"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_verdict_prints_ids_only() {
    assertThat(verdict).hasToString("Verdict[Call[acme-123] lead]");
    assertThat(verdict.reject("german-number"))
        .hasToString("Verdict[Call[acme-123] rejected by german-number]");
    assertThat(Verdict.failed(CALL, new IllegalStateException("John Smith")))
        .hasToString("Verdict[Call[acme-123] failed]");
  }
}
