package io.leadroutes.cli;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.console.Gate;
import io.leadroutes.delivery.DeliveryRules;
import io.leadroutes.file.FileSink;
import io.leadroutes.http.Proxies;
import io.leadroutes.http.SafeHttp;
import io.leadroutes.judge.Judge;
import io.leadroutes.kafka.KafkaSink;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.LeadReader;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Deliveries;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Retries;
import io.leadroutes.log.Causes;
import io.leadroutes.poll.Pages;
import io.leadroutes.poll.Passes;
import io.leadroutes.poll.VerdictsInOrder;
import io.leadroutes.poll.WalkPages;
import io.leadroutes.salesforce.SalesforceSink;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import io.leadroutes.slack.SlackSink;
import io.leadroutes.watch.Watch;
import io.leadroutes.watch.WatchRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.model.ModelCamelContext;

/** The service: settings checked, ledger open, beans bound, routes running. */
public final class Service implements AutoCloseable {

  /** What became of the last requests is settled within five more. */
  private static final int SHUTDOWN_SECONDS = 15;

  private static final int REQUESTS_OF_AN_ATTEMPT = 3;

  private final Main main;
  private final Ledger ledger;
  private final Passes passes;
  private final Leases leases;
  private final Watch watch;
  private final List<String> notes;

  private Service(
      Main main, Ledger ledger, Passes passes, Leases leases, Watch watch, List<String> notes) {
    this.main = main;
    this.ledger = ledger;
    this.passes = passes;
    this.leases = leases;
    this.watch = watch;
    this.notes = notes;
  }

  /**
   * Starts polling and delivering.
   *
   * @param directory the working directory, whose {@code routes} replace or add to the jar's
   * @throws SettingsException for a mistake in settings or routes, before anything is polled
   */
  public static Service start(Settings settings, Path directory) {
    RouteFiles files = RouteFiles.of(directory);
    Judge judge = new Judge(settings, files.text("judge-call.camel.yaml"));
    Set<String> sinks = sinks(settings);
    checkLease(settings);
    checkPort(settings);
    Ledger ledger = Ledger.openWhenReady(settings);
    Main main = new Main();
    try {
      List<String> notes = new ArrayList<>(List.of(files.origin()));
      Calls calls = new Calls(ledger);
      Passes passes = new Passes(ledger, calls, settings);
      Leases leases = new Leases(ledger);
      Gate gate = Gate.of(settings, passes::hinted);
      List<Account> accounts = new ArrayList<>();
      for (String name : settings.accounts()) {
        accounts.add(passes.add(settings.forAccount(name), name, judge.fingerprint(name)));
      }
      Deliveries deliveries = new Deliveries(ledger, leads(settings, accounts));
      for (Account account : accounts) {
        int held = deliveries.judgedBy(account, judge.fingerprint(account.name()));
        notes.addAll(held(account, held));
        Set<String> own = Set.copyOf(settings.forAccount(account.name()).list("lead.sinks"));
        notes.addAll(probed(account, new Retries(ledger).probePaused(account, own)));
      }
      main.bind("passes", passes);
      main.bind("pages", new Pages(calls));
      main.bind("verdicts", new VerdictsInOrder());
      main.bind("judge", judge);
      main.bind("deliveries", deliveries);
      main.bind("leases", leases);
      Watch watch = new Watch(ledger, WatchRules.of(settings));
      main.bind("deliveryRules", DeliveryRules.of(settings, accounts));
      configure(main, settings, files);
      main.configure().addRoutesBuilder(new WalkPages(accounts.size()));
      main.addMainListener(
          new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport support) {
              CamelContext context = support.getCamelContext();
              safeHttp(context, settings);
              // A wrong name would block each exchange for half a minute.
              context.getComponent("direct", DirectComponent.class).setBlock(false);
              bindSinks(context, settings, sinks, deliveries);
              HealthCheckRegistry health = HealthCheckRegistry.get(context);
              health.register(new LedgerHealth(ledger));
              health.register(new WatchHealth(watch));
              // What is up has something to say too: what is paused, and what to do.
              health.setExposureLevel("full");
            }
          });
      loadRoutes(main);
      notes.addAll(new RouteChecks((ModelCamelContext) main.getCamelContext()).run(sinks));
      gate.before(main.getCamelContext(), port(settings));
      main.start();
      watch.start();
      return new Service(main, ledger, passes, leases, watch, notes);
    } catch (RuntimeException e) {
      abandon(main, ledger);
      throw settingsMistake(e);
    }
  }

  private static List<String> held(Account account, int deliveries) {
    return deliveries == 0
        ? List.of()
        : List.of(
            "The rule of account "
                + account.name()
                + " has changed: "
                + deliveries
                + " deliveries that wait are sent after the account was read to its end by it.");
  }

  private static List<String> probed(Account account, Map<String, String> paused) {
    List<String> notes = new ArrayList<>();
    paused.forEach(
        (sink, reason) ->
            notes.add(
                sink
                    + " for account "
                    + account.name()
                    + " was paused and is tried at once with one lead. It said: "
                    + reason));
    return notes;
  }

  private static void loadRoutes(Main main) {
    try {
      main.init();
    } catch (RuntimeException e) {
      RuntimeException mistake = settingsMistake(e);
      if (mistake instanceof SettingsException) {
        throw mistake;
      }
      String reason = String.valueOf(Causes.root(e).getMessage()).lines().findFirst().orElse("");
      throw new SettingsException(
          "The routes cannot be loaded ("
              + reason
              + "): correct what was edited last in ./routes.");
    }
  }

  /** What the operator should know about this start: where routes came from, what is left out. */
  public List<String> notes() {
    return notes;
  }

  public CamelContext context() {
    return main.getCamelContext();
  }

  private static void configure(Main main, Settings settings, RouteFiles files) {
    main.setOverrideProperties(settings.asProperties());
    main.setDefaultPropertyPlaceholderLocation("false");
    main.configure()
        .withRoutesIncludePattern(files.includePattern())
        .withShutdownTimeout(SHUTDOWN_SECONDS)
        .withShutdownSuppressLoggingOnTimeout(true)
        .withAutoConfigurationLogSummary(false);
    main.configure().withJmxEnabled(false);
    main.configure().health().withEnabled(true);
    main.configure()
        .httpManagementServer()
        .withEnabled(true)
        .withHost(settings.text("console.host"))
        .withPort(port(settings))
        .withPath("/")
        .withHealthCheckEnabled(true)
        .withHealthPath("/observe/health");
  }

  /** The client of all routes, for as long as the longest of the accounts' time-outs. */
  static void safeHttp(CamelContext context, Settings settings) {
    Duration usual = settings.duration("sink.timeout");
    Duration longest =
        settings.accounts().stream()
            .map(account -> settings.forAccount(account).duration("clickspeak.timeout"))
            .filter(timeout -> timeout.compareTo(usual) > 0)
            .max(Duration::compareTo)
            .orElse(usual);
    try {
      SafeHttp.in(context, usual, longest, Proxies.of(System::getenv, System.getProperties()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
  }

  private static void bindSinks(
      CamelContext context, Settings settings, Set<String> sinks, Deliveries deliveries) {
    if (sinks.contains("salesforce")) {
      SalesforceSink.bind(context, settings);
    }
    if (sinks.contains("slack")) {
      SlackSink.bind(context, settings);
    }
    if (sinks.contains("file")) {
      FileSink.bind(context, settings, deliveries::note);
    }
    if (sinks.contains("kafka")) {
      KafkaSink.bind(context, settings);
    }
  }

  /** The sinks of all accounts. */
  private static Set<String> sinks(Settings settings) {
    Set<String> sinks = new LinkedHashSet<>();
    for (String account : settings.accounts()) {
      sinks.addAll(
          settings.forAccount(account).requiredList("lead.sinks", "name at least one sink"));
    }
    return sinks;
  }

  private static BiFunction<Account, String, Lead> leads(
      Settings settings, List<Account> accounts) {
    record Reader(CallPageReader calls, LeadReader leads) {}
    Map<Long, Reader> readers = new HashMap<>();
    for (Account account : accounts) {
      Settings own = settings.forAccount(account.name());
      readers.put(
          account.id(),
          new Reader(
              new CallPageReader(account.name(), own.zone("clickspeak.time-zone")),
              new LeadReader(own)));
    }
    return (account, raw) -> {
      Reader reader = readers.get(account.id());
      return reader.leads().lead(reader.calls().readCall(raw), account.leadKey());
    };
  }

  private static void checkLease(Settings settings) {
    Duration timeout = settings.duration("sink.timeout");
    Duration lease = settings.duration("ledger.lease");
    boolean tasks = SalesforceSink.logsCalls(settings);
    // A session that was renewed a moment ago for the Lead serves its Task too.
    int requests = tasks ? REQUESTS_OF_AN_ATTEMPT + 1 : REQUESTS_OF_AN_ATTEMPT;
    if (timeout.multipliedBy(2L * requests).compareTo(lease) > 0) {
      throw new SettingsException(
          "ledger.lease="
              + settings.text("ledger.lease")
              + " is too short for sink.timeout="
              + settings.text("sink.timeout")
              + ": an attempt makes up to "
              + (tasks ? "four requests with salesforce.log-call" : "three requests")
              + ", which must fit into half of the lease; raise ledger.lease or lower"
              + " sink.timeout.");
    }
  }

  private static int port(Settings settings) {
    return settings.number("console.port", 1, 65535);
  }

  private static void checkPort(Settings settings) {
    String host = settings.required("console.host", "write 127.0.0.1");
    int port = port(settings);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw new SettingsException(
          "console.port="
              + port
              + " on "
              + host
              + " cannot be opened: stop the program that uses it, or set another console.port.");
    }
  }

  private static RuntimeException settingsMistake(RuntimeException e) {
    for (Throwable cause : Causes.of(e).toList()) {
      if (cause instanceof SettingsException mistake) {
        return mistake;
      }
    }
    return e;
  }

  private static void abandon(Main main, Ledger ledger) {
    try {
      main.stop();
    } finally {
      ledger.close();
    }
  }

  /** Stops polling and claiming, waits for what is on its way, and closes the ledger. */
  @Override
  public void close() {
    watch.close();
    try {
      main.stop();
      passes.release();
      leases.release();
    } finally {
      ledger.close();
    }
  }
}
