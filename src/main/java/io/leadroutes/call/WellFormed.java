package io.leadroutes.call;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** UTF-8 out of bytes that are none: what is malformed becomes U+FFFD, which takes three bytes. */
final class WellFormed {

  /** Up to here bytes may grow to any size; beyond it by an eighth. */
  private static final int SMALL = 8 * 1024 * 1024;

  private static final int STEP = 8192;

  private WellFormed() {}

  /** Null where most of a large text is no UTF-8: it would take a multiple of its bytes. */
  static byte[] of(byte[] bytes, int start, int length) {
    long size = convert(bytes, start, length, null);
    if (size > Math.max(SMALL, length + length / 8L)) {
      return null;
    }
    byte[] mended = new byte[(int) size];
    convert(bytes, start, length, ByteBuffer.wrap(mended));
    return mended;
  }

  /**
   * Step by step, so that the text is never held whole.
   *
   * @param out null to count only
   * @return how many bytes there are
   */
  private static long convert(byte[] bytes, int start, int length, ByteBuffer out) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    ByteBuffer in = ByteBuffer.wrap(bytes, start, length);
    CharBuffer some = CharBuffer.allocate(STEP);
    ByteBuffer encoded = ByteBuffer.allocate(STEP * 3);
    long size = 0;
    boolean more;
    do {
      more = decoder.decode(in, some.clear(), true).isOverflow();
      if (!more) {
        decoder.flush(some);
      }
      encoder.reset().encode(some.flip(), encoded.clear(), true);
      size += encoded.flip().remaining();
      if (out != null) {
        out.put(encoded);
      }
    } while (more);
    return size;
  }
}
