package io.leadroutes.settings;

import java.util.Collection;

/**
 * A mistake in the configuration, or several of them. Its message is one sentence each, a line
 * each, that names the key, the value (never a secret) and the remedy; the program prints it and
 * ends with exit code 2.
 */
public class SettingsException extends RuntimeException {

  public SettingsException(String sentence) {
    super(sentence);
  }

  /** All mistakes at once, one a line. */
  public SettingsException(Collection<String> sentences) {
    super(String.join(System.lineSeparator(), sentences));
  }
}
