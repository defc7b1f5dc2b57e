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
      Outcome outcome = SalesforceErrors.outcome(row.code(), "");

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
      Outcome outcome = SalesforceErrors.ofTask(row.code(), "");

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

  @Test
  void an_unknown_field_names_itself_and_the_remedy() {
    assertThat(SalesforceErrors.outcome("INVALID_FIELD", "X__c").reason())
        .isEqualTo(
            "Salesforce refuses with INVALID_FIELD (X__c): create the field in Salesforce and let"
                + " the integration user write it, or correct its key.");
  }

  @Test
  void what_is_no_code_is_not_quoted() {
    assertThat(SalesforceErrors.outcome("ada@example.org", "").reason())
        .doesNotContain("ada@example.org");
  }
}
