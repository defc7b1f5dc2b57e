import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures what so many accounts cost that have nothing new: each has the same short list of calls,
 * is polled each minute, and has had its leads delivered before anything is counted.
 */
final class Accounts {

  private static final int CALLS = 20;
  private static final int LEADS = 2;
  private static final int QUIET_SECONDS = 15;
  private static final int PERIOD_SECONDS = 60;

  private final Measure measure;
  private final Measure.Candidate service;
  private final HttpClient http = HttpClient.newHttpClient();

  Accounts(Measure measure, Measure.Candidate service) {
    this.measure = measure;
    this.service = service;
  }

  /** Prints a line for each number of accounts. */
  void run(List<Integer> sizes) throws Exception {
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      throw new IllegalStateException("Threads and memory are read from /proc, as Linux has it.");
    }
    System.out.printf(
        "%n%9s %9s %9s %9s %9s %14s%n",
        "accounts", "s ready", "threads", "RSS MiB", "peak MiB", "% of a core");
    for (int accounts : sizes) {
      measure.inFolder(folder -> row(accounts, folder));
    }
  }

  private Void row(int accounts, Path folder) throws Exception {
    Process standIn =
        measure.standIn(folder, "--calls", "" + CALLS, "--leads", "" + LEADS, "--seed", "1");
    try {
      Map<String, String> settings = new HashMap<>(Measure.settings(standIn));
      settings.put("POLL_PERIOD", "1m");
      settings.put(
          "CLICKSPEAK_ACCOUNTS",
          IntStream.range(0, accounts).mapToObj(i -> "a" + i).collect(Collectors.joining(",")));
      Path own = Files.createDirectory(folder.resolve("run"));
      long start = System.nanoTime();
      Process watched = measure.start(Measure.process(service, settings, own, "out.log"));
      awaitReady(settings, watched, own);
      double ready = Measure.seconds(System.nanoTime() - start);
      awaitDelivered(settings, accounts);
      // What the first pass has left to do, and the threads that it needed.
      TimeUnit.SECONDS.sleep(QUIET_SECONDS);
      double before = cpuSeconds(watched);
      TimeUnit.SECONDS.sleep(PERIOD_SECONDS);
      double share = (cpuSeconds(watched) - before) / PERIOD_SECONDS;
      System.out.printf(
          Locale.ROOT,
          "%,9d %9.1f %9d %9.0f %9.0f %14.1f%n",
          accounts,
          ready,
          status(watched, "Threads:"),
          status(watched, "VmRSS:") / 1024.0,
          status(watched, "VmHWM:") / 1024.0,
          100 * share);
      measure.stop(watched);
    } finally {
      measure.stop(standIn);
    }
    return null;
  }

  private void awaitReady(Map<String, String> settings, Process watched, Path own)
      throws Exception {
    URI health =
        URI.create("http://127.0.0.1:" + settings.get("CONSOLE_PORT") + "/observe/health/ready");
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (true) {
      try {
        HttpRequest request = HttpRequest.newBuilder(health).build();
        if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      if (!watched.isAlive() || System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "The service did not become ready:\n" + Measure.tail(own, "out.log"));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void awaitDelivered(Map<String, String> settings, int accounts) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (measure.counts(settings).messages() < (long) accounts * LEADS) {
      if (System.nanoTime() - end > 0) {
        Measure.say("%d accounts: not all leads arrived within 5 minutes.", accounts);
        return;
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static double cpuSeconds(Process process) {
    return process.info().totalCpuDuration().orElseThrow().toMillis() / 1000.0;
  }

  private static long status(Process process, String name) throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IllegalStateException(status + " has no line " + name);
  }
}
