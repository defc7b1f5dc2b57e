package io.leadroutes.salesforce;

import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.List;

/**
 * The org that an account's leads go to and how to log in there. Accounts whose logins are equal
 * share a connection and a session.
 *
 * @param clientSecret a secret
 */
record SalesforceLogin(String url, String clientId, String clientSecret, String apiVersion) {

  private static final List<String> KEYS =
      List.of(
          "salesforce.login-url",
          "salesforce.client-id",
          "salesforce.client-secret",
          "salesforce.api-version");

  /**
   * Reads the login of an account.
   *
   * @throws SettingsException when a setting is missing or wrong
   */
  static SalesforceLogin of(Settings own) {
    String app = "create an external client app with the client credentials flow, and copy its ";
    SalesforceLogin login =
        new SalesforceLogin(
            own.url(
                "salesforce.login-url",
                "write the org's own My Domain, https://<company>.my.salesforce.com"),
            own.required("salesforce.client-id", app + "consumer key"),
            own.required("salesforce.client-secret", app + "consumer secret"),
            own.text("salesforce.api-version"));
    if (!login.apiVersion.matches("\\d{2,3}\\.0")) {
      throw new SettingsException(
          own.nameOf("salesforce.api-version")
              + "="
              + login.apiVersion
              + " is not a version: write one such as 68.0.");
    }
    return login;
  }

  /** Whether an account logs in as the general keys say. */
  static boolean isGeneral(Settings own, Settings general) {
    return KEYS.stream().allMatch(key -> own.text(key).equals(general.text(key)));
  }

  /** Prints the address only. */
  @Override
  public String toString() {
    return "SalesforceLogin[" + url + "]";
  }
}
