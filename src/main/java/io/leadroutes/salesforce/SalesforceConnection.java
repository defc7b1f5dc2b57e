package io.leadroutes.salesforce;

import io.leadroutes.http.NotSentException;
import io.leadroutes.http.Proxies;
import io.leadroutes.http.Proxies.Proxy;
import io.leadroutes.http.SendLimit;
import java.net.URI;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.SalesforceEndpoint;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.component.salesforce.internal.SalesforceSession;
import org.apache.camel.component.salesforce.internal.client.DefaultRestClient;
import org.apache.camel.component.salesforce.internal.client.RestClient;
import org.eclipse.jetty.client.Authentication;
import org.eclipse.jetty.client.BasicAuthentication;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.ProtocolHandlers;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;

/**
 * Camel's salesforce component. Its requests leave only while the claim on their leads holds, and
 * through the proxy that all others take. It has a session of our own, and not the component's
 * handler for expired ones: that renews a session inside the HTTP client, at an address that may
 * not be the org's any more, and fails there when a log-in is answered with 401. Who sends a
 * request renews its session here.
 */
final class SalesforceConnection extends SalesforceComponent {

  private static final String CAMELS_HANDLER = "CamelSalesforceSecurityHandler";

  /** The component bounds the body itself, at 4 MiB. */
  private static final int MAX_BYTES_OF_HEADERS = 64 * 1024;

  private OrgSession own;

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    own = new OrgSession(getCamelContext(), getHttpClient(), getLoginConfig());
    getHttpClient().setSession(own);
    ProtocolHandlers handlers = getHttpClient().getProtocolHandlers();
    handlers.remove(CAMELS_HANDLER);
    // It would turn a plain 401, which names no scheme, into a broken connection.
    handlers.remove(WWWAuthenticationProtocolHandler.NAME);
    getHttpClient().setMaxResponseHeadersSize(MAX_BYTES_OF_HEADERS);
    getHttpClient().getRequestListeners().addListener(new LastMoment());
    Proxies proxies = getCamelContext().getRegistry().findSingleByType(Proxies.class);
    URI login = URI.create(getLoginUrl());
    int port = login.getPort() > 0 ? login.getPort() : login.getScheme().equals("https") ? 443 : 80;
    Proxy proxy = proxies == null ? null : proxies.proxy(login.getScheme(), login.getHost(), port);
    if (proxy != null) {
      useProxy(proxies, proxy);
    }
  }

  private void useProxy(Proxies proxies, Proxy proxy) {
    HttpProxy way =
        new HttpProxy(new Origin.Address(proxy.host(), proxy.port()), false) {
          @Override
          public boolean matches(Origin asked) {
            Origin.Address address = asked.getAddress();
            return proxy.equals(
                proxies.proxy(asked.getScheme(), address.getHost(), address.getPort()));
          }
        };
    getHttpClient().getProxyConfiguration().addProxy(way);
    if (proxy.user() != null) {
      getHttpClient()
          .getAuthenticationStore()
          .addAuthentication(
              new BasicAuthentication(
                  way.getURI(), Authentication.ANY_REALM, proxy.user(), proxy.password()));
    }
  }

  /**
   * Keeps a request from leaving when the claim on its leads has lapsed. It is queued in the thread
   * that makes the attempt, and leaves in another one.
   */
  private static final class LastMoment implements Request.Listener {

    private static final String LIMIT = SendLimit.class.getName();

    @Override
    public void onQueued(Request request) {
      SendLimit limit = SendLimit.ofThread();
      if (limit != null) {
        request.attribute(LIMIT, limit);
      }
    }

    @Override
    public void onBegin(Request request) {
      if (request.getAttributes().get(LIMIT) instanceof SendLimit limit) {
        try {
          limit.leave();
        } catch (NotSentException e) {
          request.abort(e);
        }
      }
    }
  }

  @Override
  public SalesforceSession getSession() {
    return own;
  }

  @Override
  public RestClient createRestClientFor(SalesforceEndpoint endpoint) throws SalesforceException {
    return new DefaultRestClient(
        getHttpClient(), endpoint.getConfiguration().getApiVersion(), own, getLoginConfig());
  }

  /** The token of the present session, null where there is none. */
  String token() {
    return own.getAccessToken();
  }

  /** The next request logs in, unless somebody has done so since this was the token. */
  void renew(String token) {
    own.forget(token);
  }
}
