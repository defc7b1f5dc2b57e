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
import org.junit.jupiter.params.provider.ValueSource;

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
             "company_name":"Acme","organization":"Other"}}\
            """);

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
             "evaluation":[{"name":"Email","value":"new@b.test"},{"name":"company","value":""}]}\
            """);

    assertThat(lead.email()).isEqualTo("new@b.test");
    assertThat(lead.company()).isEqualTo("Acme");
  }

  @Test
  void an_earlier_name_in_the_variables_comes_before_a_later_one_in_the_evaluation() {
    Lead lead =
        lead(
            """
            {"id":1,"variables":{"email":"first@b.test"},
             "evaluation":{"contact_email":"second@b.test"}}\
            """);

    assertThat(lead.email()).isEqualTo("first@b.test");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "John Smith, -, -, John Smith, John, Smith",
        "Ana de la Cruz, -, -, Ana de la Cruz, Ana, de la Cruz",
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
        "{\"id\":1,\"type\":\"inbound\",\"assistant_phone_number\":\"+12025550100\","
            + "\"client_phone_number\":\"+12025550102\",\"variables\":{\"phone\":%s}}";

    assertThat(lead(call.formatted("null")).phone()).isEqualTo("+12025550102");
    assertThat(lead(call.formatted("\"same number\"")).phone()).isEqualTo("+12025550102");
    assertThat(lead(call.formatted("\"+12025550103\"")).phone()).isEqualTo("+12025550103");
    assertThat(lead(call.formatted("\"(202) 555-0103\"")).phone()).isEqualTo("+12025550103");
    assertThat(lead("{\"id\":1,\"type\":\"web\"}").phone()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"12025550199.0", "1.2025550199E10", "\"12025550199.0\"", "12025550199"})
  void a_number_that_a_spreadsheet_has_touched_is_a_number(String json) {
    assertThat(lead("{\"id\":1,\"variables\":{\"phone\":" + json + "}}").phone())
        .isEqualTo("12025550199");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"anonymous", "sip:ada@pbx.example.com", "+266696687", "restricted", "911"})
  void a_client_who_withheld_the_number_has_none(String number) {
    Lead lead = lead("{\"id\":1,\"client_phone_number\":\"" + number + "\"}");

    assertThat(lead.phone()).isNull();
    assertThat(lead.name()).isNull();
    assertThat(lead.clientPhoneNumber()).isEqualTo(number);
    assertThat(lead.dropped()).extracting(Dropped::variable).containsOnly("client_phone_number");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'First Name':'Maria','Last Name':'Lopez','Email Address':'m@b.test','Phone"
            + " Number':'+12025550199','Company Name':'Lopez Inc'}",
        "{'first-name':'Maria','last-name':'Lopez','e-mail':'m@b.test','phone-number':'+12025550199','company-name':'Lopez"
            + " Inc'}",
        "{'firstName':'Maria','lastName':'Lopez','E-Mail':'m@b.test','phoneNumber':'+12025550199','companyName':'Lopez"
            + " Inc'}",
        "{'FIRST_NAME"
            + " ':'Maria','LAST_NAME':'Lopez','EMAIL':'m@b.test','PHONE':'+12025550199','COMPANY':'Lopez"
            + " Inc'}"
      })
  void names_of_variables_are_found_in_every_spelling(String variables) {
    Lead lead = lead("{\"id\":1,\"variables\":" + variables.replace('\'', '"') + "}");

    assertThat(lead.name()).isEqualTo("Maria Lopez");
    assertThat(lead.firstName()).isEqualTo("Maria");
    assertThat(lead.lastName()).isEqualTo("Lopez");
    assertThat(lead.email()).isEqualTo("m@b.test");
    assertThat(lead.phone()).isEqualTo("+12025550199");
    assertThat(lead.company()).isEqualTo("Lopez Inc");
    assertThat(lead.dropped()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "N/A",
        "n.a.",
        "n / a",
        "NA",
        "null",
        "NULL",
        "None",
        "undefined",
        "NaN",
        "Unknown",
        "<unknown>",
        "(none)",
        "[not provided]",
        "not_provided",
        "Not-Provided",
        "Not provided by the caller",
        "Unknown (did not say)",
        "N/A - not mentioned",
        "unknown unknown",
        "N/A N/A",
        "null null",
        "-",
        "--",
        "?",
        "...",
        "\u2014",
        "*",
        "Anonymous",
        "private",
        "Restricted",
        "keine Angabe",
        "k. A.",
        "K.A.",
        "unbekannt",
        "Nicht angegeben",
        "anonym",
        "inconnu",
        "Inconnue",
        "non renseign\u00e9",
        "non renseigne",
        "Non Renseigne\u0301",
        "s/o",
        "aucun",
        "desconocido",
        "No proporcionado",
        "no disponible",
        "ninguno",
        "S/N",
        "desconhecido",
        "n\u00e3o informado",
        "NAO INFORMADO",
        "nenhum",
        "sconosciuto",
        "non fornito",
        "nessuno",
        "onbekend",
        "niet opgegeven",
        "n.v.t.",
        "geen",
        "nieznany",
        "nie podano",
        "brak danych",
        "nie poda\u0142",
        "bilinmiyor",
        "belirtilmemi\u015f",
        "BEL\u0130RT\u0130LMED\u0130",
        "yok",
        "{{customer_name}}",
        "{{ customer.name }}",
        "{customer_name}",
        "${name}",
        "%name%",
        "%customer name%",
        "[name]",
        "[Your Name]",
        "<name>",
        "<<name>>",
        "[[name]]",
        "__name__",
        "#{name}",
        "{% name %}",
        "{{first_name}} {{last_name}}",
        "{first} {last}",
        "%first% %last%",
        "\u00a0",
        "\u200b\u200d",
        "\ufeff",
        "\u3164",
        "&nbsp;",
        "&#8203;"
      })
  void a_text_that_stands_for_no_value_is_none_and_the_next_source_counts(String text) {
    Lead lead =
        lead(
            """
            {"id":1,"variables":{"name":"%1$s","customer_name":"Ada Lovelace",
             "company":"%1$s","organization":"Engines"},"evaluation":{"customer_name":"%1$s"}}\
            """
                .formatted(text));

    assertThat(lead.name()).isEqualTo("Ada Lovelace");
    assertThat(lead.company()).isEqualTo("Engines");
    assertThat(lead("{\"id\":1,\"variables\":{\"name\":\"" + text + "\"}}").name()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Christopher Null",
        "Sarah None",
        "Kim Na",
        "Na Li",
        "Nessuno Rossi",
        "Unknown Mortal Orchestra",
        "O'Brien",
        "3M",
        "1&1",
        "4711",
        "Private Label Ltd",
        "Engines {Europe}",
        "Acme [UK]",
        "A/B Partners",
        "None of the Above Ltd",
        "100% Natural"
      })
  void a_text_that_only_contains_such_a_word_is_a_value(String text) {
    assertThat(lead("{\"id\":1,\"variables\":{\"company\":\"" + text + "\"}}").company())
        .isEqualTo(text);
  }

  @Test
  void last_names_that_are_words_for_nothing_stay_behind_a_first_name() {
    Lead lead =
        lead("{\"id\":1,\"variables\":{\"first_name\":\"Christopher\",\"last_name\":\"Null\"}}");
    Lead missing = lead("{\"id\":1,\"variables\":{\"first_name\":\"Ada\",\"last_name\":\"null\"}}");

    assertThat(lead.name()).isEqualTo("Christopher Null");
    assertThat(lead.lastName()).isEqualTo("Null");
    assertThat(missing.name()).isEqualTo("Ada");
    assertThat(missing.lastName()).isNull();
  }

  @Test
  void a_placeholder_within_a_text_is_left_out() {
    assertThat(lead("{\"id\":1,\"variables\":{\"name\":\"{{first_name}} Lovelace\"}}").name())
        .isEqualTo("Lovelace");
  }

  @Test
  void braces_that_name_nobody_stand_as_they_came() {
    assertThat(lead("{\"id\":1,\"variables\":{\"name\":\"Ada ${body} {{teams.url}}\"}}").name())
        .isEqualTo("Ada ${body} {{teams.url}}");
  }

  @Test
  void what_was_dropped_is_told_with_its_variable_and_its_reason_and_without_its_value() {
    Lead lead =
        lead(
            """
            {"id":1,"client_phone_number":"anonymous",
             "variables":{"name":"Herr","First Name":"N/A","company":"{{company}}","email":"ada at home"}}\
            """);

    assertThat(lead.dropped())
        .containsExactly(
            new Dropped("name", "name", "no name"),
            new Dropped("first-name", "first_name", "no value"),
            new Dropped("email", "email", "no e-mail address"),
            new Dropped("phone", "client_phone_number", "no value"),
            new Dropped("company", "company", "a placeholder that nobody filled in"));
  }

  @Test
  void each_account_has_its_own_texts_for_no_value() {
    Settings settings =
        settings(Map.of("clickspeak.account.acme.lead.contact.no-values", "nobody, still open*"))
            .forAccount("acme");
    LeadReader reader = new LeadReader(settings);

    assertThat(lead(reader, "{\"id\":1,\"variables\":{\"name\":\"Nobody\"}}").name()).isNull();
    assertThat(lead(reader, "{\"id\":1,\"variables\":{\"name\":\"still open, ask\"}}").name())
        .isNull();
    assertThat(lead(reader, "{\"id\":1,\"variables\":{\"name\":\"Unknown\"}}").name())
        .isEqualTo("Unknown");
  }

  @Test
  void entities_are_decoded_in_all_contact_details() {
    Lead lead =
        lead(
            """
            {"id":1,"variables":{"name":"Conan O&#039;Brien","company":"Smith &amp;amp; S&ouml;hne",
             "email":"ada&#64;example.com"},"evaluation":{"summary":"Says &quot;yes&quot;"}}\
            """);

    assertThat(lead.lastName()).isEqualTo("O'Brien");
    assertThat(lead.company()).isEqualTo("Smith & Söhne");
    assertThat(lead.email()).isEqualTo("ada@example.com");
    assertThat(lead.summary()).isEqualTo("Says \"yes\"");
  }

  @Test
  void every_documented_field_of_a_call_can_be_asked_for() {
    Lead lead =
        lead(
            """
            {"id":1,"assistant_phone_number":"+12025550100","client_phone_number":"+12025550101",
             "carrier_cost":"0.02","variables":{"phone":"+12025550102"},
             "webhook_response":{"data":{"crm_contact_id":"c-1"}}}\
            """);

    assertThat(lead.assistantPhoneNumber()).isEqualTo("+12025550100");
    assertThat(lead.clientPhoneNumber()).isEqualTo("+12025550101");
    assertThat(lead.phone()).isEqualTo("+12025550102");
    assertThat(lead.carrierCost()).isEqualTo("0.02");
    assertThat(lead.webhookResponse("data.crm_contact_id")).isEqualTo("c-1");
    assertThat(lead.webhookResponse()).isEqualTo(Map.of("data", Map.of("crm_contact_id", "c-1")));
  }

  @Test
  void line_breaks_and_control_characters_become_one_space() {
    Lead lead =
        lead(
            """
            {"id":1,"client_phone_number":"+1\\n2025550123","variables":{"name":"\\tJohn\\r\\n\\u0007 Smith ",
             "company":"A\\u2028B\\u00a0 C","email":"a@b.test\\nBcc: x@y.test"}}\
            """);

    assertThat(lead.name()).isEqualTo("John Smith");
    assertThat(lead.lastName()).isEqualTo("Smith");
    assertThat(lead.company()).isEqualTo("A B C");
    assertThat(lead.email()).isEqualTo("a@b.test");
    assertThat(lead.phone()).isEqualTo("+12025550123");
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
             "evaluation":{"outcome":"qualified_lead"}}\
            """);
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
