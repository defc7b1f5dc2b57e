package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.Service;
import io.leadroutes.sandbox.ClickSpeak;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SalesforceOrg;
import io.leadroutes.sandbox.SandboxCall;
import io.leadroutes.sandbox.SlackWorkspace.Message;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G2, G3: two accounts; the general keys are those of the account default, acme has its own list of
 * calls, Salesforce org, Slack channel and directory. Both number their calls alike.
 */
class AccountsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String OWN = "clickspeak.account.acme.";
  private static final String ACME_CHANNEL = "C0ACME0001";
  private static final String DEFAULT_PHONE = "+12025550101";
  private static final String ACME_PHONE = "+12025550202";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private Arrivals arrivals;
  private ClickSpeak acmeCalls;
  private SalesforceOrg acmeOrg;

  @BeforeEach
  void openSandboxes() {
    arrivals = new Arrivals(directory);
    arrivals.sandbox.slack().addChannel(ACME_CHANNEL, "acme");
    acmeCalls = ClickSpeak.start(0);
    acmeCalls.token("acme-token");
    acmeOrg = SalesforceOrg.start(0);
    acmeOrg.client("acme-id", "acme-secret");
    acmeOrg.externalIdField("Acme_Call__c", true, true);
  }

  @AfterEach
  void closeSandboxes() {
    arrivals.close();
    acmeCalls.close();
    acmeOrg.close();
  }

  /** What could befall one account's org. */
  enum Trouble {
    DOWN(SalesforceOrg::stop, SalesforceOrg::restart),
    PAUSED(org -> org.client("acme-id", "other"), org -> org.client("acme-id", "acme-secret")),
    SLOW(
        org -> org.faults().always(Fault.delay(Duration.ofMinutes(1))),
        org -> org.faults().clear());

    private final Consumer<SalesforceOrg> begin;
    private final Consumer<SalesforceOrg> end;

    Trouble(Consumer<SalesforceOrg> begin, Consumer<SalesforceOrg> end) {
      this.begin = begin;
      this.end = end;
    }
  }

  @Test
  void two_accounts_with_the_same_call_ids_have_each_lead_in_their_own_places_once()
      throws IOException {
    putCalls(1, 20);
    try (Service service = start(acmesOwn())) {
      awaitLeads(20);
    }
    try (Service restarted = start(acmesOwn())) {
      putCalls(21, 25);
      awaitLeads(25);
    }
    assertInOwnPlaces(25);
  }

  @Test
  void two_accounts_in_one_org_have_a_record_each_for_the_same_call_id() {
    Map<String, String> shared = acmesOwn();
    shared.keySet().removeIf(key -> key.startsWith(OWN + "salesforce."));
    putCalls(1, 1);
    try (Service service = start(shared)) {
      await().atMost(LONG).until(() -> arrivals.salesforce() == 2);
    }
    SalesforceOrg org = arrivals.sandbox.salesforce();
    assertThat(org.creates()).isEqualTo(2);
    assertThat(org.record("default-1").orElseThrow().fields())
        .containsEntry("Phone", DEFAULT_PHONE);
    assertThat(org.record("acme-1").orElseThrow().fields()).containsEntry("Phone", ACME_PHONE);
    assertThat(org.logins()).as("one session for both").isEqualTo(1);
    assertThat(acmeOrg.requestCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void an_org_in_trouble_holds_no_other_account_and_catches_up(Trouble trouble) throws IOException {
    trouble.begin.accept(acmeOrg);
    putCalls(1, 5);
    try (Service service = start(acmesOwn())) {
      await().atMost(LONG).until(() -> salesforce() == 5 && slack() == 5 && lines().size() == 5);
      await().atMost(LONG).until(() -> acmeSlack() == 5 && acmeLines().size() == 5);
      // Further ones too, while acme's wait for its org.
      putCalls(6, 10);
      await().atMost(LONG).until(() -> salesforce() == 10);
      assertThat(acmeOrg.records()).isEmpty();

      trouble.end.accept(acmeOrg);

      awaitLeads(10);
    }
    assertInOwnPlaces(10);
  }

  @Test
  void an_account_keeps_its_own_pace_in_slack() {
    Map<String, String> slow = acmesOwn();
    slow.put(OWN + "slack.per-second", "2");
    putCalls(1, 8);
    try (Service service = start(slow)) {
      awaitLeads(8);
    }
    List<Message> messages = arrivals.sandbox.slack().messages(ACME_CHANNEL);
    // A burst of 5, then three more at half a second each; the general pace is none.
    assertThat(seconds(messages.get(7)) - seconds(messages.get(0))).isGreaterThan(1);
  }

  private static double seconds(Message message) {
    return Double.parseDouble(message.ts());
  }

  private Map<String, String> acmesOwn() {
    Map<String, String> settings = new HashMap<>(arrivals.settings());
    settings.put("clickspeak.accounts", "default, acme");
    settings.put("sink.probe", "1s");
    settings.put(OWN + "clickspeak.base-url", acmeCalls.url());
    settings.put(OWN + "clickspeak.token", acmeCalls.token());
    settings.put(OWN + "salesforce.login-url", acmeOrg.url());
    settings.put(OWN + "salesforce.client-id", "acme-id");
    settings.put(OWN + "salesforce.client-secret", "acme-secret");
    settings.put(OWN + "salesforce.external-id-field", "Acme_Call__c");
    settings.put(OWN + "salesforce.lead.LeadSource", "Acme");
    settings.put(OWN + "slack.channel", ACME_CHANNEL);
    settings.put(OWN + "file.directory", directory.resolve("of-acme").toString());
    return settings;
  }

  /** As an operator starts it: the settings stand in the folder's file. */
  private Service start(Map<String, String> settings) {
    Properties file = new Properties();
    file.putAll(settings);
    try (Writer out = Files.newBufferedWriter(directory.resolve("application.properties"))) {
      file.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Service.start(Settings.load(directory, Map.of(), new Properties()), directory);
  }

  /** The same ids in both lists. */
  private void putCalls(long first, long last) {
    LongStream.rangeClosed(first, last)
        .forEach(
            id -> {
              arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id).phone(DEFAULT_PHONE));
              acmeCalls.put(SandboxCall.qualified(id).phone(ACME_PHONE));
            });
  }

  private int salesforce() {
    return arrivals.sandbox.salesforce().count();
  }

  private int slack() {
    return arrivals.sandbox.slack().messages(arrivals.sandbox.slack().channel()).size();
  }

  private int acmeSlack() {
    return arrivals.sandbox.slack().messages(ACME_CHANNEL).size();
  }

  private List<String> lines() {
    return lines(directory.resolve("leads"));
  }

  private List<String> acmeLines() {
    return lines(directory.resolve("of-acme"));
  }

  /** The lines of all files, torn ones included. */
  private static List<String> lines(Path folder) {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private void awaitLeads(int leads) {
    await()
        .atMost(LONG)
        .until(
            () ->
                salesforce() == leads
                    && slack() == leads
                    && lines().size() == leads
                    && acmeOrg.count() == leads
                    && acmeSlack() == leads
                    && acmeLines().size() == leads);
  }

  private void assertInOwnPlaces(int leads) throws IOException {
    assertPlaces(
        "default",
        DEFAULT_PHONE,
        "AI Call",
        leads,
        arrivals.sandbox.salesforce(),
        arrivals.sandbox.slack().channel(),
        lines());
    assertPlaces("acme", ACME_PHONE, "Acme", leads, acmeOrg, ACME_CHANNEL, acmeLines());
  }

  /** Each lead of the account once in each of its places, and nothing else there. */
  private void assertPlaces(
      String account,
      String phone,
      String leadSource,
      int leads,
      SalesforceOrg org,
      String channel,
      List<String> lines)
      throws IOException {
    List<String> keys =
        LongStream.rangeClosed(1, leads).mapToObj(id -> account + "-" + id).toList();
    assertThat(org.creates()).isEqualTo(leads);
    assertThat(org.records())
        .extracting(SalesforceOrg.LeadRecord::externalId)
        .containsExactlyInAnyOrderElementsOf(keys);
    assertThat(org.records())
        .allSatisfy(
            record ->
                assertThat(record.fields())
                    .containsEntry("Phone", phone)
                    .containsEntry("LeadSource", leadSource));
    assertThat(arrivals.sandbox.slack().messages(channel))
        .extracting(message -> message.metadata().at("/event_payload/lead").asText())
        .containsExactlyInAnyOrderElementsOf(keys);
    List<String> written = new ArrayList<>();
    for (String line : lines) {
      JsonNode json = JSON.readTree(line);
      written.add(json.path("account").asText() + "-" + json.path("id").asLong());
      assertThat(json.path("phone").asText()).isEqualTo(phone);
    }
    assertThat(written).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void two_hundred_accounts_start_and_each_gets_its_lead() throws IOException {
    arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(1));
    Map<String, String> values = arrivals.settings();
    values.put("lead.sinks", "file");
    values.put("poll.period", "5s");
    values.put("clickspeak.requests-per-minute", "600");
    values.put(
        "clickspeak.accounts",
        IntStream.range(0, 200).mapToObj(i -> "a" + i).collect(Collectors.joining(", ")));
    Settings settings = Settings.load(directory, Map.of(), new Properties()).with(values);
    try (Service service = Service.start(settings, directory)) {
      await().atMost(LONG).until(() -> folders() == 200);
    }
  }

  private long folders() throws IOException {
    Path leads = directory.resolve("leads");
    if (!Files.exists(leads)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(leads)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).count();
    }
  }
}
