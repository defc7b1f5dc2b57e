package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.sandbox.SlackWorkspace;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** G2, G5: a rule chooses the channel of each lead, and changes between two starts. */
@Timeout(120)
class SlackChannelsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String EAST = "C0EAST";
  private static final String WEST = "C0WEST";
  private static final String RULE =
      "${iif(${body.company} contains 'East', 'C0EAST', '')}"
          + "${iif(${body.company} contains 'West', 'C0WEST', '')}";
  private static final String SWAPPED =
      RULE.replace("C0EAST", "C0X").replace("C0WEST", "C0EAST").replace("C0X", "C0WEST");

  @TempDir Path directory;

  private Arrivals arrivals;
  private SlackWorkspace slack;

  @BeforeEach
  void open() {
    arrivals = new Arrivals(directory);
    slack = arrivals.sandbox.slack();
    slack.addChannel(EAST, "east");
    slack.addChannel(WEST, "west");
  }

  @AfterEach
  void close() {
    arrivals.close();
  }

  private Service start(String rule, String perSecond) {
    return Service.start(
        Settings.load(directory, Map.of(), new Properties())
            .with(arrivals.settings())
            .with(
                Map.of(
                    "slack.channel", rule,
                    "slack.per-second", perSecond,
                    "lead.sinks", "slack")),
        directory);
  }

  private void listed(long id, String company) {
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id).variable("company", company));
  }

  private List<String> ledger(String column) {
    return query("SELECT " + column + " FROM delivery ORDER BY call_id");
  }

  private List<String> query(String sql) {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("ledger.db"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void leads_go_to_their_channels_and_stay_there_when_the_rule_changes() {
    listed(1, "East Door");
    listed(2, "West Door");
    listed(3, "Nowhere Door");
    try (Service service = start(RULE, "0")) {
      await()
          .atMost(LONG)
          .until(() -> ledger("state").equals(List.of("delivered", "delivered", "dead")));
    }
    assertThat(slack.messages(EAST)).hasSize(1);
    assertThat(slack.messages(WEST)).hasSize(1);
    assertThat(ledger("reason").get(2)).contains("slack.channel");

    listed(1, "East Door Books");
    try (Service service = start(SWAPPED, "0")) {
      await().atMost(LONG).until(() -> slack.messages(EAST).get(0).edits() == 1);
      arrivals.awaitTwoMorePasses();
    }
    assertThat(slack.posts()).isEqualTo(2);
    assertThat(slack.messages(WEST)).extracting(Message::edits).containsExactly(0);
  }

  @Test
  void a_rule_that_chooses_no_channel_at_all_gives_no_lead_up() {
    for (int i = 1; i <= 4; i++) {
      listed(i, "East Door");
    }
    try (Service service = start("${body.company}", "0")) {
      await().atMost(LONG).until(() -> paused() != null);
    }
    assertThat(paused()).contains("slack.channel");
    assertThat(ledger("state")).doesNotContain("dead");
    assertThat(slack.requests()).isEmpty();

    try (Service service = start(RULE, "0")) {
      await().atMost(LONG).until(() -> slack.messages(EAST).size() == 4);
    }
  }

  private String paused() {
    List<String> paused = query("SELECT paused FROM sink_state");
    return paused.isEmpty() ? null : paused.get(0);
  }

  @Test
  void a_post_whose_answer_was_lost_before_a_stop_is_found_where_it_went() {
    listed(1, "East Door");
    slack.faults().next(Fault.statusAfterWork(500).on("/api/chat.postMessage"));
    slack.scopes("chat:write");
    try (Service service = start(RULE, "0")) {
      await().atMost(LONG).until(() -> ledger("state").equals(List.of("unknown")));
    }
    assertThat(ledger("place")).containsExactly("slack " + EAST);

    slack.scopes("chat:write", "channels:history", "channels:read");
    try (Service service = start(SWAPPED, "0")) {
      await().atMost(LONG).until(() -> ledger("state").equals(List.of("delivered")));
    }
    assertThat(slack.posts()).isEqualTo(1);
    assertThat(slack.messages(EAST)).hasSize(1);
    assertThat(ledger("memo")).containsExactly(EAST);
  }

  @Test
  void a_channel_that_is_full_does_not_hold_the_other_one() {
    for (int i = 1; i <= 8; i++) {
      listed(i, "East Door");
    }
    try (Service service = start(RULE, "0.01")) {
      await().atMost(LONG).until(() -> slack.messages(EAST).size() == 5);
      listed(9, "West Door");
      await().atMost(LONG).until(() -> slack.messages(WEST).size() == 1);
    }
    assertThat(slack.messages(EAST)).hasSize(5);
    assertThat(ledger("attempts")).containsOnly("0");
  }
}
