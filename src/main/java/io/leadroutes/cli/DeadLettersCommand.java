package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.ledger.DeadLetters;
import io.leadroutes.ledger.DeadLetters.DeadLetter;
import io.leadroutes.ledger.DeadLetters.Replayed;
import io.leadroutes.ledger.DeadLetters.Selection;
import io.leadroutes.ledger.Ledger;
import io.leadroutes.settings.SettingsException;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Deliveries that only a person can help. */
@Command(
    name = "dead-letters",
    description = "Lists, replays or discards the deliveries that only a person can help.",
    subcommands = {
      DeadLettersCommand.Show.class,
      DeadLettersCommand.Replay.class,
      DeadLettersCommand.Discard.class
    },
    mixinStandardHelpOptions = true)
final class DeadLettersCommand {

  @ParentCommand private LeadRoutes commands;

  /** Opens the ledger beside a service that may be running, and asks it. */
  private <T> T ask(Function<DeadLetters, T> question) {
    try (Ledger ledger = Ledger.openBeside(commands.settings())) {
      return question.apply(new DeadLetters(ledger));
    }
  }

  /** Narrows the dead letters down. */
  static final class Narrowed {

    @Option(names = "--sink", description = "Only of this sink, such as salesforce.")
    private String sink;

    @Option(names = "--account", description = "Only of this account.")
    private String account;
  }

  /** Names dead letters to do something with: one by one, or by what they belong to. */
  static final class Chosen {

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Ids, as shown by list.")
    private List<Long> ids = List.of();

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    @Mixin private Narrowed narrowed;

    Selection selection() {
      boolean some = !ids.isEmpty() || narrowed.sink != null || narrowed.account != null;
      if (all == some) {
        throw new SettingsException(
            all
                ? "--all means all of them: leave it out, or name nothing else."
                : "Which dead letters? Name their ids, --sink, --account or --all.");
      }
      return new Selection(ids, narrowed.sink, narrowed.account);
    }
  }

  @Command(
      name = "list",
      description = "Shows them with their reasons, without personal data.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {

    private static final String ROW = "%8s  %-10s %12s  %-12s %7s  %8s  %-20s  %s%n";

    @Mixin private Narrowed narrowed;

    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    @ParentCommand private DeadLettersCommand parent;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
      PrintWriter out = spec.commandLine().getOut();
      List<DeadLetter> found =
          parent.ask(d -> d.list(new Selection(List.of(), narrowed.sink, narrowed.account)));
      if (json) {
        out.println(json(found));
      } else if (found.isEmpty()) {
        out.println("There are no dead letters.");
      } else {
        out.printf(
            Locale.ROOT,
            ROW,
            "id",
            "account",
            "call",
            "sink",
            "version",
            "attempts",
            "last attempt",
            "reason");
        for (DeadLetter letter : found) {
          out.printf(
              Locale.ROOT,
              ROW,
              letter.id(),
              letter.account(),
              letter.call(),
              letter.sink(),
              letter.version(),
              letter.attempts(),
              letter.attemptedAt() == null
                  ? "-"
                  : letter.attemptedAt().truncatedTo(ChronoUnit.SECONDS),
              letter.reason());
        }
      }
      out.flush();
      return 0;
    }

    private static String json(List<DeadLetter> found) throws JsonProcessingException {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = mapper.createObjectNode();
      ArrayNode letters = root.putArray("deadLetters");
      for (DeadLetter letter : found) {
        letters
            .addObject()
            .put("id", letter.id())
            .put("account", letter.account())
            .put("call", letter.call())
            .put("sink", letter.sink())
            .put("version", letter.version())
            .put("attempts", letter.attempts())
            .put(
                "attemptedAt",
                letter.attemptedAt() == null ? null : letter.attemptedAt().toString())
            .put("reason", letter.reason());
      }
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }
  }

  @Command(
      name = "replay",
      description = {
        "Delivers them again, by the running service or the next one to start.",
        "What may have been delivered is looked up first if the sink can look up; if not, it is"
            + " sent again."
      },
      mixinStandardHelpOptions = true)
  static final class Replay implements Callable<Integer> {

    @Mixin private Chosen chosen;
    @ParentCommand private DeadLettersCommand parent;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      Selection selection = chosen.selection();
      Replayed replayed = parent.ask(d -> d.replay(selection));
      out.printf(Locale.ROOT, "%d dead letters will be delivered again.%n", replayed.again());
      if (replayed.left() > 0) {
        out.printf(
            Locale.ROOT,
            "%d stay as they are: their leads were withdrawn, or their data was removed"
                + " (ledger.retention).%n",
            replayed.left());
      }
      out.flush();
      return 0;
    }
  }

  @Command(
      name = "discard",
      description = "Gives them up; only a new version of the lead brings one back.",
      mixinStandardHelpOptions = true)
  static final class Discard implements Callable<Integer> {

    @Mixin private Chosen chosen;
    @ParentCommand private DeadLettersCommand parent;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      Selection selection = chosen.selection();
      int discarded = parent.ask(d -> d.discard(selection));
      out.printf(Locale.ROOT, "%d dead letters are discarded.%n", discarded);
      out.flush();
      return 0;
    }
  }
}
