package io.leadroutes.salesforce;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.SalesforceEndpointConfig;
import org.apache.camel.component.salesforce.api.utils.JsonUtils;

/** The Salesforce sink: what its route {@code deliver-salesforce} needs. */
public final class SalesforceSink {

  private SalesforceSink() {}

  /**
   * Checks the sink's settings, adds the component {@code salesforce} and binds the bean {@code
   * salesforceUpsert}. Nothing is sent before the first lead.
   *
   * @throws SettingsException when a setting is missing or wrong
   */
  public static void bind(CamelContext context, Settings settings) {
    String app = "create an external client app with the client credentials flow, and copy its ";
    SalesforceComponent component = new SalesforceConnection();
    component.setAuthenticationType(AuthenticationType.CLIENT_CREDENTIALS);
    component.setLoginUrl(
        settings.url(
            "salesforce.login-url",
            "write the org's own My Domain, https://<company>.my.salesforce.com"));
    component.setClientId(settings.required("salesforce.client-id", app + "consumer key"));
    component.setClientSecret(
        settings.required("salesforce.client-secret", app + "consumer secret"));
    // Without it, a Salesforce that is down would stop the whole start.
    component.setLazyLogin(true);
    component.setConfig(config(settings));
    long timeout = settings.duration("sink.timeout").toMillis();
    component.setHttpRequestTimeout(timeout);
    component.setHttpClientConnectionTimeout(timeout);
    // One login for a request that was refused with 401, no more; and no host but Salesforce's.
    component.setHttpClientProperties(
        new HashMap<>(Map.of("maxRetries", 1, "followRedirects", false)));
    SalesforceUpsert upsert = new SalesforceUpsert(context, settings);
    context.addComponent("salesforce", component);
    context.getRegistry().bind("salesforceUpsert", upsert);
  }

  private static SalesforceEndpointConfig config(Settings settings) {
    String version = settings.text("salesforce.api-version");
    if (!version.matches("\\d{2,3}\\.0")) {
      throw new SettingsException(
          "salesforce.api-version=" + version + " is not a version: write one such as 68.0.");
    }
    SalesforceEndpointConfig config = new SalesforceEndpointConfig();
    config.setApiVersion(version);
    // A property added to the answers must not make all of them unreadable.
    config.setObjectMapper(
        JsonUtils.createObjectMapper()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false));
    return config;
  }
}
