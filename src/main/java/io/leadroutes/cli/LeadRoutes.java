package io.leadroutes.cli;

import io.leadroutes.settings.SettingsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program and its commands. */
@Command(
    name = "lead-routes",
    description = "Turns ClickSpeak calls into leads in Salesforce, Slack and files, each once.",
    mixinStandardHelpOptions = true,
    versionProvider = LeadRoutes.Version.class,
    subcommands = {Demo.class, Run.class})
public final class LeadRoutes implements Runnable {

  /** A mistake in the configuration. */
  static final int WRONG_CONFIGURATION = 2;

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The commands, with mistakes in the configuration explained rather than thrown. */
  static CommandLine commandLine() {
    return new CommandLine(new LeadRoutes()).setExecutionExceptionHandler(LeadRoutes::explain);
  }

  private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof SettingsException mistake) {
      command.getErr().println(mistake.getMessage());
      return WRONG_CONFIGURATION;
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
