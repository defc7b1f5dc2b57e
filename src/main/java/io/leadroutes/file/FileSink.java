package io.leadroutes.file;

import io.leadroutes.delivery.Places;
import io.leadroutes.delivery.Sink;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.time.Clock;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;

/** The file sink: what its route {@code deliver-file} needs. */
public final class FileSink implements Sink {

  @Override
  public String name() {
    return "file";
  }

  /**
   * Checks the sink's settings, creates the directories and binds the beans {@code leadFiles} and
   * {@code filePlace}. The registry's {@link Places} is the ledger's memory of where lines are
   * about to be written.
   *
   * @throws SettingsException when a directory cannot be written to
   */
  @Override
  public void bind(CamelContext context, Settings settings) {
    bind(
        context, settings, context.getRegistry().findSingleByType(Places.class), Clock.systemUTC());
  }

  /**
   * @param clock says the day of delivery
   */
  static void bind(CamelContext context, Settings settings, Places places, Clock clock) {
    LeadFiles.check(settings);
    context.getRegistry().bind("leadFiles", new LeadFiles(settings, places, clock));
    UnaryOperator<String> place = account -> account;
    context.getRegistry().bind("filePlace", place);
  }
}
