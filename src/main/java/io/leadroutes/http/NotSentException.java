package io.leadroutes.http;

import java.io.IOException;

/** Proves that no byte of a request left. */
public final class NotSentException extends IOException {

  private static final long serialVersionUID = 1L;

  NotSentException(String sentence) {
    super(sentence);
  }
}
