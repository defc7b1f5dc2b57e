package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.lead.Outcome;
import io.leadroutes.lead.Outcome.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SalesforceErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LATER|UNABLE_TO_LOCK_ROW QUERY_TIMEOUT REQUEST_RUNNING_TOO_LONG PROCESSING_HALTED",
        "LATER|ALL_OR_NONE_OPERATION_ROLLED_BACK A_CODE_OF_TOMORROW UNKNOWN_EXCEPTION",
        "SINK_DOWN|SERVER_UNAVAILABLE INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
        "SINK_DOWN|ORG_IN_MAINTENANCE FUNCTIONALITY_TEMPORARILY_UNAVAILABLE",
        "PAUSED|invalid_client invalid_grant INVALID_SESSION_ID REQUEST_LIMIT_EXCEEDED",
        "PAUSED|STORAGE_LIMIT_EXCEEDED INVALID_FIELD INVALID_TYPE INSUFFICIENT_ACCESS",
        "PAUSED|API_DISABLED_FOR_ORG INSUFFICIENT_ACCESS_OR_READONLY INVALID_ENTITY_FOR_UPSERT",
        "PAUSED|UNSUPPORTED_API_VERSION INVALID_FIELD_FOR_INSERT_UPDATE NOT_FOUND",
        "DEAD_LETTER|REQUIRED_FIELD_MISSING STRING_TOO_LONG INVALID_EMAIL_ADDRESS",
        "DEAD_LETTER|FIELD_CUSTOM_VALIDATION_EXCEPTION DUPLICATES_DETECTED DUPLICATE_VALUE",
        "DEAD_LETTER|INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST CANNOT_UPDATE_CONVERTED_LEAD",
        "DEAD_LETTER|ENTITY_IS_DELETED MULTIPLE_RECORDS_FOUND"
      })
  void every_code_has_its_class(Kind kind, String codes) {
    for (String code : codes.split(" ")) {
      Outcome outcome = SalesforceErrors.outcome(code, "");

      assertThat(outcome.kind()).as(code).isEqualTo(kind);
      assertThat(outcome.reason()).contains(code).endsWith(".");
    }
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
