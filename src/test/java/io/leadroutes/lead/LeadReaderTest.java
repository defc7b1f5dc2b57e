package io.leadroutes.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeadReaderTest {

  @TempDir private Path empty;

  @Test
  void a_leads_key_is_account_and_call_id() {
    assertThat(lead("{\"id\":123}").key()).isEqualTo("acme-123");
  }

  @Test
  void contact_details_come_from_the_first_name_of_the_list_that_has_a_value() {
    Lead lead =
        lead(
            """
            {"id":1,"variables":{"customer_name":"John Smith","name":" ","Customer_Email":"j@b.test",
             "company_name":"Acme","organization":"Other"}}""");

    assertThat(lead.name()).isEqualTo("John Smith");
    assertThat(lead.email()).isEqualTo("j@b.test");
    assertThat(lead.company()).isEqualTo("Acme");
  }

  @Test
  void of_one_name_the_evaluation_comes_before_the_variables() {
    Lead lead =
        lead(
            """
            {"id":1,"variables":{"email":"old@b.test","company":"Acme"},
             "evaluation":[{"name":"Email","value":"new@b.test"},{"name":"company","value":""}]}""");

    assertThat(lead.email()).isEqualTo("new@b.test");
    assertThat(lead.company()).isEqualTo("Acme");
  }

  @Test
  void an_earlier_name_in_the_variables_comes_before_a_later_one_in_the_evaluation() {
    Lead lead =
        lead(
            """
            {"id":1,"variables":{"email":"first@b.test"},
             "evaluation":{"contact_email":"second@b.test"}}""");

    assertThat(lead.email()).isEqualTo("first@b.test");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "John Smith, -, -, John Smith, John, Smith",
        "Ana de la Cruz, -, -, Ana de la Cruz, Ana de la, Cruz",
        "Ana de la Cruz, Ana, -, Ana de la Cruz, Ana, de la Cruz",
        "Ana de la Cruz, -, de la Cruz, Ana de la Cruz, Ana, de la Cruz",
        "Smith, -, -, Smith, -, Smith",
        "John, John, -, John, John, -",
        "Smith, -, Smith, Smith, -, Smith",
        "John Smith, Johnny, -, John Smith, Johnny, Smith",
        "-, John, Smith, John Smith, John, Smith",
        "-, John, -, John, John, -",
        "-, -, Smith, Smith, -, Smith",
        "-, -, -, -, -, -",
        "Dr. X, John, Smith, Dr. X, John, Smith"
      })
  void names_complete_each_other(
      String full, String first, String last, String name, String firstName, String lastName) {
    Lead lead =
        lead(
            "{\"id\":1,\"variables\":{\"name\":%s,\"first_name\":%s,\"last_name\":%s}}"
                .formatted(json(full), json(first), json(last)));

    assertThat(lead.name()).isEqualTo(name);
    assertThat(lead.firstName()).isEqualTo(firstName);
    assertThat(lead.lastName()).isEqualTo(lastName);
  }

  @Test
  void the_phone_falls_back_to_the_clients_number() {
    String call =
        "{\"id\":1,\"type\":\"inbound\",\"assistant_phone_number\":\"+1\","
            + "\"client_phone_number\":\"+2\",\"variables\":{\"phone\":%s}}";

    assertThat(lead(call.formatted("null")).phone()).isEqualTo("+2");
    assertThat(lead(call.formatted("\"+3\"")).phone()).isEqualTo("+3");
    assertThat(lead(call.formatted("15551234567")).phone()).isEqualTo("15551234567");
    assertThat(lead("{\"id\":1,\"type\":\"web\"}").phone()).isNull();
  }

  @Test
  void line_breaks_and_control_characters_become_one_space() {
    Lead lead =
        lead(
            """
            {"id":1,"client_phone_number":"+1\\n987","variables":{"name":"\\tJohn\\r\\n\\u0007 Smith ",
             "company":"A\\u2028B\\u00a0 C","email":"a@b.test\\nBcc: x@y.test"}}""");

    assertThat(lead.name()).isEqualTo("John Smith");
    assertThat(lead.lastName()).isEqualTo("Smith");
    assertThat(lead.company()).isEqualTo("A B C");
    assertThat(lead.email()).isEqualTo("a@b.test Bcc: x@y.test");
    assertThat(lead.phone()).isEqualTo("+1 987");
  }

  @Test
  void a_value_of_nothing_but_control_characters_is_none() {
    Lead lead = lead("{\"id\":1,\"variables\":{\"name\":\"\\u0007\",\"full_name\":\"John S\"}}");

    assertThat(lead.name()).isEqualTo("John S");
  }

  @Test
  void the_outcome_is_the_first_deciding_variable_that_has_a_value() {
    LeadReader reader =
        new LeadReader(settings(Map.of("lead.outcome.variables", "Result, status")));

    assertThat(
            lead(reader, "{\"id\":1,\"evaluation\":{\"status\":true,\"RESULT\":\" HOT \"}}")
                .outcome())
        .isEqualTo("HOT");
    assertThat(
            lead(reader, "{\"id\":1,\"evaluation\":{\"status\":true,\"result\":null}}").outcome())
        .isEqualTo("true");
    assertThat(lead(reader, "{\"id\":1,\"variables\":{\"result\":\"HOT\"}}").outcome()).isNull();
  }

  @Test
  void an_account_may_have_its_own_names() {
    Settings settings =
        settings(Map.of("clickspeak.account.acme.lead.contact.company", "entreprise"))
            .forAccount("acme");

    assertThat(
            lead(
                    new LeadReader(settings),
                    "{\"id\":1,\"variables\":{\"company\":\"A\",\"entreprise\":\"B\"}}")
                .company())
        .isEqualTo("B");
  }

  @Test
  void a_lead_and_its_delivery_print_ids_only() {
    Lead lead =
        lead(
            """
            {"id":123,"client_phone_number":"+1987654321","transcript":"Hello",
             "recording_url":"https://host/1.mp3",
             "variables":{"name":"John Smith","email":"j@b.test","company":"Initech"},
             "evaluation":{"outcome":"qualified_lead"}}""");
    Delivery delivery = new Delivery(7, "acme", lead, 2, 1, "00Q1", null, false, null, 9);

    assertThat(lead).hasToString("Lead[acme-123]");
    assertThat(delivery).hasToString("Delivery[7 of Lead[acme-123] version 2 attempt 1]");
  }

  private Lead lead(String record) {
    return lead(new LeadReader(settings(Map.of())), record);
  }

  private static Lead lead(LeadReader reader, String record) {
    return reader.lead(new CallPageReader("acme", ZoneId.of("UTC")).readCall(record));
  }

  private Settings settings(Map<String, String> changed) {
    return Settings.load(empty, Map.of(), new Properties()).with(changed);
  }

  private static String json(String text) {
    return text == null ? "null" : "\"" + text + "\"";
  }
}
