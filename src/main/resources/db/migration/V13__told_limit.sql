-- Until when a limit counts that the API told: one that was told once must not hold for ever.
ALTER TABLE account ADD COLUMN rate_limit_until BIGINT NOT NULL DEFAULT 0;
