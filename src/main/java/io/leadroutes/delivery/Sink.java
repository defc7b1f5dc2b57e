package io.leadroutes.delivery;

import io.leadroutes.settings.Extension;
import io.leadroutes.settings.Settings;
import org.apache.camel.CamelContext;

/**
 * A place leads go, as far as it needs Java. Its name stands in {@code lead.sinks}, and its route
 * starts with {@code leads:<name>}: a file in {@code routes/}, or a RouteBuilder that {@link #bind}
 * adds. A sink that needs no Java is a route file alone. One that is not shipped lies in a jar of
 * {@code ./lib}.
 */
public interface Sink extends Extension {

  /**
   * Checks the settings and binds what the route needs, before routes are read; only for a sink
   * that is used. Nobody is connected to before the first lead.
   *
   * @param settings of all accounts
   * @throws io.leadroutes.settings.SettingsException when a setting is missing or wrong
   */
  void bind(CamelContext context, Settings settings) throws Exception;
}
