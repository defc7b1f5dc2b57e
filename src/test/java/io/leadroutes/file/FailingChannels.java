package io.leadroutes.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** A disk whose operations fail as they are told: opening, reading, writing, syncing, cutting. */
final class FailingChannels implements Channels {

  /** What is left of an operation that fails. */
  enum Way {
    /** Nothing. */
    UNDONE,
    /** All of it, and nobody is told. */
    DONE,
    /** Half of what was to be written; of anything else nothing. */
    HALF
  }

  /** Says for each operation, with the path it is about, whether and how it fails; null: not. */
  @FunctionalInterface
  interface Plan {
    Way of(Path path);
  }

  private interface Operation<T> {
    T run() throws IOException;
  }

  private final Plan plan;

  FailingChannels(Plan plan) {
    this.plan = plan;
  }

  @Override
  public FileChannel open(Path path, OpenOption... options) throws IOException {
    return run(path, () -> new Channel(path, FileChannel.open(path, options)));
  }

  private <T> T run(Path path, Operation<T> operation) throws IOException {
    Way way = plan.of(path);
    if (way == null) {
      return operation.run();
    }
    if (way == Way.DONE && operation.run() instanceof Channel opened) {
      opened.close();
    }
    throw failure();
  }

  private static IOException failure() {
    return new IOException("No space left on device");
  }

  /** One open file. */
  private final class Channel extends FileChannel {

    private final Path path;
    private final FileChannel real;

    Channel(Path path, FileChannel real) {
      this.path = path;
      this.real = real;
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      Way way = plan.of(path);
      if (way == Way.HALF) {
        real.write(bytes.slice(bytes.position(), bytes.remaining() / 2), position);
      } else if (way == Way.DONE) {
        real.write(bytes, position);
      }
      if (way != null) {
        throw failure();
      }
      return real.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
      return run(path, () -> real.read(bytes));
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      return run(path, () -> real.read(bytes, position));
    }

    @Override
    public FileChannel position(long position) throws IOException {
      real.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return run(path, real::size);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      run(path, () -> real.truncate(size));
      return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
      run(
          path,
          () -> {
            real.force(metadata);
            return null;
          });
    }

    @Override
    protected void implCloseChannel() throws IOException {
      real.close();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] buffers, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
