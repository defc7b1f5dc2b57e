-- What a watch needs that says whatever keeps leads from coming or going.

-- When the service began to poll it that does so now, or did last.
ALTER TABLE account ADD COLUMN began_at BIGINT;
-- When a pass over what is new last came to its end.
ALTER TABLE account ADD COLUMN read_at BIGINT;
-- Why the last such pass did not, and since when none does; NULL while all is well.
ALTER TABLE account ADD COLUMN trouble TEXT;
ALTER TABLE account ADD COLUMN trouble_since BIGINT;
-- Records that the last full pass met, and those among them that cannot be read.
ALTER TABLE account ADD COLUMN listed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN unreadable BIGINT NOT NULL DEFAULT 0;
-- How many calls were judged by this rule, and how many of them became leads.
ALTER TABLE account ADD COLUMN judged_rule TEXT;
ALTER TABLE account ADD COLUMN judged_calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN judged_leads BIGINT NOT NULL DEFAULT 0;

-- Calls whose judging failed.
CREATE INDEX call_failed ON call (account_id, created_at) WHERE state = 'failed';
