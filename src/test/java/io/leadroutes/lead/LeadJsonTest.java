package io.leadroutes.lead;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeadJsonTest {

  @TempDir private Path empty;

  @Test
  void every_documented_field_of_a_call_is_in_the_line() throws IOException {
    JsonNode line =
        line(
            """
            {"id":1,"assistant_phone_number":"+12025550100","client_phone_number":"+12025550101",
             "carrier_cost":"0.02000000","total_cost":1,"variables":{"phone":"+12025550102"},
             "webhook_response":{"data":{"crm_contact_id":"c-1"}}}\
            """);

    assertThat(line.path("assistantPhoneNumber").asText()).isEqualTo("+12025550100");
    assertThat(line.path("clientPhoneNumber").asText()).isEqualTo("+12025550101");
    assertThat(line.path("phone").asText()).isEqualTo("+12025550102");
    assertThat(line.path("carrierCost").decimalValue()).isEqualByComparingTo("0.02");
    assertThat(line.path("webhookResponse").asText())
        .isEqualTo("{\"data\":{\"crm_contact_id\":\"c-1\"}}");
  }

  @Test
  void characters_that_end_a_line_elsewhere_are_escaped_wherever_text_stands() throws IOException {
    String ends = "a\u2028b\u2029c\u0085d";
    String line =
        text(
            """
            {"id":1,"transcript":"%1$s","status":"%1$s","variables":{"%1$s":"%1$s","list":["%1$s"]},
             "evaluation":{"%1$s":{"%1$s":"%1$s"}},"webhook_response":{"%1$s":"%1$s"}}\
            """
                .formatted(ends));

    assertThat(line.codePoints().filter(c -> c == 0x85 || c == 0x2028 || c == 0x2029)).isEmpty();
    assertThat(line.lines()).hasSize(1);
    JsonNode read = new ObjectMapper().readTree(line);
    assertThat(read.path("transcript").asText()).isEqualTo(ends);
    assertThat(read.path("variables").path(ends).asText()).isEqualTo(ends);
    assertThat(read.path("variables").path("list").asText()).contains("\\u2028");
  }

  @Test
  void of_names_that_differ_in_case_alone_the_first_with_a_value_is_written() throws IOException {
    JsonNode line =
        line(
            """
            {"id":1,"evaluation":{"outcome":"hot","Score":8,"score":"8.0","SCORE":9},
             "variables":{"City":" ","city":"Lyon","CITY":"Paris","a":null,"A":"b","z":null,"Z":null}}\
            """);

    assertThat(line.path("evaluation").fieldNames())
        .toIterable()
        .containsExactly("outcome", "Score");
    assertThat(line.path("evaluation").path("Score").asText()).isEqualTo("8");
    assertThat(line.path("variables").fieldNames()).toIterable().containsExactly("city", "A", "z");
  }

  @Test
  void a_field_has_one_type_in_every_line() throws IOException {
    List<String> calls =
        List.of(
            "{'id':1}",
            "{'id':2,'duration':83.4,'carrier_cost':1,'total_cost':'2',"
                + "'evaluation':{'outcome':'hot','score':8},'variables':{'a':'b','n':1},"
                + "'webhook_response':'ok','created_at':'2026-01-05 10:00:00'}",
            "{'id':3,'duration':'83','carrier_cost':0.02,'total_cost':1e60,"
                + "'evaluation':[{'name':'outcome','value':true},{'name':'score','value':'8.0'}],"
                + "'variables':{'a':['b'],'n':{'m':[1,null,false]}},"
                + "'webhook_response':{'ok':true},'created_at':1767607200}",
            "{'id':4,'duration':83,'carrier_cost':1e3,'total_cost':0,"
                + "'evaluation':'{\\'outcome\\':false,\\'score\\':null}','variables':{'a':1e60,'n':true},"
                + "'webhook_response':[1],'created_at':'never'}");
    Map<String, JsonNodeType> types = new HashMap<>();
    for (String call : calls) {
      JsonNode line = line(call.replace('\'', '"'));
      line.properties().forEach(field -> same(types, field.getKey(), field.getValue()));
      for (String object : List.of("evaluation", "variables")) {
        assertThat(line.path(object).isObject()).isTrue();
        line.path(object)
            .properties()
            .forEach(field -> same(types, object + "." + field.getKey(), field.getValue()));
      }
      for (String cost : List.of("carrierCost", "totalCost")) {
        assertThat(line.path(cost).isNull() || line.path(cost).isFloatingPointNumber()).isTrue();
      }
    }

    assertThat(types)
        .containsEntry("evaluation.score", JsonNodeType.STRING)
        .containsEntry("variables.n", JsonNodeType.STRING)
        .containsEntry("webhookResponse", JsonNodeType.STRING)
        .containsEntry("durationSeconds", JsonNodeType.NUMBER);
  }

  private static void same(Map<String, JsonNodeType> types, String field, JsonNode value) {
    if (!value.isNull()) {
      JsonNodeType before = types.putIfAbsent(field, value.getNodeType());
      assertThat(value.getNodeType())
          .as(field)
          .isEqualTo(before == null ? value.getNodeType() : before);
    }
  }

  private JsonNode line(String call) throws IOException {
    return new ObjectMapper().readTree(text(call));
  }

  private String text(String call) throws IOException {
    Settings settings = Settings.load(empty, Map.of(), new Properties());
    Lead lead =
        new LeadReader(settings).lead(new CallPageReader("acme", ZoneOffset.UTC).readCall(call));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Delivery delivery = new Delivery(1, "acme", lead, 1, 1, null, null, false, null, 1);
    LeadJson.write(out, delivery, Instant.parse("2026-01-05T11:00:00Z"));
    return out.toString(UTF_8);
  }
}
