package io.leadroutes.ledger;

import io.leadroutes.settings.Settings;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A line to PostgreSQL that understands its messages ("Frontend/Backend Protocol"), and does to
 * them what poolers and networks do.
 */
final class PostgresLine implements AutoCloseable {

  private static final int SSL_REQUEST = 80877103;

  /** What a pooler does in transaction mode. */
  private final boolean pooler;

  private final ServerSocket server;
  private final InetAddress host;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger commitsToCut = new AtomicInteger();
  private final AtomicInteger named = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();

  private PostgresLine(Settings settings, int own, boolean pooler) throws IOException {
    this.pooler = pooler;
    URI address = URI.create(settings.text("ledger.url").substring("jdbc:".length()));
    host = InetAddress.getByName(address.getHost());
    port = address.getPort();
    server = new ServerSocket(own, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  static PostgresLine to(Settings settings, int port) throws IOException {
    return new PostgresLine(settings, port, false);
  }

  static PostgresLine to(Settings settings) throws IOException {
    return to(settings, 0);
  }

  /**
   * As a pooler in transaction mode: it refuses start-up parameters that it does not know, names no
   * session of the server, and remembers no prepared statement.
   */
  static PostgresLine pooler(Settings settings) throws IOException {
    return new PostgresLine(settings, 0, true);
  }

  /** The same database through this line. */
  Settings settings(Settings settings) {
    return settings.with(
        Map.of(
            "ledger.url",
            settings
                .text("ledger.url")
                .replaceFirst("//[^/]*/", "//127.0.0.1:" + server.getLocalPort() + "/")));
  }

  /** The next commit reaches the server, and its answer gets lost. */
  void cutAfterCommit() {
    commitsToCut.incrementAndGet();
  }

  /** How many answers were lost. */
  int cut() {
    return cut.get();
  }

  /** How many statements were prepared by name. */
  int named() {
    return named.get();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "postgres-line");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        sockets.add(client);
        start(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
      return;
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket upstream = new Socket(host, port)) {
      sockets.add(upstream);
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(upstream.getOutputStream());
      byte[] startup = body(in);
      if (ByteBuffer.wrap(startup).getInt() == SSL_REQUEST) {
        client.getOutputStream().write('N');
        startup = body(in);
      }
      String parameters = new String(startup, StandardCharsets.ISO_8859_1);
      if (pooler && parameters.contains("\0options\0")) {
        refuse(client, "unsupported startup parameter: options");
        return;
      }
      out.writeInt(startup.length + 4);
      out.write(startup);
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      start(() -> answers(upstream, client));
      requests(in, out);
    } catch (IOException e) {
      // one of the two has gone
      return;
    }
  }

  private void requests(DataInputStream in, DataOutputStream out) throws IOException {
    while (true) {
      int type = in.readByte();
      byte[] body = body(in);
      if (type == 'P' && body[0] != 0) {
        named.incrementAndGet();
      }
      pass(out, type, body);
    }
  }

  private void answers(Socket upstream, Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(upstream.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      while (true) {
        int type = in.readByte();
        byte[] body = body(in);
        if (pooler && type == 'K') {
          ByteBuffer.wrap(body).putInt(0, 1);
        }
        boolean done =
            type == 'C' && new String(body, StandardCharsets.US_ASCII).contains("COMMIT");
        if (done && commitsToCut.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          cut.incrementAndGet();
          return;
        }
        pass(out, type, body);
      }
    } catch (IOException e) {
      // one of the two has gone
      return;
    }
  }

  /** In one piece, or the two ends would wait for each other's confirmations. */
  private static void pass(DataOutputStream out, int type, byte[] body) throws IOException {
    out.write(
        ByteBuffer.allocate(body.length + 5)
            .put((byte) type)
            .putInt(body.length + 4)
            .put(body)
            .array());
  }

  private static byte[] body(DataInputStream in) throws IOException {
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return body;
  }

  private static void refuse(Socket client, String message) throws IOException {
    byte[] body =
        ("SFATAL\0VFATAL\0C08P01\0M" + message + "\0\0").getBytes(StandardCharsets.US_ASCII);
    pass(new DataOutputStream(client.getOutputStream()), 'E', body);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
