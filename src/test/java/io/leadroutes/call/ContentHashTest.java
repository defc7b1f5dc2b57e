package io.leadroutes.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentHashTest {

  private static final String CALL =
      """
      {"id":1,"status":"completed","client_phone_number":"+1987654321",
       "variables":{"customer_name":"John Smith","city":"Lyon"},
       "evaluation":{"outcome":"qualified_lead","score":8.5},
       "recording_url":"https://host/1.mp3?signature=a"}\
      """;

  private final CallPageReader reader = new CallPageReader("acme", ZoneId.of("UTC"));

  @Test
  void a_hash_is_short_and_carries_the_version_of_its_rule() {
    assertThat(hash(CALL)).matches("1:[A-Za-z0-9_-]{22}");
  }

  @Test
  void the_rule_is_fixed_as_long_as_its_version_is() {
    assertThat(hash(CALL)).isEqualTo("1:uriEA7SFgc10fUXOO2FBfA");
  }

  @ParameterizedTest
  @CsvSource({
    "completed, ended",
    "+1987654321, +1987654322",
    "John Smith, John Smyth",
    "customer_name, name",
    "qualified_lead, cold",
    "outcome, result",
    "8.5, 8.6",
    "8.5, '\"8.5\"'",
    "8.5, true",
    "1.mp3, 2.mp3"
  })
  void what_matters_to_a_lead_changes_the_hash(String from, String to) {
    assertThat(hash(CALL.replace(from, to))).isNotEqualTo(hash(CALL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"updated_at\":\"2025-08-04 14:34:05\"",
        "\"created_at\":\"2025-08-04 14:34:05\"",
        "\"transcript\":\"Hello\"",
        "\"total_cost\":0.02",
        "\"carrier_cost\":\"0.02\"",
        "\"duration\":60",
        "\"webhook_response\":{\"status\":\"success\"}",
        "\"answered_by\":\"human\""
      })
  void what_does_not_matter_to_a_lead_leaves_the_hash(String field) {
    assertThat(hash(CALL.replaceFirst("\\{", "{" + field + ","))).isEqualTo(hash(CALL));
  }

  @ParameterizedTest
  @CsvSource({
    "signature=a, signature=b",
    "?signature=a, ''",
    "?signature=a, #t=1",
    "8.5, 8.50",
    "8.5, 85e-1"
  })
  void other_ways_to_say_the_same_leave_the_hash(String from, String to) {
    assertThat(hash(CALL.replace(from, to))).isEqualTo(hash(CALL));
  }

  @Test
  void the_same_evaluation_as_an_array_in_another_order_has_the_same_hash() {
    String array =
        CALL.replace(
            "{\"outcome\":\"qualified_lead\",\"score\":8.5}",
            """
            [{"name":"score","type":"number","value":8.50,"description":"0 to 10"},
             {"name":"outcome","type":"string","value":"qualified_lead","description":"x"}]\
            """);

    assertThat(array).isNotEqualTo(CALL);
    assertThat(hash(array)).isEqualTo(hash(CALL));
  }

  @Test
  void values_that_were_taken_for_none_once_have_a_rule_of_their_own_so_that_no_lead_changes() {
    String text =
        CALL.replace("{\"customer_name\":\"John Smith\",\"city\":\"Lyon\"}", "\"{\\\"a\\\":1}\"");

    assertThat(hash(text)).startsWith("2:");
    assertThat(ContentHash.comparable(hash(CALL), hash(text))).isFalse();
    assertThat(hash(text)).isNotEqualTo(hash(text.replace(":1}", ":2}")));
    assertThat(hash(CALL.replace("\"city\"", "\"webhook\""))).startsWith("1:");
  }

  @Test
  void the_order_of_names_does_not_matter_at_any_depth() {
    assertThat(hash("{\"id\":1,\"variables\":{\"a\":1,\"b\":{\"c\":[2],\"d\":3}}}"))
        .isEqualTo(hash("{\"variables\":{\"b\":{\"d\":3,\"c\":[2]},\"a\":1},\"id\":1}"));
  }

  @Test
  void an_empty_object_an_empty_array_and_null_are_the_same() {
    Set<String> hashes = new HashSet<>();
    for (String empty : List.of("{}", "[]", "null")) {
      hashes.add(hash("{\"id\":1,\"evaluation\":%1$s,\"variables\":%1$s}".formatted(empty)));
      hashes.add(hash("{\"id\":1}"));
    }

    assertThat(hashes).hasSize(1);
    assertThat(hash("{\"id\":1,\"variables\":{\"a\":{}}}"))
        .isEqualTo(hash("{\"id\":1,\"variables\":{\"a\":[]}}"))
        .isEqualTo(hash("{\"id\":1,\"variables\":{\"a\":null}}"));
  }

  @Test
  void contents_that_only_look_alike_when_strung_together_have_different_hashes() {
    List<String> records =
        List.of(
            "{\"id\":1,\"variables\":{\"a\":\"b\",\"c\":\"d\"}}",
            "{\"id\":1,\"variables\":{\"a\":\"bs1:cs1:d\"}}",
            "{\"id\":1,\"variables\":{\"ab\":\"cd\"}}",
            "{\"id\":1,\"variables\":{\"a\":\"bcd\"}}",
            "{\"id\":1,\"variables\":{\"a\":[\"b\",\"c\"]}}",
            "{\"id\":1,\"variables\":{\"a\":[\"b\",[\"c\"]]}}",
            "{\"id\":1,\"variables\":{\"a\":[[\"b\"],\"c\"]}}",
            "{\"id\":1,\"variables\":{\"a\":[\"bc\"]}}",
            "{\"id\":1,\"variables\":{\"a\":{\"b\":\"c\"}}}",
            "{\"id\":1,\"variables\":{\"a\":true}}",
            "{\"id\":1,\"variables\":{\"a\":\"true\"}}",
            "{\"id\":1,\"variables\":{\"a\":\"t\"}}",
            "{\"id\":1,\"variables\":{\"a\":null}}",
            "{\"id\":1,\"variables\":{\"a\":\"\"}}",
            "{\"id\":1,\"variables\":{\"a\":\"n\"}}",
            "{\"id\":1,\"variables\":{\"a\":1}}",
            "{\"id\":1,\"variables\":{\"a\":\"1\"}}",
            "{\"id\":1,\"evaluation\":{\"a\":1}}",
            "{\"id\":1,\"status\":\"a\"}",
            "{\"id\":1,\"client_phone_number\":\"a\"}",
            "{\"id\":1,\"recording_url\":\"a\"}",
            "{\"id\":1}");

    assertThat(records.stream().map(this::hash).distinct()).hasSameSizeAs(records);
  }

  @Test
  void a_value_of_no_json_type_is_a_defect_of_this_program() {
    assertThatThrownBy(() -> ContentHash.of(null, Evaluation.NONE, null, Map.of("a", 'x'), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Character");
  }

  private String hash(String record) {
    return reader.readCall(record).contentHash();
  }
}
