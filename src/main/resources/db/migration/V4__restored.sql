-- Each time the ledger was restored from a backup: what may have been sent from "since" on, of calls
-- created before "at", it does not know.
CREATE TABLE restored (
    since BIGINT NOT NULL,
    at    BIGINT NOT NULL
);
