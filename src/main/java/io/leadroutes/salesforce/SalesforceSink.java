package io.leadroutes.salesforce;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.SalesforceEndpointConfig;
import org.apache.camel.component.salesforce.api.utils.JsonUtils;

/** The Salesforce sink: what its route {@code deliver-salesforce} needs. */
public final class SalesforceSink {

  private static final String COMPONENT = "salesforce";

  private SalesforceSink() {}

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
  public static void bind(CamelContext context, Settings settings) {
    Map<SalesforceLogin, String> components = new HashMap<>();
    Map<String, SalesforceTarget> targets = new HashMap<>();
    for (String account : settings.accountsWith("salesforce")) {
      Settings own = settings.forAccount(account);
      SalesforceLogin login = SalesforceLogin.of(own);
      if (!components.containsKey(login)) {
        boolean general = SalesforceLogin.isGeneral(own, settings);
        String name = general ? COMPONENT : COMPONENT + "-" + account;
        context.addComponent(name, component(login, own));
        components.put(login, name);
      }
      targets.put(
          account,
          new SalesforceTarget(
              components.get(login),
              new SalesforceMapping(context, own),
              own.flag("salesforce.allow-duplicates"),
              CallTask.of(own),
              settings.duration("sink.timeout"),
              new AtomicBoolean()));
    }
    context.getRegistry().bind("salesforceUpsert", new SalesforceUpsert(targets));
  }

  private static SalesforceComponent component(SalesforceLogin login, Settings settings) {
    SalesforceComponent component = new SalesforceConnection();
    component.setAuthenticationType(AuthenticationType.CLIENT_CREDENTIALS);
    component.setLoginUrl(login.url());
    component.setClientId(login.clientId());
    component.setClientSecret(login.clientSecret());
    // Without it, a Salesforce that is down would stop the whole start.
    component.setLazyLogin(true);
    component.setConfig(config(login.apiVersion()));
    long timeout = settings.duration("sink.timeout").toMillis();
    component.setHttpRequestTimeout(timeout);
    component.setHttpClientConnectionTimeout(timeout);
    // One login for a request that was refused with 401, no more; and no host but Salesforce's.
    component.setHttpClientProperties(
        new HashMap<>(Map.of("maxRetries", 1, "followRedirects", false)));
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
