package io.leadroutes.ledger;

import static io.leadroutes.ledger.LedgerFixture.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.call.Call;
import io.leadroutes.call.CallPage;
import io.leadroutes.call.RawRecord;
import io.leadroutes.call.SetAside;
import io.leadroutes.judge.Verdict;
import io.leadroutes.settings.SettingsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** G1: recording calls, leads and deliveries, the same on both databases. */
class CallsTest {

  private static final String EVALUATED = "{\"outcome\": \"qualified_lead\"}";

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void a_lead_gets_one_delivery_for_each_sink(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call call = fixture.qualified(7);

      Calls.Recorded recorded =
          fixture.record(page(call), fixture.lead(call, "salesforce", "slack"));

      assertThat(recorded).isEqualTo(new Calls.Recorded(1, 0, 0, 1, 1));
      assertThat(fixture.count("SELECT COUNT(*) FROM lead WHERE version = 1")).isEqualTo(1);
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery WHERE state = 'pending'"))
          .isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_page_without_changes_is_not_judged_and_writes_nothing(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call lead = fixture.qualified(7);
      Call other = fixture.call(8, "completed", "{\"outcome\": \"no\"}");
      fixture.record(
          page(lead, other), fixture.lead(lead, "slack"), fixture.rejected(other, "outcome"));
      String before = fixture.text("SELECT MAX(observed_at) FROM call");

      PageChanges again = fixture.compare(page(lead, other));
      Calls.Recorded recorded = fixture.calls.record(again, List.of());

      assertThat(again.calls()).isEmpty();
      assertThat(recorded).isEqualTo(Calls.Recorded.NOTHING);
      assertThat(fixture.text("SELECT MAX(observed_at) FROM call")).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stale_page_never_undoes_newer_knowledge(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call ringing = fixture.call(7, "ringing", "null");
      Call evaluated = fixture.qualified(7);
      fixture.record(page(ringing), fixture.rejected(ringing, "ended"));
      PageChanges stale =
          fixture.calls.compare(
              fixture.account,
              page(fixture.call(7, "in-progress", "null")),
              fixture.after(),
              LedgerFixture.LOOK,
              false);

      fixture.record(page(evaluated), fixture.lead(evaluated, "slack"));
      Calls.Recorded late =
          fixture.calls.record(stale, List.of(fixture.rejected(stale.calls().get(0), "ended")));

      assertThat(late.changed()).isZero();
      assertThat(fixture.text("SELECT status FROM call")).isEqualTo("completed");
      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("pending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_from_before_the_start_is_remembered_and_never_judged(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call old = fixture.call(7, "completed", EVALUATED, "2025-12-31 23:59:59");

      PageChanges first = fixture.compare(page(old));
      fixture.calls.record(first, List.of());
      PageChanges changed =
          fixture.compare(
              page(fixture.call(7, "completed", "{\"outcome\": \"x\"}", "2025-12-31 23:59:59")));

      assertThat(first.calls()).isEmpty();
      assertThat(changed.calls()).isEmpty();
      assertThat(fixture.text("SELECT state FROM call")).isEqualTo("baseline");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_of_unknown_age_is_old_until_the_account_was_read_once(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      CallPage undated =
          page(
              fixture.call(7, "completed", EVALUATED, "long ago"),
              fixture.call(8, "ringing", "null", "long ago"));

      PageChanges first = fixture.compare(undated);
      Account read = readOnce(fixture.account);
      PageChanges later =
          fixture.calls.compare(read, undated, fixture.after(), LedgerFixture.LOOK, false);
      PageChanges wide =
          fixture.calls.compare(read, undated, fixture.after(), LedgerFixture.LOOK, true);
      Look lifted = new Look(LedgerFixture.RULE, 0, 0, new Look.Span(0, 1), List.of());
      PageChanges backfilled = fixture.calls.compare(read, undated, fixture.after(), lifted, true);

      assertThat(first.baseline()).extracting(Call::id).containsExactly(7L);
      assertThat(later.calls()).extracting(Call::id).containsExactly(7L, 8L);
      assertThat(wide.baseline()).extracting(Call::id).containsExactly(7L);
      assertThat(backfilled.calls()).extracting(Call::id).containsExactly(7L, 8L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_that_changed_last_before_the_start_is_old(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call undated =
          fixture.read(
              """
              {"id": 7, "status": "completed", "evaluation": {"outcome": "qualified_lead"},
               "created_at": "long ago", "updated_at": "2025-12-31 23:59:59"}
              """);

      PageChanges changes =
          fixture.calls.compare(
              readOnce(fixture.account), page(undated), fixture.after(), LedgerFixture.LOOK, false);

      assertThat(changes.baseline()).containsExactly(undated);
    }
  }

  private static Account readOnce(Account account) {
    return new Account(
        account.id(), account.name(), account.leadKey(), account.startAt(), 1L, account.wideAt());
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_that_changed_raises_the_wanted_version_and_leaves_the_state_alone(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call first = fixture.qualified(7);
      fixture.record(page(first), fixture.lead(first, "slack"));
      fixture.execute("UPDATE delivery SET state = 'sending', claim = 3");

      Call second = fixture.call(7, "completed", "{\"outcome\": \"qualified_lead\", \"score\": 9}");
      fixture.record(page(second), fixture.lead(second, "slack"));

      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("sending");
      assertThat(fixture.count("SELECT wanted_version FROM delivery")).isEqualTo(2);
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_withdrawn_cancels_what_was_not_sent_and_a_lead_again_brings_it_back(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call lead = fixture.qualified(7);
      fixture.record(page(lead), fixture.lead(lead, "slack"));
      Call withdrawn = fixture.call(7, "completed", "{\"outcome\": \"no\"}");
      fixture.record(page(withdrawn), fixture.rejected(withdrawn, "outcome"));
      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("cancelled");

      fixture.record(page(lead), fixture.lead(lead, "slack"));

      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("pending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_call_whose_judging_failed_is_judged_again_and_costs_only_itself(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call bad = fixture.qualified(7);
      Call good = fixture.qualified(8);
      fixture.record(
          page(bad, good),
          Verdict.failed(bad, new IllegalStateException("Ada Example")),
          fixture.lead(good, "slack"));

      assertThat(fixture.text("SELECT error FROM call WHERE id = 7"))
          .isEqualTo("java.lang.IllegalStateException");
      assertThat(fixture.count("SELECT COUNT(*) FROM delivery")).isEqualTo(1);
      assertThat(fixture.compare(page(bad, good)).calls()).containsExactly(bad);
    }
  }

  private static Call qualified(LedgerFixture fixture, Integer duration, String answeredBy) {
    return fixture.read(
        """
        {"id": 7, "status": "completed", "evaluation": {"outcome": "qualified_lead"},
         "duration": %s, "answered_by": %s, "created_at": "2026-02-01 10:00:00"}
        """
            .formatted(duration, answeredBy == null ? null : '"' + answeredBy + '"'));
  }

  @ParameterizedTest
  @EnumSource
  void what_a_filter_asks_for_and_comes_later_has_the_call_judged_again_once(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call early = qualified(fixture, null, null);
      fixture.record(page(early), fixture.rejected(early, "min-duration"));
      Call later = qualified(fixture, 95, null);

      assertThat(fixture.compare(page(early)).calls()).isEmpty();
      assertThat(fixture.compare(page(later)).calls()).containsExactly(later);
      fixture.record(page(later), fixture.rejected(later, "min-duration"));
      assertThat(fixture.compare(page(later)).calls()).isEmpty();
      Call complete = qualified(fixture, 95, "human");
      fixture.record(page(complete), fixture.lead(complete, "slack"));

      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("pending");
      assertThat(fixture.compare(page(complete)).calls()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_change_of_what_only_filters_ask_for_is_no_new_version_of_a_lead(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call first = qualified(fixture, 95, "human");
      fixture.record(page(first), fixture.lead(first, "slack"));

      Call longer = qualified(fixture, 96, "human");
      fixture.record(page(longer), fixture.lead(longer, "slack"));

      assertThat(fixture.count("SELECT wanted_version FROM delivery")).isEqualTo(1);
      assertThat(fixture.count("SELECT version FROM lead")).isEqualTo(1);
      assertThat(fixture.text("SELECT raw FROM call")).contains("96");
      assertThat(fixture.compare(page(longer)).calls()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void outside_the_look_back_it_is_not_and_a_running_call_waits_for_its_end(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call call = qualified(fixture, 95, "human");
      fixture.record(page(call), fixture.rejected(call, "campaign"));
      Look later = Look.live(LedgerFixture.RULE, call.createdAt().toEpochMilli() + 1, 1);

      Call renamed = qualified(fixture, 95, "machine");
      assertThat(
              fixture
                  .calls
                  .compare(fixture.account, page(renamed), fixture.after(), later, false)
                  .calls())
          .isEmpty();

      fixture.execute("UPDATE call SET state = 'open'");
      assertThat(fixture.compare(page(renamed)).calls()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_judged_by_its_content_alone_is_not_judged_again_for_that(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call call = qualified(fixture, 95, "human");
      fixture.record(page(call), fixture.rejected(call, "outcome"));
      fixture.execute("UPDATE call SET judged_hash = content_hash");

      assertThat(fixture.compare(page(call)).calls()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_that_changed_while_it_was_none_has_a_new_version_when_it_is_one_again(
      Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call first = fixture.qualified(7);
      fixture.record(page(first), fixture.lead(first, "slack"));
      fixture.execute("UPDATE delivery SET state = 'delivered', sent_version = 1");
      Call changed =
          fixture.call(7, "completed", "{\"outcome\": \"qualified_lead\", \"score\": 9}");
      fixture.record(page(changed), Verdict.failed(changed, new IllegalStateException()));

      fixture.record(page(changed), fixture.lead(changed, "slack"));
      assertThat(fixture.count("SELECT wanted_version FROM delivery")).isEqualTo(2);

      fixture.record(page(first), fixture.rejected(first, "outcome"));
      fixture.record(page(changed), fixture.lead(changed, "slack"));
      assertThat(fixture.count("SELECT wanted_version FROM delivery")).isEqualTo(2);
      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("delivered");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_rule_that_changed_has_calls_judged_again(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call call = fixture.qualified(7);
      fixture.record(page(call), fixture.rejected(call, "outcome"));

      PageChanges changes =
          fixture.calls.compare(
              fixture.account, page(call), fixture.after(), Look.live("rule-2", 0, 1), false);

      assertThat(changes.calls()).containsExactly(call);
    }
  }

  @ParameterizedTest
  @EnumSource
  void raw_data_is_kept_of_leads_and_open_calls_only(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call lead = fixture.qualified(1);
      Call open = fixture.call(2, "ringing", "null");
      Call rejected = fixture.call(3, "completed", "{\"outcome\": \"no\"}");
      fixture.record(
          page(lead, open, rejected),
          fixture.lead(lead, "slack"),
          fixture.rejected(open, "ended"),
          fixture.rejected(rejected, "outcome"));

      assertThat(fixture.count("SELECT COUNT(*) FROM call WHERE raw IS NOT NULL")).isEqualTo(2);
      assertThat(fixture.count("SELECT COUNT(*) FROM call WHERE id = 3 AND raw IS NULL"))
          .isEqualTo(1);
      assertThat(fixture.text("SELECT rejected_by FROM call WHERE id = 3")).isEqualTo("outcome");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_record_set_aside_is_kept_once_however_often_it_is_seen(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      SetAside record = new SetAside("id is missing", RawRecord.of("{\"x\": 1}"));

      fixture.record(LedgerFixture.pageWith(record));
      fixture.record(LedgerFixture.pageWith(record));

      assertThat(fixture.text("SELECT reason FROM set_aside")).isEqualTo("id is missing");
    }
  }

  private static CallPage pageOf(List<SetAside> records) {
    return new CallPage("default", 1, 1, 100, records.size(), List.of(), records);
  }

  private static SetAside unreadable(String json) {
    return new SetAside("id is missing or not a whole number", RawRecord.of(json));
  }

  /** Each listing signs the recordings anew. */
  @ParameterizedTest
  @EnumSource
  void a_record_whose_signed_address_changes_is_kept_once(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      for (int pass = 0; pass < 15; pass++) {
        fixture.record(
            pageOf(
                List.of(
                    unreadable(
                        "{\"status\": \"completed\", \"recording_url\":"
                            + " \"https:\\/\\/files.example.com\\/1.mp3?signature=%d&a=b\"}"
                                .formatted(pass)),
                    unreadable("{\"x\": %d, \"id\": \"CA-7\"}".formatted(pass)),
                    unreadable("{\"id\": \"CA-8\"}"))));
      }

      assertThat(fixture.count("SELECT COUNT(*) FROM set_aside")).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void records_set_aside_are_kept_up_to_a_number_and_a_size(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      for (int page = 0; page < 11; page++) {
        int first = page * 100;
        fixture.record(
            pageOf(
                IntStream.range(first, first + 100)
                    .mapToObj(i -> unreadable("{\"key\": " + i + "}"))
                    .toList()));
      }
      assertThat(fixture.count("SELECT COUNT(*) FROM set_aside")).isEqualTo(1000);

      fixture.execute("DELETE FROM set_aside");
      for (int i = 0; i < 20; i++) {
        fixture.record(
            pageOf(List.of(unreadable("{\"key\": \"" + i + "x".repeat(1 << 20) + "\"}"))));
      }
      assertThat(fixture.count("SELECT COUNT(*) FROM set_aside")).isEqualTo(15);
    }
  }

  /** More than either database binds in a statement without thought. */
  @ParameterizedTest
  @EnumSource
  void a_page_full_of_records_that_cannot_be_read_costs_no_call_beside_them(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call call = fixture.qualified(7);
      List<SetAside> broken =
          IntStream.range(0, 70_000).mapToObj(i -> unreadable("{\"key\": " + i + "}")).toList();

      fixture.record(
          new CallPage("default", 1, 1, 100, 70_001, List.of(call), broken),
          fixture.lead(call, "file"));

      assertThat(fixture.count("SELECT COUNT(*) FROM delivery")).isEqualTo(1);
      assertThat(fixture.count("SELECT COUNT(*) FROM set_aside")).isEqualTo(1000);
    }
  }

  private static void passEnded(LedgerFixture fixture, String kind, int newCalls, String refused) {
    fixture.passes.ended(
        new PassRow(
            fixture.account,
            kind,
            null,
            null,
            1,
            1,
            1,
            newCalls,
            0,
            0,
            0,
            null,
            null,
            refused,
            false));
  }

  /** 1,440 a day otherwise, of which none tells anything. */
  @ParameterizedTest
  @EnumSource
  void passes_that_tell_nothing_new_take_one_row(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      passEnded(fixture, "full", 0, null);
      passEnded(fixture, "quick", 3, null);
      for (int i = 0; i < 10; i++) {
        passEnded(fixture, "quick", 0, null);
      }
      passEnded(fixture, "full", 0, null);
      passEnded(fixture, "quick", 0, null);
      for (int i = 0; i < 10; i++) {
        passEnded(fixture, "full", 0, "ClickSpeak cannot be reached.");
      }

      assertThat(
              fixture.texts(
                  "SELECT kind || ' ' || new_calls || ' ' || COALESCE(refused, 'ok') FROM pass"
                      + " ORDER BY id"))
          .containsExactly(
              "full 0 ok",
              "quick 3 ok",
              "full 0 ok",
              "quick 0 ok",
              "full 0 ClickSpeak cannot be reached.");
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_same_account_name_with_another_address_stops_the_start(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      assertThatThrownBy(
              () -> fixture.accounts.account("default", "https://other.example/api", Instant.EPOCH))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("clickspeak.base-url")
          .hasMessageContaining("clickspeak.accounts");
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_start_of_an_account_is_fixed_by_its_first_start(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Account again = fixture.accounts.account("default", "https://example.com/api", Instant.EPOCH);

      assertThat(again.startAt()).isEqualTo(fixture.account.startAt());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_that_is_withdrawn_after_its_judging_failed_is_cancelled_too(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call lead = fixture.qualified(7);
      fixture.record(page(lead), fixture.lead(lead, "slack"));
      Call no = fixture.call(7, "completed", "{\"outcome\": \"no\"}");
      fixture.record(page(no), Verdict.failed(no, new IllegalStateException()));

      fixture.record(page(no), fixture.rejected(no, "outcome"));

      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("cancelled");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lead_that_is_being_evaluated_again_waits_until_it_is_a_lead_again(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call lead = fixture.qualified(7);
      fixture.record(page(lead), fixture.lead(lead, "slack"));
      Call open = fixture.call(7, "completed", "null");

      fixture.record(page(open), fixture.rejected(open, "evaluated"));
      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("cancelled");

      fixture.record(page(lead), fixture.lead(lead, "slack"));
      assertThat(fixture.text("SELECT state FROM delivery")).isEqualTo("pending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_withdrawn_lead_keeps_its_data_while_a_delivery_may_need_it(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      Call lead = fixture.qualified(7);
      fixture.record(page(lead), fixture.lead(lead, "slack"));
      fixture.execute("UPDATE delivery SET state = 'unknown', attempted_at = 1");
      for (String outcome : List.of("no", "never")) {
        Call changed = fixture.call(7, "completed", "{\"outcome\": \"" + outcome + "\"}");
        fixture.record(page(changed), fixture.rejected(changed, "outcome"));
      }

      assertThat(fixture.claim("slack", fixture.account, 1, null).unreadable()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void data_of_more_calls_than_one_transaction_takes_is_removed_to_the_last(Databases database) {
    try (LedgerFixture fixture = new LedgerFixture(database, directory)) {
      fixture.recordLeads(2_300, "slack");
      fixture.execute("UPDATE delivery SET state = 'delivered' WHERE call_id <> 1200");
      fixture.execute("UPDATE call SET created_at = 1, observed_at = 1");

      int forgotten = fixture.retention.forget(fixture.account, 1_000);

      assertThat(forgotten).isEqualTo(2_299);
      assertThat(fixture.text("SELECT MIN(id) FROM call WHERE raw IS NOT NULL")).isEqualTo("1200");
      assertThat(fixture.count("SELECT COUNT(*) FROM call WHERE raw IS NOT NULL")).isEqualTo(1);
      assertThat(fixture.retention.forget(fixture.account, 1_000)).isZero();
    }
  }
}
