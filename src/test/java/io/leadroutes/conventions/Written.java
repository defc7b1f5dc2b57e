package io.leadroutes.conventions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the repository that is written from what it is about, and read by people. */
public final class Written {

  private Written() {}

  /**
   * Compares the file with what it ought to be; with {@code -Ddocs.write=true} it is written anew.
   *
   * @param test that calls this, for the sentence
   */
  public static void isUpToDate(Path file, String text, Class<?> test) throws IOException {
    if (System.getProperty("docs.write") != null) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file))
        .as(
            "%s is not up to date: mvn test -Dtest=%s -Ddocs.write=true writes it anew; look at"
                + " what changed.",
            file, test.getSimpleName())
        .isEqualTo(text);
  }
}
