package io.leadroutes.salesforce;

import io.leadroutes.settings.Key;
import io.leadroutes.settings.Keys;
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

  private static final List<Key> KEYS =
      List.of(
          Keys.SALESFORCE_LOGIN_URL,
          Keys.SALESFORCE_CLIENT_ID,
          Keys.SALESFORCE_CLIENT_SECRET,
          Keys.SALESFORCE_API_VERSION);

  /**
   * Reads the login of an account.
   *
   * @throws SettingsException when a setting is missing or wrong
   */
  static SalesforceLogin of(Settings own) {
    refuseOtherAddresses(own);
    SalesforceLogin login =
        new SalesforceLogin(
            own.url(Keys.SALESFORCE_LOGIN_URL),
            own.required(Keys.SALESFORCE_CLIENT_ID),
            own.required(Keys.SALESFORCE_CLIENT_SECRET),
            own.text(Keys.SALESFORCE_API_VERSION));
    for (Key key : List.of(Keys.SALESFORCE_CLIENT_ID, Keys.SALESFORCE_CLIENT_SECRET)) {
      if (!own.text(key).matches("[\\x21-\\x7e]*")) {
        own.refuse(key, " holds a character that no key has: copy it again.");
      }
    }
    if (!login.apiVersion.matches("\\d{2,3}\\.0")) {
      own.refuse(
          Keys.SALESFORCE_API_VERSION,
          "=" + login.apiVersion + " is not a version: write one such as 68.0.");
    }
    return login;
  }

  /**
   * The flow of client credentials is served at the org's own My Domain alone; the address in the
   * browser is that of pages.
   */
  private static void refuseOtherAddresses(Settings own) {
    Key key = Keys.SALESFORCE_LOGIN_URL;
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
