package io.leadroutes.cli;

import io.leadroutes.call.CallPageReader;
import io.leadroutes.console.Gate;
import io.leadroutes.delivery.Answer;
import io.leadroutes.delivery.DeliveryRules;
import io.leadroutes.delivery.Places;
import io.leadroutes.delivery.Steps;
import io.leadroutes.http.Proxies;
import io.leadroutes.http.SafeHttp;
import io.leadroutes.judge.Judge;
import io.leadroutes.lead.Lead;
import io.leadroutes.lead.LeadReader;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Calls;
import io.leadroutes.ledger.Deliveries;
import io.leadroutes.ledger.Leases;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Overview;
import io.leadroutes.ledger.Retries;
import io.leadroutes.log.Causes;
import io.leadroutes.poll.PageRecorder;
import io.leadroutes.poll.Passes;
import io.leadroutes.poll.ReadingBeans;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import io.leadroutes.watch.Watch;
import io.leadroutes.watch.WatchRules;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Registry;

/** The service: settings checked, ledger open, beans bound, routes running. */
public final class Service implements AutoCloseable {

  /** What became of the last requests is settled within five more. */
  private static final int SHUTDOWN_SECONDS = 15;

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
  public static Service start(Settings given, Path directory) {
    return start(given, directory, InstantSource.system());
  }

  /**
   * The same.
   *
   * @param wall the clock of this machine, which anybody may set
   */
  public static Service start(Settings given, Path directory, InstantSource wall) {
    Settings collecting = given.collecting();
    RouteFiles files = RouteFiles.of(directory);
    SettingsChecks.run(collecting, files);
    SinksInJava sinksInJava = new SinksInJava();
    AtomicReference<Deliveries> noting = new AtomicReference<>();
    Main main = new Main();
    Ledger ledger = null;
    try {
      List<String> notes = new ArrayList<>(List.of(files.origin()));
      configure(main, collecting, files);
      main.addMainListener(
          new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport support) {
              CamelContext context = support.getCamelContext();
              safeHttp(context, collecting);
              Steps.in(context);
              // A wrong name would block each exchange for half a minute.
              context.getComponent("direct", DirectComponent.class).setBlock(false);
              Places places = (batch, place) -> noting.get().note(batch, place);
              context.getRegistry().bind("places", places);
              sinksInJava.bind(context, collecting);
              refuse(collecting, files.mistakes());
            }
          });
      loadRoutes(main, files, collecting);
      Settings settings = collecting.checked();
      Judge judge = new Judge(settings, files.rule());
      ModelCamelContext context = (ModelCamelContext) main.getCamelContext();
      Registry beans = context.getRegistry();
      beans.bind("judge", judge);
      Set<String> sinks = SettingsChecks.sinks(settings);
      ConsolePort.awaitFree(settings);
      ledger = Ledger.openWhenReady(settings, wall);
      Calls calls = new Calls(ledger);
      Passes passes = new Passes(ledger, calls, settings);
      Leases leases = new Leases(ledger);
      Gate gate = Gate.of(settings, passes::hinted);
      List<Account> accounts =
          passes.add(
              settings.accounts().stream()
                  .map(
                      name ->
                          new Passes.Added(
                              settings.forAccount(name), name, judge.fingerprint(name)))
                  .toList());
      long now = ledger.now();
      accounts.forEach(account -> notes.addAll(StartNotes.late(account, now)));
      Deliveries deliveries = new Deliveries(ledger, leads(settings, accounts));
      noting.set(deliveries);
      DeliveryRules deliveryRules = DeliveryRules.of(settings, accounts);
      notes.addAll(StartNotes.held(deliveries, accounts, judge));
      notes.addAll(StartNotes.probed(new Retries(ledger), deliveryRules));
      ReadingBeans.bind(context, passes, PageRecorder.into(calls));
      beans.bind("deliveries", deliveries);
      beans.bind("leases", leases);
      beans.bind("answer", new Answer());
      Watch watch = new Watch(ledger, WatchRules.of(settings));
      beans.bind("deliveryRules", deliveryRules);
      HealthCheckRegistry health = HealthCheckRegistry.get(context);
      health.register(new LedgerHealth(ledger));
      health.register(new WatchHealth(watch));
      // What is up has something to say too: what is paused, and what to do.
      health.setExposureLevel("full");
      notes.addAll(
          new RouteChecks(context, files, settings).run(sinks, SampleDelivery.of(settings)));
      notes.addAll(LibFolder.of(directory).notes(context));
      notes.addAll(settings.notes());
      gate.before(context, ConsolePort.number(settings));
      start(main, context, new RouteMistakes(files, settings));
      watch.start();
      return new Service(main, ledger, passes, leases, watch, notes);
    } catch (RuntimeException e) {
      abandon(main, ledger);
      throw settingsMistake(e);
    }
  }

  /** Says all mistakes there are in settings and files. */
  private static void refuse(Settings collecting, List<String> ofFiles) {
    ofFiles.forEach(
        sentence ->
            collecting.attempt(
                () -> {
                  throw new SettingsException(sentence);
                }));
    collecting.checked();
  }

  private static void loadRoutes(Main main, RouteFiles files, Settings settings) {
    try {
      main.init();
    } catch (RuntimeException e) {
      RuntimeException mistake = settingsMistake(e);
      if (mistake instanceof SettingsException) {
        throw mistake;
      }
      // It may have failed for a setting that was found wrong before.
      settings.checked();
      throw new SettingsException(new RouteMistakes(files, settings).ofFiles(e));
    }
  }

  private static void start(Main main, ModelCamelContext context, RouteMistakes mistakes) {
    try {
      main.start();
    } catch (RuntimeException e) {
      String mistake = mistakes.ofStart(context, e);
      throw mistake == null ? e : new SettingsException(mistake);
    }
  }

  /** What the operator should know about this start: where routes came from, what is left out. */
  public List<String> notes() {
    return notes;
  }

  /** How many leads a sink has, of all accounts. */
  int delivered(String sink) {
    return Overview.of(ledger).accounts().stream()
        .flatMap(account -> account.sinks().stream())
        .filter(state -> state.sink().equals(sink))
        .mapToInt(state -> state.count("delivered"))
        .sum();
  }

  public CamelContext context() {
    return main.getCamelContext();
  }

  private static void configure(Main main, Settings settings, RouteFiles files) {
    // Camel's own hook at the end of the process would stop it too, and each would wait for the
    // other.
    main.setShutdownStrategy(new SimpleMainShutdownStrategy());
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
        .withHost(settings.text(Keys.CONSOLE_HOST))
        .withPort(ConsolePort.number(settings))
        .withPath("/")
        .withHealthCheckEnabled(true)
        .withHealthPath("/observe/health");
  }

  /** The client of all routes, for as long as the longest of the accounts' time-outs. */
  static void safeHttp(CamelContext context, Settings settings) {
    Duration usual = settings.duration(Keys.SINK_TIMEOUT);
    Duration longest =
        settings.accounts().stream()
            .map(account -> settings.forAccount(account).duration(Keys.CLICKSPEAK_TIMEOUT))
            .filter(timeout -> timeout.compareTo(usual) > 0)
            .max(Duration::compareTo)
            .orElse(usual);
    try {
      SafeHttp.in(context, usual, longest, Proxies.of(System::getenv, System.getProperties()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
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
              new CallPageReader(account.name(), own.zone(Keys.CLICKSPEAK_TIME_ZONE)),
              new LeadReader(own)));
    }
    return (account, raw) -> {
      Reader reader = readers.get(account.id());
      return reader.leads().lead(reader.calls().readCall(raw), account.leadKey());
    };
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
      if (ledger != null) {
        ledger.close();
      }
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
