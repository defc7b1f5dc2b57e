import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Measures whole processes, from their start until all three sinks have every lead: the service,
 * and beside it the bare program. Each run has a stand-in of its own, a fresh folder and an empty
 * ledger; the runs of the candidates alternate, so that a busy machine hits them alike.
 */
final class Measure {

  static final String ACCOUNT = "bench";
  private static final String LOG = "out.log";
  private static final Path PROC = Path.of("/proc");
  private static final Duration STOP = Duration.ofSeconds(30);

  /** Time from its start until the service's last request may take so long, and more per call. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * What is measured.
   *
   * @param name as the table shows it
   */
  record Candidate(String name, List<String> command) {

    /** The same program with another command than {@code run}. */
    Candidate instead(List<String> words) {
      List<String> other = new ArrayList<>(command.subList(0, command.size() - 1));
      other.addAll(words);
      return new Candidate(name, other);
    }
  }

  /** What one run cost; seconds, MiB. */
  private record Cost(
      double fromStart, double fromRequest, double firstRequest, double peak, double cpu,
      double ledger) {}

  private record Size(int calls, int leads) {}

  private final Path home;
  private final Map<String, String> options;
  private final Deque<Process> started = new ArrayDeque<>();
  private final Deque<Path> folders = new ArrayDeque<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Measure(Path home, Map<String, String> options) {
    this.home = home;
    this.options = options;
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    Measure measure = new Measure(Path.of(args[0]), options);
    Runtime.getRuntime().addShutdownHook(new Thread(measure::cleanUp));
    if (options.containsKey("--backfill")) {
      Backfills backfills = new Backfills(measure, measure.candidates().get(0));
      if (!backfills.run(measure.sizes("--backfill"), measure.number("--runs"))) {
        System.exit(1);
      }
    } else if (options.containsKey("--deliver")) {
      Deliveries deliveries =
          new Deliveries(
              measure,
              measure.candidates().get(0),
              measure.number("--calls"),
              measure.number("--leads"));
      if (!deliveries.run(measure.number("--runs"), options.get("--deliver"))) {
        System.exit(1);
      }
    } else if (options.containsKey("--accounts")) {
      new Accounts(measure, measure.candidates().get(0)).run(measure.sizes("--accounts"));
    } else if (options.containsKey("--memory")) {
      measure.memory();
    } else {
      measure.speed();
    }
  }

  // --- What is compared ----------------------------------------------------------------------

  private List<Candidate> candidates() {
    List<String> own = words("--service-flags");
    List<String> full = words("--bare-flags");
    List<Candidate> candidates = new ArrayList<>();
    candidates.add(service("service, its flags", own, true));
    candidates.add(bare("bare, its flags", full));
    candidates.add(bare("bare, the service's flags", own));
    if (options.containsKey("--all")) {
      candidates.add(service("service, no archive", own, false));
      candidates.add(service("service, the bare's flags", full, false));
    }
    return candidates;
  }

  private List<String> words(String option) {
    return List.of(options.get(option).trim().split("\\s+"));
  }

  private Candidate service(String name, List<String> flags, boolean archive) {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(flags);
    if (archive) {
      command.add("-XX:SharedArchiveFile=" + home.resolve("target/lead-routes.jsa"));
      command.add("-Xshare:auto");
    }
    command.addAll(List.of("-jar", jar(), "run"));
    return new Candidate(name, command);
  }

  private Candidate bare(String name, List<String> flags) {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(flags);
    command.addAll(List.of("-cp", options.get("--bare-classpath"), "Bare"));
    return new Candidate(name, command);
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private String jar() {
    return home.resolve("target/lead-routes.jar").toString();
  }

  // --- Tables --------------------------------------------------------------------------------

  private void speed() throws Exception {
    Size size = new Size(number("--calls"), number("--leads"));
    int runs = number("--runs");
    Map<Candidate, List<Cost>> costs = new LinkedHashMap<>();
    candidates().forEach(candidate -> costs.put(candidate, new ArrayList<>()));
    for (int run = 1; run <= runs; run++) {
      for (Candidate candidate : costs.keySet()) {
        say("run %d of %d: %s", run, runs, candidate.name());
        costs.get(candidate).add(cost(candidate, size));
      }
    }
    System.out.printf(
        "%n%,d calls, %,d leads, 3 sinks; medians of %d%n%n", size.calls(), size.leads(), runs);
    System.out.printf(
        "%-26s %10s %12s %9s %8s %8s %9s%n",
        "", "calls/s", "calls/s from", "s to 1st", "peak MiB", "CPU s", "ledger");
    System.out.printf(
        "%-26s %10s %12s %9s %8s %8s %9s%n",
        "", "from start", "1st request", "request", "", "", "MiB");
    costs.forEach(
        (candidate, all) ->
            System.out.printf(
                Locale.ROOT,
                "%-26s %,10.0f %,12.0f %9.2f %8.0f %8.1f %9.1f%n",
                candidate.name(),
                size.calls() / median(all, Cost::fromStart),
                size.calls() / median(all, Cost::fromRequest),
                median(all, Cost::firstRequest),
                median(all, Cost::peak),
                median(all, Cost::cpu),
                median(all, Cost::ledger)));
    List<List<Cost>> all = List.copyOf(costs.values());
    System.out.println();
    ratio("service / bare, each with its own flags", all.get(0), all.get(1));
    ratio("service / bare, both with the service's flags", all.get(0), all.get(2));
    if (all.size() > 4) {
      ratio("service / bare, both with the bare's flags", all.get(4), all.get(1));
      ratio("with / without archive", all.get(0), all.get(3));
    }
  }

  private static void ratio(String what, List<Cost> one, List<Cost> other) {
    System.out.printf(
        Locale.ROOT,
        "%-48s %.2f from start, %.2f from the first request%n",
        what,
        median(other, Cost::fromStart) / median(one, Cost::fromStart),
        median(other, Cost::fromRequest) / median(one, Cost::fromRequest));
  }

  private void memory() throws Exception {
    Candidate service = candidates().get(0);
    System.out.printf("%n%9s %8s %9s %12s %8s%n", "calls", "leads", "peak MiB", "ledger MiB", "CPU s");
    for (int calls : sizes("--memory")) {
      Size size = new Size(calls, calls / 5);
      List<Cost> costs = new ArrayList<>();
      for (int run = 0; run < number("--runs"); run++) {
        costs.add(cost(service, size));
      }
      System.out.printf(
          Locale.ROOT,
          "%,9d %,8d %9.0f %12.1f %8.1f%n",
          size.calls(),
          size.leads(),
          median(costs, Cost::peak),
          median(costs, Cost::ledger),
          median(costs, Cost::cpu));
    }
  }

  private int number(String option) {
    return Integer.parseInt(options.get(option));
  }

  private List<Integer> sizes(String option) {
    return Stream.of(options.get(option).split(",")).map(Integer::valueOf).toList();
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> part) {
    return median(costs.stream().mapToDouble(part));
  }

  static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static void say(String text, Object... values) {
    System.err.printf(text + "%n", values);
  }

  // --- One run -------------------------------------------------------------------------------

  /** What is done in a folder. */
  interface Work<T> {
    T in(Path folder) throws Exception;
  }

  /** Does something in a fresh folder, which is removed afterwards. */
  <T> T inFolder(Work<T> work) throws Exception {
    Path folder = Files.createTempDirectory("lead-routes-bench-");
    folders.push(folder);
    try {
      return work.in(folder);
    } finally {
      delete(folder);
      folders.remove(folder);
    }
  }

  private Cost cost(Candidate candidate, Size size) throws Exception {
    return inFolder(
        folder -> {
          Process standIn =
              standIn(
                  folder,
                  "--calls", "" + size.calls(), "--leads", "" + size.leads(), "--seed", "1");
          try {
            Map<String, String> settings = settings(standIn);
            warmUp(settings, folder);
            return watch(candidate, size, settings, folder);
          } finally {
            stop(standIn);
          }
        });
  }

  Process standIn(Path folder, String... population) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                java(), "-jar", jar(), "sandbox", "--no-live"));
    command.addAll(List.of(population));
    return start(
        new ProcessBuilder(command)
            .redirectError(folder.resolve("stand-in.log").toFile()));
  }

  /** What the stand-in prints: one property a line, then an empty line. */
  static Map<String, String> settings(Process standIn) throws IOException {
    Map<String, String> settings = new HashMap<>();
    var out =
        new BufferedReader(
            new InputStreamReader(standIn.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null && !line.isEmpty(); line = out.readLine()) {
      if (line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      settings.put(variable(line.substring(0, equals)), line.substring(equals + 1));
    }
    settings.put("CLICKSPEAK_ACCOUNTS", ACCOUNT);
    settings.put("CLICKSPEAK_REQUESTS_PER_MINUTE", "1000000");
    settings.put("CLICKSPEAK_REQUESTS_PER_10_SECONDS", "1000000");
    settings.put("POLL_START", "all");
    settings.put("POLL_PERIOD", "1h");
    settings.put("SLACK_PER_SECOND", "0");
    settings.put("CONSOLE_PORT", String.valueOf(freePort()));
    return settings;
  }

  private static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Lets the stand-in compile what it needs, or its start would be measured: the bare program runs
   * once, with an account of its own.
   */
  void warmUp(Map<String, String> settings, Path folder) throws Exception {
    Path own = Files.createDirectory(folder.resolve("warm-up"));
    Map<String, String> other = new HashMap<>(settings);
    other.put("CLICKSPEAK_ACCOUNTS", "warmup");
    Process bare = start(process(bare("warm-up", words("--bare-flags")), other, own, LOG));
    if (!bare.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || bare.exitValue() != 0) {
      throw new IllegalStateException("The warm-up failed:\n" + tail(own, LOG));
    }
    started.remove(bare);
  }

  static ProcessBuilder process(
      Candidate candidate, Map<String, String> settings, Path folder, String log) {
    ProcessBuilder process =
        new ProcessBuilder(candidate.command())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(log).toFile());
    process.environment().putAll(settings);
    return process;
  }

  private Cost watch(Candidate candidate, Size size, Map<String, String> settings, Path folder)
      throws Exception {
    Counts before = counts(settings);
    Path own = Files.createDirectory(folder.resolve("run"));
    ProcessBuilder process = process(candidate, settings, own, LOG);
    long start = System.nanoTime();
    Process watched = start(process);
    Usage usage = new Usage(watched);
    Lines lines = new Lines(own.resolve("data/leads").resolve(ACCOUNT));
    long patience = patience(size.calls());
    long firstRequest = 0;
    long waited = 0;
    while (true) {
      Counts now = counts(settings);
      long at = System.nanoTime();
      usage.look();
      if (firstRequest == 0 && now.requests() > before.requests()) {
        firstRequest = at;
      }
      long records = now.records() - before.records();
      long messages = now.messages() - before.messages();
      long least = Math.min(Math.min(records, messages), lines.count());
      if (least == size.leads()) {
        break;
      }
      if (at - start > patience || (!watched.isAlive() && waited++ > 10)) {
        throw new IllegalStateException(
            "%s came to %d records, %d messages and %d lines of %d.%n%s"
                .formatted(
                    candidate.name(),
                    records,
                    messages,
                    lines.count(),
                    size.leads(),
                    tail(own, LOG)));
      }
      // Counting costs the stand-in time: seldom while much is missing, often near the end.
      double share = firstRequest == 0 ? 1 : (double) least / size.leads();
      Thread.sleep(firstRequest == 0 || share > 0.95 ? 10 : share > 0.8 ? 40 : 150);
    }
    long end = System.nanoTime();
    usage.look();
    double ledger = bytes(own.resolve("data")) / 1048576.0;
    stop(watched);
    return new Cost(
        seconds(end - start),
        seconds(end - firstRequest),
        seconds(firstRequest - start),
        usage.peakMiB(),
        usage.cpuSeconds(),
        ledger);
  }

  /** How long a run may take, nanoseconds. */
  static long patience(int calls) {
    return PATIENCE.toNanos() + calls * 2_000_000L;
  }

  static double seconds(long nanos) {
    return nanos / 1e9;
  }

  static double bytes(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      double bytes = 0;
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("ledger")).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  /** The last lines a process wrote. */
  static String tail(Path folder, String log) throws IOException {
    List<String> lines =
        Files.readString(folder.resolve(log), StandardCharsets.ISO_8859_1).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  // --- Looking -------------------------------------------------------------------------------

  record Counts(long requests, long records, long messages) {}

  /** What arrived at the stand-in, as it tells it. */
  String countsText(Map<String, String> settings) throws IOException, InterruptedException {
    URI page = URI.create(settings.get("CLICKSPEAK_BASE_URL")).resolve("/sandbox/counts");
    return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
  }

  Counts counts(Map<String, String> settings) throws IOException, InterruptedException {
    String json = countsText(settings);
    return new Counts(
        count(json, "callsRequests"), count(json, "salesforceRecords"), count(json, "slackPosts"));
  }

  static long count(String json, String name) {
    Matcher number = Pattern.compile("\"" + name + "\"\\s*:\\s*(\\d+)").matcher(json);
    if (!number.find()) {
      throw new IllegalStateException("The stand-in does not count " + name + ".");
    }
    return Long.parseLong(number.group(1));
  }

  /** Counts the lines of the files in a folder; what was counted is not read again. */
  static final class Lines {

    private final Path folder;
    private final Map<Path, Long> read = new HashMap<>();
    private final ByteBuffer step = ByteBuffer.allocate(1 << 16);
    private long lines;

    Lines(Path folder) {
      this.folder = folder;
    }

    long count() throws IOException {
      List<Path> files;
      try (Stream<Path> list = Files.list(folder)) {
        files = list.toList();
      } catch (NoSuchFileException e) {
        return lines;
      }
      for (Path file : files) {
        try (FileChannel channel = FileChannel.open(file)) {
          channel.position(read.getOrDefault(file, 0L));
          while (channel.read(step.clear()) > 0) {
            for (int i = 0; i < step.position(); i++) {
              lines += step.get(i) == '\n' ? 1 : 0;
            }
          }
          read.put(file, channel.position());
        }
      }
      return lines;
    }
  }

  /** What a process has used so far; where there is no /proc, its memory is asked of ps. */
  static final class Usage {

    private final Process process;
    private long peakKiB;
    private Duration cpu = Duration.ZERO;
    private long nextAsk = System.nanoTime();

    Usage(Process process) {
      this.process = process;
    }

    double peakMiB() {
      return peakKiB / 1024.0;
    }

    double cpuSeconds() {
      return cpu.toMillis() / 1000.0;
    }

    void look() throws IOException, InterruptedException {
      cpu = process.info().totalCpuDuration().filter(d -> d.compareTo(cpu) > 0).orElse(cpu);
      if (Files.isDirectory(PROC.resolve("self"))) {
        Path status = PROC.resolve(String.valueOf(process.pid())).resolve("status");
        try {
          for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("VmHWM:")) {
              peakKiB = Math.max(peakKiB, Long.parseLong(line.replaceAll("\\D", "")));
            }
          }
        } catch (IOException e) {
          // It has ended; what was seen last counts.
        }
      } else if (System.nanoTime() - nextAsk >= 0) {
        nextAsk = System.nanoTime() + Duration.ofMillis(200).toNanos();
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", "" + process.pid()).start();
        String rss = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        ps.waitFor();
        peakKiB = Math.max(peakKiB, rss.isBlank() ? 0 : Long.parseLong(rss.strip()));
      }
    }
  }

  // --- Starting and stopping -----------------------------------------------------------------

  synchronized Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    started.push(process);
    return process;
  }

  synchronized void stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
      say("A process did not stop within %d s and is killed.", STOP.toSeconds());
      process.destroyForcibly().waitFor();
    }
    started.remove(process);
  }

  /** Ends what a failure or Ctrl-C left running, by the processes this program started. */
  private void cleanUp() {
    started.forEach(Process::destroyForcibly);
    folders.forEach(Measure::delete);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      say("%s could not be removed: %s", folder, e.getMessage());
    }
  }
}
