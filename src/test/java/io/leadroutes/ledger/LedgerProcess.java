package io.leadroutes.ledger;

import io.leadroutes.settings.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A process of its own that opens a ledger as the service does, and keeps it open. */
final class LedgerProcess implements AutoCloseable {

  private final Process process;

  /** What it said: {@code open}, or why not. */
  final String said;

  LedgerProcess(Path file) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LedgerProcess.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
  }

  /** Opens the ledger that is named, and ends with whoever started it. */
  public static void main(String[] args) throws IOException {
    Settings settings =
        Settings.load(Path.of(args[0]).getParent(), Map.of(), new Properties())
            .with(Map.of("ledger.url", "jdbc:sqlite:" + args[0]));
    try (Ledger ledger = Ledger.open(settings)) {
      System.out.println("open");
      while (System.in.read() >= 0) {
        ledger.writer.write(h -> 1);
      }
    } catch (RuntimeException e) {
      System.out.println(e.getMessage());
    }
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
