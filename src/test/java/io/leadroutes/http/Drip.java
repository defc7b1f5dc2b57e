package io.leadroutes.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on loopback that sends what a test says, for ever or a byte now and then. */
final class Drip implements AutoCloseable {

  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d{1,9})");
  private static final int MAX_PIECES = 1_000_000;

  /** What is sent to a client whose request was read. */
  interface Answer {
    void to(OutputStream client, Drip drip) throws IOException;
  }

  private final ServerSocket server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Socket> clients = new CopyOnWriteArrayList<>();
  final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();

  Drip(Answer answer) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(
        () -> {
          while (true) {
            Socket client = server.accept();
            clients.add(client);
            thread(() -> serve(client, answer));
          }
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void thread(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Hung up on, by the client or by the end of the test.
                return;
              }
            },
            "drip");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket client, Answer answer) throws IOException {
    try (client) {
      StringBuilder head = new StringBuilder();
      InputStream in = client.getInputStream();
      while (head.indexOf("\r\n\r\n") < 0) {
        int one = in.read();
        if (one < 0) {
          return;
        }
        head.append((char) one);
      }
      Matcher length = LENGTH.matcher(head);
      // What is not read would reset the connection when it is closed.
      in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
      requests.add(head.toString());
      answer.to(client.getOutputStream(), this);
    }
  }

  String url() {
    return "http://localhost:" + server.getLocalPort();
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return clients.size();
  }

  static void send(OutputStream client, String text) throws IOException {
    client.write(text.getBytes(StandardCharsets.ISO_8859_1));
    client.flush();
  }

  /** The same piece again and again, with a little time between. */
  void forEver(OutputStream client, String piece) throws IOException {
    try {
      while (!closed.await(20, TimeUnit.MILLISECONDS)) {
        send(client, piece);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The same piece as fast as it goes, to an end that nobody waits for. */
  static void flood(OutputStream client, String piece) throws IOException {
    for (int i = 0; i < MAX_PIECES; i++) {
      send(client, piece);
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
    for (Socket client : clients) {
      client.close();
    }
  }
}
