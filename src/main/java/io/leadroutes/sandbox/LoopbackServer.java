package io.leadroutes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * An HTTP server on 127.0.0.1 that plays one system, can be told to fail, and remembers what it was
 * asked. Requests for its own pages ({@code /} and {@code /sandbox/counts}) neither fail nor count.
 */
public abstract class LoopbackServer implements AutoCloseable {

  private static final int REMEMBERED = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final AtomicInteger THREADS = new AtomicInteger();

  static {
    // Read once by the JDK's server: without the first each answer waits for the client's ACK, and
    // without the second a connection idle for 30 s is closed under the client's hands.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet("sun.net.httpserver.idleInterval", "600");
  }

  private final Faults faults = new Faults();
  private final Deque<Request> seen = new ArrayDeque<>();
  private final AtomicLong count = new AtomicLong();
  private Supplier<ObjectNode> counts = this::ownCounts;
  private HttpServer server;
  private ExecutorService threads;
  private CountDownLatch stopped;
  private int port;

  /** Does the work of one request and returns what to answer. */
  abstract Answer answer(Request request);

  /** Returns the page for people, or null when the server has none. */
  abstract Answer page();

  /** Returns what arrived at this server, by name. */
  abstract ObjectNode ownCounts();

  /** Returns the faults of this server: planned here, struck there. */
  public Faults faults() {
    return faults;
  }

  /** Returns the port, which stays the same over {@link #stop} and {@link #restart}. */
  public int port() {
    return port;
  }

  /** Returns {@code http://127.0.0.1:PORT}. */
  public String root() {
    return "http://127.0.0.1:" + port;
  }

  /** Returns how many requests arrived, struck ones included. */
  public long requestCount() {
    return count.get();
  }

  /** Returns the last 10,000 requests, oldest first, without their bodies. */
  public List<Request> requests() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  /** Refuses connections from now on and cuts the open ones; data and faults stay. */
  public synchronized void stop() {
    if (server == null) {
      return;
    }
    stopped.countDown();
    server.stop(0);
    threads.shutdownNow();
    server = null;
    // The listening socket goes with the server's own thread, a moment later.
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (accepts() && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Serves again on the same port, after {@link #stop}. */
  public synchronized void restart() {
    if (server == null) {
      listen(port, PATIENCE);
    }
  }

  /** Stops for good. */
  @Override
  public void close() {
    stop();
  }

  /** Starts serving; port 0 takes a free one. */
  synchronized void listen(int wantedPort) {
    listen(wantedPort, Duration.ZERO);
  }

  private void listen(int wantedPort, Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    while (server == null) {
      try {
        server = HttpServer.create(new InetSocketAddress(loopback(), wantedPort), 256);
      } catch (BindException e) {
        if (System.nanoTime() > until) {
          throw new UncheckedIOException(
              "port " + wantedPort + " of 127.0.0.1 is taken: choose another one", e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    port = server.getAddress().getPort();
    stopped = new CountDownLatch(1);
    threads = Executors.newCachedThreadPool(LoopbackServer::thread);
    server.setExecutor(threads);
    CountDownLatch end = stopped;
    server.createContext("/", exchange -> handle(exchange, end));
    server.start();
  }

  /** Lets {@code /sandbox/counts} tell more than this server's own counts. */
  void counts(Supplier<ObjectNode> all) {
    counts = all;
  }

  private void handle(HttpExchange exchange, CountDownLatch end) throws IOException {
    try (exchange) {
      Request request = Request.of(exchange);
      Answer own = ownAnswer(request);
      if (own != null) {
        send(exchange, own);
        return;
      }
      remember(request);
      Fault fault = faults.take(request);
      if (fault == null) {
        send(exchange, work(request));
        return;
      }
      strike(fault, exchange, request, end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A return without an answer closes the exchange, and that closes the connection. */
  private void strike(Fault fault, HttpExchange exchange, Request request, CountDownLatch end)
      throws IOException, InterruptedException {
    switch (fault.kind()) {
      case DROP -> {}
      case ANSWER -> send(exchange, fault.answer());
      case DELAY -> {
        if (!end.await(fault.delay().toNanos(), TimeUnit.NANOSECONDS)) {
          send(exchange, work(request));
        }
      }
      case WORK_THEN_DROP -> work(request);
      case WORK_THEN_ANSWER -> {
        work(request);
        send(exchange, fault.answer());
      }
      case WORK_THEN_DELAY -> {
        Answer answer = work(request);
        if (!end.await(fault.delay().toNanos(), TimeUnit.NANOSECONDS)) {
          send(exchange, answer);
        }
      }
      case WORK_THEN_CUT -> sendHalf(exchange, work(request));
      default -> throw new IllegalStateException("unknown fault " + fault.kind());
    }
  }

  private Answer ownAnswer(Request request) {
    if (!request.method().equals("GET")) {
      return null;
    }
    return switch (request.path()) {
      case "/" -> page();
      case "/sandbox/counts" -> Answer.json(200, counts.get());
      default -> null;
    };
  }

  private Answer work(Request request) {
    try {
      return answer(request);
    } catch (RuntimeException e) {
      return Answer.json(500, Json.object().put("message", "sandbox failed: " + e));
    }
  }

  private void remember(Request request) {
    count.incrementAndGet();
    Request light = request.withoutBody();
    synchronized (seen) {
      if (seen.size() == REMEMBERED) {
        seen.removeFirst();
      }
      seen.addLast(light);
    }
  }

  private boolean accepts() {
    try (Socket probe = new Socket(loopback(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = answer.body();
    if (body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static void sendHalf(HttpExchange exchange, Answer answer) throws IOException {
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = answer.body();
    exchange.sendResponseHeaders(answer.status(), body.length);
    // Not closed here: the exchange's close finds bytes missing and cuts the connection.
    OutputStream out = exchange.getResponseBody();
    out.write(body, 0, body.length / 2);
    out.flush();
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "sandbox-" + THREADS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
