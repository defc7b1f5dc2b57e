package io.leadroutes.salesforce;

import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The org that an account's leads go to and how to log in there. Accounts whose logins are equal
 * share a connection and a session.
 *
 * @param clientSecret a secret
 */
record SalesforceLogin(String url, String clientId, String clientSecret, String apiVersion) {

  private static final Pattern HOST = Pattern.compile("^https?://([^/:?#]+)(?::\\d+)?");

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
    refuseOtherAddresses(own);
    SalesforceLogin login =
        new SalesforceLogin(
            own.url(
                "salesforce.login-url",
                "write the org's own My Domain, https://<company>.my.salesforce.com"),
            own.required("salesforce.client-id", app + "consumer key"),
            own.required("salesforce.client-secret", app + "consumer secret"),
            own.text("salesforce.api-version"));
    for (String key : List.of("salesforce.client-id", "salesforce.client-secret")) {
      if (!own.text(key).matches("[\\x21-\\x7e]*")) {
        own.refuse(key, " holds a character that no key has: copy it again.");
      }
    }
    if (!login.apiVersion.matches("\\d{2,3}\\.0")) {
      own.refuse(
          "salesforce.api-version",
          "=" + login.apiVersion + " is not a version: write one such as 68.0.");
    }
    return login;
  }

  /**
   * The flow of client credentials is served at the org's own My Domain alone; the address in the
   * browser is that of pages.
   */
  private static void refuseOtherAddresses(Settings own) {
    String key = "salesforce.login-url";
    Matcher host = HOST.matcher(own.text(key));
    if (host.find()
        && (host.group(1).matches("(?i)(login|test|www)\\.salesforce\\.com")
            || host.group(1)
                .matches("(?i).+\\.(lightning\\.force|salesforce-setup|visualforce)\\.com"))) {
      own.refuse(
          key,
          "="
              + host.group()
              + " does not serve the client credentials flow: write the org's own My Domain,"
              + " https://<company>.my.salesforce.com (Setup, My Domain).");
    } else if (host.find(0) && host.end() < own.text(key).replaceAll("/+$", "").length()) {
      if (host.group(1).toLowerCase(Locale.ROOT).endsWith(".salesforce.com")) {
        own.refuse(key, " has a path: write the org's own My Domain alone, " + host.group() + ".");
      }
    }
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
