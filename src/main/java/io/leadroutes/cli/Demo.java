package io.leadroutes.cli;

import io.leadroutes.sandbox.LiveCalls;
import io.leadroutes.sandbox.Sandbox;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything on this machine: a sandbox of the three systems, and the service beside it. */
@Command(
    name = "demo",
    description =
        "Shows the whole way on this machine, with nothing to configure: calls come in, leads go"
            + " out to a sandbox of Salesforce and Slack and to a file.",
    mixinStandardHelpOptions = true)
final class Demo implements Callable<Integer> {

  private static final long LOOK_MILLIS = 1000;

  @Option(
      names = "--stop-after",
      description = "Ends by itself after so many seconds; without it Ctrl-C ends the demo.")
  private long stopAfterSeconds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    // The table below says what happens; the log only what goes wrong.
    Configurator.setRootLevel(Level.WARN);
    Path directory = Path.of("").toAbsolutePath();
    Path scratch = Files.createTempDirectory("lead-routes-demo-");
    Sandbox sandbox = Sandbox.start();
    Settings settings = LeadRoutes.read(directory).checked().with(overrides(sandbox, scratch));
    try (LiveCalls live = sandbox.clickSpeak().live()) {
      Service service = Service.start(settings, directory);
      CountDownLatch stopped =
          Run.stopWithTheProcess(
              () -> {
                service.close();
                sandbox.close();
                delete(scratch);
              });
      introduce(service, sandbox, settings, scratch);
      watch(sandbox, scratch, stopped);
    }
    return 0;
  }

  /** What points the service at the sandbox, so that no setting of yours reaches a real system. */
  private static Map<String, String> overrides(Sandbox sandbox, Path scratch) throws IOException {
    Map<String, String> overrides = new HashMap<>(sandbox.settings());
    overrides.put("clickspeak.accounts", "default");
    overrides.put("clickspeak.time-zone", "UTC");
    overrides.put("clickspeak.requests-per-minute", "300");
    overrides.put("clickspeak.requests-per-10-seconds", "100");
    overrides.put("poll.period", "1s");
    overrides.put("poll.start", "all");
    overrides.put("lead.sinks", "salesforce, slack, file");
    overrides.put("salesforce.external-id-field", "ClickSpeak_Call_Id__c");
    overrides.put("ledger.url", "jdbc:sqlite:" + scratch.resolve("demo.db"));
    overrides.put("file.directory", scratch.resolve("leads").toString());
    overrides.put("console.host", "127.0.0.1");
    overrides.put("console.port", String.valueOf(freePort()));
    return overrides;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void introduce(Service service, Sandbox sandbox, Settings settings, Path scratch) {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("Lead Routes demo: calls come in, are evaluated, and qualified ones become leads.");
    out.println("Everything runs on this machine; nothing of it reaches a real system.");
    out.println();
    out.println("  Salesforce  " + sandbox.salesforce().root() + "/");
    out.println("  Slack       " + sandbox.slack().root() + "/");
    out.println("  File        " + scratch.resolve("leads") + "/default/");
    out.println(
        "  Health      http://127.0.0.1:"
            + settings.text("console.port")
            + "/observe/health/ready");
    out.println();
    service.notes().forEach(note -> out.println("  " + note));
    out.println("  Ctrl-C ends the demo.");
    out.println();
    out.println("  time      calls  Salesforce  Slack  file");
    out.flush();
  }

  /** A line whenever something arrived. */
  private void watch(Sandbox sandbox, Path scratch, CountDownLatch stopped) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(stopAfterSeconds);
    List<Object> shown = List.of();
    do {
      List<Object> counts =
          List.of(
              sandbox.clickSpeak().size(),
              sandbox.salesforce().count(),
              sandbox.slack().messages().size(),
              lines(scratch.resolve("leads")));
      if (!counts.equals(shown)) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
            Locale.ROOT,
            "  %-8s  %5d  %10d  %5d  %4d%n",
            LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS),
            counts.get(0),
            counts.get(1),
            counts.get(2),
            counts.get(3));
        out.flush();
        shown = counts;
      }
    } while (!stopped.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)
        && (stopAfterSeconds == 0 || System.nanoTime() < end));
  }

  private static long lines(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      long lines = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try (Stream<String> all = Files.lines(file)) {
          lines += all.count();
        }
      }
      return lines;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
