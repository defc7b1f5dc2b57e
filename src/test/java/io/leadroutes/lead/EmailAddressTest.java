package io.leadroutes.lead;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ada@example.com|ada@example.com",
        "Ada.Lovelace+crm@mail.example.co.uk|Ada.Lovelace+crm@mail.example.co.uk",
        "ada@example.com.|ada@example.com",
        "ada@example.com...|ada@example.com",
        "ada@example.com,|ada@example.com",
        "<ada@example.com>|ada@example.com",
        "(ada@example.com)|ada@example.com",
        "'ada@example.com'|ada@example.com",
        "\"ada@example.com\"|ada@example.com",
        "mailto:ada@example.com|ada@example.com",
        "mailto:ada@example.com?subject=Hello|ada@example.com",
        "MAILTO: ada@example.com|ada@example.com",
        "[ada@example.com](mailto:ada@example.com)|ada@example.com",
        "Ada Lovelace <ada@example.com>|ada@example.com",
        "Ada <ada@example.com>|ada@example.com",
        "\"Lovelace, Ada\" <ada@example.com>|ada@example.com",
        "ada@example.com, charles@example.com|ada@example.com",
        "ada@example.com; charles@example.com|ada@example.com",
        "ada@example.com / charles@example.com|ada@example.com",
        "ada@example.com or charles@example.com|ada@example.com",
        "ada @ example.com|ada@example.com",
        "ada@ example.com|ada@example.com",
        "ada@example. com|ada@example.com",
        "ada @ example . com|ada@example.com",
        "ada@example.com. Call me|ada@example.com",
        "my e-mail is ada@example.com|ada@example.com",
        "Email: ada@example.com|ada@example.com",
        "ada (at) example.com|ada@example.com",
        "ada[at]example[dot]com|ada@example.com",
        "ada at example dot com|ada@example.com",
        "Ada At Example Dot Com.|ada@example.com",
        "ada dot lovelace at mail dot example dot co dot uk|ada.lovelace@mail.example.co.uk",
        "ada underscore l at example dot com|ada_l@example.com",
        "ada at my dash example dot com|ada@my-example.com",
        "ada at example.com|ada@example.com",
        "ada@example dot com|ada@example.com",
        "ada arobase example point fr|ada@example.fr",
        "ada arroba example punto es|ada@example.es",
        "ada chiocciola example punto it|ada@example.it",
        "ada at example punkt de|ada@example.de",
        "ada małpa example kropka pl|ada@example.pl"
      })
  void an_address_is_found_in_what_stands_around_it(String text, String address) {
    assertThat(EmailAddress.in(text)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@example",
        "ada at the office",
        "ada lovelace at example dot com",
        "meet me at example dot com",
        "ada at example com",
        "ada at at example dot com",
        "ada at example at com",
        "at example dot com",
        "ada lovelace@example.com",
        "the same as before",
        "dot dot dot",
        "@"
      })
  void what_is_no_address_or_not_certain_is_none(String text) {
    assertThat(EmailAddress.in(text)).isNull();
  }
}
