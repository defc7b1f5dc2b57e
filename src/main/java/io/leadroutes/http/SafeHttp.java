package io.leadroutes.http;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * What safety hangs on in Camel's http component is set here, not in a file that may be edited:
 * left to itself it repeats a POST that was answered 429 or 503, would take the token along to
 * where a redirect points, keeps cookies of one request for the next, and reads whatever it is
 * sent, however much that is.
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
      if (scheme.equals("https")) {
        // With them the component http would speak TLS as well.
        http.setSslContextParameters(new TlsOfAll());
      }
      http.setHttpClientConfigurer(
          client ->
              client
                  .disableCookieManagement()
                  // First, so that it sees answers unpacked.
                  .addExecInterceptorFirst("bounded-answer", SafeHttp::bounded));
    }
  }

  private static ClassicHttpResponse bounded(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    ClassicHttpResponse response = chain.proceed(request, scope);
    if (response.getEntity() != null) {
      response.setEntity(
          new BoundedAnswer(response.getEntity(), scope.execRuntime::discardEndpoint));
    }
    return response;
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
