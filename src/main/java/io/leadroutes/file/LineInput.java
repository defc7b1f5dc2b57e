package io.leadroutes.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The lines of a file, one after the other, each a stream that ends before its newline. However
 * long a line is, a step of it is held at a time.
 */
final class LineInput extends InputStream {

  private static final int STEP = 1 << 16;

  private final FileChannel channel;
  private final ByteBuffer step = ByteBuffer.allocate(STEP).limit(0);
  private boolean newline;

  /**
   * @param channel positioned where a line begins
   */
  LineInput(FileChannel channel) {
    this.channel = channel;
  }

  /** Goes on to the next line; false at the end of the file. */
  boolean begin() throws IOException {
    newline = false;
    return fill();
  }

  /** Passes over what is left of the line; false where the file ends before the line does. */
  boolean end() throws IOException {
    while (!newline && fill()) {
      pass(untilNewline(step.remaining()));
    }
    return newline;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (newline || !fill()) {
      return -1;
    }
    // Only what is at hand.
    int n = untilNewline(Math.min(length, step.remaining()));
    System.arraycopy(step.array(), step.position(), bytes, offset, n);
    pass(n);
    return n == 0 ? -1 : n;
  }

  /** How many of so many bytes stand before the line's end. */
  private int untilNewline(int length) {
    byte[] bytes = step.array();
    int from = step.position();
    int n = 0;
    while (n < length && bytes[from + n] != '\n') {
      n++;
    }
    return n;
  }

  /** Goes on by so many bytes, and over the newline where it is next. */
  private void pass(int n) {
    step.position(step.position() + n);
    if (step.hasRemaining() && step.get(step.position()) == '\n') {
      step.get();
      newline = true;
    }
  }

  private boolean fill() throws IOException {
    if (!step.hasRemaining()) {
      step.clear();
      int n = channel.read(step);
      step.flip();
      return n > 0;
    }
    return true;
  }
}
