import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures the service while it works off a backfill: from the order, which a second process gives
 * as a person would, until the order is done and every lead is at every sink. The calls come from a
 * stand-in that makes them while they are read.
 */
final class Backfills {

  /** As the stand-in has them. */
  private static final LocalDate FIRST_DAY = LocalDate.of(2025, 1, 1);

  private static final int FIRST_ID = 100_001;
  private static final int A_DAY = 2_500;
  private static final int LEADS_PER_1000 = 20;

  /** Peaks of the largest and the smallest backfill may differ by so much. */
  private static final double FLAT = 1.15;

  /** What the wrapper promises of its flags. */
  private static final double MAX_MIB = 350;

  private static final Pattern ID = Pattern.compile("^\\{\"id\":(\\d+),");

  /** What one backfill cost; seconds, MiB. */
  private record Cost(double seconds, double lastTenth, double peak, double cpu, double ledger) {}

  /** How many requests for pages had come after so many nanoseconds. */
  private record Sample(long at, long requests) {}

  private final Measure measure;
  private final Measure.Candidate service;
  private final List<String> wrong = new ArrayList<>();

  Backfills(Measure measure, Measure.Candidate service) {
    this.measure = measure;
    this.service = service;
  }

  /** Prints a line a size and whether memory stays flat; returns whether every check held. */
  boolean run(List<Integer> sizes, int runs) throws Exception {
    System.out.printf(
        "%,d calls a day, %d leads in 1,000, 3 sinks; medians of %d%n%n",
        A_DAY, LEADS_PER_1000, runs);
    System.out.printf(
        "%10s %8s %9s %8s %11s %9s %8s %11s%n",
        "calls", "leads", "seconds", "calls/s", "calls/s in", "peak MiB", "CPU s", "ledger MiB");
    System.out.printf("%10s %8s %9s %8s %11s%n", "", "", "", "", "last tenth");
    List<Double> peaks = new ArrayList<>();
    for (int calls : sizes) {
      List<Cost> costs = new ArrayList<>();
      for (int run = 1; run <= runs; run++) {
        Measure.say("%,d calls, run %d of %d", calls, run, runs);
        costs.add(cost(calls));
      }
      peaks.add(median(costs, Cost::peak));
      System.out.printf(
          Locale.ROOT,
          "%,10d %,8d %9.1f %,8.0f %,11.0f %9.0f %8.1f %11.1f%n",
          calls,
          leads(calls),
          median(costs, Cost::seconds),
          calls / median(costs, Cost::seconds),
          median(costs, Cost::lastTenth),
          median(costs, Cost::peak),
          median(costs, Cost::cpu),
          median(costs, Cost::ledger));
    }
    System.out.println();
    boolean flat = flat(sizes, peaks);
    wrong.forEach(sentence -> System.out.println("WRONG: " + sentence));
    if (wrong.isEmpty()) {
      System.out.println("Every lead arrived once at each sink.");
    }
    return flat && wrong.isEmpty();
  }

  private static boolean flat(List<Integer> sizes, List<Double> peaks) {
    double first = peaks.get(0);
    double last = peaks.get(peaks.size() - 1);
    double most = peaks.stream().mapToDouble(peak -> peak).max().orElseThrow();
    boolean flat = last <= FLAT * first && most <= MAX_MIB;
    String sentence =
        String.format(
            Locale.ROOT,
            "%.0f MiB at %,d calls, %.0f MiB at %,d: %.2f times as much (at most %.2f), and never"
                + " above %.0f MiB (at most %.0f)",
            first, sizes.get(0), last, sizes.get(sizes.size() - 1), last / first, FLAT, most,
            MAX_MIB);
    System.out.println((flat ? "Memory stays flat: " : "Memory does not stay flat: ") + sentence);
    return flat;
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> part) {
    return Measure.median(costs.stream().mapToDouble(part));
  }

  private static int leads(int calls) {
    return (int) ((long) calls * LEADS_PER_1000 / 1_000);
  }

  // --- One backfill --------------------------------------------------------------------------

  private Cost cost(int calls) throws Exception {
    return measure.inFolder(
        folder -> {
          Process standIn =
              measure.standIn(
                  folder,
                  "--history", "" + calls,
                  "--calls-per-day", "" + A_DAY,
                  "--leads-per-1000", "" + LEADS_PER_1000);
          Process running = null;
          try {
            Map<String, String> settings = Measure.settings(standIn);
            // Polls as it does by default: what it finds beside the backfill is the list of today.
            settings.remove("POLL_START");
            settings.remove("POLL_PERIOD");
            running = measure.start(Measure.process(service, settings, folder, "run.log"));
            return order(calls, settings, folder, running);
          } finally {
            if (running != null) {
              measure.stop(running);
            }
            measure.stop(standIn);
          }
        });
  }

  private Cost order(int calls, Map<String, String> settings, Path folder, Process running)
      throws Exception {
    Measure.Usage usage = new Measure.Usage(running);
    long until = System.nanoTime() + Measure.patience(calls);
    while (measure.counts(settings).requests() == 0) {
      goOn(running, until, folder, "run.log");
      Thread.sleep(20);
    }
    LocalDate lastDay = FIRST_DAY.plusDays((calls - 1) / A_DAY);
    List<String> words =
        List.of("backfill", "--from", FIRST_DAY.toString(), "--to", lastDay.toString());
    long start = System.nanoTime();
    Process command =
        measure.start(
            Measure.process(service.instead(words), settings, folder, "backfill.log"));
    List<Sample> samples = new ArrayList<>();
    int leads = leads(calls);
    int said = 0;
    while (true) {
      Measure.Counts now = measure.counts(settings);
      samples.add(new Sample(System.nanoTime() - start, now.requests()));
      usage.look();
      if (!command.isAlive()
          && now.records() >= leads
          && now.messages() >= leads
          && lines(folder).size() >= leads) {
        break;
      }
      if (!command.isAlive() && command.exitValue() != 0) {
        throw new IllegalStateException(Measure.tail(folder, "backfill.log"));
      }
      goOn(running, until, folder, "run.log");
      // Counting costs the stand-in time, the more the more leads it has.
      Thread.sleep(100 + leads / 10);
      if (now.requests() / 1_000 > said) {
        said = (int) (now.requests() / 1_000);
        Measure.say(
            "  %,d pages after %.0f s",
            now.requests(), Measure.seconds(System.nanoTime() - start));
      }
    }
    double seconds = Measure.seconds(System.nanoTime() - start);
    usage.look();
    double ledger = Measure.bytes(folder.resolve("data")) / 1048576.0;
    check(calls, measure.countsText(settings), folder);
    return new Cost(
        seconds, lastTenth(calls, samples), usage.peakMiB(), usage.cpuSeconds(), ledger);
  }

  /** Throws what the process said last when it has ended or the time is over. */
  static void goOn(Process running, long until, Path folder, String log)
      throws IOException {
    if (!running.isAlive() || System.nanoTime() - until > 0) {
      throw new IllegalStateException(
          "The service "
              + (running.isAlive() ? "takes too long" : "ended")
              + ".\n"
              + Measure.tail(folder, log));
    }
  }

  /** Calls a second over the last tenth of the pages: a ledger that slows down shows here. */
  private static double lastTenth(int calls, List<Sample> samples) {
    long all = samples.get(samples.size() - 1).requests();
    Sample end = samples.stream().filter(sample -> sample.requests() == all).findFirst().get();
    Sample begin =
        samples.stream().filter(sample -> sample.requests() >= all * 9 / 10).findFirst().get();
    Sample from = begin == end ? samples.get(0) : begin;
    double pages = end.requests() - from.requests();
    return pages / all * calls / Measure.seconds(end.at() - from.at());
  }

  // --- Once ----------------------------------------------------------------------------------

  private void check(int calls, String counts, Path folder) throws IOException {
    int leads = leads(calls);
    for (String name :
        List.of(
            "salesforceRecords", "salesforceCreates", "slackPosts", "slackMessages",
            "slackDeliveryKeys")) {
      expect(calls, name, leads, Measure.count(counts, name));
    }
    for (String name : List.of("salesforceUpdates", "slackUpdates")) {
      expect(calls, name, 0, Measure.count(counts, name));
    }
    List<Integer> lines = lines(folder);
    expect(calls, "lines of the file", leads, lines.size());
    Set<Integer> wanted =
        IntStream.range(0, calls)
            .filter(i -> leads(i + 1) > leads(i))
            .mapToObj(i -> FIRST_ID + i)
            .collect(Collectors.toSet());
    if (!wanted.equals(new TreeSet<>(lines))) {
      wrong.add("%,d calls: the file has other leads than the stand-in".formatted(calls));
    }
  }

  private void expect(int calls, String what, long wanted, long found) {
    if (wanted != found) {
      wrong.add("%,d calls: %s is %d instead of %d".formatted(calls, what, found, wanted));
    }
  }

  /** The id of each line, in all files of the account. */
  private static List<Integer> lines(Path folder) throws IOException {
    return ids(folder.resolve("data/leads").resolve(Measure.ACCOUNT));
  }

  /** The id of each line, in all files of a folder. */
  static List<Integer> ids(Path leads) throws IOException {
    List<Integer> ids = new ArrayList<>();
    if (Files.isDirectory(leads)) {
      try (Stream<Path> files = Files.list(leads)) {
        for (Path file : files.toList()) {
          try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            lines
                .map(ID::matcher)
                .filter(Matcher::find)
                .forEach(match -> ids.add(Integer.parseInt(match.group(1))));
          }
        }
      }
    }
    return ids;
  }
}
