package io.leadroutes.sandbox;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The sandbox as a process of its own. It prints the settings that point the service at it, one
 * property a line and an empty line after them, and serves until its standard input ends or it is
 * terminated.
 *
 * <pre>
 * --port P            first of three consecutive ports (free ones)
 * --calls N           calls of the population (0)
 * --leads M           how many of them are qualified (0)
 * --seed S            seed of the population (1)
 * --live              lets calls come in as well
 * --history N         instead of a population: calls made while they are read, of any number
 * --calls-per-day M   how many of the history a day has, from 2025-01-01 on (2500)
 * --leads-per-1000 K  how many of the history are qualified (20)
 * --keep-running      does not look at standard input
 * </pre>
 */
public final class SandboxServer {

  private static final Set<String> VALUES =
      Set.of(
          "--port",
          "--calls",
          "--leads",
          "--seed",
          "--history",
          "--calls-per-day",
          "--leads-per-1000");
  private static final List<String> POPULATION = List.of("--calls", "--leads", "--seed", "--live");
  private static final Set<String> SWITCHES = Set.of("--live", "--keep-running");

  private SandboxServer() {}

  /** Runs the sandbox; a wrong argument ends it with code 2 and a sentence. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> options;
    Sandbox sandbox;
    try {
      options = options(args);
      sandbox = Sandbox.start(number(options, "--port", 0));
      Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "sandbox-stop"));
      fill(sandbox.clickSpeak(), options);
    } catch (IllegalArgumentException e) {
      System.err.println("Cannot start the sandbox: " + e.getMessage());
      System.exit(2);
      return;
    }
    print(sandbox, System.out);
    if (options.containsKey("--keep-running")) {
      Thread.currentThread().join();
    }
    while (System.in.read() >= 0) {
      // Whatever is written there only says that somebody still listens.
    }
    System.exit(0);
  }

  private static void fill(ClickSpeak clickSpeak, Map<String, String> options) {
    if (options.containsKey("--history")) {
      if (options.keySet().stream().anyMatch(POPULATION::contains)) {
        throw new IllegalArgumentException("--history goes with none of " + POPULATION);
      }
      clickSpeak.history(
          number(options, "--history", 0),
          number(options, "--calls-per-day", 2_500),
          number(options, "--leads-per-1000", 20));
      return;
    }
    clickSpeak.population(
        number(options, "--calls", 0),
        number(options, "--leads", 0),
        Long.parseLong(options.getOrDefault("--seed", "1")));
    if (options.containsKey("--live")) {
      clickSpeak.live();
    }
  }

  private static int number(Map<String, String> options, String name, int otherwise) {
    String value = options.get(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  private static void print(Sandbox sandbox, PrintStream out) {
    sandbox.settings().forEach((key, value) -> out.println(key + "=" + value));
    out.println();
    out.flush();
  }

  private static Map<String, String> options(String[] args) {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < args.length; i++) {
      if (SWITCHES.contains(args[i])) {
        options.put(args[i], "");
      } else if (VALUES.contains(args[i]) && i + 1 < args.length) {
        options.put(args[i], args[++i]);
      } else {
        throw new IllegalArgumentException(
            "'" + args[i] + "' is none of " + VALUES + " with a value or " + SWITCHES);
      }
    }
    return options;
  }
}
