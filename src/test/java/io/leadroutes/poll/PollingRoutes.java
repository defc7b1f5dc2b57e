package io.leadroutes.poll;

import io.leadroutes.http.Proxies;
import io.leadroutes.http.SafeHttp;
import io.leadroutes.judge.Judge;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Databases;
import io.leadroutes.ledger.LedgerFixture;
import io.leadroutes.ledger.Requests;
import io.leadroutes.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
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
    context.getRegistry().bind("passes", passes);
    context.getRegistry().bind("pages", new Pages(calls));
    context.getRegistry().bind("verdicts", new VerdictsInOrder());
    context.getRegistry().bind("judge", new Judge(settings, Files.readString(file("judge-call"))));
    Duration timeout = settings.duration("clickspeak.timeout");
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

  /** A pass of an account of its own, all calls wanted. */
  Pass pass() {
    return pass(null);
  }

  Pass pass(LocalDate dateFrom) {
    Account account = calls.account("default", "https://example.com/api", Instant.EPOCH);
    return SlicedPass.whole(
        Source.of(
            settings.forAccount("default"),
            account,
            LedgerFixture.RULE,
            new Requests(fixture.ledger)),
        LedgerFixture.LOOK,
        fixture.ledger.now(),
        Window.from(dateFrom),
        Traits.NONE,
        Suspects.NONE);
  }

  /** A page of a pass of its own. */
  PageRequest page(int number) {
    return page(null, number);
  }

  PageRequest page(LocalDate dateFrom, int number) {
    return new PageRequest(pass(dateFrom), Window.from(dateFrom), number, 100, 0, 0);
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
