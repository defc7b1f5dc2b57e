package io.leadroutes.cli;

import io.leadroutes.delivery.Sink;
import io.leadroutes.settings.Extension;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.Map;
import org.apache.camel.CamelContext;

/** The sinks that need Java, shipped ones and those of {@code ./lib}. */
final class SinksInJava {

  private final Map<String, Sink> sinks = Extension.all(Sink.class);

  /** Binds those that are used; what is wrong with their settings is collected. */
  void bind(CamelContext context, Settings settings) {
    for (String name : SettingsChecks.sinks(settings)) {
      Sink sink = sinks.get(name);
      if (sink != null) {
        settings.attempt(() -> bind(context, settings, sink));
      }
    }
  }

  private static void bind(CamelContext context, Settings settings, Sink sink) {
    try {
      sink.bind(context, settings);
    } catch (SettingsException e) {
      throw e;
    } catch (Exception | LinkageError e) {
      // It may have failed for a setting that was found wrong before.
      settings.checked();
      throw sink.broken(e);
    }
  }
}
