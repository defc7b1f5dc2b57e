import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures delivery alone, to Salesforce and the file. A first process reads the list into the
 * ledger while its sinks stand still; then the measured ones start, which read nothing and find
 * every lead waiting.
 */
final class Deliveries {

  /** Camel's own key for what does not start by itself, of which each part of a run needs one. */
  private static final String STANDS_STILL = "-Dcamel.main.autoStartupExcludePattern=";

  private static final Pattern PENDING = Pattern.compile("\"pending\"\\s*:\\s*(\\d+)");
  private static final int CALLS_A_PAGE = 100;

  /** What is measured. */
  private record Setup(String name, boolean postgres, int processes) {}

  private static final List<Setup> SETUPS =
      List.of(
          new Setup("SQLite, one process", false, 1),
          new Setup("PostgreSQL, one process", true, 1),
          new Setup("PostgreSQL, two processes", true, 2));

  /** What one run cost; seconds, MiB. */
  private record Cost(
      double fromStart, double fromArrival, double firstArrival, double peak, double cpu) {}

  private final Measure measure;
  private final Measure.Candidate service;
  private final int calls;
  private final int leads;
  private final List<String> wrong = new ArrayList<>();

  Deliveries(Measure measure, Measure.Candidate service, int calls, int leads) {
    this.measure = measure;
    this.service = service;
    this.calls = calls;
    this.leads = leads;
  }

  /** Prints a line a setup; returns whether every lead arrived once in every run. */
  boolean run(int runs, String postgresClasspath) throws Exception {
    Map<Setup, List<Cost>> costs = new LinkedHashMap<>();
    SETUPS.forEach(setup -> costs.put(setup, new ArrayList<>()));
    try (Server server = new Server(postgresClasspath)) {
      for (int run = 1; run <= runs; run++) {
        for (Setup setup : SETUPS) {
          Measure.say("run %d of %d: %s", run, runs, setup.name());
          costs.get(setup).add(cost(setup, server));
        }
      }
    }
    System.out.printf(
        "%n%,d leads, 2 sinks, reading left out; medians of %d%n%n", leads, runs);
    System.out.printf(
        "%-26s %10s %12s %9s %8s %8s%n",
        "", "leads/s", "leads/s from", "s to 1st", "peak MiB", "CPU s");
    System.out.printf(
        "%-26s %10s %12s %9s %8s %8s%n",
        "", "from start", "1st arrival", "arrival", "of one", "of all");
    costs.forEach(
        (setup, all) ->
            System.out.printf(
                Locale.ROOT,
                "%-26s %,10.0f %,12.0f %9.2f %8.0f %8.1f%n",
                setup.name(),
                leads / median(all, Cost::fromStart),
                leads / median(all, Cost::fromArrival),
                median(all, Cost::firstArrival),
                median(all, Cost::peak),
                median(all, Cost::cpu)));
    System.out.println();
    wrong.forEach(sentence -> System.out.println("WRONG: " + sentence));
    if (wrong.isEmpty()) {
      System.out.println("Every lead arrived once at each sink.");
    }
    return wrong.isEmpty();
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> part) {
    return Measure.median(costs.stream().mapToDouble(part));
  }

  // --- One run -------------------------------------------------------------------------------

  private Cost cost(Setup setup, Server server) throws Exception {
    return measure.inFolder(
        folder -> {
          Process standIn =
              measure.standIn(folder, "--calls", "" + calls, "--leads", "" + leads);
          try {
            Map<String, String> settings = Measure.settings(standIn);
            measure.warmUp(settings, folder);
            settings.put("LEAD_SINKS", "salesforce,file");
            settings.put("FILE_DIRECTORY", folder.resolve("leads").toString());
            settings.putAll(
                setup.postgres()
                    ? server.newDatabase()
                    : Map.of("LEDGER_URL", "jdbc:sqlite:" + folder.resolve("ledger.db")));
            read(settings, folder);
            return deliver(setup, settings, folder);
          } finally {
            measure.stop(standIn);
          }
        });
  }

  /** Until every lead waits in the ledger for both sinks. */
  private void read(Map<String, String> settings, Path folder) throws Exception {
    long before = measure.counts(settings).requests();
    long until = System.nanoTime() + Measure.patience(calls);
    Process reader =
        measure.start(Measure.process(without("leads:*"), settings, folder, "read.log"));
    try {
      while (measure.counts(settings).requests() - before < calls / CALLS_A_PAGE
          || pending(settings, folder) < 2L * leads) {
        Backfills.goOn(reader, until, folder, "read.log");
        Thread.sleep(100);
      }
    } finally {
      measure.stop(reader);
    }
  }

  /** As a person would see it. */
  private long pending(Map<String, String> settings, Path folder) throws Exception {
    Process status =
        measure.start(
            Measure.process(
                service.instead(List.of("status", "--json")), settings, folder, "status.log"));
    status.waitFor();
    measure.stop(status);
    long pending = 0;
    Matcher number = PENDING.matcher(Files.readString(folder.resolve("status.log")));
    while (number.find()) {
      pending += Long.parseLong(number.group(1));
    }
    return pending;
  }

  private Cost deliver(Setup setup, Map<String, String> settings, Path folder) throws Exception {
    long recordsBefore = measure.counts(settings).records();
    long createsBefore = Measure.count(measure.countsText(settings), "salesforceCreates");
    Path files = folder.resolve("leads");
    Measure.Lines lines = new Measure.Lines(files.resolve(Measure.ACCOUNT));
    List<Process> processes = new ArrayList<>();
    List<Measure.Usage> usages = new ArrayList<>();
    long start = System.nanoTime();
    long until = start + Measure.patience(calls);
    for (int i = 1; i <= setup.processes(); i++) {
      Map<String, String> own = new HashMap<>(settings);
      own.put("CONSOLE_PORT", String.valueOf(Measure.freePort()));
      Process process =
          measure.start(Measure.process(without("hand-out-rounds"), own, folder, log(i)));
      processes.add(process);
      usages.add(new Measure.Usage(process));
    }
    long firstArrival = 0;
    long end = 0;
    while (end == 0) {
      long records = measure.counts(settings).records() - recordsBefore;
      long inFiles = lines.count();
      long at = System.nanoTime();
      for (Measure.Usage usage : usages) {
        usage.look();
      }
      if (firstArrival == 0 && records + inFiles > 0) {
        firstArrival = at;
      }
      if (Math.min(records, inFiles) >= leads) {
        end = at;
      }
      for (int i = 1; i <= processes.size(); i++) {
        Backfills.goOn(processes.get(i - 1), until, folder, log(i));
      }
      // Counting costs the stand-in time.
      Thread.sleep(20);
    }
    for (Process process : processes) {
      measure.stop(process);
    }
    String counts = measure.countsText(settings);
    expect(setup, "records", Measure.count(counts, "salesforceRecords") - recordsBefore);
    expect(setup, "created records", Measure.count(counts, "salesforceCreates") - createsBefore);
    List<Integer> ids = Backfills.ids(files.resolve(Measure.ACCOUNT));
    expect(setup, "lines", ids.size());
    expect(setup, "leads in the file", new HashSet<>(ids).size());
    if (Measure.count(counts, "salesforceUpdates") > 0) {
      wrong.add(setup.name() + ": records were written twice");
    }
    return new Cost(
        Measure.seconds(end - start),
        Measure.seconds(end - firstArrival),
        Measure.seconds(firstArrival - start),
        usages.stream().mapToDouble(Measure.Usage::peakMiB).max().orElseThrow(),
        usages.stream().mapToDouble(Measure.Usage::cpuSeconds).sum());
  }

  private static String log(int process) {
    return "run-" + process + ".log";
  }

  private Measure.Candidate without(String routes) {
    List<String> command = new ArrayList<>(service.command());
    command.add(command.indexOf("-jar"), STANDS_STILL + routes);
    return new Measure.Candidate(service.name(), command);
  }

  private void expect(Setup setup, String what, long found) {
    if (found != leads) {
      wrong.add("%s: %d %s instead of %d".formatted(setup.name(), found, what, leads));
    }
  }

  // --- PostgreSQL ----------------------------------------------------------------------------

  /** {@code postgres/Postgres.java} in a process that ends with its input, so with this one. */
  private static final class Server implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;

    Server(String classpath) throws IOException {
      process =
          // An interrupt must not meet a server half started: the end of its input ends it.
          new ProcessBuilder(
                  List.of(
                      "sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh",
                      Measure.java(), "-cp", classpath, "Postgres"))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    Map<String, String> newDatabase() throws IOException {
      OutputStream in = process.getOutputStream();
      in.write('\n');
      in.flush();
      Map<String, String> settings = new HashMap<>();
      for (String name : List.of("LEDGER_URL", "LEDGER_USER", "LEDGER_PASSWORD")) {
        String value = out.readLine();
        if (value == null) {
          throw new IllegalStateException("There is no PostgreSQL; it says above why.");
        }
        settings.put(name, value);
      }
      return settings;
    }

    @Override
    public void close() throws IOException, InterruptedException {
      process.getOutputStream().close();
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        // Ends the server as well, by its hook.
        process.destroy();
      }
    }
  }
}
