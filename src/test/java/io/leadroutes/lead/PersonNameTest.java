package io.leadroutes.lead;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonNameTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "Ada Lovelace|-|Ada|Lovelace",
        "Lovelace|-|-|Lovelace",
        "Mary Ann Evans|-|Mary Ann|Evans",
        "J. R. R. Tolkien|-|J. R. R.|Tolkien",
        "Conan O'Brien|-|Conan|O'Brien",
        "Anne-Marie D'Angelo-Smith|-|Anne-Marie|D'Angelo-Smith",
        // salutations and titles
        "Herr Weber|Herr|-|Weber",
        "Frau Dr. Weber|Frau Dr.|-|Weber",
        "Frau Prof. Dr. med. Eva Weber|Frau Prof. Dr. med.|Eva|Weber",
        "Dr.Weber|Dr.|-|Weber",
        "Dipl.-Ing. Uwe Weber|Dipl.-Ing.|Uwe|Weber",
        "Familie Weber|Familie|-|Weber",
        "Mr. Smith|Mr.|-|Smith",
        "mr john smith|mr|john|smith",
        "Mrs Jane Smith|Mrs|Jane|Smith",
        "Mr. and Mrs. Smith|Mr. and Mrs.|-|Smith",
        "Mme Dupont|Mme|-|Dupont",
        "M. Dupont|M.|-|Dupont",
        "M. Night Shyamalan|-|M. Night|Shyamalan",
        "Monsieur Jean Dupont|Monsieur|Jean|Dupont",
        "Sr. Gómez|Sr.|-|Gómez",
        "Señora Ana Gómez|Señora|Ana|Gómez",
        "Dott.ssa Rossi|Dott.ssa|-|Rossi",
        "Sig.ra Bianchi|Sig.ra|-|Bianchi",
        "Dhr. Jansen|Dhr.|-|Jansen",
        "Mevr. van Dijk|Mevr.|-|van Dijk",
        "Pani Kowalska|Pani|-|Kowalska",
        "MUDr. Jan Novák|MUDr.|Jan|Novák",
        "Sayın Ayşe Yılmaz|Sayın|Ayşe|Yılmaz",
        "Ahmet Bey|-|-|Ahmet",
        "Sra. Dra. Ana Costa|Sra. Dra.|Ana|Costa",
        // last name first
        "Lovelace, Ada|-|Ada|Lovelace",
        "LOVELACE, ADA|-|ADA|LOVELACE",
        "García López, María José|-|María José|García López",
        "van der Berg, Jan|-|Jan|van der Berg",
        "Weber, Dr. Eva|Dr.|Eva|Weber",
        "Weber, Frau|Frau|-|Weber",
        "Lovelace, Ada, PhD|-|Ada|Lovelace",
        "Null, Christopher|-|Christopher|Null",
        "Ma, Jack|-|Jack|Ma",
        // suffixes and what was noted behind
        "Ada Lovelace, Jr.|-|Ada|Lovelace",
        "Ada Lovelace Jr.|-|Ada|Lovelace",
        "Ada Lovelace jr|-|Ada|Lovelace",
        "John Smith III|-|John|Smith",
        "Ada Lovelace, M.D., Ph.D.|-|Ada|Lovelace",
        "Ada Lovelace PhD|-|Ada|Lovelace",
        "Ada Lovelace, CEO|-|Ada|Lovelace",
        "Ada Lovelace, MA|-|Ada|Lovelace",
        "Ada Lovelace, Engines Inc.|-|Ada|Lovelace",
        "Ada Lovelace, calls back on Monday|-|Ada|Lovelace",
        "Jack Ma|-|Jack|Ma",
        "Robert (Bob) Smith|-|Robert|Smith",
        "Robert \"Bob\" Smith|-|Robert|Smith",
        "\"Ada Lovelace\"|-|Ada|Lovelace",
        "(Ada Lovelace)|-|Ada|Lovelace",
        "Ada Lovelace.|-|Ada|Lovelace",
        "Ada Lovelace,|-|Ada|Lovelace",
        "Ada L.|-|Ada|L.",
        "Ada Lovelace +1 202 555 0123|-|Ada|Lovelace",
        // particles
        "Jan van der Berg|-|Jan|van der Berg",
        "van der Berg|-|-|van der Berg",
        "van Gogh|-|-|van Gogh",
        "Jan Van Der Berg|-|Jan|Van Der Berg",
        "Van Der Berg|-|-|Van Der Berg",
        "Van Morrison|-|Van|Morrison",
        "Ana de la Cruz|-|Ana|de la Cruz",
        "Maria dos Santos|-|Maria|dos Santos",
        "Ludwig von Mises|-|Ludwig|von Mises",
        "Mohammed Al Fayed|-|Mohammed|Al Fayed",
        "Herr von Bülow|Herr|-|von Bülow",
        // words that are names
        "Christopher Null|-|Christopher|Null",
        "Sarah None|-|Sarah|None",
        "Kim Na|-|Kim|Na",
        "Sarah null|-|-|Sarah",
        "Ada undefined|-|-|Ada"
      })
  void a_name_is_taken_apart(String text, String salutation, String first, String last) {
    PersonName name = PersonName.in(text);

    assertThat(name.salutation()).isEqualTo(salutation);
    assertThat(name.first()).isEqualTo(first);
    assertThat(name.last()).isEqualTo(last);
    assertThat(name).hasToString("PersonName");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Lovelace, Ada|Ada Lovelace",
        "Weber, Dr. Eva|Dr. Eva Weber",
        "Lovelace, Ada, PhD|Ada Lovelace, PhD",
        "Ada Lovelace, Jr.|Ada Lovelace, Jr.",
        "Herr Weber|Herr Weber",
        "\"Ada  Lovelace\" |Ada Lovelace"
      })
  void the_full_name_is_in_its_natural_order(String text, String full) {
    assertThat(PersonName.in(text).full()).isEqualTo(full);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Herr",
        "Mr.",
        "Frau Dr.",
        "+1 202 555 0123",
        "12345",
        "?",
        "-",
        "ada@example.com"
      })
  void a_form_of_address_a_number_or_an_address_alone_is_no_name(String text) {
    assertThat(PersonName.in(text)).isNull();
    assertThat(PersonName.given(text)).isNull();
    assertThat(PersonName.family(text)).isNull();
  }

  @Test
  void parts_that_stand_alone_lose_what_is_no_part_of_them() {
    assertThat(PersonName.given("Dr. Ada")).isEqualTo("Ada");
    assertThat(PersonName.given("Mary Ann")).isEqualTo("Mary Ann");
    assertThat(PersonName.family("Lovelace, Jr.")).isEqualTo("Lovelace");
    assertThat(PersonName.family("Frau van der Berg")).isEqualTo("van der Berg");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "\"", "a ", ",", "Dr. ", "{", "\uD83D\uDE00", "x", "1 ", "a,"})
  void a_text_of_any_length_costs_no_time(String part) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> PersonName.in("A" + part.repeat(500_000)));
  }
}
