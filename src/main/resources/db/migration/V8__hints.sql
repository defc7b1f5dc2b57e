-- When a process that does not poll the account last heard that a call of some account ended.
ALTER TABLE account ADD COLUMN hinted_at BIGINT NOT NULL DEFAULT 0;
