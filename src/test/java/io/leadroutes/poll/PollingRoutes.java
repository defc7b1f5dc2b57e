package io.leadroutes.poll;

import io.leadroutes.http.Proxies;
import io.leadroutes.http.SafeHttp;
import io.leadroutes.judge.Judge;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.ledger.Requests;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The routes of the left side in a Camel of their own, with a ledger, entered at any door. */
final class PollingRoutes implements AutoCloseable {

  /** What reads a pass to its end, without what begins one. */
  static final String[] READING = {
    "walk-pages", "read-page", "fetch-page", "record-page", "judge-call"
  };

  final LedgerFixture fixture;
  final CamelContext context = new DefaultCamelContext();
  final Calls calls;
  final Passes passes;
  private final Settings settings;

  PollingRoutes(Path directory, String baseUrl, Map<String, String> others, String... routes)
      throws Exception {
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "clickspeak.base-url", baseUrl,
                "clickspeak.token", "token-1",
                "clickspeak.timeout", "2s",
                "clickspeak.requests-per-minute", "10000",
                "clickspeak.requests-per-10-seconds", "10000",
                "poll.start", "all"));
    values.putAll(others);
    settings = Databases.SQLITE.settings(directory, values);
    fixture = new LedgerFixture(settings);
    calls = fixture.calls;
    passes = new Passes(fixture.ledger, calls, settings);
    context.getPropertiesComponent().setOverrideProperties(settings.asProperties());
    ReadingBeans.bind(context, passes, PageRecorder.into(calls));
    context.getRegistry().bind("judge", new Judge(settings, Files.readString(file("judge-call"))));
    Duration timeout = settings.duration(Keys.CLICKSPEAK_TIMEOUT);
    SafeHttp.in(context, timeout, timeout, Proxies.none());
    // First, because it applies to what is loaded after it.
    load(Files.readString(file("on-failure")), "on-failure");
    for (String route : routes) {
      load(Files.readString(file(route)), route);
    }
    context.start();
  }

  private static Path file(String route) {
    return Path.of("routes", route + ".camel.yaml");
  }

  /** Loads a route as it is shipped. */
  void load(String name) throws Exception {
    load(Files.readString(file(name)), name);
  }

  /** Loads a route from its text, as an edited file would be. */
  void load(String text, String name) throws Exception {
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(ResourceHelper.fromString(name + ".camel.yaml", text));
  }

  Settings settings() {
    return settings;
  }

  /** Adds an account that is polled by {@link Passes}. */
  Account poll(String name) {
    return passes.add(settings.forAccount(name), name, LedgerFixture.RULE);
  }

  /** What requests of an account of its own have in common. */
  private PassScope scope() {
    Account account = fixture.accounts.account("default", "https://example.com/api", Instant.EPOCH);
    Source source =
        Source.of(
            settings.forAccount("default"),
            account,
            LedgerFixture.RULE,
            new Requests(fixture.ledger));
    return new PassScope(source, Kind.FULL, LedgerFixture.LOOK);
  }

  /** A page of a pass of its own, which the budget allows. */
  PageRequest page(int number) {
    return page(null, number);
  }

  PageRequest page(LocalDate dateFrom, int number) {
    PageRequest request = new PageRequest(scope(), Window.from(dateFrom), number, 100, 0, 0);
    return request.permitted(new PageRequest.Permit(fixture.after(), System.nanoTime()));
  }

  /** Walks a pass to its end, page after page. */
  void walk(Passes by, Account account, Kind kind) throws Exception {
    Pass pass = by.start(account, kind);
    List<PageRequest> round = pass.next(List.of());
    while (!round.isEmpty()) {
      List<PageResult> results = new ArrayList<>();
      for (PageRequest request : round) {
        PageRequest.Permit permit = new PageRequest.Permit(fixture.ledger.now(), System.nanoTime());
        results.add(
            send("read-page", request.permitted(permit)).getMessage().getBody(PageResult.class));
      }
      round = pass.next(results);
    }
    by.accept(pass);
  }

  /** Sends a body through a route's door; what came out, failed or not. */
  Exchange send(String door, Object body, Map<String, Object> headers) {
    Exchange exchange = new DefaultExchange(context);
    if (body instanceof PageRequest) {
      exchange.setVariable("request", body);
    }
    exchange.getMessage().setBody(body);
    exchange.getMessage().setHeaders(new HashMap<>(headers));
    return context.createProducerTemplate().send("direct:" + door, exchange);
  }

  Exchange send(String door, Object body) {
    return send(door, body, Map.of());
  }

  /** Has something done before a page's request leaves, for one page at a time. */
  void beforeEachPage(Consumer<PageRequest> change) throws Exception {
    Object one = new Object();
    AdviceWith.adviceWith(
        context,
        "fetch-page",
        advice ->
            advice
                .weaveAddFirst()
                .process(
                    exchange -> {
                      synchronized (one) {
                        change.accept(exchange.getMessage().getBody(PageRequest.class));
                      }
                    }));
  }

  @Override
  public void close() {
    context.stop();
    fixture.close();
  }
}
