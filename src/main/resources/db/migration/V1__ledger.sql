-- Times are milliseconds since 1970 (UTC) by the database's clock, unless the API gave them.

CREATE TABLE account (
    id          ${serial},
    name        TEXT   NOT NULL UNIQUE,
    base_url    TEXT   NOT NULL,
    -- Calls created before it are remembered and never judged.
    start_at    BIGINT NOT NULL,
    -- When the last accepted pass began.
    accepted_at BIGINT,
    -- Why nothing is read, and what to do; NULL while all is well.
    paused      TEXT
);

CREATE TABLE call (
    account_id   BIGINT  NOT NULL REFERENCES account (id),
    id           BIGINT  NOT NULL,
    status       TEXT,
    created_at   BIGINT,
    version      INTEGER NOT NULL,
    content_hash TEXT    NOT NULL,
    -- What the verdict rests on; NULL where judging failed or has not happened.
    judged_hash  TEXT,
    rule         TEXT,
    -- baseline, open, lead, rejected, failed
    state        TEXT    NOT NULL,
    rejected_by  TEXT,
    error        TEXT,
    observed_at  BIGINT  NOT NULL,
    -- The record as it came, of leads, open calls and failed ones.
    raw          TEXT,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE lead (
    account_id   BIGINT  NOT NULL,
    call_id      BIGINT  NOT NULL,
    version      INTEGER NOT NULL,
    content_hash TEXT    NOT NULL,
    found_at     BIGINT  NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (account_id, call_id),
    FOREIGN KEY (account_id, call_id) REFERENCES call (account_id, id)
);

CREATE TABLE delivery (
    id              ${serial},
    account_id      BIGINT  NOT NULL,
    call_id         BIGINT  NOT NULL,
    sink            TEXT    NOT NULL,
    -- pending, sending, delivered, dead, unknown, cancelled
    state           TEXT    NOT NULL,
    wanted_version  INTEGER NOT NULL,
    sent_version    INTEGER NOT NULL DEFAULT 0,
    attempts        INTEGER NOT NULL DEFAULT 0,
    due_at          BIGINT  NOT NULL,
    -- Counts claims; who settles names the claim, so that a lapsed one settles nothing.
    claim           BIGINT  NOT NULL DEFAULT 0,
    claimed_version INTEGER,
    lease_until     BIGINT,
    -- The last attempt that may have sent something.
    attempted_at    BIGINT,
    look_first      INTEGER NOT NULL DEFAULT 0,
    looks           INTEGER NOT NULL DEFAULT 0,
    place           TEXT,
    sink_id         TEXT,
    reason          TEXT,
    recorded_at     BIGINT  NOT NULL,
    delivered_at    BIGINT,
    UNIQUE (account_id, call_id, sink),
    FOREIGN KEY (account_id, call_id) REFERENCES lead (account_id, call_id)
);

CREATE INDEX delivery_due ON delivery (sink, account_id, due_at) WHERE state IN ('pending', 'unknown');
CREATE INDEX delivery_sending ON delivery (lease_until) WHERE state = 'sending';

CREATE TABLE sink_state (
    sink       TEXT    NOT NULL,
    account_id BIGINT  NOT NULL REFERENCES account (id),
    failures   INTEGER NOT NULL,
    not_before BIGINT  NOT NULL,
    -- Why it is paused, and what to do; NULL for a mere outage.
    paused     TEXT,
    reason     TEXT,
    since      BIGINT  NOT NULL,
    PRIMARY KEY (sink, account_id)
);

CREATE TABLE pass (
    id          ${serial},
    account_id  BIGINT  NOT NULL REFERENCES account (id),
    kind        TEXT    NOT NULL,
    date_from   TEXT,
    started_at  BIGINT  NOT NULL,
    ended_at    BIGINT  NOT NULL,
    pages       INTEGER NOT NULL,
    requests    INTEGER NOT NULL,
    new_calls   INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    -- NULL when the pass was accepted, else why not.
    refused     TEXT
);

CREATE TABLE set_aside (
    account_id  BIGINT NOT NULL REFERENCES account (id),
    hash        TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    raw         TEXT   NOT NULL,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);
