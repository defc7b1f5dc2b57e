package io.leadroutes.cli;

import io.leadroutes.settings.Settings;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The service, until it is stopped. */
@Command(
    name = "run",
    description = "Polls ClickSpeak and delivers leads, until it is stopped.",
    mixinStandardHelpOptions = true)
final class Run implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Path directory = Path.of("").toAbsolutePath();
    Settings settings = Settings.read(directory, System.getenv(), System.getProperties());
    Service service = Service.start(settings, directory);
    service.notes().forEach(spec.commandLine().getOut()::println);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "Lead Routes is running. Health: http://%s:%s/observe/health/ready%n",
            settings.text("console.host"),
            settings.text("console.port"));
    spec.commandLine().getOut().flush();
    stopWithTheProcess(service).await();
    return 0;
  }

  /** Closes the service on SIGTERM or Ctrl-C. */
  static CountDownLatch stopWithTheProcess(AutoCloseable service) {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
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
}
