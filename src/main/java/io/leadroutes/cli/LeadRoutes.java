package io.leadroutes.cli;

import io.leadroutes.delivery.Sink;
import io.leadroutes.judge.Filter;
import io.leadroutes.ledger.LedgerTrouble;
import io.leadroutes.settings.Extension;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program and its commands. */
@Command(
    name = "lead-routes",
    description = "Turns ClickSpeak calls into leads in Salesforce, Slack and files, each once.",
    mixinStandardHelpOptions = true,
    versionProvider = LeadRoutes.Version.class,
    subcommands = {
      Demo.class,
      SandboxCommand.class,
      Run.class,
      Preview.class,
      Backfill.class,
      Resend.class,
      Retry.class,
      Status.class,
      DeadLettersCommand.class,
      RenameAccount.class,
      Restored.class
    })
public final class LeadRoutes implements Runnable {

  /** A mistake in the configuration. */
  static final int WRONG_CONFIGURATION = 2;

  public static void main(String[] args) {
    // A JDK 24 warns about what Netty would try else.
    System.setProperty("io.netty.noUnsafe", "true");
    // Left to itself picocli writes in the encoding of the machine, names as question marks.
    System.exit(commandLine().setOut(inUtf8(System.out)).setErr(inUtf8(System.err)).execute(args));
  }

  private static PrintWriter inUtf8(OutputStream out) {
    return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
  }

  /** The commands, with mistakes in the configuration explained rather than thrown. */
  static CommandLine commandLine() {
    Path directory = Path.of("").toAbsolutePath();
    return commandLine(() -> read(directory).checked(), directory);
  }

  /**
   * The settings of this process, with mistakes collected.
   *
   * @throws SettingsException for a jar of {@code ./lib} that is wrong
   */
  static Settings read(Path directory) {
    LibFolder.of(directory).check();
    return Settings.read(directory, System.getenv(), System.getProperties(), extensions());
  }

  /** Whatever has keys of its own. */
  static List<Extension> extensions() {
    List<Extension> extensions = new ArrayList<>(Extension.all(Filter.class).values());
    extensions.addAll(Extension.all(Sink.class).values());
    return extensions;
  }

  /** The same with settings and a working directory of one's own. */
  static CommandLine commandLine(Supplier<Settings> settings, Path directory) {
    LeadRoutes commands = new LeadRoutes();
    commands.settings = settings;
    commands.directory = directory;
    return new CommandLine(commands).setExecutionExceptionHandler(LeadRoutes::explain);
  }

  private Supplier<Settings> settings;
  private Path directory;

  /** The settings of this start. */
  Settings settings() {
    return settings.get();
  }

  /** The working directory. */
  Path directory() {
    return directory;
  }

  private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof SettingsException mistake) {
      command.getErr().println(mistake.getMessage());
      return WRONG_CONFIGURATION;
    }
    String trouble = LedgerTrouble.in(failure);
    if (trouble != null) {
      command.getErr().println(trouble);
      return 1;
    }
    throw failure;
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Without a command there is only help to give. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Which command? Try: lead-routes demo");
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = LeadRoutes.class.getPackage().getImplementationVersion();
      return new String[] {"lead-routes " + (version == null ? "(from classes)" : version)};
    }
  }
}
