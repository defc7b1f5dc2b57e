package io.leadroutes.salesforce;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.leadroutes.delivery.Sink;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceEndpointConfig;
import org.apache.camel.component.salesforce.api.utils.JsonUtils;

/** The Salesforce sink: what its route {@code deliver-salesforce} needs. */
public final class SalesforceSink implements Sink {

  private static final String COMPONENT = "salesforce";
  private static final Pattern RULE = Pattern.compile("01Q[A-Za-z0-9]{12}([A-Za-z0-9]{3})?");

  @Override
  public String name() {
    return "salesforce";
  }

  /** Whether an account's calls are logged, which takes an attempt one request more. */
  public static boolean logsCalls(Settings settings) {
    return settings.accountsWith("salesforce").stream()
        .anyMatch(account -> CallTask.of(settings.forAccount(account)) != null);
  }

  /**
   * Checks the sink's settings, adds a component for each org and binds the bean {@code
   * salesforceUpsert}. The org of the general keys is the component {@code salesforce}, another one
   * {@code salesforce-<name of the first account that has it>}. Nothing is sent before the first
   * lead.
   *
   * @throws SettingsException when a setting is missing or wrong
   */
  @Override
  public void bind(CamelContext context, Settings settings) {
    Map<SalesforceLogin, String> components = new HashMap<>();
    Map<SalesforceLogin, SalesforceConnection> connections = new HashMap<>();
    Map<String, SalesforceTarget> targets = new HashMap<>();
    for (String account : settings.accountsWith("salesforce")) {
      Settings own = settings.forAccount(account);
      SalesforceLogin login = SalesforceLogin.of(own);
      if (!components.containsKey(login)) {
        boolean general = SalesforceLogin.isGeneral(own, settings);
        String name = general ? COMPONENT : COMPONENT + "-" + account;
        connections.put(login, component(login, own));
        context.addComponent(name, connections.get(login));
        components.put(login, name);
      }
      targets.put(
          account,
          new SalesforceTarget(
              components.get(login),
              connections.get(login),
              new SalesforceMapping(context, own),
              own.flag(Keys.SALESFORCE_ALLOW_DUPLICATES),
              assignment(own),
              CallTask.of(own),
              settings.duration(Keys.SINK_TIMEOUT)));
    }
    context.getRegistry().bind("salesforceUpsert", new SalesforceUpsert(targets));
  }

  /** What a new lead says of assignment rules, null for nothing. */
  private static String assignment(Settings own) {
    String rule = own.text(Keys.SALESFORCE_ASSIGNMENT_RULE).strip();
    return switch (rule.toLowerCase(Locale.ROOT)) {
      case "default" -> null;
      case "none" -> SalesforceTarget.LEAVE_OWNER;
      default -> {
        if (!RULE.matcher(rule).matches()) {
          throw new SettingsException(
              own.nameOf(Keys.SALESFORCE_ASSIGNMENT_RULE)
                  + "="
                  + rule
                  + " is no assignment rule: write default, none, or the id of a rule of Lead,"
                  + " 01Q….");
        }
        yield rule;
      }
    };
  }

  private static SalesforceConnection component(SalesforceLogin login, Settings settings) {
    SalesforceConnection component = new SalesforceConnection();
    component.setAuthenticationType(AuthenticationType.CLIENT_CREDENTIALS);
    component.setLoginUrl(login.url());
    component.setClientId(login.clientId());
    component.setClientSecret(login.clientSecret());
    // Without it, a Salesforce that is down would stop the whole start.
    component.setLazyLogin(true);
    component.setConfig(config(login.apiVersion()));
    long timeout = settings.duration(Keys.SINK_TIMEOUT).toMillis();
    component.setHttpRequestTimeout(timeout);
    component.setHttpClientConnectionTimeout(timeout);
    // No host but Salesforce's.
    component.setHttpClientProperties(new HashMap<>(Map.of("followRedirects", false)));
    return component;
  }

  private static SalesforceEndpointConfig config(String apiVersion) {
    SalesforceEndpointConfig config = new SalesforceEndpointConfig();
    config.setApiVersion(apiVersion);
    // A property added to the answers must not make all of them unreadable.
    config.setObjectMapper(
        JsonUtils.createObjectMapper()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false));
    return config;
  }
}
