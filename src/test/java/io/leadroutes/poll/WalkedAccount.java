package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.judge.Judge;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.ledger.PageChanges;
import io.leadroutes.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** An account whose passes are walked as the routes do, over a list that a test answers with. */
final class WalkedAccount implements AutoCloseable {

  /** What the API answers to a request. */
  record Answer(int status, String body) {

    static Answer page(String body) {
      return new Answer(200, body);
    }
  }

  private static final int MOST_REQUESTS = 2000;

  private final LedgerFixture fixture;
  private final Judge judge;
  private final Passes passes;
  private final Account account;
  private final Function<PageRequest, Answer> api;
  private int requests;

  WalkedAccount(Path directory, int perPage, Function<PageRequest, Answer> api) {
    this.api = api;
    Map<String, String> values = new HashMap<>();
    values.put("clickspeak.token", "token-1");
    values.put("clickspeak.accounts", "one");
    values.put("clickspeak.per-page", String.valueOf(perPage));
    values.put("lead.sinks", "file");
    values.put("poll.start", "all");
    Settings settings = Databases.SQLITE.settings(directory, values);
    fixture = new LedgerFixture(settings);
    judge = new Judge(settings, "");
    passes = new Passes(fixture.ledger, fixture.calls, settings);
    account = passes.add(settings, "one", LedgerFixture.RULE);
  }

  /** Walks a pass to its end; what ends it early is thrown, after the account was told. */
  Pass walk(Kind kind) throws Exception {
    fixture.after();
    Pass pass = passes.start(account, kind);
    try {
      while (pass.hasPages()) {
        for (PageRequest request : pass.nextPages()) {
          read(pass, request);
        }
      }
    } catch (Exception e) {
      passes.refuse(pass, e);
      throw e;
    }
    passes.accept(pass);
    return pass;
  }

  private void read(Pass pass, PageRequest request) throws Exception {
    assertThat(++requests).as("requests").isLessThan(MOST_REQUESTS);
    long began = fixture.ledger.now();
    try {
      Answer answer = api.apply(request);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      FetchedPage page = Pages.read(request, answer.status(), Map.of(), body, began);
      PageChanges changes = fixture.calls.compare(account, page.page(), began, pass.look, false);
      pass.recorded(
          request,
          page.page(),
          fixture.calls.record(changes, changes.calls().stream().map(judge::judge).toList()));
    } catch (PollException e) {
      pass.failed(request, e);
    }
  }

  /** Requests since the last time that this was asked. */
  int requests() {
    int made = requests;
    requests = 0;
    return made;
  }

  int leads() {
    return fixture.count("SELECT COUNT(*) FROM lead");
  }

  /** Why nothing is read, or null. */
  String trouble() {
    return fixture.text("SELECT COALESCE(paused, trouble) FROM account WHERE name = 'one'");
  }

  /** Why the last pass was refused, or null. */
  String lastRefusal() {
    return fixture.text("SELECT refused FROM pass ORDER BY id DESC LIMIT 1");
  }

  int versions() {
    return fixture.count("SELECT COALESCE(SUM(version), 0) FROM call");
  }

  @Override
  public void close() {
    fixture.close();
  }
}
