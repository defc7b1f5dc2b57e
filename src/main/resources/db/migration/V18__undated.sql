-- Calls that were taken for older than the start because nobody knows when they were created.
CREATE INDEX call_undated ON call (account_id, observed_at)
  WHERE state = 'baseline' AND created_at IS NULL;
