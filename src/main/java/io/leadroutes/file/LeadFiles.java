package io.leadroutes.file;

import io.leadroutes.delivery.Places;
import io.leadroutes.http.SendLimit;
import io.leadroutes.lead.Delivery;
import io.leadroutes.lead.Outcome;
import io.leadroutes.settings.Keys;
import io.leadroutes.settings.OwnerOnly;
import io.leadroutes.settings.Settings;
import io.leadroutes.settings.SettingsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files leads are appended to: {@code <file.directory>/<account>/leads-YYYY-MM-DD.jsonl} by day
 * of delivery, UTC. Where lines will stand is noted before they are written, so that a crash in
 * between leaves one question only, which the file itself answers: are they there?
 */
public final class LeadFiles {

  private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]+");

  private static final Pattern DAY_FILE = Pattern.compile("leads-\\d{4}-\\d{2}-\\d{2}\\.jsonl");

  /** The ledger's clock says when something may have been written, ours on which day. */
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  /** The folder is that of the account's name of then; older notes have none. */
  private static final Pattern PLACE =
      Pattern.compile("(?:([a-z0-9]+)/)?(leads-\\d{4}-\\d{2}-\\d{2}\\.jsonl)@(\\d{1,18})");

  /** Bytes held for one write, plus the line that crosses them; a batch may take several. */
  private static final int WRITE = 8 * 1024 * 1024;

  private final Settings settings;
  private final Places places;
  private final Clock clock;
  private final int write;
  private final Channels channels;
  private final Map<Path, Object> locks = new ConcurrentHashMap<>();

  LeadFiles(Settings settings, Places places, Clock clock) {
    this(settings, places, clock, WRITE, FileChannel::open);
  }

  /**
   * @param write after so many bytes a write is made
   */
  LeadFiles(Settings settings, Places places, Clock clock, int write, Channels channels) {
    this.settings = settings;
    this.places = places;
    this.clock = clock;
    this.write = write;
    this.channels = channels;
  }

  /**
   * Appends what is not there yet.
   *
   * @param batch deliveries of one account
   * @return their outcomes in the same order
   * @throws RuntimeException of {@link Places#note}; what was not noted was not written
   */
  public List<Outcome> append(List<Delivery> batch) {
    if (batch.isEmpty()) {
      return List.of();
    }
    Path directory = directory(settings, batch.get(0).account());
    synchronized (locks.computeIfAbsent(directory, path -> new Object())) {
      // By identity: a delivery's hash would walk through its whole transcript.
      Map<Delivery, Outcome> outcomes = new IdentityHashMap<>();
      try {
        create(channels, directory);
        alreadyThere(directory, batch)
            .forEach(d -> outcomes.put(d, Outcome.alreadyThere(null, null)));
        appendAll(
            directory, batch.stream().filter(d -> !outcomes.containsKey(d)).toList(), outcomes);
      } catch (IOException e) {
        Outcome refused = Outcome.paused(notWritable(directory, e));
        batch.forEach(delivery -> outcomes.putIfAbsent(delivery, refused));
      }
      return batch.stream().map(outcomes::get).toList();
    }
  }

  /**
   * Makes sure that leads can be written of every account whose leads go to files.
   *
   * @throws SettingsException when a directory cannot be created or written to
   */
  static void check(Settings settings) {
    for (String account : settings.accountsWith("file")) {
      Path directory = directory(settings, account);
      try {
        create(FileChannel::open, directory);
      } catch (IOException e) {
        throw new SettingsException(notWritable(directory, e));
      }
      if (!Files.isWritable(directory)) {
        throw new SettingsException(notWritable(directory, null));
      }
    }
  }

  private void appendAll(Path directory, List<Delivery> batch, Map<Delivery, Outcome> outcomes)
      throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String name = dayFile(now);
    try (AccountFile file = AccountFile.open(channels, directory.resolve(name))) {
      for (int from = 0; from < batch.size(); ) {
        Lines lines = new Lines();
        int to = from;
        while (to < batch.size() && lines.size() < write) {
          LeadLine.write(lines, batch.get(to++), now);
        }
        List<Delivery> part = batch.subList(from, to);
        long end = file.end();
        places.note(List.copyOf(part), directory.getFileName() + "/" + name + "@" + end);
        // A process may be suspended here too, and another one have written these lines.
        SendLimit.check();
        Outcome outcome = append(file, lines, end, directory);
        part.forEach(delivery -> outcomes.put(delivery, outcome));
        from = outcome.kind() == Outcome.Kind.DELIVERED ? to : batch.size();
        batch.subList(to, batch.size()).forEach(d -> outcomes.putIfAbsent(d, outcome));
      }
    }
  }

  private static Outcome append(AccountFile file, Lines lines, long end, Path directory) {
    try {
      file.append(lines.asBuffer());
      return Outcome.delivered();
    } catch (IOException failure) {
      try {
        file.cut(end);
        return Outcome.sinkDown(notWritable(directory, failure), null);
      } catch (IOException e) {
        return Outcome.unknown(notWritable(directory, e));
      }
    }
  }

  /** The deliveries whose line an earlier attempt wrote before it was lost. */
  private List<Delivery> alreadyThere(Path directory, List<Delivery> batch) throws IOException {
    Map<String, List<Delivery>> byPlace = new HashMap<>();
    List<Delivery> forgotten = new ArrayList<>();
    for (Delivery delivery : batch) {
      if (delivery.lookFirst() && delivery.earlier().forgotten()) {
        forgotten.add(delivery);
      } else if (delivery.lookFirst() && wasNoted(delivery.earlier().place())) {
        byPlace
            .computeIfAbsent(delivery.earlier().place(), place -> new ArrayList<>())
            .add(delivery);
      }
    }
    List<Delivery> there = new ArrayList<>(anywhere(directory, forgotten));
    for (Map.Entry<String, List<Delivery>> noted : byPlace.entrySet()) {
      Matcher place = PLACE.matcher(noted.getKey());
      if (!place.matches()) {
        throw new IllegalStateException("The ledger holds a place that no file sink noted.");
      }
      Path folder = place.group(1) == null ? directory : directory.resolveSibling(place.group(1));
      Path path = folder.resolve(place.group(2));
      if (Files.exists(path)) {
        there.addAll(found(path, noted.getValue(), Long.parseLong(place.group(3))));
      }
    }
    return there;
  }

  /** Before the first byte is written a place is noted, which has no space; until then none was. */
  private static boolean wasNoted(String place) {
    return place != null && !place.contains(" ");
  }

  /** Looks through the files of all days on which the lines may have been written. */
  private List<Delivery> anywhere(Path directory, List<Delivery> forgotten) throws IOException {
    if (forgotten.isEmpty()) {
      return List.of();
    }
    Instant since =
        forgotten.stream().map(d -> d.earlier().attemptedAt()).min(Instant::compareTo).get();
    String first = dayFile(since.minus(CLOCKS_DIFFER));
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files =
          all.filter(path -> DAY_FILE.matcher(path.getFileName().toString()).matches())
              .filter(path -> path.getFileName().toString().compareTo(first) >= 0)
              .sorted()
              .toList();
    }
    List<Delivery> there = new ArrayList<>();
    for (Path path : files) {
      there.addAll(found(path, forgotten, 0));
    }
    return there;
  }

  private List<Delivery> found(Path path, List<Delivery> deliveries, long offset)
      throws IOException {
    Set<LeadLine.Key> wanted = new HashSet<>();
    deliveries.forEach(delivery -> wanted.add(LeadLine.Key.of(delivery)));
    try (AccountFile file = AccountFile.open(channels, path)) {
      Set<LeadLine.Key> found = file.find(wanted, offset);
      return deliveries.stream().filter(d -> found.contains(LeadLine.Key.of(d))).toList();
    }
  }

  private static String dayFile(Instant instant) {
    return "leads-" + LocalDate.ofInstant(instant, ZoneOffset.UTC) + ".jsonl";
  }

  private static Path directory(Settings settings, String account) {
    if (!ACCOUNT.matcher(account).matches()) {
      throw new IllegalArgumentException("An account's name has only letters and digits.");
    }
    Settings own = settings.forAccount(account);
    String directory = own.required(Keys.FILE_DIRECTORY);
    try {
      return Path.of(directory).resolve(account).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new SettingsException(
          own.nameOf(Keys.FILE_DIRECTORY)
              + "="
              + directory
              + " is not a path: write one such as data/leads.");
    }
  }

  private static void create(Channels channels, Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path existing = directory;
      while (existing.getParent() != null && Files.notExists(existing)) {
        existing = existing.getParent();
      }
      Files.createDirectories(directory, OwnerOnly.folder());
      for (Path made = directory; !made.equals(existing); made = made.getParent()) {
        AccountFile.forceDirectory(channels, made.getParent());
      }
    }
  }

  private static String notWritable(Path directory, IOException failure) {
    String why = failure == null ? "no permission" : failure.getClass().getSimpleName();
    if (failure instanceof NoSuchFileException) {
      why = "the folder it should lie in cannot be made";
    }
    if (failure instanceof FileSystemException system && system.getReason() != null) {
      why = system.getReason();
    } else if (failure != null
        && !(failure instanceof FileSystemException)
        && failure.getMessage() != null) {
      why = failure.getMessage();
    }
    return "file.directory "
        + directory.getParent()
        + " is not writable: "
        + why
        + ". Correct its permissions or its space, or choose another directory.";
  }

  /** The lines of one write. */
  private static final class Lines extends ByteArrayOutputStream {

    Lines() {
      super(1 << 16);
    }

    ByteBuffer asBuffer() {
      return ByteBuffer.wrap(buf, 0, count);
    }
  }
}
