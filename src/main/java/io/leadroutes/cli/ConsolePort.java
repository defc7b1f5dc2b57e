package io.leadroutes.cli;

import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port that health and the webhook are served on. */
final class ConsolePort {

  private static final Logger LOG = LoggerFactory.getLogger(ConsolePort.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  private static final int FIRST_FREE_TO_ALL = 1024;

  private ConsolePort() {}

  static String host(Settings settings) {
    return settings.required(Keys.CONSOLE_HOST);
  }

  static int number(Settings settings) {
    return settings.number(Keys.CONSOLE_PORT);
  }

  /**
   * Waits while another program has the port, as the process that this one replaces, and says so
   * once.
   *
   * @throws SettingsException when it cannot be opened and waiting would not help
   */
  static void awaitFree(Settings settings) {
    String host = host(settings);
    int port = number(settings);
    boolean said = false;
    while (!opens(host, port)) {
      if (!opens(host, 0)) {
        throw new SettingsException(
            "console.host="
                + host
                + " is not an address of this machine: write 127.0.0.1, or another of its own.");
      }
      if (port < FIRST_FREE_TO_ALL && !answers(host, port)) {
        throw new SettingsException(
            "console.port="
                + port
                + " cannot be opened by this user: set one of 1024 or more, or give the user the"
                + " right to.");
      }
      if (!said) {
        LOG.warn(
            "Waiting to start: console.port={} on {} is in use. The start continues when the other"
                + " program ends; or set another console.port.",
            port,
            host);
        said = true;
      }
      await();
    }
    if (said) {
      LOG.info("console.port={} is free; the start continues.", port);
    }
  }

  private static void await() {
    try {
      new CountDownLatch(1).await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The start was interrupted while it waited for its port.", e);
    }
  }

  private static boolean opens(String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean answers(String host, int port) {
    try (Socket socket = new Socket()) {
      InetAddress address = InetAddress.getByName(host);
      socket.connect(
          new InetSocketAddress(
              address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address, port),
          (int) LOOK_AGAIN.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
