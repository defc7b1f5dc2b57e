package io.leadroutes.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeTest {

  private static final String QUALIFIED =
      "{\"id\":1,\"status\":\"completed\",\"evaluation\":{\"outcome\":\"qualified_lead\"}}";

  @TempDir private Path empty;

  @Test
  void a_call_that_every_filter_accepts_is_a_lead_for_all_sinks() {
    Verdict verdict = judge(Map.of()).judge(call("default", QUALIFIED));

    assertThat(verdict.qualified()).isTrue();
    assertThat(verdict.rejectedBy()).isNull();
    assertThat(verdict.sinks()).containsExactly("salesforce", "slack", "file");
    assertThat(verdict.lead().key()).isEqualTo("default-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":1,\"status\":\"ringing\"}|ended",
        "{\"id\":1,\"status\":\"completed\",\"evaluation\":[]}|evaluated",
        "{\"id\":1,\"status\":\"completed\",\"evaluation\":{\"outcome\":\"cold\"}}|outcome",
        "{\"id\":1,\"status\":\"completed\",\"evaluation\":{\"score\":9}}|outcome"
      })
  void the_first_filter_that_says_no_is_recorded(String record, String filter) {
    Verdict verdict = judge(Map.of()).judge(call("default", record));

    assertThat(verdict.qualified()).isFalse();
    assertThat(verdict.rejectedBy()).isEqualTo(filter);
    assertThat(verdict.sinks()).isEmpty();
  }

  @Test
  void filters_are_applied_in_the_order_of_the_setting() {
    Call call = call("default", "{\"id\":1,\"status\":\"ringing\"}");

    assertThat(judge(Map.of("lead.filters", "outcome, ended")).judge(call).rejectedBy())
        .isEqualTo("outcome");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"outcome\":\"Hot\"}",
        "{\" OUTCOME \":\" hot \"}",
        "{\"outcome\":\"warm \"}",
        "{\"outcome\":\"cold\",\"status\":true}",
        "[{\"name\":\"Status\",\"type\":\"bool\",\"value\":true}]",
        "{\"status\":\"TRUE\"}",
        "{\"status\":1}"
      })
  void any_deciding_variable_with_any_qualifying_value_makes_a_lead(String evaluation) {
    assertThat(judgedWithLists(evaluation).qualified()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"outcome\":\"very hot\"}",
        "{\"status\":false}",
        "{\"outcome\":[\"hot\"]}",
        "{\"other\":\"hot\"}",
        "{\"outcome\":null,\"x\":1}"
      })
  void other_values_and_other_variables_make_no_lead(String evaluation) {
    assertThat(judgedWithLists(evaluation).rejectedBy()).isEqualTo("outcome");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true|{\"outcome\":1}|true",
        "true|{\"outcome\":\"1\"}|true",
        "true|{\"outcome\":1.0}|true",
        "true|{\"outcome\":\"\\u00a0True\\u200b\"}|true",
        "1|{\"outcome\":true}|true",
        "false|{\"outcome\":0}|true",
        "true|{\"outcome\":0}|false",
        "true|{\"outcome\":2}|false",
        "true|{\"outcome\":10}|false",
        "false|{\"outcome\":\"\"}|false",
        "hot & ready|{\"outcome\":\"Hot &amp; ready\"}|true",
        "true|\"{\\\"out_come\\\":1}\"|true"
      })
  void a_boolean_may_be_told_as_1_or_0(String values, String evaluation, boolean lead) {
    Call call =
        call("default", "{\"id\":1,\"status\":\"ended\",\"evaluation\":" + evaluation + "}");

    assertThat(judge(Map.of("lead.outcome.values", values)).judge(call).qualified())
        .isEqualTo(lead);
  }

  @Test
  void each_account_has_its_own_rule() {
    Judge judge =
        judge(
            Map.of(
                "clickspeak.accounts", "acme, beta",
                "clickspeak.account.beta.lead.outcome.values", "hot",
                "clickspeak.account.beta.lead.sinks", "file"));

    assertThat(judge.judge(call("acme", QUALIFIED)).qualified()).isTrue();
    assertThat(judge.judge(call("beta", QUALIFIED)).rejectedBy()).isEqualTo("outcome");
    assertThat(judge.judge(call("beta", QUALIFIED.replace("qualified_lead", "HOT"))).sinks())
        .containsExactly("file");
    assertThat(judge.fingerprint("acme")).isNotEqualTo(judge.fingerprint("beta"));
  }

  @Test
  void a_call_of_an_unknown_account_is_a_defect_of_this_program() {
    assertThatThrownBy(() -> judge(Map.of()).judge(call("other", QUALIFIED)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("other is not in clickspeak.accounts.");
  }

  @Test
  void a_filter_that_does_not_exist_stops_the_start_with_a_remedy() {
    assertThatThrownBy(() -> judge(Map.of("lead.filters", "ended, min-scoer")))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "lead.filters: there is no filter 'min-scoer': write one of answered-by-human,"
                + " assistant, campaign, ended, evaluated, german-number, min-duration, min-score,"
                + " not-web, outcome, or put the jar that has it into ./lib.");
  }

  @Test
  void a_filter_of_ones_own_is_one_class_and_one_word() {
    Judge judge = judge(Map.of("lead.filters", "ended, german-number"));

    assertThat(judge.judge(call("default", withPhone("+493023125000"))).qualified()).isTrue();
    assertThat(judge.judge(call("default", withPhone("+15550100"))).rejectedBy())
        .isEqualTo("german-number");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Ended", "min_score", "java.lang.Runtime", "-ended", "a--b", "../x", "1a"})
  void a_word_that_cannot_name_a_filter_stops_the_start(String word) {
    assertThatThrownBy(() -> judge(Map.of("lead.filters", word)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("lead.filters")
        .hasMessageContaining("'" + word + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "lead.filters, ''",
    "lead.filters, ' , '",
    "lead.outcome.variables, ''",
    "lead.outcome.values, ''",
    "lead.outcome.values, ' , '"
  })
  void a_rule_that_could_not_decide_stops_the_start(String key, String value) {
    assertThatThrownBy(() -> judge(Map.of(key, value)))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(key + " is ")
        .hasMessageContaining(": name ")
        .hasMessageEndingWith(".");
  }

  @Test
  void an_empty_list_is_no_mistake_where_no_filter_asks_for_it() {
    Judge judge = judge(Map.of("lead.filters", "ended", "lead.outcome.values", ""));

    assertThat(judge.judge(call("default", QUALIFIED)).qualified()).isTrue();
  }

  @Test
  void a_sink_that_is_named_twice_stops_the_start() {
    assertThatThrownBy(() -> judge(Map.of("lead.sinks", "slack, file, slack")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("lead.sinks names a sink twice: name each once.");
  }

  @ParameterizedTest
  @CsvSource({
    "lead.filters, 'evaluated, outcome'",
    "lead.filters, 'evaluated, ended, outcome'",
    "lead.outcome.variables, status",
    "lead.outcome.values, hot",
    "lead.min-score, 8",
    "clickspeak.account.default.lead.outcome.values, hot"
  })
  void another_rule_has_another_fingerprint(String key, String value) {
    assertThat(judge(Map.of(key, value)).fingerprint("default"))
        .isNotEqualTo(judge(Map.of()).fingerprint("default"));
  }

  @ParameterizedTest
  @CsvSource({
    "lead.sinks, file",
    "lead.contact.email, mail",
    "lead.filters, 'ended,evaluated , outcome'",
    "slack.channel, C1",
    "clickspeak.account.other.lead.outcome.values, hot"
  })
  void what_does_not_decide_leaves_the_fingerprint(String key, String value) {
    assertThat(judge(Map.of(key, value)).fingerprint("default"))
        .isEqualTo(judge(Map.of()).fingerprint("default"));
  }

  @Test
  void the_text_of_judge_call_is_part_of_the_rule_but_not_its_line_ends() {
    String fingerprint = new Judge(settings(Map.of()), "a\n  b\n").fingerprint("default");

    assertThat(new Judge(settings(Map.of()), "a  \r\n  b\t\r\n\n").fingerprint("default"))
        .isEqualTo(fingerprint);
    assertThat(new Judge(settings(Map.of()), "a\nb\n").fingerprint("default"))
        .isNotEqualTo(fingerprint);
    assertThat(new Judge(settings(Map.of()), "a\n  c\n").fingerprint("default"))
        .isNotEqualTo(fingerprint);
  }

  @Test
  void a_key_in_the_text_of_judge_call_is_part_of_the_rule_with_its_value() {
    String text = "simple: \"${body.lead.phone} startsWith '{{region.prefix}}'\"";

    assertThat(new Judge(settings(Map.of("region.prefix", "+49")), text).fingerprint("default"))
        .isNotEqualTo(
            new Judge(settings(Map.of("region.prefix", "+43")), text).fingerprint("default"));
  }

  private static String withPhone(String phone) {
    return QUALIFIED.replace("{\"id\"", "{\"client_phone_number\":\"" + phone + "\",\"id\"");
  }

  private Verdict judgedWithLists(String evaluation) {
    return judge(
            Map.of(
                "lead.outcome.variables", "Outcome, status",
                "lead.outcome.values", "HOT, Warm, true, 1"))
        .judge(
            call(
                "default",
                "{\"id\":1,\"status\":\"completed\",\"evaluation\":" + evaluation + "}"));
  }

  private Judge judge(Map<String, String> changed) {
    return new Judge(settings(changed), "judge-call");
  }

  private Settings settings(Map<String, String> changed) {
    return Settings.load(empty, Map.of(), new Properties()).with(changed);
  }

  private static Call call(String account, String record) {
    return new CallPageReader(account, ZoneId.of("UTC")).readCall(record);
  }
}
