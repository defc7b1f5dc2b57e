package io.leadroutes.http;

import io.leadroutes.http.Deadlines.Watched;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.support.PluginHelper;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.socket.ConnectionSocketFactory;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Camel's http component with what no option of a route can take away: a deadline for each request
 * as a whole, bounds of what is read, headers that live for one request, the limit of the claim,
 * and the proxy.
 */
final class SafeHttpComponent extends HttpComponent {

  /** Of an answer's body, unpacked. */
  private static final long MAX_BYTES = 4L * 1024 * 1024;

  /** The same of one that is handed on as a stream, so that its reader can have its own bound. */
  private static final long MAX_BYTES_STREAMED = 64L * 1024 * 1024;

  private static final String WATCHED = Watched.class.getName();

  /** All headers of an answer are held while it is read: 1.6 MiB at most. */
  private static final Http1Config HEADERS =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(100).build();

  private final Deadlines deadlines;
  private final Duration usual;
  private final Duration longest;
  private final Proxies proxies;

  /**
   * @param usual how long a request may take whose address says nothing of it by {@code
   *     responseTimeout}
   * @param longest what no address may go beyond
   */
  SafeHttpComponent(Deadlines deadlines, Duration usual, Duration longest, Proxies proxies) {
    this.deadlines = deadlines;
    this.usual = usual;
    this.longest = longest;
    this.proxies = proxies;
    setConnectTimeout(usual.toMillis());
    setSoTimeout(usual.toMillis());
    setResponseTimeout(usual.toMillis());
    setConnectionRequestTimeout(usual.toMillis());
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    return new SafeHttpEndpoint((HttpEndpoint) super.createEndpoint(uri, remaining, parameters));
  }

  @Override
  protected HttpClientConnectionManager createConnectionManager(
      Registry<ConnectionSocketFactory> registry, int most, int mostPerRoute, SocketConfig socket) {
    PoolingHttpClientConnectionManager manager =
        new PoolingHttpClientConnectionManager(
            registry,
            PoolConcurrencyPolicy.STRICT,
            TimeValue.ofMilliseconds(getConnectionTimeToLive()),
            ManagedHttpClientConnectionFactory.builder().http1Config(HEADERS).build());
    manager.setMaxTotal(most > 0 ? most : getMaxTotalConnections());
    manager.setDefaultMaxPerRoute(mostPerRoute > 0 ? mostPerRoute : getConnectionsPerRoute());
    manager.setDefaultSocketConfig(socket);
    return manager;
  }

  @Override
  protected HttpClientBuilder createHttpClientBuilder(
      String uri, Map<String, Object> parameters, Map<String, Object> options) {
    boolean streamed = getParameter(parameters, "disableStreamCache", Boolean.class, false);
    HttpClientBuilder client =
        super.createHttpClientBuilder(uri, parameters, options)
            .disableCookieManagement()
            // Whatever an address says: it would take the token along.
            .disableRedirectHandling()
            // First, so that it sees answers unpacked and waits for a connection too.
            .addExecInterceptorFirst(
                "bounds",
                (request, scope, chain) ->
                    bounded(request, scope, chain, streamed ? MAX_BYTES_STREAMED : MAX_BYTES))
            // Last: the connection stands, the next thing is the first byte.
            .addExecInterceptorLast("leave", SafeHttpComponent::leave);
    boolean ownProxy = parameters.containsKey("proxyHost") || getProxyAuthHost() != null;
    return proxies.isEmpty() || ownProxy || parameters.containsKey("proxyAuthHost")
        ? client
        : client.setRoutePlanner(proxies.routes());
  }

  private ClassicHttpResponse bounded(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain, long mostBytes)
      throws IOException, HttpException {
    proxies.authenticate(scope.clientContext);
    Runnable cancel =
        scope.originalRequest instanceof Cancellable original
            ? original::cancel
            : scope.execRuntime::discardEndpoint;
    Watched watched = deadlines.watch(limit(scope), cancel);
    scope.clientContext.setAttribute(WATCHED, watched);
    boolean reading = false;
    try {
      ClassicHttpResponse response = chain.proceed(request, scope);
      if (response.getEntity() != null) {
        response.setEntity(
            new BoundedAnswer(
                response.getEntity(), mostBytes, scope.execRuntime::discardEndpoint, watched));
        reading = true;
      }
      return response;
    } catch (IOException e) {
      throw watched.meaning(e);
    } finally {
      if (!reading) {
        watched.done();
      }
    }
  }

  private Duration limit(ExecChain.Scope scope) {
    Timeout stated = scope.clientContext.getRequestConfigOrDefault().getResponseTimeout();
    if (stated == null || stated.isDisabled()) {
      return usual;
    }
    Duration asked = stated.toDuration();
    return asked.compareTo(longest) < 0 ? asked : longest;
  }

  private static ClassicHttpResponse leave(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    SendLimit.check();
    scope.clientContext.getAttribute(WATCHED, Watched.class).leaves();
    return chain.proceed(request, scope);
  }

  /** Camel finds the options of a component by its own class only. */
  @Override
  public PropertyConfigurer getComponentPropertyConfigurer() {
    return configurer("http-component-configurer");
  }

  @Override
  public PropertyConfigurer getEndpointPropertyConfigurer() {
    return configurer("http-endpoint-configurer");
  }

  private PropertyConfigurer configurer(String name) {
    CamelContext context = getCamelContext();
    return PluginHelper.getConfigurerResolver(context).resolvePropertyConfigurer(name, context);
  }
}
