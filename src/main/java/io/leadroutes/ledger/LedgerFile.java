package io.leadroutes.ledger;

import io.leadroutes.settings.OwnerOnly;
import io.leadroutes.settings.SettingsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The file of an SQLite ledger: one process works on it, only its owner reads it, and it stays the
 * one that was opened.
 */
final class LedgerFile implements AutoCloseable {

  private static final String SQLITE = "jdbc:sqlite:";
  private static final String LIBRARY_FOLDER = "org.sqlite.tmpdir";

  /** Far behind what SQLite locks itself ("File Locking And Concurrency"): its lock byte page. */
  private static final long OURS = 1L << 62;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** As it was named, links and all. */
  private final Path path;

  private FileChannel beside;
  private FileChannel itself;
  private FileLock lock;
  private Object key;
  private Object logKey;

  private LedgerFile(Path path) {
    this.path = path;
  }

  /**
   * The file of an address; touches nothing.
   *
   * @param url begins with {@code jdbc:sqlite:}
   */
  static LedgerFile of(String url) {
    String name = url.substring(SQLITE.length()).replaceFirst("\\?.*$", "");
    if (name.isBlank() || name.startsWith(":")) {
      throw new SettingsException(
          "ledger.url="
              + url
              + " keeps nothing across a restart: name a file, such as"
              + " jdbc:sqlite:data/ledger.db.");
    }
    return new LedgerFile(Path.of(name.replaceFirst("^file:", "")).toAbsolutePath());
  }

  /**
   * For a command: it makes nothing.
   *
   * @throws SettingsException when there is no such file
   */
  void refuseMissing() {
    if (!Files.exists(path)) {
      throw new MissingLedgerException(
          "ledger.url: there is no ledger "
              + path
              + ": correct ledger.url, or start the service once, which creates it.");
    }
  }

  /**
   * Locks it for this process, and makes it where there is none.
   *
   * @throws SettingsException when another process has it, or when it cannot be written
   */
  void lock() {
    try {
      if (!Files.isDirectory(path.getParent())) {
        Files.createDirectories(path.getParent(), OwnerOnly.folder());
      }
      Path real = Files.exists(path) ? path.toRealPath() : path;
      // Within one JVM a second channel on the ledger itself would end the locks of the first one.
      beside = open(real.resolveSibling(real.getFileName() + ".lock"));
      if (tryLock(beside, 0) == null) {
        throw inUse();
      }
      itself = open(real);
      lock = tryLock(itself, OURS);
      if (lock == null) {
        throw inUse();
      }
    } catch (IOException e) {
      close();
      throw notWritable(e);
    } catch (SettingsException e) {
      close();
      throw e;
    }
  }

  /**
   * Locks it once more, when SQLite has it open and keeps its own lock: until then SQLite, each
   * time it ends its last one, ends all locks that the process has on the file.
   *
   * @throws SettingsException when another process came between
   */
  void lockAgain() {
    try {
      lock.release();
      lock = tryLock(itself, OURS);
    } catch (IOException e) {
      throw notWritable(e);
    }
    if (lock == null) {
      throw inUse();
    }
  }

  private SettingsException inUse() {
    return new SettingsException(
        "ledger.url: "
            + path
            + " is in use by another process: stop that one first, or set another file.");
  }

  private SettingsException notWritable(IOException e) {
    return new SettingsException(
        "ledger.url: "
            + path.getParent()
            + " is not writable ("
            + e.getClass().getSimpleName()
            + "): create the folder and make it writable for this user.");
  }

  private static FileChannel open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnerOnly.file());
    keepToOwner(file);
    return channel;
  }

  private static FileLock tryLock(FileChannel channel, long position) throws IOException {
    try {
      return channel.tryLock(position, 1, false);
    } catch (OverlappingFileLockException e) {
      // held within this very process
      return null;
    }
  }

  private static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  /** What was made by an earlier version, or copied back from a backup, was open to all. */
  private static void keepToOwner(Path file) throws IOException {
    if (posix()
        && Files.exists(file)
        && Files.getOwner(file).getName().equals(System.getProperty("user.name"))) {
      Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
  }

  private List<Path> all() {
    return Stream.of("", "-wal", "-shm")
        .map(end -> path.resolveSibling(path.getFileName() + end))
        .toList();
  }

  /**
   * Where SQLite's library is unpacked: beside the ledger, because programs may be forbidden in the
   * system's folder for temporary files, and because there nobody would ever remove what a process
   * left that was killed.
   *
   * @param alone whether what is left there belongs to nobody any more
   */
  void unpackLibrary(boolean alone) {
    if (System.getProperty(LIBRARY_FOLDER) != null) {
      return;
    }
    Path folder = path.getParent();
    System.setProperty(LIBRARY_FOLDER, folder.toString());
    if (alone) {
      try (Stream<Path> left = Files.list(folder)) {
        for (Path file :
            left.filter(f -> f.getFileName().toString().matches("sqlite-.+-(lib)?sqlitejdbc\\..+"))
                .toList()) {
          // What a command has loaded stays loaded; on Windows it stays altogether.
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        // They only take space.
        return;
      }
    }
  }

  static String libraryFolder() {
    return System.getProperty(LIBRARY_FOLDER, System.getProperty("java.io.tmpdir"));
  }

  /** From now on this is the file; SQLite has it open. */
  void opened() {
    try {
      for (Path file : all()) {
        keepToOwner(file);
      }
    } catch (IOException e) {
      throw notWritable(e);
    }
    key = key(path);
    logKey = key(all().get(1));
  }

  /** What happened to the file, and what to do; empty while it is the one that was opened. */
  Optional<String> replaced() {
    Object now = key(path);
    if (key == null || (key.equals(now) && Objects.equals(logKey, key(all().get(1))))) {
      return Optional.empty();
    }
    return Optional.of(
        "The ledger "
            + path
            + " was "
            + (now == null ? "removed" : "replaced")
            + " while the service runs on it: nothing is sent any more, because the next start"
            + " would not remember it. Put the file back with its -wal and -shm, or stop the"
            + " service, restore a backup and run lead-routes restored.");
  }

  /** What tells a file from another one of its name; null where there is none. */
  private static Object key(Path file) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /** Only after SQLite has closed it: closing ends all locks of this process on the file. */
  @Override
  public void close() {
    close(itself);
    close(beside);
  }

  private static void close(FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new LedgerException("The ledger's lock file could not be closed.", e);
    }
  }
}
