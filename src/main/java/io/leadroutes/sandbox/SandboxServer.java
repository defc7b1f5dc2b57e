package io.leadroutes.sandbox;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The sandbox as a process of its own. It prints the settings that point the service at it, one
 * property a line and an empty line after them, and serves until its standard input ends or it is
 * terminated.
 *
 * <pre>
 * --port P        first of three consecutive ports (free ones)
 * --calls N       calls of the population (0)
 * --leads M       how many of them are qualified (0)
 * --seed S        seed of the population (1)
 * --live          lets calls come in as well
 * --keep-running  does not look at standard input
 * </pre>
 */
public final class SandboxServer {

  private static final Set<String> VALUES = Set.of("--port", "--calls", "--leads", "--seed");
  private static final Set<String> SWITCHES = Set.of("--live", "--keep-running");

  private SandboxServer() {}

  /** Runs the sandbox; a wrong argument ends it with code 2 and a sentence. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> options;
    long seed;
    int port;
    int calls;
    int leads;
    try {
      options = options(args);
      port = Integer.parseInt(options.getOrDefault("--port", "0"));
      calls = Integer.parseInt(options.getOrDefault("--calls", "0"));
      leads = Integer.parseInt(options.getOrDefault("--leads", "0"));
      seed = Long.parseLong(options.getOrDefault("--seed", "1"));
    } catch (IllegalArgumentException e) {
      System.err.println("Cannot start the sandbox: " + e.getMessage());
      System.exit(2);
      return;
    }
    Sandbox sandbox = Sandbox.start(port);
    Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "sandbox-stop"));
    sandbox.clickSpeak().population(calls, leads, seed);
    if (options.containsKey("--live")) {
      sandbox.clickSpeak().live();
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
