package io.leadroutes.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.lead.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.component.salesforce.SalesforceHttpClient;
import org.apache.camel.component.salesforce.SalesforceLoginConfig;
import org.apache.camel.component.salesforce.internal.SalesforceSession;
import org.apache.camel.component.salesforce.internal.client.AbstractClientBase;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.FormRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpConversation;
import org.eclipse.jetty.util.Fields;

/**
 * The session of one org, by client credentials (RFC 6749, 4.4). Other than Camel's own it logs in
 * where it was configured to and nowhere else, sends its token to that host or to Salesforce's
 * alone, reads answers of all kinds, asks for a log-in that was refused at most once a moment
 * however many wait for it, and never writes the token into an address: it is not revoked, because
 * other processes may use the same session.
 */
final class OrgSession extends SalesforceSession {

  private static final String TOKEN_PATH = "/services/oauth2/token";

  /** Whoever waited for a log-in that was refused gets the same answer. */
  private static final Duration ASK_AGAIN = Duration.ofMillis(400);

  private static final Pattern CODE = Pattern.compile("[A-Za-z_0-9]{1,80}");

  /** Salesforce's own: My Domains, instances, the government's cloud, and the one in China. */
  private static final List<String> SALESFORCE =
      List.of(".salesforce.com", ".force.com", ".salesforce.mil", ".sfcrmproducts.cn");

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final Set<String> PASSES = Set.of("server_error", "temporarily_unavailable");
  private static final Set<Integer> WAIT = Set.of(408, 420, 425, 429);

  private static final String MY_DOMAIN =
      "write the org's own My Domain into salesforce.login-url,"
          + " https://<company>.my.salesforce.com.";
  private static final String CREDENTIALS =
      "check salesforce.login-url, salesforce.client-id and salesforce.client-secret, and that the"
          + " app may be used by its integration user.";

  private final SalesforceHttpClient client;
  private final SalesforceLoginConfig config;
  private final ObjectMapper json = new ObjectMapper();
  private final Set<SalesforceSessionListener> listeners = new CopyOnWriteArraySet<>();

  private volatile String token;
  private volatile String instance;
  private SalesforceLoginException refusal;
  private long refusedAt;

  OrgSession(CamelContext context, SalesforceHttpClient client, SalesforceLoginConfig config) {
    super(context, client, client.getTimeout(), config);
    this.client = client;
    this.config = config;
  }

  /**
   * Logs in, unless somebody did meanwhile.
   *
   * @param old the token that is of no use any more, or null
   * @throws SalesforceLoginException with what it means that there is no session
   */
  @Override
  public synchronized String login(String old) throws SalesforceLoginException {
    if (token != null && !token.equals(old)) {
      return token;
    }
    if (refusal != null && System.nanoTime() - refusedAt < ASK_AGAIN.toNanos()) {
      throw refusal;
    }
    forget(token);
    try {
      ContentResponse answer = getLoginRequest(null).send();
      parseLoginResponse(answer, answer.getContentAsString());
      refusal = null;
      return token;
    } catch (SalesforceLoginException e) {
      throw refused(e);
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw refused(
          new SalesforceLoginException(
              Outcome.sinkDown(
                  "The log-in at Salesforce got no answer ("
                      + cause.getClass().getSimpleName()
                      + ").",
                  null),
              0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SalesforceLoginException(
          Outcome.sinkDown("The log-in at Salesforce was given up.", null), 0);
    }
  }

  private SalesforceLoginException refused(SalesforceLoginException e) {
    refusal = e;
    refusedAt = System.nanoTime();
    return e;
  }

  /** Always where the settings say: an instance may not be the org's any more. */
  @Override
  public Request getLoginRequest(HttpConversation conversation) {
    Fields fields = new Fields(true);
    fields.put("grant_type", "client_credentials");
    fields.put("client_id", config.getClientId());
    fields.put("client_secret", config.getClientSecret());
    fields.put("format", "json");
    return client
        .POST(config.getLoginUrl() + TOKEN_PATH)
        .body(new FormRequestContent(fields))
        .timeout(getTimeout(), TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void parseLoginResponse(ContentResponse answer, String content)
      throws SalesforceLoginException {
    int status = answer.getStatus();
    JsonNode body = read(content);
    if (status != 200) {
      throw new SalesforceLoginException(refusal(status, body.path("error").asText("")), status);
    }
    String granted = body.path("access_token").asText("");
    if (granted.isBlank()) {
      throw new SalesforceLoginException(
          Outcome.paused(
              "salesforce.login-url answered the log-in with what is no token: " + MY_DOMAIN),
          status);
    }
    String named = body.path("instance_url").asText("");
    String where = named.isBlank() ? config.getLoginUrl() : withoutSlash(named);
    if (!mayHaveToken(where, config.getLoginUrl())) {
      throw new SalesforceLoginException(
          Outcome.paused(
              "The log-in names a host that is neither Salesforce's over https nor that of"
                  + " salesforce.login-url: "
                  + MY_DOMAIN),
          status);
    }
    token = granted;
    instance = where;
    listeners.forEach(listener -> listener.onLogin(granted, where));
  }

  private JsonNode read(String content) {
    try {
      JsonNode body = json.readTree(content);
      return body == null ? json.missingNode() : body;
    } catch (JsonProcessingException e) {
      return json.missingNode();
    }
  }

  /** Any refusal of a log-in is a matter of the settings, whether its code is known or not. */
  private static Outcome refusal(int status, String code) {
    String answered = "HTTP " + status;
    String named = CODE.matcher(code).matches() ? code + ", " + answered : answered;
    if (status >= 500 || WAIT.contains(status) || PASSES.contains(code)) {
      return Outcome.sinkDown("Salesforce answered the log-in with " + named + ".", null);
    }
    boolean elsewhere = code.isEmpty() && status != 401 && status != 403;
    return Outcome.paused(
        "Salesforce refuses the log-in (" + named + "): " + (elsewhere ? MY_DOMAIN : CREDENTIALS));
  }

  /** Whether a token of the org may be sent there. */
  static boolean mayHaveToken(String instance, String loginUrl) {
    URI there;
    URI configured = URI.create(loginUrl);
    try {
      there = URI.create(instance);
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (there.getHost() == null || there.getUserInfo() != null || there.getScheme() == null) {
      return false;
    }
    String host = there.getHost().toLowerCase(Locale.ROOT);
    String own = configured.getHost().toLowerCase(Locale.ROOT);
    if (there.getScheme().equalsIgnoreCase("https")) {
      return host.equals(own) || SALESFORCE.stream().anyMatch(host::endsWith);
    }
    return configured.getScheme().equalsIgnoreCase("http")
        && there.getScheme().equalsIgnoreCase("http")
        && (host.equals(own) || (LOOPBACK.contains(host) && LOOPBACK.contains(own)));
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** The next request logs in, if this is still the token; null is none. */
  synchronized void forget(String old) {
    if (old != null && old.equals(token)) {
      token = null;
      instance = null;
      for (SalesforceSessionListener listener : listeners) {
        listener.onLogout();
        if (listener instanceof AbstractClientBase camels) {
          // It keeps the former address where it gets the former token again.
          camels.setAccessToken((String) null);
        }
      }
    }
  }

  @Override
  public synchronized void logout() {
    forget(token);
  }

  @Override
  public String getAccessToken() {
    return token;
  }

  @Override
  public String getInstanceUrl() {
    return instance;
  }

  @Override
  public boolean addListener(SalesforceSessionListener listener) {
    return listeners.add(listener);
  }

  @Override
  public boolean removeListener(SalesforceSessionListener listener) {
    return listeners.remove(listener);
  }
}
