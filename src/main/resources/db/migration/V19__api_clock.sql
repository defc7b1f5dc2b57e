-- By how many milliseconds the ledger's clock is ahead of the API's, as the last pass heard it.
ALTER TABLE account ADD COLUMN clock_ahead BIGINT;
