package io.leadroutes.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {

  @Test
  void names_are_compared_by_their_letters_and_digits_without_case() {
    Evaluation evaluation =
        new Evaluation(Map.of(" First Name ", "Ada", "%", "per cent", "Pre\u0301nom", "x"));

    for (String name :
        List.of("first_name", "FIRST-NAME", "firstName", "First Name:", "firstname")) {
      assertThat(evaluation.text(name)).contains("Ada");
    }
    assertThat(evaluation.text("first_name_2")).isEmpty();
    assertThat(evaluation.text(" %")).contains("per cent");
    assertThat(evaluation.text("#")).isEmpty();
    assertThat(evaluation.text("Pr\u00e9nom")).contains("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00a0",
        "\u200b",
        "\ufeff \u2060",
        "\u3164",
        "\u2800\u00ad",
        "\u202e\u200f",
        "\ufe0f",
        "&nbsp;",
        "&#8203;"
      })
  void text_that_nobody_sees_is_no_text(String text) {
    assertThat(new Evaluation(Map.of("a", text)).text("a")).isEmpty();
    assertThat(new Evaluation(Map.of("a", text + "b c" + text)).text("a"))
        .contains(text.equals("\ufe0f") ? "\ufe0fb c\ufe0f" : "b c");
  }

  @Test
  void html_entities_are_decoded_also_when_they_were_escaped_twice() {
    Evaluation evaluation =
        new Evaluation(
            Map.of(
                "a",
                "O&#039;Brien &amp;amp; S&ouml;hne &lt;b&gt;",
                "b",
                "&#0;&#xD800;&unknown;& x"));

    assertThat(evaluation.text("a")).contains("O'Brien & Söhne <b>");
    assertThat(evaluation.text("b").orElseThrow()).doesNotContain("\0").endsWith("&unknown;& x");
  }

  @Test
  void a_value_is_text_without_outer_space_and_a_number_is_written_plainly() {
    Evaluation evaluation =
        new Evaluation(
            Map.of(
                "text",
                " a b ",
                "yes",
                true,
                "no",
                false,
                "plain",
                new BigDecimal("1E+3"),
                "small",
                new BigDecimal("1E-7"),
                "huge",
                new BigDecimal("1E+999999999")));

    assertThat(evaluation.text("text")).contains("a b");
    assertThat(evaluation.text("yes")).contains("true");
    assertThat(evaluation.text("no")).contains("false");
    assertThat(evaluation.text("plain")).contains("1000");
    assertThat(evaluation.text("small")).contains("0.0000001");
    assertThat(evaluation.text("huge")).contains("1E+999999999");
  }

  @Test
  void null_blank_text_lists_and_maps_have_no_text() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("null", null);
    values.put("blank", " \t");
    values.put("list", List.of("a"));
    values.put("map", Map.of("a", "b"));
    Evaluation evaluation = new Evaluation(values);

    assertThat(Evaluation.texts(evaluation.values())).isEmpty();
    assertThat(evaluation.text("list")).isEmpty();
    assertThat(evaluation.isEmpty()).isFalse();
  }

  @Test
  void of_names_that_fold_alike_the_first_with_a_text_counts() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("Outcome", " ");
    values.put("outcome", "hot");
    values.put("OUTCOME", "cold");

    assertThat(new Evaluation(values).text("outcome")).contains("hot");
  }

  @Test
  void names_without_values_are_an_empty_evaluation() {
    assertThat(Evaluation.NONE.isEmpty()).isTrue();
    assertThat(new Evaluation(Collections.singletonMap("outcome", null)).isEmpty()).isTrue();
    assertThat(new Evaluation(Map.of("outcome", false)).isEmpty()).isFalse();
  }

  @Test
  void later_changes_of_the_map_it_was_made_of_do_not_reach_it() {
    Map<String, Object> values = new LinkedHashMap<>(Map.of("outcome", "hot"));
    Evaluation evaluation = new Evaluation(values);
    values.clear();

    assertThat(evaluation.values()).containsOnlyKeys("outcome");
    assertThat(evaluation).hasToString("Evaluation[1 values]");
  }

  @ParameterizedTest
  @CsvSource({"7, 7", "8.50, 8.5", "-1, -1", "1e2, 100", "007, 7"})
  void a_text_that_is_a_number_is_read_as_one(String text, BigDecimal number) {
    assertThat(Evaluation.number(text).orElseThrow()).isEqualByComparingTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "high",
        "8/10",
        "8,5",
        "NaN",
        "Infinity",
        "1e400",
        "1e-400",
        "1e999999999",
        "-1e-999999999",
        "1e99999999999999"
      })
  void other_text_and_numbers_that_nobody_can_mean_are_no_numbers(String text) {
    assertThat(Evaluation.number(text)).isEmpty();
  }
}
