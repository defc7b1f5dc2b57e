package io.leadroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G2, G11: what happens between this program and a PostgreSQL. */
class PostgresTroubleTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  private Settings settings() {
    return Databases.POSTGRESQL.settings(directory, Map.of());
  }

  @Test
  void a_claim_whose_commit_was_not_answered_is_ours_all_the_same_and_made_once() throws Exception {
    Settings direct = settings();
    try (PostgresLine line = PostgresLine.to(direct);
        LedgerFixture fixture = new LedgerFixture(line.settings(direct))) {
      fixture.recordLeads(2, "slack");

      line.cutAfterCommit();
      assertThat(fixture.claim("slack", fixture.account, 1, null).deliveries()).hasSize(1);

      assertThat(line.cut()).isEqualTo(1);
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'sending'"))
          .isEqualTo(1);
      assertThat(fixture.numbers("SELECT MAX(claim) FROM delivery")).containsExactly(1L);
    }
  }

  @Test
  void behind_a_pooler_nothing_is_asked_for_at_the_start_and_no_statement_is_prepared()
      throws Exception {
    Settings direct = settings();
    try (PostgresLine pooler = PostgresLine.pooler(direct);
        LedgerFixture fixture = new LedgerFixture(pooler.settings(direct))) {
      for (int i = 0; i < 20; i++) {
        fixture.recordLeads(2, "slack");
        fixture.due("slack", fixture.account);
      }
      assertThat(pooler.named()).isZero();
    }
  }

  /** As a former primary does after a fail-over: its sessions stay, and take no writes. */
  @Test
  void sessions_that_take_no_writes_any_more_are_thrown_away_and_meanwhile_it_is_not_ready() {
    Settings settings = settings();
    String database = settings.text("ledger.url").replaceFirst(".*/", "");
    try (LedgerFixture fixture = new LedgerFixture(settings)) {
      fixture.recordLeads(1, "slack");
      assertThat(fixture.ledger.troubleWithWriting()).isEmpty();
      admin(settings, "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
      for (int i = 0; i < 4; i++) {
        fixture.ledger.jdbi.useHandle(
            h -> h.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"));
      }

      assertThatThrownBy(() -> fixture.ledger.writer.write(h -> h.execute("DELETE FROM place")))
          .isInstanceOf(LedgerException.class);
      assertThat(fixture.ledger.troubleWithWriting().orElseThrow())
          .containsAnyOf("accepts no writes", "cannot be reached");
      admin(settings, "ALTER DATABASE " + database + " SET default_transaction_read_only = off");

      await()
          .atMost(LONG)
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(fixture.claim("slack", fixture.account, 1, null).deliveries())
                      .hasSize(1));
      await().atMost(LONG).until(() -> fixture.ledger.troubleWithWriting().isEmpty());
    }
  }

  private static void admin(Settings settings, String sql) {
    Jdbi.create(
            settings.text("ledger.url").replaceFirst("/[^/]*$", "/postgres"),
            settings.text("ledger.user"),
            settings.text("ledger.password"))
        .useHandle(h -> h.execute(sql));
  }
}
