package io.leadroutes.cli;

import io.leadroutes.settings.Keys;
import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The service, until it is stopped. */
@Command(
    name = "run",
    description = "Polls ClickSpeak and delivers leads until it is stopped.",
    mixinStandardHelpOptions = true)
final class Run implements Callable<Integer> {

  private static final Duration MAX_STOP = Duration.ofSeconds(20);
  private static final int FRAMES = 20;

  /** The exit code of a process that SIGTERM ended. */
  private static final int TERMINATED = 143;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Path directory = Path.of("").toAbsolutePath();
    Settings settings = LeadRoutes.read(directory);
    Service service = Service.start(settings, directory);
    service.notes().forEach(spec.commandLine().getOut()::println);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "Lead Routes is running. Health: http://%s:%s/observe/health/ready%n",
            settings.text(Keys.CONSOLE_HOST),
            settings.text(Keys.CONSOLE_PORT));
    spec.commandLine().getOut().flush();
    stopWithTheProcess(service).await();
    return 0;
  }

  /**
   * Closes the service on SIGTERM or Ctrl-C. A stop ends in time whatever hangs: what is not done
   * by then the next start finds, as after a crash.
   */
  static CountDownLatch stopWithTheProcess(AutoCloseable service) {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              limit(Thread.currentThread());
              try {
                service.close();
              } catch (Exception e) {
                throw new IllegalStateException("The service did not stop cleanly.", e);
              } finally {
                stopped.countDown();
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return stopped;
  }

  private static void limit(Thread stop) {
    Thread limit =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(MAX_STOP.toMillis());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
              }
              // Not by the log, which may have been stopped before.
              System.err.println(
                  "The stop was abandoned after "
                      + MAX_STOP.toSeconds()
                      + " s; what was on its way is looked up at the next start. It was at "
                      + Arrays.stream(stop.getStackTrace())
                          .limit(FRAMES)
                          .map(StackTraceElement::toString)
                          .collect(Collectors.joining(", ")));
              Runtime.getRuntime().halt(TERMINATED);
            },
            "stop-limit");
    limit.setDaemon(true);
    limit.start();
  }
}
