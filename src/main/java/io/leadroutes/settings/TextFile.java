package io.leadroutes.settings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The text of a file that somebody edited: UTF-8, or UTF-16 where a byte order mark says so, as
 * editors and shells of Windows save it. The mark is no part of the text. Any other encoding would
 * be a guess, and is refused.
 */
public final class TextFile {

  private static final String MARK = "\uFEFF";

  private TextFile() {}

  /**
   * The text without a byte order mark.
   *
   * @throws SettingsException when it cannot be read, or is in another encoding; names the line
   */
  public static String read(Path file) {
    byte[] bytes = bytes(file);
    String text = decoded(file, bytes);
    if (text.indexOf('\0') >= 0) {
      throw new SettingsException(
          file + " is no text in UTF-8, perhaps UTF-16 without a mark: save it as UTF-8.");
    }
    return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
  }

  /** Whether a mark says that a file is UTF-16. */
  public static boolean isUtf16(Path file) {
    return !encoding(bytes(file)).equals(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SettingsException(
          file + " cannot be read: make it a file that this user may read.");
    }
  }

  private static String decoded(Path file, byte[] bytes) {
    try {
      return encoding(bytes).newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new SettingsException(
          file + ", line " + badLine(bytes) + ": a character is not in UTF-8: save it as UTF-8.");
    }
  }

  private static Charset encoding(byte[] bytes) {
    if (begins(bytes, 0xFF, 0xFE)) {
      return StandardCharsets.UTF_16LE;
    }
    return begins(bytes, 0xFE, 0xFF) ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
  }

  private static boolean begins(byte[] bytes, int first, int second) {
    return bytes.length >= 2 && (bytes[0] & 0xFF) == first && (bytes[1] & 0xFF) == second;
  }

  /** The first line that is not UTF-8; a line break is the same byte in all of these encodings. */
  private static int badLine(byte[] bytes) {
    int line = 1;
    int from = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '\n') {
        try {
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, i)));
        } catch (CharacterCodingException e) {
          return line;
        }
        line++;
        from = i + 1;
      }
    }
    return line;
  }
}
