package io.leadroutes.http;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * What safety hangs on in Camel's http component is set here, not in a file that may be edited:
 * left to itself it repeats a POST that was answered 429 or 503, would take the token along to
 * where a redirect points, and keeps cookies of one request for the next.
 */
public final class SafeHttp {

  private static final int CONNECTIONS_PER_HOST = 64;
  private static final int CONNECTIONS = 200;

  private SafeHttp() {}

  /** Sets up http and https of a Camel, before its routes start. */
  public static void in(CamelContext context) {
    for (String scheme : List.of("http", "https")) {
      HttpComponent http = context.getComponent(scheme, HttpComponent.class);
      http.setAutomaticRetriesDisabled(true);
      http.setFollowRedirects(false);
      http.setConnectionsPerRoute(CONNECTIONS_PER_HOST);
      http.setMaxTotalConnections(CONNECTIONS);
      http.setHttpClientConfigurer(HttpClientBuilder::disableCookieManagement);
    }
  }
}
