package io.leadroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** G8: large calls are small in memory, in the process as it is run. */
class MemoryIT {

  private static final int LEADS = 300;
  private static final int MAX_MIB = 350;

  @TempDir Path directory;

  @Test
  @EnabledOnOs(OS.LINUX)
  void pages_of_28_mebibytes_and_their_leads_pass_through_350() throws Exception {
    try (Arrivals arrivals = new Arrivals(directory)) {
      String transcript = "a".repeat(299_000);
      for (int id = 1; id <= LEADS; id++) {
        arrivals.sandbox.clickSpeak().put(SandboxCall.qualified(id).transcript(transcript));
      }
      Process service = Jar.start(directory, arrivals.settings());
      try {
        await()
            .atMost(Duration.ofMinutes(3))
            .until(() -> !service.isAlive() || arrivals.all(LEADS));

        assertThat(service.isAlive()).as("an OutOfMemoryError ends the process").isTrue();
        assertThat(peakMebibytes(service)).isLessThan(MAX_MIB);
        arrivals.assertEachOnce(LEADS);
      } finally {
        service.destroy();
        assertThat(service.waitFor(1, TimeUnit.MINUTES)).isTrue();
      }
    }
  }

  /** The most that was ever resident. */
  private static long peakMebibytes(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc", "" + process.pid(), "status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
