package io.leadroutes.console;

import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * The one place that decides which requests from outside come in: those for the health of the
 * service go on to it, the platform's post-call webhook is answered here, and nothing else is
 * found. A path is compared as it was sent, so that no other spelling of it passes. Nothing of a
 * webhook's body is read: it only says that something happened.
 */
public final class Gate implements Handler<RoutingContext> {

  private static final int MAX_BODY = 1 << 20;
  private static final Set<String> HEALTH =
      Set.of("/observe/health", "/observe/health/live", "/observe/health/ready");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{16,200}");

  private final byte[] hook;

  private final Runnable hinted;

  private Gate(byte[] hook, Runnable hinted) {
    this.hook = hook;
    this.hinted = hinted;
  }

  /**
   * The gate that the settings describe.
   *
   * @param hinted is run for each post-call webhook that knows the secret; it returns at once
   * @throws SettingsException when webhook.secret is set and can be guessed, or is no part of a URL
   */
  public static Gate of(Settings settings, Runnable hinted) {
    String secret = settings.text(Keys.WEBHOOK_SECRET);
    if (secret.isEmpty()) {
      return new Gate(null, hinted);
    }
    if (!SECRET.matcher(secret).matches()) {
      throw new SettingsException(
          "webhook.secret is not 16 to 200 characters of A-Z, a-z, 0-9, - and _: make one with"
              + " 'openssl rand -hex 32'.");
    }
    return new Gate(("/hooks/calls/" + secret).getBytes(StandardCharsets.UTF_8), hinted);
  }

  /**
   * Stands before everything that is served on the port, from before the first route starts.
   *
   * @param context not started yet
   */
  public void before(CamelContext context, int port) {
    BoundedPort bounded = new BoundedPort();
    context.getRegistry().bind("vertx", bounded);
    String router = VertxPlatformHttpRouter.getRouterNameFromPort(port);
    try {
      context.addLifecycleStrategy(new Closing(bounded));
      context.addStartupListener(
          (starting, started) ->
              VertxPlatformHttpRouter.lookup(context, router)
                  .route()
                  .order(Integer.MIN_VALUE)
                  .handler(this));
    } catch (Exception e) {
      throw new IllegalStateException("The port cannot be guarded.", e);
    }
  }

  @Override
  public void handle(RoutingContext asked) {
    HttpServerRequest request = asked.request();
    boolean reads = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
    if (HEALTH.contains(request.path()) && reads) {
      asked.next();
    } else {
      readAway(asked, () -> answer(asked));
    }
  }

  private void answer(RoutingContext asked) {
    HttpServerRequest request = asked.request();
    HttpServerResponse response = asked.response();
    if (HEALTH.contains(request.path())) {
      response.setStatusCode(405).putHeader("Allow", "GET, HEAD");
    } else if (!isHook(request.path())) {
      response.setStatusCode(404);
    } else if (request.method() != HttpMethod.POST) {
      response.setStatusCode(405).putHeader("Allow", "POST");
    } else {
      hinted.run();
      response.setStatusCode(202);
    }
    response.end();
  }

  /**
   * Takes as long for a wrong secret as for the right one, so that it cannot be found by trying.
   */
  private boolean isHook(String path) {
    return hook != null
        && path != null
        && MessageDigest.isEqual(hook, path.getBytes(StandardCharsets.UTF_8));
  }

  /** Lets the body go as it comes, so that none of it is held; one that is too long is cut off. */
  private static void readAway(RoutingContext asked, Runnable end) {
    HttpServerRequest request = asked.request();
    HttpServerResponse response = asked.response();
    int[] length = {0};
    request
        .handler(
            part -> {
              length[0] += part.length();
              if (length[0] > MAX_BODY && !response.ended()) {
                response.setStatusCode(413).end().onComplete(sent -> request.connection().close());
              }
            })
        .endHandler(
            all -> {
              if (!response.ended()) {
                end.run();
              }
            });
  }

  /** Camel closes no Vert.x that it found. */
  private static final class Closing extends LifecycleStrategySupport {

    private final BoundedPort port;

    Closing(BoundedPort port) {
      this.port = port;
    }

    @Override
    public void onContextStopped(CamelContext context) {
      port.close();
    }
  }
}
