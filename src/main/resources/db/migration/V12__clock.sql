-- One row: the newest time that was written here, and how often times were moved because the clock
-- had been set. What lies beyond the newest time when a process starts comes from a clock that was
-- ahead.
CREATE TABLE ledger_clock (
    at    BIGINT NOT NULL,
    steps BIGINT NOT NULL
);
INSERT INTO ledger_clock (at, steps) SELECT COALESCE(MAX(at), 0), 0 FROM request;
