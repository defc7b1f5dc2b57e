package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ClickSpeak, Salesforce and Slack on this machine: three servers on 127.0.0.1 that answer as
 * documented, fail when told to, and remember what arrived.
 */
public final class Sandbox implements AutoCloseable {

  private final ClickSpeak clickSpeak;
  private final SalesforceOrg salesforce;
  private final SlackWorkspace slack;

  private Sandbox(ClickSpeak clickSpeak, SalesforceOrg salesforce, SlackWorkspace slack) {
    this.clickSpeak = clickSpeak;
    this.salesforce = salesforce;
    this.slack = slack;
    clickSpeak.counts(this::counts);
    salesforce.counts(this::counts);
    slack.counts(this::counts);
  }

  /** Starts the three on free ports. */
  public static Sandbox start() {
    return start(0);
  }

  /**
   * Starts the three on this port and the two after it: ClickSpeak, Salesforce, Slack.
   *
   * @param firstPort 0 takes any free ones
   * @throws java.io.UncheckedIOException when one of them is taken
   */
  public static Sandbox start(int firstPort) {
    ClickSpeak clickSpeak = ClickSpeak.start(firstPort);
    SalesforceOrg salesforce = null;
    try {
      salesforce = SalesforceOrg.start(firstPort == 0 ? 0 : firstPort + 1);
      SlackWorkspace slack = SlackWorkspace.start(firstPort == 0 ? 0 : firstPort + 2);
      return new Sandbox(clickSpeak, salesforce, slack);
    } catch (RuntimeException e) {
      clickSpeak.close();
      if (salesforce != null) {
        salesforce.close();
      }
      throw e;
    }
  }

  public ClickSpeak clickSpeak() {
    return clickSpeak;
  }

  public SalesforceOrg salesforce() {
    return salesforce;
  }

  public SlackWorkspace slack() {
    return slack;
  }

  /** Returns the properties that point the service at this sandbox. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("clickspeak.base-url", clickSpeak.url());
    settings.put("clickspeak.token", clickSpeak.token());
    settings.put("salesforce.login-url", salesforce.url());
    settings.put("salesforce.client-id", salesforce.clientId());
    settings.put("salesforce.client-secret", salesforce.clientSecret());
    settings.put("slack.api-url", slack.url());
    settings.put("slack.token", slack.token());
    settings.put("slack.channel", slack.channel());
    return settings;
  }

  /** Returns what arrived at all three, as {@code GET /sandbox/counts} of each answers it. */
  ObjectNode counts() {
    ObjectNode counts = clickSpeak.ownCounts();
    counts.setAll(salesforce.ownCounts());
    counts.setAll(slack.ownCounts());
    return counts;
  }

  /** Stops the three. */
  @Override
  public void close() {
    clickSpeak.close();
    salesforce.close();
    slack.close();
  }
}
