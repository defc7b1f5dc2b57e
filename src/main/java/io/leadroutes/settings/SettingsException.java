package io.leadroutes.settings;

/**
 * A mistake in the configuration. Its message is one sentence that names the key, the value (never
 * a secret) and the remedy; the program prints it and ends with exit code 2.
 */
public class SettingsException extends RuntimeException {

  public SettingsException(String sentence) {
    super(sentence);
  }
}
