package io.leadroutes.console;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.VertxWrapper;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A Vert.x whose servers speak HTTP/1.1 alone and hold few connections, each for a short time,
 * because what it serves is answered at once. Where there are too many the oldest is cut off, so
 * that however many are slow, the next one comes in. Camel makes the server and lets nobody set its
 * options; whichever Vert.x it finds in the registry it takes.
 */
final class BoundedPort extends VertxWrapper {

  /** Each takes a file handle, of which a process often has 1,024 in all. */
  static final int MAX_CONNECTIONS = 100;

  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Set<HttpConnection> open = new LinkedHashSet<>();

  BoundedPort() {
    super((VertxInternal) Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)));
  }

  @Override
  public HttpServer createHttpServer(HttpServerOptions options) {
    HttpServerOptions bounded =
        new HttpServerOptions(options)
            .setHttp2ClearTextEnabled(false)
            .setUseAlpn(false)
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setIdleTimeout((int) IDLE.toMillis());
    return super.createHttpServer(bounded).connectionHandler(this::opened);
  }

  private void opened(HttpConnection connection) {
    long timer = setTimer(LONGEST.toMillis(), late -> connection.close());
    connection.closeHandler(
        closed -> {
          cancelTimer(timer);
          synchronized (open) {
            open.remove(connection);
          }
        });
    HttpConnection oldest = null;
    synchronized (open) {
      open.add(connection);
      if (open.size() > MAX_CONNECTIONS) {
        oldest = open.iterator().next();
        open.remove(oldest);
      }
    }
    if (oldest != null) {
      oldest.close();
    }
  }
}
