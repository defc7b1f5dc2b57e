package io.leadroutes.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The filters that are shipped and not among the default of lead.filters, each by itself. */
class FiltersTest {

  @TempDir private Path empty;

  @ParameterizedTest
  @ValueSource(strings = {"'human'", "' Human '", "'HUMAN'", "'\\u00a0human\\u200b'"})
  void answered_by_human_accepts_a_call_that_a_human_answered(String answeredBy) {
    assertThat(rejectedBy("answered-by-human", "'answered_by':" + answeredBy)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'machine'", "'unknown'", "'humanoid'", "''", "null", "true", "['human']"})
  void answered_by_human_rejects_every_other_answer_and_none(String answeredBy) {
    assertThat(rejectedBy("answered-by-human", "'answered_by':" + answeredBy))
        .isEqualTo("answered-by-human");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'outbound'", "'inbound'", "'webinar'", "''", "null"})
  void not_web_accepts_every_other_type_and_none(String type) {
    assertThat(rejectedBy("not-web", "'type':" + type)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'web'", "' Web '", "'WEB'"})
  void not_web_rejects_a_web_call(String type) {
    assertThat(rejectedBy("not-web", "'type':" + type)).isEqualTo("not-web");
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "31", "'30'", "2147483647", "30.0", "83.4", "'83.4'", "'0:01:23'"})
  void min_duration_accepts_a_call_of_that_length_or_longer(String duration) {
    assertThat(rejectedBy("min-duration", "'duration':" + duration)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"29", "0", "-30", "null", "'long'", "1e400", "29.9"})
  void min_duration_rejects_a_shorter_call_and_one_without_duration(String duration) {
    assertThat(rejectedBy("min-duration", "'duration':" + duration)).isEqualTo("min-duration");
  }

  @Test
  void min_duration_has_the_length_of_its_setting() {
    Map<String, String> twoMinutes = Map.of("lead.min-duration", "2m");

    assertThat(rejectedBy("min-duration", twoMinutes, "'duration':119")).isEqualTo("min-duration");
    assertThat(rejectedBy("min-duration", twoMinutes, "'duration':120")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'score':7}",
        "{'score':7.0}",
        "{'score':10}",
        "{'score':' 7 '}",
        "{'score':'8.5'}",
        "{' Score ':9}",
        "'{\\'score\\':9}'",
        "{'score':1e20}",
        "[{'name':'Score','type':'number','value':9}]",
        "[{'name':'score','type':'string','value':'9'}]"
      })
  void min_score_accepts_that_score_and_more(String evaluation) {
    assertThat(rejectedBy("min-score", "'evaluation':" + evaluation)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "6.999999999999999999", "0", "-8", "'6'", "1e-20"})
  void min_score_rejects_a_lower_score(String score) {
    assertThat(rejectedBy("min-score", "'evaluation':{'score':" + score + "}"))
        .isEqualTo("min-score");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "null",
        "{'rating':9}",
        "{'score':null}",
        "{'score':'high'}",
        "{'score':'8/10'}",
        "{'score':true}",
        "{'score':[9]}",
        "{'score':{'value':9}}"
      })
  void min_score_rejects_a_call_without_score(String evaluation) {
    assertThat(rejectedBy("min-score", "'evaluation':" + evaluation)).isEqualTo("min-score");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e400",
        "1e999999999",
        "'1e400'",
        "'1e999999999'",
        "'-1e-999999999'",
        "'1e99999999999999'",
        "'NaN'",
        "'Infinity'"
      })
  void min_score_takes_a_number_that_nobody_can_mean_for_none(String score) {
    assertThat(rejectedBy("min-score", "'evaluation':{'score':" + score + "}"))
        .isEqualTo("min-score");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "'"})
  void min_score_is_quick_with_a_million_digits(String quote) {
    String score = quote + "9".repeat(1_000_000) + quote;
    Judge judge = judge(Map.of("lead.filters", "min-score"));

    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < 20; i++) {
            Call call = call("default", "'evaluation':{'score':" + score + "}");
            assertThat(judge.judge(call).rejectedBy()).isEqualTo("min-score");
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'rating':3,'score':9}|true",
        "{'rating':9,'score':3}|false",
        "{'score':9}|true",
        "{'rating':9,'score':'high'}|true",
        "{'rating':9,'score':1e400}|true"
      })
  void the_first_variable_that_holds_a_number_is_the_score(String evaluation, boolean accepted) {
    Map<String, String> two = Map.of("lead.score.variables", "SCORE, rating");

    assertThat(rejectedBy("min-score", two, "'evaluation':" + evaluation))
        .isEqualTo(accepted ? null : "min-score");
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0.1, true", "0.1, 0.09, false", "-0.5, -0.5, true", "-0.5, -0.6, false"})
  void min_score_has_the_least_score_of_its_setting(String least, String score, boolean accepted) {
    assertThat(
            rejectedBy(
                "min-score",
                Map.of("lead.min-score", least),
                "'evaluation':{'score':" + score + "}"))
        .isEqualTo(accepted ? null : "min-score");
  }

  @ParameterizedTest
  @CsvSource({
    "campaign, lead.campaigns, campaign_name",
    "assistant, lead.assistants, assistant_name"
  })
  void names_are_compared_without_case_and_outer_space(String filter, String key, String field) {
    Map<String, String> names = Map.of(key, "Spring Offer , ÉTÉ");

    assertThat(rejectedBy(filter, names, "'" + field + "':' spring OFFER '")).isNull();
    assertThat(rejectedBy(filter, names, "'" + field + "':'été'")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "campaign, lead.campaigns, campaign_name",
    "assistant, lead.assistants, assistant_name"
  })
  void other_names_and_none_are_rejected(String filter, String key, String field) {
    Map<String, String> names = Map.of(key, "Spring Offer, Summer");

    assertThat(rejectedBy(filter, names, "'" + field + "':'Spring'")).isEqualTo(filter);
    assertThat(rejectedBy(filter, names, "'" + field + "':''")).isEqualTo(filter);
    assertThat(rejectedBy(filter, names, "'" + field + "':null")).isEqualTo(filter);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "campaign|lead.campaigns||lead.campaigns is empty: name the campaigns whose calls may be"
            + " leads, or take campaign out of lead.filters.",
        "assistant|lead.assistants|' , '|lead.assistants is empty: name the assistants whose calls"
            + " may be leads, or take assistant out of lead.filters.",
        "min-score|lead.score.variables|' '|lead.score.variables is empty: name the evaluation"
            + " variables that hold the score, or take min-score out of lead.filters.",
        "min-score|lead.min-score|high|lead.min-score=high is not a number such as 7 or -0.5: write"
            + " one.",
        "min-duration|lead.min-duration|30|lead.min-duration=30 is not a duration: write one such"
            + " as 500ms, 30s, 15m or 2d."
      })
  void a_filter_that_could_not_decide_stops_the_start(
      String filter, String key, String value, String sentence) {
    assertThatThrownBy(() -> judge(Map.of("lead.filters", filter, key, value == null ? "" : value)))
        .isInstanceOf(SettingsException.class)
        .hasMessage(sentence);
  }

  @Test
  void settings_of_filters_that_are_not_named_stop_no_start() {
    assertThatCode(
            () ->
                judge(
                    Map.of(
                        "lead.min-score", "high",
                        "lead.score.variables", "",
                        "lead.min-duration", "long",
                        "lead.campaigns", "",
                        "lead.assistants", "")))
        .doesNotThrowAnyException();
  }

  @Test
  void each_account_has_its_own_filters_and_settings() {
    String prefix = "clickspeak.account.beta.";
    Judge judge =
        judge(
            Map.of(
                "clickspeak.accounts",
                "acme, beta",
                "lead.filters",
                "min-score",
                prefix + "lead.filters",
                "min-duration, min-score, campaign",
                prefix + "lead.min-duration",
                "5s",
                prefix + "lead.min-score",
                "3",
                prefix + "lead.score.variables",
                "rating",
                prefix + "lead.campaigns",
                "Spring"));
    String record = "'duration':6,'campaign_name':'Spring','evaluation':{'score':2,'rating':4}";

    assertThat(judge.judge(call("acme", record)).rejectedBy()).isEqualTo("min-score");
    assertThat(judge.judge(call("beta", record)).rejectedBy()).isNull();
  }

  private String rejectedBy(String filter, String fields) {
    return rejectedBy(filter, Map.of(), fields);
  }

  private String rejectedBy(String filter, Map<String, String> settings, String fields) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("lead.filters", filter);
    return judge(all).judge(call("default", fields)).rejectedBy();
  }

  private Judge judge(Map<String, String> changed) {
    return new Judge(Settings.load(empty, Map.of(), new Properties()).with(changed), "judge-call");
  }

  /** A call of these fields, in JSON with single quotes. */
  private static Call call(String account, String fields) {
    return new CallPageReader(account, ZoneId.of("UTC"))
        .readCall("{'id':1,".replace('\'', '"') + fields.replace('\'', '"') + "}");
  }
}
