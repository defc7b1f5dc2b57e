package io.leadroutes.ledger;

/** The ledger could not do what was asked; its message says what to do about it. */
public class LedgerException extends RuntimeException {

  public LedgerException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
