package io.leadroutes.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.judge.Judge;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.ledger.PageChanges;
import io.leadroutes.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

  private static final int MAX_REQUESTS = 2000;

  private final LedgerFixture fixture;
  private final Judge judge;
  private final PageRecorder recorder;
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
    recorder = PageRecorder.into(fixture.calls);
    passes = new Passes(fixture.ledger, fixture.calls, settings);
    account = passes.add(settings, "one", LedgerFixture.RULE);
  }

  /** Walks a pass to its end; what ends it early is thrown, after the account was told. */
  Pass walk(Kind kind) throws Exception {
    fixture.after();
    Pass pass = passes.start(account, kind);
    try {
      List<PageRequest> round = pass.next(List.of());
      while (!round.isEmpty()) {
        List<PageResult> results = new ArrayList<>();
        for (PageRequest request : round) {
          results.add(read(request));
        }
        round = pass.next(results);
      }
    } catch (Exception e) {
      passes.refuse(pass, e);
      throw e;
    }
    passes.accept(pass);
    return pass;
  }

  private PageResult read(PageRequest asked) {
    assertThat(++requests).as("requests").isLessThan(MAX_REQUESTS);
    PageRequest request =
        asked.permitted(new PageRequest.Permit(fixture.ledger.now(), System.nanoTime()));
    try {
      Answer answer = api.apply(request);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      FetchedPage page = Pages.read(request, answer.status(), Map.of(), body);
      PageChanges changes = recorder.compare(page);
      List<Verdict> verdicts = changes.calls().stream().map(judge::judge).toList();
      return recorder.record(verdicts, page, changes);
    } catch (PollException e) {
      return PageResult.failed(request, e);
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
