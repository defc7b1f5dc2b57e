-- The delivery that was last sent to find out whether a sink in trouble is well again: while it is on
-- its way, no process sends another.
ALTER TABLE sink_state ADD COLUMN probe BIGINT;
