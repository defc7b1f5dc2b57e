-- What polling without loss needs: leases, the request budget, open calls, jobs.

-- When the last wide pass began that came through.
ALTER TABLE account ADD COLUMN wide_at BIGINT;
-- The process that polls it, and until when without renewal.
ALTER TABLE account ADD COLUMN holder TEXT;
ALTER TABLE account ADD COLUMN held_until BIGINT;
-- The API asked for no request before then.
ALTER TABLE account ADD COLUMN quiet_until BIGINT NOT NULL DEFAULT 0;
-- Requests a minute by the API's own headers, where that is less than the settings allow.
ALTER TABLE account ADD COLUMN rate_limit INTEGER;

-- When its content last changed, as far as it was seen.
ALTER TABLE call ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
-- How long an open call keeps windows open.
ALTER TABLE call ADD COLUMN open_until BIGINT;
-- When its data was removed: nothing that comes later about it counts.
ALTER TABLE call ADD COLUMN forgotten_at BIGINT;
UPDATE call SET changed_at = observed_at,
  open_until = CASE WHEN state = 'open' THEN COALESCE(created_at, observed_at) + 86400000 END;
CREATE INDEX call_open ON call (account_id, open_until) WHERE state = 'open';

-- The requests of the last minute, of all processes: noted before each of them leaves.
CREATE TABLE request (
    account_id BIGINT NOT NULL REFERENCES account (id),
    at         BIGINT NOT NULL,
    -- quick, full, wide, backfill, preview; hint for a quick pass that a hint started
    kind       TEXT   NOT NULL
);
CREATE INDEX request_at ON request (account_id, at);

ALTER TABLE pass ADD COLUMN date_to TEXT;
-- What was odd about a pass that was accepted all the same.
ALTER TABLE pass ADD COLUMN remark TEXT;

CREATE TABLE job (
    id         ${serial},
    account_id BIGINT  NOT NULL REFERENCES account (id),
    -- Days, both included, in the account's time zone.
    from_day   TEXT    NOT NULL,
    to_day     TEXT    NOT NULL,
    -- Comma-separated; NULL for all.
    sinks      TEXT,
    -- Everything before it is done.
    next_day   TEXT    NOT NULL,
    pages      BIGINT  NOT NULL DEFAULT 0,
    calls      BIGINT  NOT NULL DEFAULT 0,
    leads      BIGINT  NOT NULL DEFAULT 0,
    -- Why it stands still at present, or what was odd; NULL while all is well.
    remark     TEXT,
    created_at BIGINT  NOT NULL,
    ended_at   BIGINT
);
