package io.leadroutes.salesforce;

import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.SalesforceHttpClient;
import org.apache.camel.component.salesforce.internal.client.SalesforceSecurityHandler;
import org.eclipse.jetty.client.ProtocolHandlers;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpRequest;

/**
 * Camel's salesforce component, with one defect of 4.18.0 repaired: its handler for expired
 * sessions also takes the answer to a first login, and when that is 401 it fails inside the HTTP
 * client, so that the login never returns and every later one waits for it.
 */
final class SalesforceConnection extends SalesforceComponent {

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    ProtocolHandlers handlers = getHttpClient().getProtocolHandlers();
    // Takes the place of the component's own handler: they have the same name.
    handlers.put(new ExpiredSessions(getHttpClient()));
    // It would turn a plain 401, which names no scheme, into a broken connection.
    handlers.remove(WWWAuthenticationProtocolHandler.NAME);
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
