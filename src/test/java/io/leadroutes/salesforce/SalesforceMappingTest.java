package io.leadroutes.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.lead.Lead;
import io.leadroutes.sinks.Deliveries;
import io.leadroutes.sinks.SinkRoute;
import java.math.BigDecimal;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceMappingTest {

  private final DefaultCamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void the_default_mapping_leaves_out_what_is_empty_and_never_sends_null() {
    assertThat(record(Map.of(), Deliveries.bare(1)))
        .isEqualTo(
            Map.of(
                "attributes", Map.of("type", "Lead"),
                "ClickSpeak_Call_Id__c", "default-1",
                "LeadSource", "AI Call",
                "LastName", "Unknown",
                "Company", "Unknown"));
  }

  @ParameterizedTest
  @CsvSource({"Ada,,Ada,Ada", ",+49 30,+49 30,+49 30", ",,Unknown,Unknown"})
  void last_name_and_company_fall_back_to_what_is_known(
      String name, String phone, String lastName, String company) {
    Lead lead = Deliveries.lead(1, name, null, null, null, phone, null, null, null, Map.of());

    assertThat(record(Map.of("salesforce.lead.Company", ""), lead))
        .containsEntry("LastName", lastName)
        .containsEntry("Company", company);
  }

  @Test
  void a_line_adds_a_field_of_any_type() {
    Map<String, Object> record =
        record(
            Map.of(
                "salesforce.lead.Score__c", "${body.evaluated('score')}",
                "salesforce.lead.Seconds__c", "${body.durationSeconds}",
                "salesforce.lead.When__c", "${body.createdAt}",
                "salesforce.lead.Rating", "Call ${body.callId} of ${body.account}"),
            Deliveries.lead(1));

    assertThat(record)
        .containsEntry("Score__c", "87")
        .containsEntry("Seconds__c", 95)
        .containsEntry("When__c", "2026-03-01T09:00:00Z")
        .containsEntry("Rating", "Call 1 of default");
  }

  @Test
  void an_expression_that_fails_for_one_lead_costs_that_field_only() {
    Lead al = Deliveries.lead(1, "Al", null, null, null, null, null, null, null, Map.of());

    assertThat(record(Map.of("salesforce.lead.Title", "${body.name.substring(0, 3)}"), al))
        .doesNotContainKey("Title")
        .containsEntry("LastName", "Al");
  }

  @Test
  void out_of_memory_is_no_mistake_in_an_expression_and_costs_no_field() {
    BigDecimal heavy =
        new BigDecimal("1") {
          private static final long serialVersionUID = 1L;

          @Override
          public int scale() {
            throw new OutOfMemoryError("planned");
          }
        };
    Lead lead =
        Deliveries.lead(
            1, "Ada", null, null, null, null, null, null, null, Map.of("summary", heavy));

    assertThatThrownBy(() -> record(Map.of(), lead)).isInstanceOf(OutOfMemoryError.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@b.de", "ada.l+x@mail.example.org", "o'hara@example.co.uk"})
  void an_e_mail_is_sent(String mail) {
    assertThat(FieldValue.of("Email", " " + mail + " ")).contains(mail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "none",
        "a@b",
        "a b@c.de",
        "a@b@c.de",
        "a..b@c.de",
        ".a@b.de",
        "a@-b.de",
        "a@b.de, c@d.de",
        "ada at example dot org",
        "a@b.1"
      })
  void what_plainly_is_no_e_mail_is_left_out_and_does_not_cost_the_lead(String mail) {
    assertThat(FieldValue.of("Email", mail)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "LastName,80",
    "FirstName,40",
    "Company,255",
    "Title,128",
    "Phone,40",
    "LeadSource,40",
    "Website,255",
    "Street,255",
    "Description,32000"
  })
  void a_value_is_cut_to_its_field_and_never_inside_a_surrogate_pair(String field, int length) {
    assertThat(FieldValue.of(field, "x".repeat(50_000)).orElseThrow().toString()).hasSize(length);
    assertThat(FieldValue.of(field, "x" + "\ud83d\ude00".repeat(50_000)).orElseThrow().toString())
        .hasSizeBetween(length - 1, length)
        .endsWith("\ud83d\ude00");
  }

  private Map<String, Object> record(Map<String, String> values, Lead lead) {
    SalesforceMapping mapping = new SalesforceMapping(context, SinkRoute.settings(values));
    return mapping.record(mapping.mapped(lead, mapping.exchange()).creation());
  }
}
