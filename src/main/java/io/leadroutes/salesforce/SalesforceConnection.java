package io.leadroutes.salesforce;

import io.leadroutes.http.NotSentException;
import io.leadroutes.http.Proxies;
import io.leadroutes.http.Proxies.Proxy;
import io.leadroutes.http.SendLimit;
import java.net.URI;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.SalesforceHttpClient;
import org.apache.camel.component.salesforce.internal.client.SalesforceSecurityHandler;
import org.eclipse.jetty.client.Authentication;
import org.eclipse.jetty.client.BasicAuthentication;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.ProtocolHandlers;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpRequest;

/**
 * Camel's salesforce component. Its requests leave only while the claim on their leads holds, and
 * through the proxy that all others take. One defect of 4.18.0 is repaired: its handler for expired
 * sessions also takes the answer to a first login, and when that is 401 it fails inside the HTTP
 * client, so that the login never returns and every later one waits for it.
 */
final class SalesforceConnection extends SalesforceComponent {

  /** The component bounds the body itself, at 4 MiB. */
  private static final int MOST_BYTES_OF_HEADERS = 64 * 1024;

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    ProtocolHandlers handlers = getHttpClient().getProtocolHandlers();
    // Takes the place of the component's own handler: they have the same name.
    handlers.put(new ExpiredSessions(getHttpClient()));
    // It would turn a plain 401, which names no scheme, into a broken connection.
    handlers.remove(WWWAuthenticationProtocolHandler.NAME);
    getHttpClient().setMaxResponseHeadersSize(MOST_BYTES_OF_HEADERS);
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

  /** Renews the session of requests that had one, and leaves logins alone. */
  private static final class ExpiredSessions extends SalesforceSecurityHandler {

    private static final String CLIENT =
        SalesforceSecurityHandler.class.getName() + "camel-salesforce-client";

    ExpiredSessions(SalesforceHttpClient client) {
      super(client);
    }

    @Override
    public boolean accept(Request request, Response response) {
      boolean hadSession =
          request instanceof HttpRequest http
              && http.getConversation().getAttribute(CLIENT) != null;
      return hadSession && super.accept(request, response);
    }
  }
}
