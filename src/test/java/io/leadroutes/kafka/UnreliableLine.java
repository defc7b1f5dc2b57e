package io.leadroutes.kafka;

import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;

/** Stands between a client and {@link Broker}, and fails requests of the protocol as it is told. */
final class UnreliableLine implements AutoCloseable {

  private static final long LATE_MILLIS = 2500;

  /** How a request fails. */
  enum Way {
    /** The connection ends before its work, and from then on nobody listens until repaired. */
    REFUSED,
    /** The connection ends before its work. */
    RESET,
    /** The work is done, the answer is lost. */
    LOST,
    /** The work is done, half of the answer comes. */
    CUT,
    /** The broker asks to come more slowly; the work is not done. */
    BUSY,
    /** The broker fails; the work is not done. */
    FAILED,
    /** The work is done, and answered by an error. */
    DONE,
    /** The work is done, and answered when nobody waits any more. */
    LATE;

    /** Whether the work is not done. */
    boolean undone() {
      return this == REFUSED || this == RESET || this == BUSY || this == FAILED;
    }
  }

  private final Broker.Line line;
  private final AtomicInteger seen = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile IntFunction<Way> plan = number -> null;
  private volatile boolean struck;
  private ServerSocket server;

  UnreliableLine(Broker.Line line) {
    this.line = line;
    listen();
  }

  String brokers() {
    return "127.0.0.1:" + line.front();
  }

  /**
   * Begins to count anew.
   *
   * @param plan says for the number of a request how it fails; null: not
   */
  void plan(IntFunction<Way> plan) {
    seen.set(0);
    struck = false;
    this.plan = plan;
  }

  /** Fails nothing any more. */
  void repair() {
    plan = number -> null;
    listen();
  }

  /** Whether a request failed by the present plan. */
  boolean struck() {
    return struck;
  }

  @Override
  public void close() {
    closed.countDown();
    refuse();
  }

  private synchronized void listen() {
    if (server != null) {
      return;
    }
    // Somebody's connection may have the port for a moment.
    await().ignoreException(BindException.class).until(this::bind);
    ServerSocket listening = server;
    start(
        () -> {
          while (true) {
            Socket client = listening.accept();
            open.add(client);
            start(() -> serve(client));
          }
        });
  }

  private boolean bind() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), line.front()));
    server = socket;
    return true;
  }

  private synchronized void refuse() {
    try {
      if (server != null) {
        server.close();
      }
      server = null;
      for (Socket socket : open) {
        socket.close();
      }
      open.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** Whatever ends a connection has ended it; there is nobody to tell. */
  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // closed by one of its ends
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "unreliable-line");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket client) throws IOException, InterruptedException {
    try (client;
        Socket broker = new Socket(InetAddress.getLoopbackAddress(), line.back())) {
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
      DataInputStream requests = new DataInputStream(client.getInputStream());
      DataOutputStream answers = new DataOutputStream(client.getOutputStream());
      boolean goesOn = true;
      while (goesOn) {
        byte[] request = read(requests);
        Way way = plan.apply(seen.incrementAndGet());
        struck |= way != null;
        goesOn = answer(way, request, broker, answers);
      }
    } finally {
      open.remove(client);
    }
  }

  /** Returns whether the connection goes on. */
  private boolean answer(Way way, byte[] request, Socket broker, DataOutputStream answers)
      throws IOException, InterruptedException {
    if (way == Way.REFUSED) {
      refuse();
      return false;
    }
    if (way == Way.RESET) {
      return false;
    }
    if (way == Way.BUSY || way == Way.FAILED) {
      write(
          answers,
          refusal(
              request,
              way == Way.BUSY ? Errors.THROTTLING_QUOTA_EXCEEDED : Errors.UNKNOWN_SERVER_ERROR));
      return true;
    }
    write(new DataOutputStream(broker.getOutputStream()), request);
    byte[] answer = read(new DataInputStream(broker.getInputStream()));
    if (way == null) {
      write(answers, answer);
      return true;
    }
    switch (way) {
      case CUT -> {
        answers.writeInt(answer.length);
        answers.write(answer, 0, answer.length / 2);
        answers.flush();
      }
      case DONE -> {
        write(answers, refusal(request, Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
        return true;
      }
      case LATE -> {
        if (!closed.await(LATE_MILLIS, TimeUnit.MILLISECONDS)) {
          write(answers, answer);
        }
        return true;
      }
      default -> {}
    }
    return false;
  }

  private static byte[] refusal(byte[] request, Errors error) {
    ByteBuffer bytes = ByteBuffer.wrap(request);
    RequestHeader header = RequestHeader.parse(bytes);
    short answered = header.apiKey().responseHeaderVersion(header.apiVersion());
    return RequestUtils.serialize(
            new ResponseHeader(header.correlationId(), answered).data(),
            answered,
            AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(), bytes)
                .request
                .getErrorResponse(0, error.exception())
                .data(),
            header.apiVersion())
        .array();
  }

  private static byte[] read(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    ByteBuffer framed = ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes);
    out.write(framed.array());
    out.flush();
  }
}
