package io.leadroutes.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.call.CallPageReader;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.LeadJson;
import io.leadroutes.lead.LeadReader;
import io.leadroutes.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line of the file has the fields that docs/sinks/file.md says, of the types that it says. */
class LineSchemaTest {

  /** {@code | `field` | type | null | …}. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| (never|if unknown) \\|");

  @TempDir Path directory;

  private record Field(String name, String type, boolean nullable) {}

  private static List<Field> documented() throws IOException {
    return ROW.matcher(Files.readString(Path.of("docs/sinks/file.md")))
        .results()
        .map(row -> new Field(row.group(1), row.group(2), !row.group(3).equals("never")))
        .toList();
  }

  private JsonNode line(String call) throws IOException {
    Settings settings = Settings.load(directory, Map.of(), new Properties());
    var lead =
        new LeadReader(settings.forAccount("default"))
            .lead(new CallPageReader("default", ZoneOffset.UTC).readCall(call));
    var delivery = new Delivery(1, "default", lead, 1, 1, null, null, false, null, 1);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    LeadJson.write(line, delivery, Instant.parse("2026-01-31T17:18:27.123Z"));
    return new ObjectMapper().readTree(line.toByteArray());
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "text";
      case OBJECT -> "object";
      case NUMBER -> value.isIntegralNumber() ? "number" : "fraction";
      default -> value.getNodeType().name();
    };
  }

  @Test
  void a_lead_of_which_everything_is_known_has_every_field_in_this_order() throws IOException {
    JsonNode line =
        line(
            """
            {"id": 1, "type": "outbound", "status": "completed", "answered_by": "human",
             "duration": 83, "assistant_name": "Ann", "campaign_name": "Spring",
             "assistant_phone_number": "+12025550100", "client_phone_number": "+12025550101",
             "evaluation": {"outcome": "qualified_lead", "name": "Ada Lovelace"},
             "variables": {"company": "Analytical", "email": "ada@example.org"},
             "transcript": "Agent: Hello", "recording_url": "https://example.org/1",
             "carrier_cost": "0.02", "total_cost": "0.3", "webhook_response": {"ok": true},
             "created_at": "2026-01-31 17:00:00", "updated_at": "2026-01-31 17:05:00"}
            """);

    assertThat(
            StreamSupport.stream(
                    ((Iterable<Map.Entry<String, JsonNode>>) line::fields).spliterator(), false)
                .map(field -> field.getKey() + " " + type(field.getValue())))
        .containsExactlyElementsOf(
            documented().stream().map(field -> field.name() + " " + field.type()).toList());
  }

  @Test
  void a_lead_of_which_nothing_is_known_has_null_where_the_page_says_so() throws IOException {
    JsonNode line = line("{\"id\": 1}");

    assertThat(documented())
        .isNotEmpty()
        .allMatch(field -> line.has(field.name()))
        .allMatch(field -> line.path(field.name()).isNull() == field.nullable());
  }
}
