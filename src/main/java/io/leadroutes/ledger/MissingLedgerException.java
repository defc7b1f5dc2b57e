package io.leadroutes.ledger;

import io.leadroutes.settings.SettingsException;

/** There is no ledger where the settings say, and a command makes none. */
final class MissingLedgerException extends SettingsException {

  MissingLedgerException(String sentence) {
    super(sentence);
  }
}
