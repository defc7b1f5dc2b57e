package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.settings.SettingsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** G2: names of accounts, the same on both databases. */
class AccountsTest {

  private static final String URL = "https://example.com/api";

  @TempDir Path directory;

  private static Account account(LedgerFixture fixture, String name) {
    return fixture.accounts.account(name, URL, Instant.parse("2026-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @EnumSource
  void a_renamed_account_goes_on_and_its_leads_keep_their_keys(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(1, "slack");

      assertThat(new Accounts(fixture.ledger).rename("default", "acme")).isEqualTo("default");

      Account renamed = account(fixture, "acme");
      assertThat(renamed.id()).isEqualTo(fixture.account.id());
      assertThat(renamed.startAt()).isEqualTo(fixture.account.startAt());
      fixture.recordLeadsOf(renamed, 2, "slack");
      assertThat(fixture.claim("slack", renamed, 5, null).deliveries())
          .extracting(d -> d.lead().key())
          .containsExactly("default-1", "default-2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_new_account_gets_its_keys_from_its_own_name(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      assertThat(account(fixture, "acme").leadKey()).isEqualTo("acme");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_new_account_never_takes_the_former_name_of_another(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      new Accounts(fixture.ledger).rename("default", "acme");

      assertThatThrownBy(() -> account(fixture, "default"))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("'default' is the former name of account 'acme'")
          .hasMessageContaining("choose another name");
      assertThat(fixture.count("SELECT COUNT(*) FROM account")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_account_may_have_its_former_name_back(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Accounts accounts = new Accounts(fixture.ledger);
      accounts.rename("default", "acme");

      assertThat(accounts.rename("acme", "default")).isEqualTo("default");

      assertThat(account(fixture, "default")).isEqualTo(fixture.account);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SQLITE | none | fresh | The ledger knows no account 'none': name one of acme, default,"
            + " other.",
        "SQLITE | other | acme | There is an account 'acme' in the ledger",
        "SQLITE | other | other | There is an account 'other' in the ledger",
        "SQLITE | other | first | 'first' is the former name of account 'acme'",
        "POSTGRESQL | none | fresh | name one of acme, default, other.",
        "POSTGRESQL | other | acme | There is an account 'acme' in the ledger",
        "POSTGRESQL | other | first | 'first' is the former name of account 'acme'"
      })
  void a_name_that_is_unknown_or_taken_is_refused_with_a_remedy(
      Databases database, String from, String to, String part) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Accounts accounts = new Accounts(fixture.ledger);
      account(fixture, "first");
      account(fixture, "other");
      accounts.rename("first", "acme");

      assertThatThrownBy(() -> accounts.rename(from, to))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining(part);
      assertThat(account(fixture, "other").leadKey()).isEqualTo("other");
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_account_that_is_polled_is_not_renamed(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Accounts accounts = new Accounts(fixture.ledger);
      Leases service = new Leases(fixture.ledger);
      service.hold(List.of(fixture.account));

      assertThatThrownBy(() -> accounts.rename("default", "acme"))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("stop it first");

      service.release();
      assertThat(accounts.rename("default", "acme")).isEqualTo("default");
    }
  }
}
