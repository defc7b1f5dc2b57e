package io.leadroutes.lead;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "anonymous",
        "Anonymous",
        "restricted",
        "unavailable",
        "private",
        "blocked",
        "unknown",
        "sip:ada@pbx.example.com",
        "sip:anonymous@anonymous.invalid",
        "sip:1001@pbx.example.com",
        "\"Ada\" <sip:ada@203.0.113.7:5060;transport=tcp>",
        "client:ada",
        "ada@example.com",
        "+266696687",
        "266696687",
        "+7378742833",
        "+2562533",
        "+8656696",
        "+86282452253",
        "+7748283",
        "911",
        "112",
        "+911",
        "32665",
        "+2",
        "123456",
        "0000000000",
        "+10000000000",
        "1111111",
        "call me back",
        "-",
        "1.20256E+10",
        "1,2E+10",
        "same number as the one I am calling from"
      })
  void what_is_no_number_is_none(String text) {
    assertThat(PhoneNumber.in(text, "+12025550100")).isNull();
    assertThat(PhoneNumber.in(text, null)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "+12025550123|+12025550123",
        "+1987654321|+1987654321",
        "+1 (202) 555-0123|+12025550123",
        "+1.202.555.0123|+12025550123",
        " +1-202-555-0123 |+12025550123",
        "(+49) 30 23125000|+493023125000",
        "+49 (0) 30 23125000|+493023125000",
        "0049 30 23125000|+493023125000",
        "tel:+1-202-555-0123|+12025550123",
        "tel:+1-202-555-0123;ext=45|+12025550123 ext. 45",
        "sip:+12025550123@pbx.example.com|+12025550123",
        "sip:+12025550123@pbx.example.com;user=phone|+12025550123",
        "sips:+12025550123;phone-context=x@pbx.example.com:5061|+12025550123",
        "\"Ada\" <sip:+12025550123@203.0.113.7:5060>|+12025550123",
        "<tel:+12025550123>|+12025550123",
        "sip:%2B12025550123@pbx.example.com|+12025550123",
        "whatsapp:+12025550123|+12025550123",
        "p:+12025550123|+12025550123",
        "12025550123@pbx.example.com|12025550123",
        "'+12025550123|+12025550123",
        "12025550199.0|12025550199",
        "+12025550199.0|+12025550199",
        "12025550199.00|12025550199",
        "1.2025550199E10|12025550199",
        "1.2025550199e+10|12025550199",
        "1.202555019E10|12025550190",
        "1,2025550199E+10|12025550199",
        "12,025,550,199|12,025,550,199",
        "(202) 555-0199|(202) 555-0199",
        "030/23125000|030/23125000",
        "+1 (202) 555-0123 ext. 45, ask for the front desk|+12025550123 ext. 45",
        "+1 (202) 555-0123 x45|+12025550123 ext. 45",
        "+12025550123 (mobile)|+12025550123",
        "my number is +1 202 555 0123, after 17:00|+12025550123",
        "since 2026-01-05: +1 202 555 0123|+12025550123",
        "+12025550123, +12025550124|+12025550123",
        "+12025550123+12025550124|+12025550123",
        "+12025550123 / +12025550124|+12025550123",
        "2025550123, 2025550124|2025550123",
        "030/23125000, 0171/23125000|030/23125000",
        "+12025550123 or ada@example.com|+12025550123",
        "\u0661\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0669\u0669|12025550199",
        "\uFF0B12025550123|+12025550123"
      })
  void a_number_is_found_in_what_stands_around_it(String text, String number) {
    assertThat(PhoneNumber.in(text, null)).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(202) 555-0199|+12025550100|+12025550199",
        "202-555-0199|+12025550100|+12025550199",
        "030 23125000|+493023125111|+493023125000",
        "0171 2345678|+493023125111|+491712345678",
        "01 42 68 53 00|+33142685301|+33142685300",
        "06.12.34.56.78|+33142685301|+33612345678",
        "555-0199|+12025550100|555-0199",
        "030 23125000|+2|030 23125000",
        "030 23125000|anonymous|030 23125000",
        "+493023125000|+12025550100|+493023125000"
      })
  void a_local_number_is_of_the_country_of_the_assistants_own(
      String text, String assistant, String number) {
    assertThat(PhoneNumber.in(text, assistant)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "(", "1", "1 ", "-", "@", "sip:", "<1", "e"})
  void a_text_of_any_length_costs_no_time(String part) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> PhoneNumber.in("+1" + part.repeat(500_000), null));
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> PhoneNumber.in("+1" + part.repeat(150), null));
  }
}
