package io.leadroutes.http;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.jsse.SSLContextParameters;

/**
 * What safety hangs on in Camel's http component is set here, not in a file that may be edited:
 * left to itself it repeats a POST that was answered 429 or 503, would take the token along to
 * where a redirect points, keeps cookies and headers of one request for the next, waits for as long
 * as a server sends a byte now and then, and reads whatever it is sent, however much that is.
 */
public final class SafeHttp {

  private static final int CONNECTIONS_PER_HOST = 64;
  private static final int CONNECTIONS = 200;

  /** A stop takes 20 s at most, and what became of these requests has to be settled in it. */
  private static final Duration AFTER_STOP = Duration.ofSeconds(13);

  private SafeHttp() {}

  /**
   * Sets up http and https of a Camel, before its routes start.
   *
   * @param usual how long a request may take, from the wait for a connection to the last byte of
   *     the body; an address may say less by {@code responseTimeout}
   * @param longest or more by it, up to this
   */
  public static void in(CamelContext context, Duration usual, Duration longest, Proxies proxies) {
    Deadlines deadlines = new Deadlines();
    // Other clients of this Camel follow the same.
    context.getRegistry().bind("proxies", proxies);
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopping(CamelContext stopping) {
            deadlines.breakOffAllIn(AFTER_STOP);
          }

          @Override
          public void onContextStopped(CamelContext stopped) {
            deadlines.close();
          }
        });
    for (String scheme : List.of("http", "https")) {
      HttpComponent http = new SafeHttpComponent(deadlines, usual, longest, proxies);
      http.setAutomaticRetriesDisabled(true);
      http.setFollowRedirects(false);
      http.setCopyHeaders(false);
      http.setConnectionsPerRoute(CONNECTIONS_PER_HOST);
      http.setMaxTotalConnections(CONNECTIONS);
      if (scheme.equals("https")) {
        // With them the component http would speak TLS as well.
        http.setSslContextParameters(new TlsOfAll());
      }
      context.addComponent(scheme, http);
    }
  }

  /**
   * Left to itself each address of a route would read all certificate authorities again. What
   * {@code camel.ssl.…} sets is kept.
   */
  private static final class TlsOfAll extends SSLContextParameters {

    @Override
    public SSLContext createSSLContext(CamelContext context)
        throws GeneralSecurityException, IOException {
      SSLContextParameters own = context.getSSLContextParameters();
      return own == null ? SSLContext.getDefault() : own.createSSLContext(context);
    }
  }
}
