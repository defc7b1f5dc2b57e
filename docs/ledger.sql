-- The tables of the ledger as they are today, in SQLite's words; PostgreSQL has the same ones. To
-- be read and asked, not to be run: the service makes them, by the steps in
-- src/main/resources/db/migration. Times are milliseconds since 1970 (UTC).

-- One ClickSpeak login, and how far it was read.
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    base_url TEXT NOT NULL,
    -- Calls created before it are remembered and never judged.
    start_at BIGINT NOT NULL,
    -- When the last accepted pass began.
    accepted_at BIGINT,
    -- Why nothing is read, and what to do; NULL while all is well.
    paused TEXT,
    -- When the last wide pass began that came through.
    wide_at BIGINT,
    -- The process that polls it, and until when without renewal.
    holder TEXT,
    held_until BIGINT,
    -- The API asked for no request before then.
    quiet_until BIGINT NOT NULL DEFAULT 0,
    -- Requests a minute by the API's own headers, where that is less than the settings allow.
    rate_limit INTEGER,
    -- What the external keys of its leads begin with: the name it was first known by, whatever it is
    -- called since. Salesforce and Slack know the leads by it.
    lead_key TEXT NOT NULL DEFAULT '',
    -- When a process that does not poll the account last heard that a call of some account ended.
    hinted_at BIGINT NOT NULL DEFAULT 0,
    -- When the service began to poll it that does so now, or did last.
    began_at BIGINT,
    -- When a pass over what is new last came to its end.
    read_at BIGINT,
    -- Why the last such pass did not, and since when none does; NULL while all is well.
    trouble TEXT,
    trouble_since BIGINT,
    -- Records that the last full pass met, and those among them that cannot be read.
    listed BIGINT NOT NULL DEFAULT 0,
    unreadable BIGINT NOT NULL DEFAULT 0,
    -- How many calls were judged by this rule, and how many of them became leads.
    judged_rule TEXT,
    judged_calls BIGINT NOT NULL DEFAULT 0,
    judged_leads BIGINT NOT NULL DEFAULT 0,
    -- The rule of the service that started last, and the rule by which a full pass last was read to its
    -- end. While the two differ, what waits of calls that another rule judged is not sent.
    rule TEXT,
    counted_rule TEXT,
    -- Until when a limit counts that the API told: one that was told once must not hold for ever.
    rate_limit_until BIGINT NOT NULL DEFAULT 0,
    -- By how many milliseconds the ledger's clock is ahead of the API's, as the last pass heard it.
    clock_ahead BIGINT
);
CREATE UNIQUE INDEX account_lead_key ON account (lead_key);

-- Each call that was seen, and what was decided about it.
CREATE TABLE call (
    account_id BIGINT NOT NULL REFERENCES account (id),
    id BIGINT NOT NULL,
    status TEXT,
    created_at BIGINT,
    version INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    -- What the verdict rests on; NULL where judging failed or has not happened.
    judged_hash TEXT,
    rule TEXT,
    -- baseline, open, lead, rejected, failed
    state TEXT NOT NULL,
    rejected_by TEXT,
    error TEXT,
    observed_at BIGINT NOT NULL,
    -- The record as it came, of leads, open calls and failed ones.
    raw TEXT,
    -- When its content last changed, as far as it was seen.
    changed_at BIGINT NOT NULL DEFAULT 0,
    -- How long an open call keeps windows open.
    open_until BIGINT,
    -- When its data was removed: nothing that comes later about it counts.
    forgotten_at BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX call_created ON call (account_id, created_at) WHERE created_at IS NOT NULL;
CREATE INDEX call_failed ON call (account_id, created_at) WHERE state = 'failed';
CREATE INDEX call_kept ON call (account_id, (COALESCE(created_at, observed_at))) WHERE raw IS NOT NULL;
CREATE INDEX call_open ON call (account_id, open_until) WHERE state = 'open';
CREATE INDEX call_undated ON call (account_id, observed_at) WHERE state = 'baseline' AND created_at IS NULL;

-- Each call that was a lead; its version rises when its content changes.
CREATE TABLE lead (
    account_id BIGINT NOT NULL,
    call_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (account_id, call_id),
    FOREIGN KEY (account_id, call_id) REFERENCES call (account_id, id)
);

-- One lead for one sink: what it wants, and what it has.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL,
    call_id BIGINT NOT NULL,
    sink TEXT NOT NULL,
    -- pending, sending, delivered, dead, unknown, cancelled
    state TEXT NOT NULL,
    wanted_version INTEGER NOT NULL,
    sent_version INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    -- Counts claims; who settles names the claim, so that a lapsed one settles nothing.
    claim BIGINT NOT NULL DEFAULT 0,
    claimed_version INTEGER,
    lease_until BIGINT,
    -- The last attempt that may have sent something.
    attempted_at BIGINT,
    look_first INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,
    place TEXT,
    sink_id TEXT,
    reason TEXT,
    recorded_at BIGINT NOT NULL,
    delivered_at BIGINT,
    -- What a sink wants to know of a delivered version when the next one comes.
    memo TEXT,
    -- 1 where the rule does not name the sink any more, before it got the lead.
    dropped INTEGER NOT NULL DEFAULT 0,
    -- Since when a delivery waits that was refused for what may be its lead or the settings, until
    -- another one shows which; NULL for all others.
    held_at BIGINT,
    -- When the sink last took the lead for the first time, and when it last took a changed one, each by a
    -- request that shows that the settings are right.
    first_at BIGINT,
    changed_at BIGINT,
    UNIQUE (account_id, call_id, sink),
    FOREIGN KEY (account_id, call_id) REFERENCES lead (account_id, call_id)
);
CREATE INDEX delivery_cancelled ON delivery (sink, account_id) WHERE state = 'cancelled';
CREATE INDEX delivery_changed ON delivery (sink, account_id) WHERE state = 'delivered' AND wanted_version > sent_version;
CREATE INDEX delivery_dead ON delivery (account_id, call_id) WHERE state = 'dead';
CREATE INDEX delivery_delivered ON delivery (sink, account_id, delivered_at) WHERE delivered_at IS NOT NULL;
CREATE INDEX delivery_due ON delivery (sink, account_id, (CASE WHEN sent_version > 0 THEN 1 ELSE 0 END), due_at) WHERE state IN ('pending', 'unknown');
CREATE INDEX delivery_held ON delivery (account_id, sink) WHERE held_at IS NOT NULL;
CREATE INDEX delivery_sending ON delivery (sink, lease_until) WHERE state = 'sending';

-- A sink of an account that was in trouble as a whole.
CREATE TABLE sink_state (
    sink TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    failures INTEGER NOT NULL,
    not_before BIGINT NOT NULL,
    -- Why it is paused, and what to do; NULL for a mere outage.
    paused TEXT,
    reason TEXT,
    since BIGINT NOT NULL,
    -- The delivery that was last sent to find out whether a sink in trouble is well again: while it is on
    -- its way, no process sends another.
    probe BIGINT,
    PRIMARY KEY (sink, account_id)
);

-- Walks over the pages of an account that told something, and the last ones.
CREATE TABLE pass (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    date_from TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    pages INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    new_calls INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    -- NULL when the pass was accepted, else why not.
    refused TEXT,
    date_to TEXT,
    -- What was odd about a pass that was accepted all the same.
    remark TEXT
);
CREATE INDEX pass_ended ON pass (account_id, ended_at);
CREATE INDEX pass_kind ON pass (account_id, kind, id);

-- Records of a list that cannot be read, each once.
CREATE TABLE set_aside (
    account_id BIGINT NOT NULL REFERENCES account (id),
    hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    raw TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- The requests of the last minute, for the budget.
CREATE TABLE request (
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    -- quick, full, wide, backfill, preview; hint for a quick pass that a hint started
    kind TEXT NOT NULL
);
CREATE INDEX request_at ON request (account_id, at);

-- Backfills.
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES account (id),
    -- Days, both included, in the account's time zone.
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    -- Comma-separated; NULL for all.
    sinks TEXT,
    -- Everything before it is done.
    next_day TEXT NOT NULL,
    pages BIGINT NOT NULL DEFAULT 0,
    calls BIGINT NOT NULL DEFAULT 0,
    leads BIGINT NOT NULL DEFAULT 0,
    -- Why it stands still at present, or what was odd; NULL while all is well.
    remark TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- Each time the ledger was restored from a backup.
CREATE TABLE restored (
    since BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- What one process at a time works on: a Slack channel, a file.
CREATE TABLE place (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL
);

-- One row: the newest time that was written.
CREATE TABLE ledger_clock (
    at BIGINT NOT NULL,
    steps BIGINT NOT NULL
);
