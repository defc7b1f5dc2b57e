package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** G5: every documented error of Salesforce has its meaning. */
class SalesforceErrorsTest {

  private static final Path DOCUMENTED = Path.of("src/test/resources/documented");

  /** Of the table: a class and one of its codes. */
  private record Row(String meaning, String code) {}

  private static List<Row> table() throws IOException {
    return Files.readAllLines(DOCUMENTED.resolve("salesforce-classes.txt")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split(" "))
        .flatMap(words -> Stream.of(words).skip(1).map(code -> new Row(words[0], code)))
        .toList();
  }

  @Test
  void every_code_has_the_class_that_the_table_says() throws IOException {
    for (Row row : table()) {
      Outcome outcome = SalesforceErrors.outcome(row.code(), List.of(), field -> null);

      Kind kind =
          switch (row.meaning()) {
            case "MOVED_ON" -> Kind.DEAD_LETTER;
            case "UNKNOWN" -> Kind.LATER;
            default -> Kind.valueOf(row.meaning());
          };
      assertThat(outcome.kind()).as(row.code()).isEqualTo(kind);
      assertThat(outcome.reason()).contains(row.code()).endsWith(".");
      assertThat(outcome.reason().contains("which this program does not know"))
          .as(row.code())
          .isEqualTo(row.meaning().equals("UNKNOWN"));
      assertThat(SalesforceErrors.movedOn(row.code()))
          .as(row.code())
          .isEqualTo(row.meaning().equals("MOVED_ON"));
    }
  }

  @Test
  void a_refused_task_is_never_said_to_be_a_refused_lead() throws IOException {
    for (Row row : table()) {
      Outcome outcome = SalesforceErrors.ofTask(row.code(), List.of());

      assertThat(outcome.reason()).as(row.code()).endsWith(".").doesNotContain("refused the lead");
      if (outcome.kind() != Kind.SINK_DOWN) {
        assertThat(outcome.reason()).as(row.code()).contains("Task of its call");
      }
    }
  }

  @Test
  void the_table_names_every_documented_code_once() throws IOException {
    List<String> codes = table().stream().map(Row::code).toList();

    assertThat(codes)
        .doesNotHaveDuplicates()
        .containsAll(Files.readAllLines(DOCUMENTED.resolve("salesforce-codes.txt")));
  }

  private static String reason(String code, String... fields) {
    return SalesforceErrors.outcome(
            code,
            List.of(fields),
            field -> field.equals("LeadSource") ? "salesforce.lead.LeadSource" : null)
        .reason();
  }

  @Test
  void a_refusal_names_the_field_its_key_and_what_to_do() {
    assertThat(reason("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "LeadSource"))
        .isEqualTo(
            "Salesforce refuses with INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST (LeadSource): correct"
                + " salesforce.lead.LeadSource, or add its value to the picklist.");
    assertThat(reason("REQUIRED_FIELD_MISSING", "Region__c"))
        .endsWith("map Region__c in salesforce.lead.Region__c, or make it optional.");
    assertThat(reason("REQUIRED_FIELD_MISSING", "LeadSource"))
        .contains("salesforce.lead.LeadSource yields nothing", "make LeadSource optional");
    assertThat(reason("INACTIVE_OWNER_OR_USER"))
        .contains("owner", "assignment rule", "salesforce.assignment-rule");
    assertThat(reason("INSUFFICIENT_ACCESS_OR_READONLY")).contains("owner", "sharing");
    assertThat(reason("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")).contains("trigger");
  }

  @Test
  void an_unknown_field_names_itself_and_the_remedy() {
    assertThat(reason("INVALID_FIELD", "X__c"))
        .isEqualTo(
            "Salesforce refuses with INVALID_FIELD (X__c): create the field in Salesforce and let"
                + " the integration user write it, or correct its key.");
  }

  @Test
  void what_is_no_code_is_not_quoted() {
    assertThat(reason("ada@example.org")).doesNotContain("ada@example.org");
  }
}
