-- One lead or all? What tells whose fault a refusal is.

-- Since when a delivery waits that was refused for what may be its lead or the settings, until
-- another one shows which; NULL for all others.
ALTER TABLE delivery ADD COLUMN held_at BIGINT;
-- When the sink last took the lead for the first time, and when it last took a changed one, each by a
-- request that shows that the settings are right.
ALTER TABLE delivery ADD COLUMN first_at BIGINT;
ALTER TABLE delivery ADD COLUMN changed_at BIGINT;

CREATE INDEX delivery_held ON delivery (account_id, sink) WHERE held_at IS NOT NULL;
