package io.leadroutes.file;

import io.leadroutes.settings.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * One open file of lines, used by one thread at a time. Whatever comes after its last newline is
 * what a crash left of a line that nobody counts as written, so it is cut off.
 */
final class AccountFile implements AutoCloseable {

  private static final int STEP = 8192;
  private static final int WRITTEN_AT_ONCE = 1 << 20;

  private final Path path;
  private final FileChannel channel;

  private AccountFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Opens the file, creates it when it is missing, and cuts a torn tail. */
  static AccountFile open(Channels channels, Path path) throws IOException {
    boolean created = Files.notExists(path);
    if (created) {
      OwnerOnly.create(path);
    }
    FileChannel channel =
        channels.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    AccountFile file = new AccountFile(path, channel);
    try {
      if (created) {
        forceDirectory(channels, path.getParent());
      }
      file.cutTornTail();
      return file;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Where the next line begins. */
  long end() throws IOException {
    return channel.size();
  }

  /** Writes at the end, and returns when it is on disk. */
  void append(ByteBuffer lines) throws IOException {
    long at = channel.size();
    int end = lines.limit();
    while (lines.position() < end) {
      // In steps, because the system's copy of what is written stays for as long as the thread.
      lines.limit(Math.min(end, lines.position() + WRITTEN_AT_ONCE));
      at += channel.write(lines, at);
    }
    channel.force(true);
  }

  /** Takes back what a failed append may have left. */
  void cut(long end) throws IOException {
    channel.truncate(end);
    channel.force(true);
  }

  /**
   * Which of these lines stand in the file, from an offset that was noted before they were written.
   * A file that was rewritten since has no line at that offset: it is read from its beginning.
   * Returns when what was found is on disk.
   */
  Set<LeadLine.Key> find(Set<LeadLine.Key> wanted, long offset) throws IOException {
    Set<LeadLine.Key> found = new HashSet<>();
    channel.position(beginsLine(offset) ? offset : 0);
    LineInput line = new LineInput(channel);
    while (line.begin()) {
      Optional<LeadLine.Key> key = LeadLine.key(line);
      if (line.end()) {
        key.filter(wanted::contains).ifPresent(found::add);
      }
    }
    channel.force(true);
    return found;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Makes a new entry of a directory survive a power cut, where the system can. */
  static void forceDirectory(Channels channels, Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try (FileChannel entries = channels.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private boolean beginsLine(long offset) throws IOException {
    return offset == 0 || (offset <= channel.size() && byteAt(offset - 1) == '\n');
  }

  private int byteAt(long offset) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    return channel.read(one, offset) == 1 ? one.get(0) : -1;
  }

  private void cutTornTail() throws IOException {
    long end = channel.size();
    long whole = behindLastNewline(end);
    if (whole < end) {
      cut(whole);
    }
  }

  private long behindLastNewline(long end) throws IOException {
    ByteBuffer step = ByteBuffer.allocate(STEP);
    for (long to = end; to > 0; to = Math.max(0, to - STEP)) {
      long from = Math.max(0, to - STEP);
      step.clear().limit((int) (to - from));
      while (step.hasRemaining() && channel.read(step, from + step.position()) > 0) {
        // until the step is full
      }
      for (int i = step.position() - 1; i >= 0; i--) {
        if (step.get(i) == '\n') {
          return from + i + 1;
        }
      }
    }
    return 0;
  }

  /** Prints the file's name, which holds no data of a call. */
  @Override
  public String toString() {
    return "AccountFile[" + path.getFileName() + "]";
  }
}
