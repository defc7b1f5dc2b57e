package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G1, G2: the real jar, killed at random moments and started again. */
class CrashIT {

  private static final Path JAR = Path.of("target", "lead-routes.jar").toAbsolutePath();
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int LEADS = 200;
  private static final int KILLS = Integer.getInteger("crash.kills", 5);
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());

  @TempDir Path directory;

  private Process start(Map<String, String> settings) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-jar",
            JAR.toString(),
            "run");
    settings.forEach(
        (key, value) ->
            builder
                .environment()
                .put(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
    File log = directory.resolve("service.log").toFile();
    return builder
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  @Test
  void killed_at_random_moments_it_delivers_each_lead_once() throws Exception {
    Random random = new Random(SEED);
    try (Arrivals arrivals = new Arrivals(directory)) {
      arrivals.sandbox.clickSpeak().population(1000, LEADS, 1);
      Map<String, String> settings = arrivals.settings();
      // Slow enough that a kill meets deliveries on their way.
      settings.put("slack.per-second", "40");
      for (int kill = 0; kill < KILLS; kill++) {
        Process process = start(settings);
        int until = arrivals.slack() + 1 + random.nextInt(LEADS / KILLS);
        await()
            .pollInterval(Duration.ofMillis(1 + random.nextInt(7)))
            .atMost(LONG)
            .until(() -> !process.isAlive() || arrivals.slack() >= until || arrivals.all(LEADS));
        assertThat(process.isAlive()).as(log()).isTrue();
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
      Process last = start(settings);
      await().atMost(LONG).until(() -> !last.isAlive() || arrivals.all(LEADS));
      long passes = arrivals.passes();
      await().atMost(LONG).until(() -> !last.isAlive() || arrivals.passes() > passes + 2);
      last.destroy();
      assertThat(last.waitFor(30, TimeUnit.SECONDS)).as(log()).isTrue();
      arrivals.assertEachOnce(LEADS);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("Repeat with -Dcrash.seed=" + SEED + "\n" + log(), e);
    }
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("service.log"));
  }
}
