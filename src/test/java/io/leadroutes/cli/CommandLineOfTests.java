package io.leadroutes.cli;

import io.leadroutes.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import picocli.CommandLine;

/** The commands as a user types them, with settings and a folder of the test's own. */
public final class CommandLineOfTests {

  private final Settings settings;
  private final Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  public CommandLineOfTests(Settings settings, Path directory) {
    this.settings = settings;
    this.directory = directory;
  }

  /** Runs a command; its exit code. */
  public int run(String... arguments) {
    CommandLine line = LeadRoutes.commandLine(() -> settings, directory);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  /** What was printed so far. */
  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
