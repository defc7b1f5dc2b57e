package io.leadroutes.cli;

import io.leadroutes.judge.Judge;
import io.leadroutes.judge.Verdict;
import io.leadroutes.ledger.Account;
import io.leadroutes.ledger.Accounts;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.ledger.Requests;
import io.leadroutes.poll.Reading;
import io.leadroutes.poll.ReadingBeans;
import io.leadroutes.poll.Source;
import io.leadroutes.poll.Tally;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows what the present filters would do to the calls of the last days. */
@Command(
    name = "preview",
    description =
        "Reads the calls of the last days and shows which of them would be leads; delivers"
            + " nothing.",
    mixinStandardHelpOptions = true)
final class Preview implements Callable<Integer> {

  private static final int MAX_DAYS = 3650;

  @Option(
      names = "--days",
      description = "How many days back, including today (default: 7).",
      defaultValue = "7")
  private int days;

  @Option(names = "--account", description = "Only this account (default: all).")
  private String account;

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (days < 1 || days > MAX_DAYS) {
      throw new SettingsException(
          "--days=" + days + " is not a number of days: write one from 1 to " + MAX_DAYS + ".");
    }
    Path directory = commands.directory();
    Settings settings = commands.settings();
    boolean whole = true;
    for (String name : Days.accounts(settings, account)) {
      LocalDate today = LocalDate.now(settings.forAccount(name).zone(Keys.CLICKSPEAK_TIME_ZONE));
      whole &=
          show(
              settings,
              directory,
              name,
              today.minusDays(days - 1L),
              today,
              spec.commandLine().getOut());
    }
    return whole ? 0 : 1;
  }

  /**
   * Reads the calls of these days and prints what the present rule makes of them.
   *
   * @return whether all of them could be read
   */
  static boolean show(
      Settings settings,
      Path directory,
      String name,
      LocalDate from,
      LocalDate to,
      PrintWriter out) {
    RouteFiles files = RouteFiles.of(directory);
    Judge judge = new Judge(settings, files.rule());
    Settings own = settings.forAccount(name);
    try (Ledger ledger = Ledger.openToPreview(settings)) {
      Account account = new Accounts(ledger).account(name, Source.baseUrl(own), null);
      Source source = Source.of(own, account, judge.fingerprint(name), new Requests(ledger));
      out.printf(Locale.ROOT, "Account %s, calls created from %s to %s:%n", name, from, to);
      Tally tally = new Tally(Reading.span(source, from, to), verdict -> print(verdict, out));
      Reading reading = new Reading(source, from, to, ledger.now());
      String trouble = walk(settings, files, judge, reading, tally);
      print(tally, out);
      if (trouble != null) {
        out.println("  Not all calls were read: " + trouble);
      }
      out.flush();
      return trouble == null;
    }
  }

  private static String walk(
      Settings settings, RouteFiles files, Judge judge, Reading reading, Tally tally) {
    Main main = new Main();
    main.bind("judge", judge);
    main.setOverrideProperties(settings.asProperties());
    main.setDefaultPropertyPlaceholderLocation("false");
    main.configure()
        .withRoutesIncludePattern(files.readingPattern())
        .withAutoConfigurationLogSummary(false)
        .withJmxEnabled(false);
    main.addMainListener(
        new MainListenerSupport() {
          @Override
          public void beforeConfigure(BaseMainSupport support) {
            Service.safeHttp(support.getCamelContext(), settings);
            ReadingBeans.bind(support.getCamelContext(), reading, tally);
          }
        });
    try {
      main.start();
      return reading.await();
    } finally {
      main.stop();
    }
  }

  private static void print(Verdict verdict, PrintWriter out) {
    if (verdict.error() != null) {
      out.printf(
          Locale.ROOT, "  call %d: judging failed with %s%n", verdict.call().id(), verdict.error());
    } else if (!verdict.qualified()) {
      out.printf(
          Locale.ROOT, "  call %d: rejected by %s%n", verdict.call().id(), verdict.rejectedBy());
    } else if (!verdict.lead().dropped().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "  call %d: a lead; no value for %s%n",
          verdict.call().id(),
          verdict.lead().dropped().stream()
              .map(none -> none.detail() + " in " + none.variable() + " (" + none.reason() + ")")
              .collect(Collectors.joining(", ")));
    }
  }

  private static void print(Tally tally, PrintWriter out) {
    out.printf(Locale.ROOT, "  %d calls, %d leads%n", tally.calls(), tally.leads());
    tally
        .rejected()
        .forEach(
            (filter, count) -> out.printf(Locale.ROOT, "  %d rejected by %s%n", count, filter));
    if (tally.failed() > 0) {
      out.printf(Locale.ROOT, "  %d could not be judged: correct judge-call%n", tally.failed());
    }
    tally
        .variables()
        .forEach(
            (variable, values) -> out.printf(Locale.ROOT, "  %s: %s%n", variable, counts(values)));
  }

  private static String counts(Map<String, Integer> values) {
    return values.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .map(value -> printable(value.getKey()) + " " + value.getValue())
        .collect(Collectors.joining(", "));
  }

  /** A value may hold anything, also what moves a terminal's cursor. */
  private static String printable(String text) {
    return text.replaceAll("\\p{C}", "?");
  }
}
