package io.leadroutes.cli;

import io.leadroutes.sandbox.LiveCalls;
import io.leadroutes.sandbox.Sandbox;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Everything on this machine: a sandbox of the three systems, and the service beside it. */
@Command(
    name = "demo",
    description =
        "Shows everything at work on this machine, with nothing to configure: calls come in, leads"
            + " go out to a sandbox of Salesforce and Slack and to a file. The rule, routes and"
            + " jars of this folder are used.",
    mixinStandardHelpOptions = true)
final class Demo implements Callable<Integer> {

  private static final long LOOK_MILLIS = 1000;
  private static final int MAX_TEXT = 255;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  @Option(
      names = "--stop-after",
      description = "Ends by itself after this many seconds; otherwise Ctrl-C ends it.")
  private long stopAfterSeconds;

  @Option(
      names = "--with",
      split = ",",
      paramLabel = "SINK",
      description =
          "Sinks of your own that take part, such as crm: the demo's leads go wherever your"
              + " settings point.")
  private List<String> own = List.of();

  @ParentCommand private LeadRoutes commands;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    // The table below says what happens; the log only what goes wrong.
    Configurator.setRootLevel(Level.WARN);
    Path directory = commands.directory();
    Settings usual = commands.settings();
    Path scratch = Files.createTempDirectory("lead-routes-demo-");
    Sandbox sandbox = Sandbox.start();
    Settings settings = usual.with(overrides(sandbox, scratch));
    fields(settings, sandbox);
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
      Set<String> idle = new LinkedHashSet<>(usual.list(Keys.LEAD_SINKS));
      idle.removeAll(settings.list(Keys.LEAD_SINKS));
      table(idle);
      watch(service, sandbox, scratch, stopped);
    }
    return 0;
  }

  /** The org has the fields that the folder's mapping names. */
  private static void fields(Settings settings, Sandbox sandbox) {
    settings.salesforceMapping().keySet().stream()
        .filter(field -> field.endsWith("__c"))
        .forEach(field -> sandbox.salesforce().addField(field, MAX_TEXT));
    String task = settings.text(Keys.SALESFORCE_TASK_EXTERNAL_ID_FIELD);
    if (!task.isEmpty()) {
      sandbox.salesforce().taskExternalIdField(task);
    }
  }

  /** What points the service at the sandbox, so that no setting of yours reaches a real system. */
  private Map<String, String> overrides(Sandbox sandbox, Path scratch) throws IOException {
    Map<String, String> overrides = new HashMap<>(sandbox.settings());
    overrides.put(Keys.CLICKSPEAK_ACCOUNTS.name(), "default");
    overrides.put(Keys.CLICKSPEAK_TIME_ZONE.name(), "UTC");
    overrides.put(Keys.CLICKSPEAK_REQUESTS_PER_MINUTE.name(), "300");
    overrides.put(Keys.CLICKSPEAK_REQUESTS_PER_10_SECONDS.name(), "100");
    overrides.put(Keys.POLL_PERIOD.name(), "1s");
    overrides.put(Keys.POLL_START.name(), "all");
    Set<String> sinks = new LinkedHashSet<>(List.of("salesforce", "slack", "file"));
    sinks.addAll(own);
    overrides.put(Keys.LEAD_SINKS.name(), String.join(",", sinks));
    overrides.put(Keys.SALESFORCE_EXTERNAL_ID_FIELD.name(), "ClickSpeak_Call_Id__c");
    overrides.put(Keys.LEDGER_URL.name(), "jdbc:sqlite:" + scratch.resolve("demo.db"));
    overrides.put(Keys.FILE_DIRECTORY.name(), scratch.resolve("leads").toString());
    overrides.put(Keys.CONSOLE_HOST.name(), "127.0.0.1");
    overrides.put(Keys.CONSOLE_PORT.name(), String.valueOf(freePort()));
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
    out.println(
        own.isEmpty()
            ? "Everything runs on this machine; nothing of it reaches a real system."
            : "All but "
                + String.join(", ", own)
                + " runs on this machine; what goes there goes where your settings point.");
    out.println();
    out.println("  Salesforce  " + sandbox.salesforce().root() + "/");
    out.println("  Slack       " + sandbox.slack().root() + "/");
    out.println("  File        " + scratch.resolve("leads") + "/default/");
    out.println(
        "  Health      http://127.0.0.1:"
            + settings.text(Keys.CONSOLE_PORT)
            + "/observe/health/ready");
    out.println();
    service.notes().forEach(note -> out.println("  " + note));
    out.println("  Ctrl-C ends the demo.");
  }

  /**
   * The head of the table.
   *
   * @param idle sinks of the folder that do not take part
   */
  private void table(Set<String> idle) {
    PrintWriter out = spec.commandLine().getOut();
    if (!idle.isEmpty()) {
      String names = String.join(",", idle);
      out.println(
          "  Not taking part: " + names + ". With --with " + names + " they get the demo's leads.");
    }
    out.println();
    out.print("  time      calls  Salesforce  Slack  file");
    own.forEach(sink -> out.print("  " + sink));
    out.println();
    out.flush();
  }

  /** A line whenever something arrived. */
  private void watch(Service service, Sandbox sandbox, Path scratch, CountDownLatch stopped)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(stopAfterSeconds);
    String shown = "";
    do {
      StringBuilder counts =
          new StringBuilder(
              String.format(
                  Locale.ROOT,
                  "%5d  %10d  %5d  %4d",
                  sandbox.clickSpeak().size(),
                  sandbox.salesforce().count(),
                  sandbox.slack().messages().size(),
                  lines(scratch.resolve("leads"))));
      for (String sink : own) {
        String width = "  %" + sink.length() + "d";
        counts.append(String.format(Locale.ROOT, width, service.delivered(sink)));
      }
      if (!counts.toString().equals(shown)) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("  " + TIME.format(LocalTime.now(ZoneOffset.UTC)) + "  " + counts);
        out.flush();
        shown = counts.toString();
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
